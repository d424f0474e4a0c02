# This file checks that each operation's description has an example, and that azulejo-opt takes it.
"""Usage: op-examples.py [--opt=PROGRAM] [PAGE...]

Reads the pages in docs/dialects. An example may use values that it does not define: they become
arguments, whose types are those that the parser asks for. Lines `#name = …` come first."""
import pathlib
import re
import subprocess
import sys
import tempfile

import repository

HEADING = re.compile(r"^### (?:`([\w.]+)` \(|(\w+(?:Attr|Type))$)")
BLOCK = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
WANTED = re.compile(r"use of value '(%[\w$.-]+)' expects different type than prior uses: '(.*)' vs '(.*)'")
PLACE = re.compile(r"(?:within split at [^\n]*?:(\d+) offset )?[^\n]*?:(\d+):\d+: error: (.*)")
SEPARATOR = "// -----"
UNKNOWN = "none"


class Example:
    def __init__(self, where, subject, text):
        self.where, self.subject = where, subject
        lines = text.strip("\n").splitlines()
        self.aliases, self.body = split_aliases(lines)
        self.types = {name: UNKNOWN for name in undefined("\n".join(self.body))}
        self.error = None

    def arguments(self):
        return ", ".join(f"{name}: {type}" for name, type in self.types.items())

    def function(self):
        end = [] if self.body[-1].lstrip().startswith(("return", "func.return")) else ["return"]
        return [f"func.func @example({self.arguments()}) {{", *self.body, *end, "}"]

    def kernels(self):
        """The kernels that a plan launches."""
        names = dict.fromkeys(re.findall(r"plan\.launch (@\w+)", "\n".join(self.body)))
        return [f"gpu.module {name} {{}}" for name in names]

    def buffers(self):
        """What the example of an operation of a plan needs around it: an input, which defines the
        symbols batch and w, and those of %x, %y and %s that it uses."""
        if any("plan.input" in line for line in self.body):
            return []
        shape = "tensor<?x?xf32, #graph.dims<batch, w>>"
        made = {"%y": f'%y = plan.output 0 "y" : {shape}', "%s": "%s = plan.slot bytes <batch * 4096>"}
        return [f'%x = plan.input 0 "x" : {shape}', *(made[name] for name in self.types if name in made)]

    def module(self):
        """What azulejo-opt reads: the example in the place where its operation may stand."""
        first = self.body[0].lstrip()
        if first.startswith("#"):
            inner = ["module attributes {example.value = " + self.body[0], *self.body[1:], "} {}"]
        elif first.startswith("!"):
            inner = [f"func.func private @example({' '.join(self.body)})"]
        elif re.match(r"(plan\.program|func\.func|gpu\.module|module)\b", first):
            inner = self.kernels() + self.body
        elif self.subject.startswith("plan."):
            inner = self.kernels() + ["plan.program @example {", *self.buffers(), *self.body, "}"]
        elif self.subject.startswith("tile.") and self.subject != "tile.dispatch":
            inner = ["gpu.module @example {", *self.function(), "}"]
        else:
            inner = self.function()
        return "\n".join([*self.aliases, *inner])


def split_aliases(lines):
    """Parts the definitions of aliases, which may go on in indented lines, from what follows them."""
    aliases, body = [], []
    for line in lines:
        isAlias = re.match(r"[#!]\w+ = ", line) or (line.startswith(" ") and aliases and not body)
        (aliases if isAlias else body).append(line)
    return aliases, body


def undefined(body):
    """The values that an example uses and does not define, in the order of their use."""
    body = re.sub(r'"[^"]*"', "", body)
    defined = set()
    for results in re.findall(r"^\s*((?:%[\w$.-]+(?::\d+)?(?:, )?)+) = ", body, re.MULTILINE):
        defined.update(re.findall(r"%[\w$.-]+", results))
    # Arguments of blocks and of functions, and what loops carry.
    for line in body.splitlines():
        if re.match(r"\s*(\^\w+|func\.func|scf\.for|gpu\.func)", line):
            defined.update(re.findall(r"(%[\w$.-]+)(?=:| =)", line))
    used = re.findall(r"%[\w$-]+(?:\.[\w$-]+)*", body)
    return [name for name in dict.fromkeys(used) if name not in defined]


def read(page):
    """The examples of a page, and the operations that have none."""
    examples, missing, subject, section = [], [], None, []

    def close():
        found = BLOCK.findall("\n".join(section))
        if subject and "." in subject and not found:
            missing.append(subject)
        if subject:
            examples.extend(Example(f"{page.name}: {subject}", subject, text) for text in found)

    for line in page.read_text().splitlines():
        heading = HEADING.match(line)
        if heading or line.startswith(("## ", "# ", "### ")):
            close()
            subject, section = (heading[1] or heading[2]) if heading else None, []
        section.append(line)
    close()
    return examples, missing


def errors(opt, examples):
    """Runs azulejo-opt once on all examples. Returns the first error of each one that has an error."""
    starts, lines = [], []
    for example in examples:
        starts.append(len(lines) + 1)
        lines += example.module().splitlines() + [SEPARATOR]
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write("\n".join(lines[:-1]) + "\n")
        file.flush()
        done = subprocess.run([opt, "--split-input-file", "-o", "/dev/null", file.name],
                              capture_output=True, text=True)
    found = {}
    for split, line, message in PLACE.findall(done.stderr):
        absolute = int(split) + int(line) - 1 if split else int(line)
        index = sum(start <= absolute for start in starts) - 1
        found.setdefault(index, message)
    if done.returncode and not found:
        raise SystemExit(f"error: {opt} failed:\n{done.stderr}")
    return found


def resolve(opt, examples):
    """Gives undefined values the types that the parser asks for, until nothing changes."""
    pending = list(examples)
    while pending:
        found = errors(opt, pending)
        again = []
        for index, message in found.items():
            example, wanted = pending[index], WANTED.match(message)
            if wanted and example.types.get(wanted[1]) == UNKNOWN:
                example.types[wanted[1]] = next(t for t in wanted.groups()[1:] if t != UNKNOWN)
                again.append(example)
            else:
                example.error = message
        pending = again


def main():
    opt = "azulejo-opt"
    pages = []
    for argument in sys.argv[1:]:
        if argument.startswith("--opt="):
            opt = argument[len("--opt="):]
        else:
            pages.append(pathlib.Path(argument))
    pages = pages or sorted((repository.ROOT / "docs" / "dialects").glob("*.md"))
    examples, missing = [], []
    for page in pages:
        found, without = read(page)
        examples += found
        missing += [f"{page.name}: {name}: no example" for name in without]
    resolve(opt, examples)
    faults = missing + [f"{example.where}: {example.error}\n{example.module()}\n"
                        for example in examples if example.error]
    print("\n".join(faults))
    print(f"{len(examples)} examples checked, {len(faults)} faults")
    sys.exit(1 if faults or not examples else 0)


main()
