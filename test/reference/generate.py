"""Writes the value tests of this folder: python3 test/reference/generate.py

The expected numbers come from NumPy, and those of convolution and pooling from onnxruntime: oracles that share
nothing with lib/Reference. The files are checked in; this script runs only when a case is added. It needs numpy,
ml_dtypes, onnx and onnxruntime.
"""
import math
import os

import ml_dtypes
import numpy as np
import onnx.helper as oh
import onnxruntime as ort

FOLDER = os.path.dirname(os.path.abspath(__file__))
NAMES = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64", "bool": "i1",
         "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
         "uint8": "ui8", "uint16": "ui16", "uint32": "ui32", "uint64": "ui64"}
np.seterr(all="ignore")


def type_of(a):
    return "tensor<" + "".join(f"{d}x" for d in a.shape) + NAMES[a.dtype.name] + ">"


def element(x):
    if x.dtype == np.bool_:
        return "true" if x else "false"
    if x.dtype.kind in "iu":
        return str(int(x))
    wide = float(x)
    if math.isfinite(wide):
        return repr(wide) if "e" not in repr(wide) or "." in repr(wide) else repr(wide).replace("e", ".0e")
    bits = x.tobytes()[::-1].hex().upper()
    return "0x" + bits


def literal(a):
    if a.size == 0:
        return f"dense<> : {type_of(a)}"
    def nest(x):
        return element(x) if x.ndim == 0 else "[" + ", ".join(nest(y) for y in x) + "]"
    return f"dense<{nest(a)}> : {type_of(a)}"


class File:
    """Collects the cases of one operator and writes them as one test."""

    def __init__(self, name, about, tolerance=None):
        flag = f" --tolerance={tolerance}" if tolerance else ""
        self.path = os.path.join(FOLDER, name + ".mlir")
        self.text = f"// {about} Written by generate.py.\n// RUN: azulejo-translate --evaluate-pairs{flag} %s\n"

    def case(self, name, op, inputs, expected, *, operands=None):
        inputs = [np.asarray(i) for i in inputs]
        expected = np.asarray(expected)
        lines = [f"\nfunc.func @{name}() -> ({type_of(expected)}, {type_of(expected)}) {{"]
        for i, value in enumerate(inputs):
            lines.append(f"  %{i} = graph.constant {literal(value)}")
        mnemonic, _, attributes = op.partition(" ... ")
        arguments = ", ".join(f"%{i}" for i in range(len(inputs)))
        types = ", ".join(type_of(i) for i in inputs)
        attributes = " " + attributes if attributes else ""
        lines.append(f"  %r = graph.{mnemonic} {arguments}{attributes} : ({types}) -> {type_of(expected)}")
        lines.append(f"  %e = graph.constant {literal(expected)}")
        lines.append(f"  return %r, %e : {type_of(expected)}, {type_of(expected)}\n}}")
        self.text += "\n".join(lines) + "\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with open(self.path, "w") as f:
            f.write(self.text)


f32, f16, bf16, i32, i64 = np.float32, np.float16, ml_dtypes.bfloat16, np.int32, np.int64
NAN, INF = float("nan"), float("inf")
EDGES = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 1e-3, 88.0, -100.0, INF, -INF, NAN], f32)


def wide(function):
    """Applies `function` in f64 and rounds once."""
    def apply(x):
        return np.asarray(function(x.astype(np.float64))).astype(x.dtype)
    return apply


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


erf = np.vectorize(math.erf, otypes=[np.float64])

UNARY = {
    "neg": np.negative, "abs": np.abs, "exp": wide(np.exp), "log": wide(np.log), "sqrt": np.sqrt,
    "rsqrt": wide(lambda x: 1 / np.sqrt(x)), "reciprocal": lambda x: (1 / x).astype(x.dtype),
    "sin": wide(np.sin), "cos": wide(np.cos), "tanh": wide(np.tanh), "sigmoid": wide(sigmoid),
    "erf": wide(erf), "floor": np.floor, "ceil": np.ceil, "round": np.rint, "sign": np.sign,
}
for name, function in UNARY.items():
    exact = name in ("neg", "abs", "sqrt", "floor", "ceil", "round", "sign", "reciprocal")
    with File(name, f"Values of graph.{name}.", None if exact else "2e-7") as f:
        expected = function(EDGES)
        if name == "sign":
            expected = np.where(EDGES == 0, f32(0), expected).astype(f32)
        f.case("edges", name, [EDGES], expected)
        f.case("rank_0", name, [f32(0.75)], function(f32(0.75)))
        f.case("empty", name, [np.zeros((0, 3), f32)], np.zeros((0, 3), f32))
        half = np.array([0.25, 1.0, 3.0, 6.5], f16)
        if exact:
            f.case("f16", name, [half], function(half))
            brain = half.astype(bf16)
            f.case("bf16", name, [brain], function(brain.astype(f32)).astype(bf16))
        if name in ("neg", "abs", "sign"):
            integers = np.array([-128, -1, 0, 5, 127], np.int8)
            f.case("i8", name, [integers], function(integers))
            f.case("i64", name, [integers.astype(i64)], function(integers.astype(i64)))

with File("not", "Values of graph.not.") as f:
    f.case("bool", "not", [np.array([True, False])], [False, True])
    f.case("i32", "not", [np.array([0, -1, 5], i32)], np.array([-1, 0, -6], i32))
    f.case("ui8", "not", [np.array([0, 255, 1], np.uint8)], np.array([255, 0, 254], np.uint8))
for name, function in {"is_nan": np.isnan, "is_inf": np.isinf}.items():
    with File(name, f"Values of graph.{name}.") as f:
        f.case("edges", name, [EDGES], function(EDGES))
        f.case("f16", name, [EDGES.astype(f16)], function(EDGES.astype(f16)))
        f.case("empty", name, [np.zeros((0,), f32)], np.zeros((0,), bool))

A = np.array([[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]], f32)
B = np.array([2.0, -3.0, 0.5], f32)
LEFT = np.array([INF, INF, 0.0, -0.0, 1.0, NAN, 1.0, -1.0], f32)
RIGHT = np.array([-INF, INF, -0.0, 0.0, 0.0, 1.0, NAN, 0.0], f32)
I, J = np.array([7, -7, 7, -7, 2147483647], i32), np.array([2, 2, -2, -2, 3], i32)


def trunc_div(a, b):
    return (np.abs(a.astype(i64)) // np.abs(b.astype(i64)) * np.sign(a.astype(i64)) * np.sign(b.astype(i64))).astype(a.dtype)


def maximum(a, b):
    result = np.maximum(a, b)
    return np.where((a == 0) & (b == 0), np.where(np.signbit(a), b, a), result).astype(result.dtype) if a.dtype.kind == "f" else result


def minimum(a, b):
    return -maximum(-a, -b) if a.dtype.kind == "f" else np.minimum(a, b)


BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
          "maximum": maximum, "minimum": minimum}
for name, function in BINARY.items():
    with File(name, f"Values of graph.{name}.") as f:
        f.case("broadcast_row", name, [A, B], function(A, B))
        f.case("broadcast_column", name, [A, np.array([[2.0], [4.0]], f32)], function(A, np.array([[2.0], [4.0]], f32)))
        f.case("broadcast_both", name, [B[None, :], A[:, :1]], function(B[None, :], A[:, :1]))
        f.case("scalar", name, [f32(3), A], function(f32(3), A))
        f.case("edges", name, [LEFT, RIGHT], function(LEFT, RIGHT))
        f.case("empty", name, [np.zeros((0, 3), f32), B], np.zeros((0, 3), f32))
        f.case("f16", name, [A.astype(f16), B.astype(f16)], function(A.astype(f16), B.astype(f16)))
        f.case("bf16", name, [A.astype(bf16), B.astype(bf16)], function(A.astype(bf16).astype(f32), B.astype(bf16).astype(f32)).astype(bf16))
        integer = trunc_div if name == "div" else function
        f.case("i32", name, [I, J], integer(I, J))
        u, v = np.array([250, 3, 7], np.uint8), np.array([10, 5, 7], np.uint8)
        f.case("ui8", name, [u, v], (u // v) if name == "div" else function(u, v))
        big = np.array([2**62 + 1, -5], i64)
        if name != "div":
            f.case("i64_wraps", name, [big, big], function(big, big))
with File("div_by_zero", "Integer division by zero gives some number and does not trap.") as f:
    f.text = f.text.replace("--evaluate-pairs", "--evaluate")
    f.case("i32", "div", [np.array([1, -2147483648], i32), np.array([0, -1], i32)], np.array([0, 0], i32))
    f.case("i64", "mod", [np.array([1, -2**63], i64), np.array([0, -1], i64)], np.array([0, 0], i64))

with File("mod", "Values of graph.mod.") as f:
    f.case("i32", "mod", [I, J], np.mod(I, J))
    f.case("i32_fmod", "mod ... fmod", [I, J], np.fmod(I, J))
    x, y = np.array([5.5, -5.5, 5.5, -5.5, 6.0, -6.0], f32), np.array([2.0, 2.0, -2.0, -2.0, 3.0, 3.0], f32)
    f.case("f32", "mod", [x, y], np.mod(x, y))
    f.case("f32_fmod", "mod ... fmod", [x, y], np.fmod(x, y))
    f.case("edges", "mod ... fmod", [np.array([INF, 1.0, 1.0, NAN], f32), np.array([1.0, 0.0, INF, 1.0], f32)],
           np.array([NAN, NAN, 1.0, NAN], f32))
    f.case("ui8", "mod", [np.array([250], np.uint8), np.array([7], np.uint8)], np.array([5], np.uint8))
with File("pow", "Values of graph.pow.", "2e-7") as f:
    x, y = np.array([2.0, -2.0, 4.0, 0.0, INF, NAN, 1.0, -1.0], f32), np.array([3.0, 3.0, 0.5, 0.0, -1.0, 0.0, NAN, 0.5], f32)
    f.case("f32", "pow", [x, y], np.power(x, y))
    f.case("scalar", "pow", [A, f32(2)], np.power(A, f32(2)))
    f.case("i64", "pow", [np.array([3, -2, 10, 0], i64), np.array([4, 3, 18, 0], i64)], np.array([81, -8, 10**18, 1], i64))
    f.case("i64_negative", "pow", [np.array([2, 1, -1, -1], i64), np.array([-1, -5, -3, -2], i64)], np.array([0, 1, -1, 1], i64))
for name, function in {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
    with File(name, f"Values of graph.{name}.") as f:
        x, y = np.array([[True], [False]]), np.array([True, False])
        f.case("bool", name, [x, y], function(x, y))
        f.case("i32", name, [I, J], function(I, J))
        f.case("ui16", name, [np.array([0xF0F0], np.uint16), np.array([0xFF00], np.uint16)],
               function(np.array([0xF0F0], np.uint16), np.array([0xFF00], np.uint16)))
with File("compare", "Values of graph.compare.") as f:
    for name, function in {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
                           "gt": np.greater, "ge": np.greater_equal}.items():
        f.case(name, f"compare {name}", [LEFT, RIGHT], function(LEFT, RIGHT))
        f.case(name + "_broadcast", f"compare {name}", [A, B], function(A, B))
        f.case(name + "_i64", f"compare {name}", [I.astype(i64), J.astype(i64)], function(I, J))
        u, v = np.array([2**63, 1], np.uint64), np.array([1, 2**63], np.uint64)
        f.case(name + "_ui64", f"compare {name}", [u, v], function(u, v))
        x, y = np.array([True, False, True]), np.array([False, False, True])
        f.case(name + "_bool", f"compare {name}", [x, y], function(x, y))
with File("select", "Values of graph.select.") as f:
    c = np.array([[True], [False]])
    f.case("broadcast", "select", [c, B, f32(9)], np.where(c, B, f32(9)))
    f.case("nan_not_taken", "select", [np.array([True, False]), np.array([1.0, NAN], f32), np.array([NAN, 2.0], f32)],
           np.array([1.0, 2.0], f32))
    f.case("bool", "select", [np.array([True, False]), np.array([False, True]), np.array([True, False])], [False, False])
    f.case("empty", "select", [np.zeros((0,), bool), f32(1), f32(2)], np.zeros((0,), f32))

with File("cast", "Values of graph.cast.") as f:
    x = np.array([1.9, -1.9, 0.0, -0.0, 100.5], f32)
    for t in ("int8", "int32", "int64", "float16", "float64", "bool"):
        f.case("f32_to_" + t, "cast", [x], x.astype(t))
    f.case("f32_to_uint8", "cast", [np.abs(x)], np.abs(x).astype(np.uint8))
    f.case("f32_to_bf16", "cast", [np.array([1.00390625, 1.01171875, 3.4e38, NAN], f32)],
           np.array([1.00390625, 1.01171875, 3.4e38, NAN], f32).astype(bf16))
    half = np.array([65504.0, 65519.0, 65520.0, 6e-8, 2e-8, 1e-7, -INF, NAN, 1.00048828125, 1.00146484375], f32)
    f.case("f32_to_f16_edges", "cast", [half], half.astype(f16))
    f.case("f16_to_f32_edges", "cast", [half.astype(f16)], half.astype(f16).astype(f32))
    f.case("nan_to_bool", "cast", [np.array([NAN, 0.0, 1e-40], f32)], [True, False, True])
    n = np.array([-1, 300, 2**40 + 5, 16777217], i64)
    for t in ("int8", "uint8", "int32", "uint32", "uint64", "float32", "bool"):
        f.case("i64_to_" + t, "cast", [n], n.astype(t))
    f.case("ui64_to_f32", "cast", [np.array([2**64 - 1, 2**63], np.uint64)], np.array([2**64 - 1, 2**63], np.uint64).astype(f32))
    f.case("bool_to_f32", "cast", [np.array([True, False])], np.array([1.0, 0.0], f32))
    f.case("bool_to_i64", "cast", [np.array([[True, False]])], np.array([[1, 0]], i64))
    f.case("i8_to_i64", "cast", [np.array([-1, 127], np.int8)], np.array([-1, 127], i64))

rng = np.random.default_rng(1)


def ints(*shape):
    return rng.integers(-4, 5, shape).astype(f32)


with File("matmul", "Values of graph.matmul.") as f:
    a, b = ints(2, 4), ints(4, 3)
    f.case("plain", "matmul", [a, b], a @ b)
    f.case("transpose_a", "matmul ... transpose_a", [a.T.copy(), b], a @ b)
    f.case("transpose_b", "matmul ... transpose_b", [a, b.T.copy()], a @ b)
    f.case("transpose_both", "matmul ... transpose_a transpose_b", [a.T.copy(), b.T.copy()], a @ b)
    a, b = ints(2, 1, 2, 4), ints(3, 4, 3)
    f.case("batches_broadcast", "matmul", [a, b], a @ b)
    f.case("batch_transposed", "matmul ... transpose_b", [a, np.swapaxes(b, -1, -2).copy()], a @ b)
    f.case("f16", "matmul", [a.astype(f16), b.astype(f16)], (a @ b).astype(f16))
    f.case("i32", "matmul", [a.astype(i32), b.astype(i32)], a.astype(i32) @ b.astype(i32))
    f.case("k_0", "matmul", [np.zeros((2, 0), f32), np.zeros((0, 3), f32)], np.zeros((2, 3), f32))
    f.case("m_0", "matmul", [np.zeros((0, 4), f32), ints(4, 3)], np.zeros((0, 3), f32))
    f.case("nan", "matmul", [np.array([[NAN, 0.0]], f32), np.array([[0.0], [1.0]], f32)], np.array([[NAN]], f32))


def onnx_run(op, inputs, **attributes):
    names = [f"x{i}" for i in range(len(inputs))]
    node = oh.make_node(op, names, ["y"], **attributes)
    kind = oh.np_dtype_to_tensor_dtype
    graph = oh.make_graph([node], "g", [oh.make_tensor_value_info(n, kind(x.dtype), x.shape) for n, x in zip(names, inputs)],
                          [oh.make_tensor_value_info("y", kind(inputs[0].dtype), None)])
    model = oh.make_model(graph, opset_imports=[oh.make_opsetid("", 19)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, inputs)))[0]


def window_text(strides, dilations, begin, end):
    return f"strides = {strides} dilations = {dilations} pads_begin = {begin} pads_end = {end}"


with File("conv", "Values of graph.conv; expected ones by onnxruntime.") as f:
    for name, x, w, strides, dilations, begin, end, group in [
            ("plain_2d", (1, 2, 5, 5), (3, 2, 3, 3), [1, 1], [1, 1], [0, 0], [0, 0], 1),
            ("strides_pads", (2, 3, 6, 7), (4, 3, 3, 2), [2, 3], [1, 1], [1, 0], [2, 1], 1),
            ("dilation", (1, 1, 7, 7), (1, 1, 3, 3), [1, 1], [2, 3], [2, 3], [2, 3], 1),
            ("group", (1, 4, 4, 4), (6, 2, 2, 2), [1, 1], [1, 1], [0, 0], [0, 0], 2),
            ("depthwise", (1, 3, 4, 4), (3, 1, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1], 3),
            ("one_d", (2, 2, 8), (3, 2, 3), [2], [1], [1], [1], 1),
            ("three_d", (1, 2, 3, 4, 5), (2, 2, 2, 2, 2), [1, 2, 1], [1, 1, 2], [0, 1, 0], [1, 0, 1], 1),
            ("pad_beyond_window", (1, 1, 3), (1, 1, 2), [1], [1], [3], [3], 1)]:
        x, w = ints(*x), ints(*w)
        y = onnx_run("Conv", [x, w], strides=strides, dilations=dilations, pads=begin + end, group=group)
        f.case(name, f"conv ... {window_text(strides, dilations, begin, end)} group = {group}", [x, w], y)
    x, w = ints(1, 2, 3, 3), ints(2, 2, 2, 2)
    y = onnx_run("Conv", [x, w])
    for t in (f16, i32):
        f.case(NAMES[np.dtype(t).name], f"conv ... {window_text([1, 1], [1, 1], [0, 0], [0, 0])} group = 1",
               [x.astype(t), w.astype(t)], y.astype(t))
    f.case("empty_batch", f"conv ... {window_text([1, 1], [1, 1], [0, 0], [0, 0])} group = 1",
           [np.zeros((0, 2, 3, 3), f32), w], np.zeros((0, 2, 2, 2), f32))

with File("pool", "Values of graph.pool; expected ones by onnxruntime.", "2e-7") as f:
    for name, x, kernel, strides, dilations, begin, end, ceil in [
            ("plain", (1, 2, 4, 4), [2, 2], [2, 2], [1, 1], [0, 0], [0, 0], 0),
            ("pads", (1, 1, 5, 6), [3, 3], [2, 1], [1, 1], [1, 1], [1, 0], 0),
            ("dilation", (1, 1, 6, 6), [2, 3], [1, 1], [2, 2], [1, 0], [1, 0], 0),
            ("ceil", (1, 1, 6, 7), [3, 3], [2, 2], [1, 1], [0, 0], [0, 0], 1),
            ("ceil_drops_window", (1, 1, 5), [2], [3], [1], [1], [1], 1),
            ("one_d", (2, 1, 7), [3], [2], [1], [1], [1], 0),
            ("three_d", (1, 1, 3, 4, 5), [2, 2, 2], [1, 2, 1], [1, 1, 1], [0, 1, 0], [0, 1, 0], 0)]:
        x = ints(*x)
        common = dict(kernel_shape=kernel, strides=strides, dilations=dilations, pads=begin + end, ceil_mode=ceil)
        text = f"kernel = {kernel} {window_text(strides, dilations, begin, end)}" + (" ceil_mode" if ceil else "")
        f.case(name + "_max", f"pool max ... {text}", [x], onnx_run("MaxPool", [x], **common))
        f.case(name + "_average", f"pool average ... {text}", [x], onnx_run("AveragePool", [x], count_include_pad=0, **common))
        f.case(name + "_average_with_pad", f"pool average ... {text} count_include_pad", [x],
               onnx_run("AveragePool", [x], count_include_pad=1, **common))
    x = np.array([[[1.0, NAN, -INF, -INF, 3.0]]], f32)
    text = f"kernel = [2] {window_text([1], [1], [0], [0])}"
    f.case("nan_max", f"pool max ... {text}", [x], np.array([[[NAN, NAN, -INF, 3.0]]], f32))
    f.case("f16_average", f"pool average ... {text}", [ints(1, 1, 3).astype(f16) * 0 + f16(1.5)], np.full((1, 1, 2), 1.5, f16))
    f.case("i8_max", f"pool max ... {text}", [np.array([[[-128, -5, 3]]], np.int8)], np.array([[[-5, 3]]], np.int8))

with File("reduce", "Values of graph.reduce.", "2e-7") as f:
    x = ints(2, 3, 4)
    for name, function in {"sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min}.items():
        f.case(name + "_inner", f"reduce {name} ... axes = [2]", [x], function(x, axis=2))
        f.case(name + "_outer_keep", f"reduce {name} ... axes = [0] keep_dims", [x], function(x, axis=0, keepdims=True))
        f.case(name + "_two", f"reduce {name} ... axes = [0, 2]", [x], function(x, axis=(0, 2)))
        f.case(name + "_all", f"reduce {name} ... axes = [0, 1, 2]", [x], function(x))
        f.case(name + "_no_axes", f"reduce {name} ... axes = []", [x], x)
        f.case(name + "_nan", f"reduce {name} ... axes = [0]", [np.array([1.0, NAN, 2.0], f32)], f32(NAN))
        i = np.array([[2, -3], [4, 5]], i32)
        want = np.array([-1 // 2 + 1, 4], i32) if name == "mean" else function(i, axis=1).astype(i32)
        f.case(name + "_i32", f"reduce {name} ... axes = [1]", [i], want)
    e = np.zeros((2, 0), f32)
    for name, value in {"sum": 0.0, "mean": NAN, "prod": 1.0, "max": -INF, "min": INF}.items():
        f.case(name + "_empty", f"reduce {name} ... axes = [1]", [e], np.full((2,), value, f32))
    f.case("max_empty_i8", "reduce max ... axes = [0]", [np.zeros((0,), np.int8)], np.int8(-128))
    f.case("min_empty_ui8", "reduce min ... axes = [0]", [np.zeros((0,), np.uint8)], np.uint8(255))
    f.case("max_bool", "reduce max ... axes = [1]", [np.array([[False, True], [False, False]])], [True, False])
    f.case("min_bool", "reduce min ... axes = [1]", [np.array([[False, True], [True, True]])], [False, True])
    f.case("max_zeros", "reduce max ... axes = [0]", [np.array([-0.0, 0.0], f32)], f32(0.0))
    f.case("min_zeros", "reduce min ... axes = [0]", [np.array([0.0, -0.0], f32)], f32(-0.0))
    big = np.full((4096,), 0.1, f32)
    f.case("f16_sum_in_more_bits", "reduce sum ... axes = [0]", [np.full((64,), 0.1, f16)], np.full((64,), 0.1, f16).astype(np.float64).sum().astype(f16))

with File("reshape", "Values of graph.reshape.") as f:
    f.case("merge", "reshape", [A], A.reshape(6))
    f.case("to_rank_0", "reshape", [np.array([[5]], i64)], i64(5))
    f.case("empty", "reshape", [np.zeros((0, 3), f32)], np.zeros((3, 0), f32))
    f.case("bool", "reshape", [np.array([[True, False], [False, True]])], [True, False, False, True])
with File("transpose", "Values of graph.transpose.") as f:
    x = np.arange(24, dtype=f32).reshape(2, 3, 4)
    for perm in ([0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]):
        f.case("perm_" + "".join(map(str, perm)), f"transpose ... perm = {perm}", [x], x.transpose(perm))
    f.case("rank_0", "transpose ... perm = []", [f32(1)], f32(1))
    f.case("f16", "transpose ... perm = [1, 0]", [A.astype(f16)], A.astype(f16).T)
    f.case("bool", "transpose ... perm = [1, 0]", [np.array([[True, False, False]])], np.array([[True], [False], [False]]))
    f.case("empty", "transpose ... perm = [1, 0]", [np.zeros((0, 3), i64)], np.zeros((3, 0), i64))
with File("broadcast", "Values of graph.broadcast.") as f:
    f.case("scalar", "broadcast", [f32(2)], np.full((2, 2), 2, f32))
    f.case("column", "broadcast", [np.array([[1], [2]], i64)], np.broadcast_to(np.array([[1], [2]], i64), (3, 2, 2)))
    f.case("to_empty", "broadcast", [np.ones((1, 3), f32)], np.ones((0, 3), f32))
    f.case("bool", "broadcast", [np.array([True, False])], np.array([[True, False], [True, False]]))
with File("slice", "Values of graph.slice.") as f:
    x = np.arange(20, dtype=i32).reshape(4, 5)
    f.case("middle", "slice ... starts = [1, 2] steps = [1, 1]", [x], x[1:3, 2:5])
    f.case("steps", "slice ... starts = [0, 1] steps = [2, 3]", [x], x[::2, 1::3])
    f.case("from_end", "slice ... starts = [-2, -3] steps = [1, 1]", [x], x[-2:, -3:-1])
    f.case("backward", "slice ... starts = [-1, 4] steps = [-1, -2]", [x], x[::-1, ::-2])
    f.case("empty", "slice ... starts = [0, 0] steps = [1, 1]", [x], x[0:0])
    f.case("bool", "slice ... starts = [1] steps = [1]", [np.array([True, False, True])], [False, True])
with File("concat", "Values of graph.concat.") as f:
    f.case("rows", "concat ... axis = 0", [A, B[None, :]], np.concatenate([A, B[None, :]]))
    f.case("columns", "concat ... axis = 1", [A, A[:, :1], A[:, :2]], np.concatenate([A, A[:, :1], A[:, :2]], 1))
    f.case("with_empty", "concat ... axis = 0", [np.zeros((0,), i64), np.array([1, 2], i64)], np.array([1, 2], i64))
    f.case("all_empty", "concat ... axis = 1", [np.zeros((0, 2), i64), np.zeros((0, 3), i64)], np.zeros((0, 5), i64))
    f.case("bool", "concat ... axis = 0", [np.array([True]), np.array([False, True])], [True, False, True])
with File("pad", "Values of graph.pad.") as f:
    x = np.arange(6, dtype=f32).reshape(2, 3)
    f.case("constant", "pad constant ... low = [1, 0] high = [0, 2]", [x, f32(9)], np.pad(x, ((1, 0), (0, 2)), constant_values=9))
    f.case("zeros", "pad constant ... low = [0, 1] high = [1, 0]", [x], np.pad(x, ((0, 1), (1, 0))))
    f.case("edge", "pad edge ... low = [1, 2] high = [1, 3]", [x], np.pad(x, ((1, 1), (2, 3)), mode="edge"))
    f.case("reflect", "pad reflect ... low = [1, 2] high = [0, 1]", [x], np.pad(x, ((1, 0), (2, 1)), mode="reflect"))
    f.case("crop", "pad constant ... low = [-1, 0] high = [0, -2]", [x], x[1:, :1])
    f.case("crop_and_pad", "pad constant ... low = [0, -1] high = [0, 2]", [x, f32(7)], np.pad(x[:, 1:], ((0, 0), (0, 2)), constant_values=7))
    f.case("crop_and_reflect", "pad reflect ... low = [0, -1] high = [0, 1]", [x], np.pad(x[:, 1:], ((0, 0), (0, 1)), mode="reflect"))
    f.case("crop_and_edge", "pad edge ... low = [0, 2] high = [0, -1]", [x], np.pad(x[:, :2], ((0, 0), (2, 0)), mode="edge"))
    f.case("empty", "pad constant ... low = [1, 0] high = [1, 0]", [np.zeros((0, 3), f32), f32(2)], np.full((2, 3), 2, f32))
    f.case("bool", "pad constant ... low = [1] high = [0]", [np.array([False]), np.bool_(True)], [True, False])
    f.case("rank_0", "pad constant ... low = [] high = []", [f32(1)], f32(1))
with File("gather", "Values of graph.gather.") as f:
    x = np.arange(12, dtype=f32).reshape(3, 4)
    n = np.array([[0, 2], [-1, -3]], i64)
    f.case("rows", "gather ... axis = 0", [x, n], np.take(x, n, 0))
    f.case("columns", "gather ... axis = 1", [x, n], np.take(x, n, 1))
    f.case("scalar_index", "gather ... axis = 0", [x, i64(1)], x[1])
    f.case("i32_index", "gather ... axis = 1", [x, np.array([3], i32)], x[:, 3:])
    f.case("no_index", "gather ... axis = 0", [x, np.zeros((0,), i64)], np.zeros((0, 4), f32))
    f.case("bool", "gather ... axis = 0", [np.array([True, False]), np.array([1, 0], i64)], [False, True])
