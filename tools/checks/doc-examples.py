# This file keeps what the pages in docs/ show true: commands with their output, and pieces of sources.
"""Usage: doc-examples.py [--fix] [PAGE...]

In a block ```console a line `$ COMMAND` is run in the root of the repository, with build/bin in PATH and
a folder of its own in $OUT, and the lines after it must be what it prints. A comment
<!-- from FILE: START ... END --> says that the block after it must be the lines of FILE from the first that
contains START to the next that contains END (`}`: that is END). --fix writes what is true."""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import repository

ROOT = repository.ROOT
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOURCE = re.compile(r"^(<!-- from (\S+): (.*?) \.\.\. (.*?) -->\n```\w*\n)(.*?)^```$",
                    re.MULTILINE | re.DOTALL)
# The scripts also set up and build, which a test does not do.
SHORTCUTS = {
    "tools/quickstart.sh": "build/venv/bin/python tools/models/quickstart.py $OUT sim"
                           " README.md CMakeLists.txt tools/models/quickstart.py",
}


def output_of(command, folder):
    environment = dict(os.environ, OUT=folder)
    environment["PATH"] = os.pathsep.join([str(ROOT / "build" / "bin"), environment.get("PATH", "")])
    done = subprocess.run(["bash", "-c", SHORTCUTS.get(command, command)], cwd=ROOT, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900)
    lines = [line.rstrip() for line in done.stdout.replace(folder, "$OUT").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if done.returncode:
        lines.append(f"[exit code {done.returncode}]")
    return lines


def run_block(text, folder):
    """The block with the true output after each of its commands."""
    lines = []
    for line in text.splitlines():
        if line.startswith("$ "):
            lines += [line, *output_of(line[2:], folder)]
    return "\n".join(lines) + "\n"


def piece(file, start, end):
    """The lines of a file from the first with `start` to the next with `end`."""
    path = ROOT / file
    if not path.is_file():
        return f"{file} does not exist\n"
    lines = path.read_text().splitlines()
    first = next((i for i, line in enumerate(lines) if start in line), None)
    if first is None:
        return f"{file} has no line with: {start}\n"
    closes = (lambda line: line == end) if end == "}" else (lambda line: end in line)
    last = next((i for i in range(first, len(lines)) if closes(lines[i]) and (i > first or start == end)),
                None)
    if last is None:
        return f"{file} has no line with: {end}\n"
    return "\n".join(lines[first:last + 1]) + "\n"


def true_text(text):
    """The page as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        text = CONSOLE.sub(lambda block: f"```console\n{run_block(block[1], folder)}```", text)
    return SOURCE.sub(lambda block: block[1] + piece(block[2], block[3], block[4]) + "```", text)


def main():
    fix = "--fix" in sys.argv
    given = [pathlib.Path(argument) for argument in sys.argv[1:] if argument != "--fix"]
    pages = given or [ROOT / name for name in repository.files(".md")]
    faults = blocks = 0
    for page in pages:
        text = page.read_text()
        count = len(CONSOLE.findall(text)) + len(SOURCE.findall(text))
        blocks += count
        wanted = true_text(text) if count else text
        if wanted == text:
            continue
        faults += 1
        if fix:
            page.write_text(wanted)
        else:
            print("\n".join(difflib.unified_diff(text.splitlines(), wanted.splitlines(), page.name,
                                                 "what is true", n=1, lineterm="")))
    print(f"{blocks} blocks checked, {faults} pages {'corrected' if fix else 'at fault'}")
    if faults and not fix:
        raise SystemExit("error: the pages are not up to date (above); tools/update-docs.sh corrects them")


main()
