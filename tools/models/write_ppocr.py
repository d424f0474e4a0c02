# This file writes the PP-OCR classifier, recognizer or detector and its test cases, seeded random images.
"""Usage: write_ppocr.py cls|rec|det FOLDER"""
import sys

import numpy
import onnx

import model_files

# Kind: file of the model, dimensions of the input and the output, and of the three cases: how many
# images, their width and their height if it is not 48.
KINDS = {
    "cls": ("ch_ppocr_mobile_v2.0_cls_infer.onnx", ["batch", 3, 48, 192], ["batch", 2],
            [(1, 192), (2, 192), (5, 192)]),
    "rec": ("ch_PP-OCRv4_rec_infer.onnx", ["batch", 3, 48, "width"], ["batch", "steps", 6625],
            [(1, 96), (2, 64), (5, 48)]),
    "det": ("ch_PP-OCRv4_det_infer.onnx", ["batch", 3, "height", "width"], ["batch", 1, "rows", "columns"],
            [(1, 64, 32), (2, 96, 64), (1, 32, 32)]),
}


def images(seed, count, width, height=48):
    """Smooth noise in -1..1: the models expect neighbouring pixels to be alike."""
    coarse = numpy.random.default_rng(seed).uniform(-1, 1, (count, 3, height // 4, -(-width // 4)))
    return numpy.kron(coarse, numpy.ones((4, 4)))[..., :width].astype(numpy.float32)


def main():
    kind, folder = sys.argv[1:3]
    file, inputs, outputs, sizes = KINDS[kind]
    model = onnx.load(model_files.package_file("rapidocr_onnxruntime", "models", file))
    model_files.name_dims(model.graph.input[0], inputs)
    model_files.name_dims(model.graph.output[0], outputs)
    name = model.graph.input[0].name
    cases = [{name: images(seed, *size)} for seed, size in enumerate(sizes)]
    model_files.write_model(model, folder, cases)


main()
