# This file makes f32 products as an ONNX model, and checks what kernels that may use tf32 made of them.
"""Usage: tf32.py write FOLDER            the model, and an .npy file for each input
          tf32.py check FOLDER RESULTS f32|tf32    RESULTS is a folder with an .npy file for each output"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

ROWS = 200  # of the symbolic dimension m: the last tile has 8 of 64 rows
RANDOM = numpy.random.default_rng(32)


def normal(*shape):
    return RANDOM.normal(0, 1, shape).astype(numpy.float32)


X, Y, W, V = normal(ROWS, 100), normal(100, 72), normal(136, 100), normal(3, 100, 24)
IMAGE, TAPS, POINTS, BIAS = normal(2, 24, 9, 11), normal(40, 24, 3, 3), normal(128, 24, 1, 1), normal(136)
WIDE = normal(24, 1024)
# A product for each way in which operands lie: along K or across, in batches, with an epilogue, gathered.
NODES = [("plain", "MatMul", ["x", "y"], {}), ("along_k", "Gemm", ["x", "w", "bias"], {"transB": 1}),
         ("across_k", "Gemm", ["y", "x_rows"], {"transA": 1, "transB": 1}), ("batch", "MatMul", ["x", "v"], {}),
         ("window", "Conv", ["image", "taps"], {"pads": [1, 1, 1, 1]}), ("pointwise", "Conv", ["image", "points"], {}),
         ("many", "MatMul", ["points_flat", "wide"], {})]
INPUTS = {"x": X, "y": Y, "w": W, "image": IMAGE}
WEIGHTS = {"v": V, "bias": BIAS, "x_rows": X[:64].copy(), "taps": TAPS, "points": POINTS,
           "points_flat": POINTS.reshape(128, 24), "wide": WIDE}


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [helper.make_node(kind, inputs, [name], name, **attributes) for name, kind, inputs, attributes in NODES]
    shapes = {name: ["m", 100] if name == "x" else list(value.shape) for name, value in INPUTS.items()}
    graph = helper.make_graph(
        nodes, "products", [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
        [helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, None) for node in nodes],
        [numpy_helper.from_array(value, name) for name, value in WEIGHTS.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.save_model(model, str(folder / "model.onnx.json"), format="json")
    for name, value in INPUTS.items():
        numpy.save(folder / f"{name}.npy", value)


def windows(image, taps, pad):
    """The patches of an image that a convolution multiplies with each of its filters."""
    padded = numpy.pad(image, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    return numpy.lib.stride_tricks.sliding_window_view(padded, taps.shape[2:], axis=(2, 3))


def products(rounded):
    """The operands of each product as factors of an einsum, rounded, and what is added."""
    x, y, w, v, image, taps, points, rows, wide = map(
        rounded, (X, Y, W, V, IMAGE, TAPS, POINTS, X[:64], WIDE))
    return {"plain": ("mk,kn->mn", x, y, 0), "along_k": ("mk,nk->mn", x, w, BIAS), "across_k": ("km,nk->mn", y, rows, 0),
            "batch": ("mk,bkn->bmn", x, v, 0), "window": ("bchwij,ocij->bohw", windows(image, taps, 1), taps, 0),
            "pointwise": ("bchwij,ocij->bohw", windows(image, points, 0), points, 0),
            "many": ("mk,kn->mn", points.reshape(128, 24), wide, 0)}


def tf32(values):
    """Rounded to 10 bits of fraction, ties away from zero, as cvt.rna.tf32.f32 does."""
    bits = values.view(numpy.uint32)
    return ((bits + 0x1000) & 0xFFFFE000).astype(numpy.uint32).view(numpy.float32)


def evaluate(rounded):
    """Each product in f64, and the sum of the absolute products, to which errors are relative."""
    return {name: (numpy.einsum(text, a.astype(float), b.astype(float)) + added,
                   numpy.einsum(text, abs(a).astype(float), abs(b).astype(float)) + abs(added))
            for name, (text, a, b, added) in products(rounded).items()}


def check(folder, kind):
    # f32 sums of at most 216 products: a few units of 2^-24 for each step. Against the operands as they were,
    # each of the two was rounded by at most 2^-11 of itself: 2^-10 of the sum of absolute products in all.
    sums, rounding = 1e-5, 2.0**-10 * 1.01
    exact, emulated = evaluate(lambda value: value), evaluate(tf32)
    for name in exact:
        got = numpy.load(folder / f"{name}.npy").astype(float)
        wanted, size = (emulated if kind == "tf32" else exact)[name]
        if got.shape != wanted.shape:
            sys.exit(f"error: {name}: expected the shape {wanted.shape}, got: {got.shape}")
        error = (abs(got - wanted) / size).max()
        distance = (abs(got - exact[name][0]) / exact[name][1]).max()
        print(f"{name}: {error:.1e} from {kind}, {distance:.1e} from exact")
        if not error <= sums or not distance <= sums + rounding:
            sys.exit(f"error: {name}: expected at most {sums} of the sum of absolute products")
        if (distance > sums) != (kind == "tf32"):
            sys.exit(f"error: {name}: expected products of {kind}, got others")


def main():
    if sys.argv[1] == "write":
        write(pathlib.Path(sys.argv[2]))
    else:
        check(pathlib.Path(sys.argv[2]), sys.argv[3])


main()
