# This file writes Magika's model and its test cases, files of this repository.
"""Usage: write_magika.py FOLDER"""
import pathlib
import sys

import onnx

import magika_features
import model_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["README.md", "CMakeLists.txt", "tools/setup.sh", "tools/models/write_magika.py",
         "runtime/include/azulejo/runtime/device.h"]


def load():
    model = onnx.load(model_files.package_file(*magika_features.MODEL, "model.onnx"))
    model_files.name_dims(model.graph.input[0], ["batch", 2048])
    model_files.name_dims(model.graph.output[0], ["batch", len(magika_features.labels())])
    return model


def main():
    model = load()
    name = model.graph.input[0].name
    paths = [ROOT / file for file in FILES]
    cases = [{name: magika_features.batch(paths[:count])} for count in (1, 2, 5)]
    model_files.write_model(model, sys.argv[1], cases)


if __name__ == "__main__":
    main()
