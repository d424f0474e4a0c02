# This file is the main job in one piece: Magika to a bundle, and the bundle on files of this repository.
"""Usage: quickstart.py FOLDER DEVICE FILE..."""
import math
import pathlib
import sys

import numpy

import azulejo
import magika_features
import model_files
import write_magika

TOLERANCE = 1e-3


def make_bundle(folder):
    """Writes the model as JSON and compiles it, where that has not been done by this very compiler."""
    model, bundle = folder / "magika.onnx.json", folder / "magika.azb"
    folder.mkdir(parents=True, exist_ok=True)
    loaded = write_magika.load()
    if not model.exists():
        model_files.write_json(loaded, model)
    compiler = azulejo.BIN / "azulejo-compile"
    newest = max(model.stat().st_mtime, compiler.stat().st_mtime if compiler.exists() else 0)
    if not bundle.exists() or bundle.stat().st_mtime < newest:
        azulejo.compile_model(model, bundle, "--target=all")
    return loaded, bundle


def show(path, scores):
    best = numpy.argsort(-scores, kind="stable")[:3]
    labels = magika_features.labels()
    print(f"{path}: " + ", ".join(f"{labels[i]} {scores[i]:.4f}" for i in best))


def main():
    folder, device, paths = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    model, bundle = make_bundle(folder)
    inputs = magika_features.batch(paths)
    name, result = model.graph.input[0].name, model.graph.output[0].name
    numpy.save(folder / "input.npy", inputs)
    outputs, said = azulejo.run_bundle(bundle, {name: folder / "input.npy"}, folder / "output",
                                       "--device", device)
    scores = outputs[result]
    print(said.strip())
    for path, row in zip(paths, scores):
        show(path, row)

    expected = model_files.open_session(model).run([result], {name: inputs})[0]
    if scores.shape != expected.shape:
        raise SystemExit(f"error: expected scores of shape {expected.shape}, got: {scores.shape}")
    labels = magika_features.labels()
    best = [labels[i] for i in expected.argmax(axis=1)]
    difference = float(numpy.abs(scores - expected).max())
    # To the next power of ten: the last digits depend on onnxruntime's choice of instructions.
    bound = 10.0 ** max(-6, math.ceil(math.log10(difference))) if difference > 0 else 1e-6
    print(f"onnxruntime says {', '.join(best)}; the scores differ by at most {bound:.0e}")
    # Written so that a difference that is not a number fails.
    if not difference <= TOLERANCE or (scores.argmax(axis=1) != expected.argmax(axis=1)).any():
        raise SystemExit(f"error: expected the labels of onnxruntime and scores within {TOLERANCE}")


main()
