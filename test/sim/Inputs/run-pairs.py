"""Runs the value tests of Reference on the simulator: each function of a file gives pairs of a result and
what it must be. Usage: run-pairs.py TARGET FOLDER FILE.mlir…   (the tools are found on PATH)

Constants stay what they are, because Simplify is left out: the kernels compute every result."""
import concurrent.futures
import pathlib
import re
import subprocess
import sys

import numpy

# Kernels round like the hardware's formulas, Reference like the C library: a few units in the last place of
# f32, relative to the size of intermediate sums. Narrow types compare after one rounding of their own.
TOLERANCE = {"bfloat16": (2e-2, 1e-2), "float16": (2e-3, 1e-3), "float32": (1e-5, 1e-6), "float64": (1e-14, 1e-300)}


def functions(text):
    """The functions of a file, each with its name."""
    starts = [match.start() for match in re.finditer(r"^func\.func @", text, re.M)] + [len(text)]
    for start, end in zip(starts, starts[1:]):
        body = text[start:end]
        yield re.match(r"func\.func @([\w.]+)", body).group(1), body


def as_main(body):
    """The function as a model: called main, with named results."""
    body = re.sub(r"func\.func @[\w.]+", "func.func @main", body, count=1)
    head, rest = body.split("-> (", 1) if "-> (" in body else (body, None)
    if rest is None:
        return None
    depth, end = 1, 0
    while depth:
        depth += {"(": 1, ")": -1}.get(rest[end], 0)
        end += 1
    types, tail = rest[: end - 1], rest[end:]
    parts, depth, current = [], 0, ""
    for letter in types:
        depth += {"<": 1, ">": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += letter
    parts.append(current)
    named = ", ".join(f'{part.strip()} {{graph.name = "o{i}"}}' for i, part in enumerate(parts))
    return f"{head}-> ({named}){tail}", len(parts)


def widened(values):
    """bf16, which NumPy has not and reads as pairs of bytes, as f32."""
    if values.dtype.kind != "V":
        return values
    return (values.view(numpy.uint16).astype(numpy.uint32) << 16).view(numpy.float32)


def equal(result, expected):
    is_bf16 = result.dtype.kind == "V"
    result, expected = widened(result), widened(expected)
    if result.dtype.kind != "f":
        return numpy.array_equal(result, expected)
    relative, absolute = TOLERANCE["bfloat16" if is_bf16 else result.dtype.name]
    return numpy.allclose(result, expected, rtol=relative, atol=absolute, equal_nan=True)


def run(target, folder, path, name, body):
    """None, or what went wrong."""
    model, count = as_main(body)
    stem = folder / f"{path.stem}-{name}"
    stem.mkdir(exist_ok=True)
    (stem / "model.mlir").write_text(model)
    commands = [
        ["azulejo-compile", stem / "model.mlir", "-o", stem / "model.azb", f"--target={target}",
         "--compile-from=fusion"],
        ["azulejo-run", stem / "model.azb", f"--device=sim:{target}", "--sim-check=all", "--output-dir", stem],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return f"{command[0]} exited with {done.returncode}: {done.stderr.strip()[:600]}"
    values = [numpy.load(stem / f"o{i}.npy") for i in range(count)]
    for result, expected in zip(values[::2], values[1::2]):
        if not equal(result, expected):
            return f"got {result.tolist()}, expected {expected.tolist()}"
    return None


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(path, name, body) for path in map(pathlib.Path, sys.argv[3:])
            for name, body in functions(path.read_text())]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: run(target, folder, *job), jobs))
    for (path, name, _), problem in zip(jobs, results):
        if problem:
            print(f"{path.name} @{name}: {problem}")
    print(f"{len(jobs) - sum(map(bool, results))} of {len(jobs)} functions give the expected values on {target}")
    sys.exit(any(results) or not jobs)


main()
