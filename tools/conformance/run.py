#!/usr/bin/env python3
"""Runs ONNX's conformance cases through a compiler, and counts pass, fail and unsupported by reason.

Needs the Python package onnx 1.22.0 (later wheels carry no node data). A case is written as ONNX JSON and .npy
inputs, then one or two commands run it; {placeholders} are filled in:

  {model} the .onnx.json file     {mlir} a file for the imported module   {bundle} a file for the bundle
  {inputs} "--input NAME=FILE.npy" for each input                         {outdir} where NAME.npy results go

A case gives shapes, axes and the like as inputs. Where the compiler asks for the contents of one, the case is run
again with that input as a constant of the model; the table counts such cases apart.

Presets: --mode=reference   azulejo-translate imports, then --evaluate
         --mode=sim         azulejo-compile, then azulejo-run --device=sim
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.backend.test.loader
from onnx import numpy_helper

MODES = {
    "reference": [
        "{bin}/azulejo-translate --import-onnx-json {model} -o {mlir}",
        "{bin}/azulejo-translate --evaluate {mlir} {inputs} --output-dir={outdir} -o {outdir}/log.txt",
    ],
    "sim": [
        "{bin}/azulejo-compile {model} -o {bundle} --target=sm_80",
        "{bin}/azulejo-run {bundle} --device=sim {inputs} --output-dir={outdir}",
    ],
}
LIGHT_TOLERANCE = {"densenet121": 2e-3}


def file_name(name):
    """The name under which a result is written: letters, digits, '-', '_' and '.' stay."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def load_tensor(path, value_type):
    """A case's input or output, or None where it is no dense tensor."""
    if not value_type.HasField("tensor_type"):
        return None
    tensor = onnx.TensorProto()
    with open(path, "rb") as file:
        tensor.ParseFromString(file.read())
    array = numpy_helper.to_array(tensor)
    # Strings are objects; bf16 and the narrow floats and integers are void types, which .npy files do not keep.
    return array if array.dtype.kind in "biufc" and array.dtype.isbuiltin == 1 else None


def reason_of(text):
    """The first error line, cut to what cases share."""
    for line in text.splitlines():
        match = re.search(r"error: (.*)", line)
        if match:
            reason = match.group(1)
            reason = re.sub(r"^\[(import\.[a-z-]+)\] \S+: '(\w+)'[^:]*\(opset[^)]*\): ", r"\1 \2: ", reason)
            return reason[:160]
    return (text.strip().splitlines() or ["no message"])[-1][:160]


def is_unsupported(text):
    """Refused, with a stable code; everything else that ends with an error is a failure."""
    return bool(re.search(r"\[import\.(unsupported|type|opset)\]|unsupported", text))


def compare(expected, path, rtol, atol):
    """None, or what is different."""
    if not os.path.exists(path):
        return "no output " + os.path.basename(path)
    actual = np.load(path)
    if actual.dtype != expected.dtype:
        return f"dtype {actual.dtype}, expected {expected.dtype}"
    if actual.shape != expected.shape:
        return f"shape {actual.shape}, expected {expected.shape}"
    if expected.dtype.kind in "fc":
        good = np.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True)
    else:
        good = actual == expected
    if np.all(good):
        return None
    wrong = int(good.size - np.count_nonzero(good))
    at = tuple(int(i) for i in np.argwhere(~good)[0]) if good.ndim else ()
    return f"{wrong} of {good.size} differ, first at {at}: {actual[at]}, expected {expected[at]}"


def load_data_set(model, data):
    """One data set's inputs and expected outputs by name, or None where one is no dense tensor."""
    defaults = {tensor.name for tensor in model.graph.initializer}
    inputs, outputs = {}, {}
    for i, value in enumerate(value for value in model.graph.input if value.name not in defaults):
        path = os.path.join(data, f"input_{i}.pb")
        array = load_tensor(path, value.type) if os.path.exists(path) else None
        if array is None:
            return None
        inputs[value.name] = array
    for i, value in enumerate(model.graph.output):
        array = load_tensor(os.path.join(data, f"output_{i}.pb"), value.type)
        if array is None:
            return None
        outputs[value.name] = array
    return inputs, outputs


def with_constant(model, name, array):
    """The model with input `name` as a constant."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    kept = [value for value in result.graph.input if value.name != name]
    del result.graph.input[:]
    result.graph.input.extend(kept)
    result.graph.initializer.append(numpy_helper.from_array(array, name))
    return result


def run_commands(commands, places, timeout):
    for command in commands:
        arguments = []
        for word in shlex.split(command):
            if word == "{inputs}":
                arguments += places["inputs"]
            else:
                arguments.append(word.format(**{k: v for k, v in places.items() if k != "inputs"}))
        try:
            done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return "fail", f"timeout after {timeout} s: {os.path.basename(arguments[0])}"
        if done.returncode < 0:
            return "fail", f"{os.path.basename(arguments[0])} crashed with signal {-done.returncode}"
        if done.returncode != 0:
            text = done.stderr + done.stdout
            return ("unsupported" if is_unsupported(text) else "fail"), reason_of(text)
    return None


def run_data_set(model, inputs, outputs, case, commands, folder, options):
    """Runs one data set, with inputs made constants one after the other as the compiler asks for them."""
    places = {"bin": options.bin, "model": f"{folder}/model.onnx.json", "mlir": f"{folder}/model.mlir",
              "bundle": f"{folder}/model.azb", "outdir": f"{folder}/out"}
    constants = 0
    while True:
        shutil.rmtree(places["outdir"], ignore_errors=True)
        os.makedirs(places["outdir"])
        onnx.save_model(model, places["model"], format="json")
        places["inputs"] = []
        for i, (name, array) in enumerate(inputs.items()):
            np.save(f"{folder}/input_{i}.npy", array)
            places["inputs"] += ["--input", f"{name}={folder}/input_{i}.npy"]
        stopped = run_commands(commands, places, options.timeout)
        asked = re.search(r"the contents of input '([^']*)' must be known", stopped[1]) if stopped else None
        if not asked or asked.group(1) not in inputs:
            break
        model = with_constant(model, asked.group(1), inputs.pop(asked.group(1)))
        constants += 1
    if stopped:
        return stopped
    for name, expected in outputs.items():
        fault = compare(expected, f"{places['outdir']}/{file_name(name)}.npy", case.rtol, case.atol)
        if fault:
            return "fail", f"wrong numbers: {name}: {fault}"
    return "pass", "with constant inputs" if constants else ""


def run_case(case, commands, options):
    model = onnx.load(os.path.join(case.model_dir, "model.onnx"))
    folder = tempfile.mkdtemp(prefix="azulejo-conformance-")
    try:
        result = "pass", ""
        for data in sorted(d for d in os.listdir(case.model_dir) if d.startswith("test_data_set_")):
            loaded = load_data_set(model, os.path.join(case.model_dir, data))
            if loaded is None:
                return "unsupported", "sequences, optionals, strings or types that numpy does not have"
            result = run_data_set(model, *loaded, case, commands, folder, options)
            if result[0] != "pass":
                return result
        return result
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def print_table(results, verbose):
    counts = collections.Counter(status for status, _ in results.values())
    print(f"{len(results)} cases: " + ", ".join(f"{counts[s]} {s}" for s in ("pass", "fail", "unsupported")))
    for status in ("pass", "fail", "unsupported"):
        reasons = collections.Counter(reason for s, reason in results.values() if s == status and reason)
        if reasons:
            print(f"\n{status}:")
        for reason, count in reasons.most_common():
            print(f"  {count:4}  {reason}")
    if verbose:
        print()
        for name, (status, reason) in sorted(results.items()):
            if status == "fail" or verbose > 1:
                print(f"{status:11} {name}: {reason}")


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=sorted(MODES), default="reference")
    parser.add_argument("--command", action="append", help="a command template, in place of those of --mode")
    parser.add_argument("--bin", default=os.path.join(root, "build", "bin"), help="folder of the tools")
    parser.add_argument("--filter", default="", help="regular expression that a case's name must contain")
    parser.add_argument("--passing", help="file of case names: fail unless each of them passes")
    parser.add_argument("--write-passing", help="write the names of the cases that pass to this file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--keep", action="store_true", help="leave the files of each case in the temporary folder")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="list failures; twice: all cases")
    options = parser.parse_args()
    commands = options.command or MODES[options.mode]
    cases = onnx.backend.test.loader.load_model_tests(kind="node")
    if not cases:
        sys.exit("expected onnx 1.22.0, whose wheel has the node cases; got onnx " + onnx.__version__)
    wanted = None
    if options.passing:
        with open(options.passing, encoding="ascii") as file:
            wanted = set(file.read().split())
        cases = [case for case in cases if case.name in wanted]
    cases = [case for case in cases if re.search(options.filter, case.name)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip([case.name for case in cases],
                           pool.map(lambda case: run_case(case, commands, options), cases)))
    print_table(results, options.verbose)
    passing = sorted(name for name, (status, _) in results.items() if status == "pass")
    if options.write_passing:
        with open(options.write_passing, "w", encoding="ascii") as file:
            file.write("\n".join(passing) + "\n")
    if wanted is not None and len(passing) != len(results):
        sys.exit("expected all listed cases to pass")


if __name__ == "__main__":
    main()
