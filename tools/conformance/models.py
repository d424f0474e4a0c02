#!/usr/bin/env python3
"""Compares whole models with onnxruntime: Magika, PP-OCRv4 cls and rec, and ONNX's light models.

The models come from the Python packages magika, rapidocr-onnxruntime and onnx 1.22.0; those that are not
installed are skipped. Uses the command templates of run.py, so --mode=sim runs the same comparison on bundles.
"""
import argparse
import importlib.util
import os
import shutil
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import run

RTOL, ATOL = 1e-3, 1e-5


def package_file(package, *parts):
    spec = importlib.util.find_spec(package)
    path = os.path.join(os.path.dirname(spec.origin), *parts) if spec else None
    return path if path and os.path.exists(path) else None


def light(name):
    return ("onnx", ("backend", "test", "data", "light", f"light_{name}.onnx"))


OCR = ("rapidocr_onnxruntime", "models")
MODELS = {
    "magika": ("magika", ("models", "standard_v3_3", "model.onnx")),
    "cls": (OCR[0], (OCR[1], "ch_ppocr_mobile_v2.0_cls_infer.onnx")),
    "rec": (OCR[0], (OCR[1], "ch_PP-OCRv4_rec_infer.onnx")),
    "det": (OCR[0], (OCR[1], "ch_PP-OCRv4_det_infer.onnx")),
    **{name: light(name) for name in ("resnet50", "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2",
                                      "shufflenet", "squeezenet", "vgg19", "zfnet512")},
}
# The sizes of the dynamic dimensions, in order, for each of the runs; and the options that fix the others.
SHAPES = {
    "magika": [(1, 2048), (2, 2048), (5, 2048)],
    "cls": [(1, 3, 48, 192), (2, 3, 48, 192), (5, 3, 48, 192)],
    "rec": [(1, 3, 48, 320), (2, 3, 48, 160), (5, 3, 48, 64)],
    "det": [(1, 3, 64, 96)],
}
OPTIONS = {
    "rec": ["--dim=x_dim2=48"],
    "det": ["--dim=p2o.DynamicDimension.1=64", "--dim=p2o.DynamicDimension.2=96"],
}


def inputs_of(name, session, shape, seed):
    random = np.random.default_rng(seed)
    arrays = {}
    for value in session.get_inputs():
        dims = shape or [d if isinstance(d, int) else 1 for d in value.shape]
        if value.type == "tensor(int32)":
            arrays[value.name] = random.integers(0, 257, dims, dtype=np.int32)
        else:
            arrays[value.name] = random.standard_normal(dims).astype(np.float32)
    return arrays


def check(name, model, path, shape, seed, commands, options):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    arrays = inputs_of(name, session, shape, seed)
    expected = session.run(None, arrays)
    folder = tempfile.mkdtemp(prefix="azulejo-model-")
    try:
        places = {"bin": options.bin, "model": f"{folder}/model.onnx.json", "mlir": f"{folder}/model.mlir",
                  "bundle": f"{folder}/model.azb", "outdir": f"{folder}/out", "inputs": []}
        os.makedirs(places["outdir"])
        onnx.save_model(model, places["model"], format="json")
        for i, (input_name, array) in enumerate(arrays.items()):
            np.save(f"{folder}/input_{i}.npy", array)
            places["inputs"] += ["--input", f"{input_name}={folder}/input_{i}.npy"]
        extra = " " + " ".join(OPTIONS.get(name, []))
        stopped = run.run_commands([commands[0] + extra] + commands[1:], places, options.timeout)
        if stopped:
            return stopped[0] + ": " + stopped[1]
        for value, array in zip(session.get_outputs(), expected):
            fault = run.compare(array, f"{places['outdir']}/{run.file_name(value.name)}.npy", RTOL, ATOL)
            if fault:
                return "wrong numbers: " + fault
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=[], help="names; all by default: " + ", ".join(MODELS))
    parser.add_argument("--mode", choices=sorted(run.MODES), default="reference")
    parser.add_argument("--bin", default=os.path.join(root, "build", "bin"))
    parser.add_argument("--timeout", type=float, default=600)
    options = parser.parse_args()
    failed = False
    for name in options.models or MODELS:
        package, parts = MODELS[name]
        path = package_file(package, *parts)
        if not path:
            print(f"{name}: skipped, the Python package {package} is not installed")
            continue
        model = onnx.load(path)
        for seed, shape in enumerate(SHAPES.get(name, [None])):
            fault = check(name, model, path, shape, seed, run.MODES[options.mode], options)
            print(f"{name} {list(shape) if shape else ''}: {fault or 'agrees with onnxruntime'}", flush=True)
            failed |= fault is not None
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
