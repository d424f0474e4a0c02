# This file compiles a model that a write_*.py wrote, runs its cases and compares with onnxruntime's outputs.
"""Usage: run_model.py FOLDER [--device sim] [--sim-check all] [--target all] [--cases 0,1,2] [--dim NAME=…]

Exit code 0 only when every output of every case agrees: |got - expected| <= atol + rtol * |expected|."""
import argparse
import json
import pathlib
import time

import numpy

import azulejo


def compare(name, got, expected, arguments):
    """Prints the largest difference. Returns whether the output is right."""
    if got is None or got.shape != expected.shape or got.dtype != expected.dtype:
        shown = "nothing" if got is None else f"{got.dtype}{list(got.shape)}"
        print(f"  {name}: expected {expected.dtype}{list(expected.shape)}, got: {shown}")
        return False
    difference = numpy.abs(got.astype(numpy.float64) - expected)
    right = bool((difference <= arguments.atol + arguments.rtol * numpy.abs(expected)).all())
    print(f"  {name} {list(got.shape)}: max difference {difference.max():.3g}, "
          f"{'agrees' if right else 'DIFFERS'}")
    return right


def run_case(folder, number, case, arguments):
    inputs = {name: folder / file for name, file in case["inputs"].items()}
    shapes = ", ".join(f"{name}={list(numpy.load(file).shape)}" for name, file in inputs.items())
    options = ["--device", arguments.device]
    if arguments.sim_check:
        options += ["--sim-check", arguments.sim_check]
    begin = time.monotonic()
    outputs, _ = azulejo.run_bundle(folder / "model.azb", inputs, folder / f"case-{number}" / "got",
                                    *options)
    print(f"case {number}: {shapes}, {time.monotonic() - begin:.1f} s")
    return all([compare(name, outputs.get(name.replace("/", "_")), numpy.load(folder / file), arguments)
                for name, file in case["outputs"].items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--device", default="sim")
    parser.add_argument("--sim-check", default="")
    parser.add_argument("--target", default="all")
    parser.add_argument("--dim", action="append", default=[], help="passed on to azulejo-compile")
    parser.add_argument("--cases", help="numbers of cases, all by default")
    parser.add_argument("--rtol", type=float, default=1e-3)
    parser.add_argument("--atol", type=float, default=1e-5)
    arguments = parser.parse_args()

    begin = time.monotonic()
    azulejo.compile_model(arguments.folder / "model.onnx.json", arguments.folder / "model.azb",
                          f"--target={arguments.target}", *(f"--dim={dim}" for dim in arguments.dim))
    print(f"compiled for {arguments.target} in {time.monotonic() - begin:.1f} s")
    cases = json.loads((arguments.folder / "cases.json").read_text())
    wanted = range(len(cases)) if arguments.cases is None else map(int, arguments.cases.split(","))
    results = [run_case(arguments.folder, number, cases[number], arguments) for number in wanted]
    if not results or not all(results):
        raise SystemExit(f"error: {results.count(False)} of {len(results)} cases differ")
    print(f"{len(results)} cases agree")


main()
