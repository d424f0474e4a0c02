# This file writes a model as ONNX JSON together with test cases: inputs and onnxruntime's outputs.
"""A folder has model.onnx.json, cases.json and, for each case, one .npy file per input and output."""
import json
import os
import pathlib
import sysconfig

import numpy
import onnx
import onnxruntime


def package_file(*parts):
    """The path of a file inside an installed package. The package itself is not imported."""
    path = pathlib.Path(sysconfig.get_paths()["purelib"], *parts)
    if not path.is_file():
        raise SystemExit(f"error: expected {path}; tools/setup.sh installs the package {parts[0]}")
    return path


def name_dims(value, dims):
    """Replaces the shape of a graph's input or output: a string names a dimension."""
    shape = value.type.tensor_type.shape
    del shape.dim[:]
    for dim in dims:
        entry = shape.dim.add()
        if isinstance(dim, str):
            entry.dim_param = dim
        else:
            entry.dim_value = dim


def real_inputs(model):
    """The inputs that a caller gives; models of IR 3 list their weights as inputs too."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in weights]


def write_json(model, path):
    """Writes the model in onnx's JSON form. The file appears when it is whole."""
    partial = path.with_name(path.name + ".partial")
    onnx.save_model(model, str(partial), format="json")
    os.replace(partial, path)


def open_session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def _save(folder, prefix, index, array):
    file = f"{folder.name}/{prefix}-{index}.npy"
    numpy.save(folder.parent / file, array)
    return file


def write_cases(model, folder, cases):
    """Runs onnxruntime on each case, a map from input name to array, and writes what went in and out."""
    session = open_session(model)
    names = [output.name for output in session.get_outputs()]
    entries = []
    for number, inputs in enumerate(cases):
        place = folder / f"case-{number}"
        place.mkdir(exist_ok=True)
        results = session.run(names, inputs)
        entries.append({
            "inputs": {name: _save(place, "input", i, array)
                       for i, (name, array) in enumerate(inputs.items())},
            "outputs": {name: _save(place, "output", i, array)
                        for i, (name, array) in enumerate(zip(names, results))},
        })
    (folder / "cases.json").write_text(json.dumps(entries, indent=1) + "\n")


def write_model(model, folder, cases):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(model, folder / "model.onnx.json")
    write_cases(model, folder, cases)
    print(f"wrote {folder}/model.onnx.json: {len(model.graph.node)} nodes, {len(cases)} cases")
