#!/usr/bin/env python3
"""Compiles random models, runs them on the simulator with all checks and compares every output with onnxruntime.

A model is made from its number (random_graph.py), so that a failure is repeated with --first=N --count=1 --keep.
"""
import argparse
import collections
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from random_graph import RandomGraph
from run import file_name, is_unsupported, reason_of

# f16 of chains: onnxruntime's CPU kernels round every intermediate result, ours only what leaves a kernel.
TOLERANCES = {"float32": (1e-3, 1e-4), "float16": (2e-2, 2e-2)}


def expected_outputs(model, inputs):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Its fusions change results by more than ours do, and have faults of their own.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def difference(expected, path, scale):
    """None, or what is different. `scale` is a bound of the magnitudes that went into the result."""
    actual = np.load(path)
    if actual.dtype != expected.dtype or actual.shape != expected.shape:
        return f"{actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}"
    if expected.dtype.name in TOLERANCES:
        rtol, atol = TOLERANCES[expected.dtype.name]
        good = np.isclose(actual.astype("f8"), expected.astype("f8"), rtol=rtol, atol=atol * max(1.0, scale), equal_nan=True)
    else:
        good = actual == expected
    if np.all(good):
        return None
    at = tuple(int(i) for i in np.argwhere(~good)[0]) if good.ndim else ()
    return f"{int(good.size - np.count_nonzero(good))} of {good.size} differ, first at {at}: {actual[at]}, expected {expected[at]}"


def run(arguments, timeout):
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return "fail", f"timeout after {timeout} s: {os.path.basename(arguments[0])}"
    if done.returncode == 0:
        return None
    text = done.stderr + done.stdout
    if done.returncode < 0:
        return "fail", f"{os.path.basename(arguments[0])} crashed with signal {-done.returncode}"
    return ("unsupported" if is_unsupported(text) else "fail"), reason_of(text)


def run_model(number, options):
    graph = RandomGraph(number, options.operators)
    model = graph.model()
    try:
        wanted = expected_outputs(model, graph.inputs)
    except Exception as fault:  # onnxruntime's own types of error share no base.
        return "skipped", "onnxruntime: " + str(fault).split("\n", maxsplit=1)[0][:100]
    folder = tempfile.mkdtemp(prefix=f"azulejo-random-{number}-")
    try:
        onnx.save_model(model, f"{folder}/model.onnx.json", format="json")
        inputs = []
        for i, (name, array) in enumerate(graph.inputs.items()):
            np.save(f"{folder}/input_{i}.npy", array)
            inputs += ["--input", f"{name}={folder}/input_{i}.npy"]
        stopped = run([f"{options.bin}/azulejo-compile", f"{folder}/model.onnx.json", "-o", f"{folder}/model.azb",
                       "--target=" + ",".join(options.target)], options.timeout)
        for target in options.target:
            if stopped:
                break
            stopped = run([f"{options.bin}/azulejo-run", f"{folder}/model.azb", f"--device=sim:{target}", "--sim-check=all",
                           f"--output-dir={folder}/out"] + inputs, options.timeout)
            for value in graph.outputs if not stopped else []:
                fault = difference(wanted[value.name], f"{folder}/out/{file_name(value.name)}.npy", value.bound)
                if fault:
                    return "fail", f"wrong numbers on {target}: {value.name}: {fault}"
        return stopped or ("pass", "")
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(root, "build", "bin"), help="folder of the tools")
    parser.add_argument("--first", type=int, default=0, help="number of the first model")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--operators", type=int, default=8, help="nodes of a model")
    parser.add_argument("--target", type=lambda text: text.split(","), default=["sm_75", "sm_80"])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--keep", action="store_true", help="leave the files of each model in the temporary folder")
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.count)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip(numbers, pool.map(lambda number: run_model(number, options), numbers)))
    counts = collections.Counter(status for status, _ in results.values())
    print(f"{len(results)} models: " + ", ".join(f"{counts[s]} {s}" for s in ("pass", "fail", "unsupported", "skipped")))
    for number, (status, reason) in results.items():
        if status != "pass":
            print(f"{status:11} {number}: {reason}")
    # A run in which nothing was compared has shown nothing.
    sys.exit(1 if counts["fail"] or counts["pass"] * 2 < len(results) else 0)


if __name__ == "__main__":
    main()
