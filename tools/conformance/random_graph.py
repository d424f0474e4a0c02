"""Builds random ONNX models of operators that the compiler has, in the way of NNSmith: forward, from the values there are,
with attributes and shapes that fit by construction. Used by run_random.py."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOATS = ("float32", "float16")
TYPES = FLOATS + ("int32", "int64", "bool")
SMOOTH = ("Relu", "Sigmoid", "Tanh", "Neg", "Abs", "Erf", "HardSigmoid", "HardSwish", "LeakyRelu", "Elu", "Softplus", "Identity")
STEPS = ("Floor", "Ceil", "Round", "Sign")


class Value:
    """A tensor of the model. `dims` are numbers or names; `is_exact`: no rounding has touched it, so that an operator
    with steps may read it; `bound`: a limit of its magnitude, which keeps chains within the range of f16."""

    def __init__(self, name, dtype, dims, bound, is_exact):
        self.name, self.dtype, self.dims = name, dtype, list(dims)
        self.bound, self.is_exact = bound, is_exact


class RandomGraph:
    """One model. `sizes` gives the run-time value of each dimension's name."""

    def __init__(self, seed, operators):
        self.random = np.random.default_rng(seed)
        self.sizes = {"n": int(self.random.integers(1, 6)), "m": int(self.random.integers(1, 40))}
        self.values, self.nodes, self.initializers, self.inputs = [], [], [], {}
        self.count = 0
        for _ in range(int(self.random.integers(1, 4))):
            self.add_input()
        while len(self.nodes) < operators:
            self.pick([self.unary, self.steps, self.binary, self.compare, self.where, self.reduce, self.softmax, self.matmul,
                       self.conv, self.pool, self.transpose, self.reshape, self.concat, self.slice, self.pad, self.gather,
                       self.cast, self.normalize, self.split, self.expand])()

    def pick(self, choices):
        return choices[int(self.random.integers(len(choices)))]

    def flip(self, probability=0.5):
        return self.random.random() < probability

    def size(self, dim):
        return self.sizes[dim] if isinstance(dim, str) else dim

    def shape(self, value):
        return [self.size(dim) for dim in value.dims]

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def numbers(self, dtype, shape):
        if dtype == "bool":
            return np.asarray(self.random.random(shape) < 0.5)
        if dtype in FLOATS:
            return np.asarray(self.random.uniform(-2, 2, shape), dtype)
        return np.asarray(self.random.integers(-9, 10, shape), dtype)

    def add_input(self):
        rank = int(self.random.integers(0, 5))
        dims = [self.pick(["n", "m", int(self.random.integers(1, 20))]) if self.flip(0.4) else int(self.random.integers(1, 20))
                for _ in range(rank)]
        if rank and self.flip(0.15):
            dims[-1] = int(self.random.integers(60, 300))
        value = Value(self.fresh("x"), self.pick(TYPES + FLOATS), dims, 10, True)
        self.inputs[value.name] = self.numbers(value.dtype, self.shape(value))
        self.values.append(value)

    def constant(self, array, prefix="c"):
        name = self.fresh(prefix)
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def choose(self, accept):
        """A value that is fit, of the latest more often; None where there is none."""
        fit = [value for value in self.values if accept(value)]
        if not fit:
            return None
        return fit[-1] if self.flip(0.4) else self.pick(fit)

    def node(self, operator, inputs, dtype, dims, bound, is_exact, outputs=None, **attributes):
        names = outputs or [self.fresh("v")]
        self.nodes.append(helper.make_node(operator, inputs, names, name=f"{operator}_{names[0]}", **attributes))
        if outputs is None:
            self.values.append(Value(names[0], dtype, dims, bound, is_exact))

    # Operators: each adds a node where a value fits, and does nothing where none does.

    def unary(self):
        x = self.choose(lambda v: v.dtype in FLOATS)
        if x:
            operator = self.pick(SMOOTH)
            exact = x.is_exact and operator in ("Relu", "Neg", "Abs", "Identity")
            self.node(operator, [x.name], x.dtype, x.dims, x.bound + 1, exact)

    def steps(self):
        x = self.choose(lambda v: v.dtype in FLOATS and v.is_exact)
        if x:
            self.node(self.pick(STEPS), [x.name], x.dtype, x.dims, x.bound + 1, True)

    def partner(self, x):
        """A second operand that broadcasts against x: another value, x itself, or a constant."""
        others = [v for v in self.values if v.dtype == x.dtype and self.broadcast(x.dims, v.dims) is not None]
        if others and self.flip(0.6):
            return self.pick(others)
        rank = int(self.random.integers(0, len(x.dims) + 1))
        dims = [1 if isinstance(dim, str) or self.flip(0.3) else dim for dim in x.dims[len(x.dims) - rank:]]
        name = self.constant(self.numbers(x.dtype, dims))
        return Value(name, x.dtype, dims, 10, True)

    @staticmethod
    def broadcast(a, b):
        """The dims of both, or None. A name goes with itself and with 1."""
        rank = max(len(a), len(b))
        a, b = [1] * (rank - len(a)) + list(a), [1] * (rank - len(b)) + list(b)
        dims = []
        for left, right in zip(a, b):
            if left != right and left != 1 and right != 1:
                return None
            dims.append(right if left == 1 else left)
        return dims

    def binary(self):
        x = self.choose(lambda v: v.dtype != "bool" and v.bound < 200)
        if not x:
            return
        y = self.partner(x)
        operator = self.pick(["Add", "Sub", "Mul", "Max", "Min"])
        bound = x.bound * y.bound if operator == "Mul" else x.bound + y.bound
        if bound > 2000:
            operator, bound = "Min", x.bound + y.bound
        exact = x.is_exact and y.is_exact and (x.dtype not in FLOATS or operator in ("Max", "Min"))
        inputs = [x.name, y.name] if self.flip() else [y.name, x.name]
        self.node(operator, inputs, x.dtype, self.broadcast(x.dims, y.dims), bound, exact)

    def compare(self):
        x = self.choose(lambda v: v.is_exact)
        if not x:
            return
        y = self.partner(x)
        if not y.is_exact:
            return
        operator = self.pick(["And", "Or", "Xor"] if x.dtype == "bool" else
                             ["Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"])
        self.node(operator, [x.name, y.name], "bool", self.broadcast(x.dims, y.dims), 1, True)

    def where(self):
        c = self.choose(lambda v: v.dtype == "bool")
        x = self.choose(lambda v: v.dtype != "bool")
        if not c or not x:
            return
        y = self.partner(x)
        dims = self.broadcast(x.dims, y.dims)
        both = self.broadcast(c.dims, dims)
        if both is not None:
            self.node("Where", [c.name, x.name, y.name], x.dtype, both, max(x.bound, y.bound), x.is_exact and y.is_exact)

    def axes_of(self, rank):
        count = int(self.random.integers(1, rank + 1))
        axes = sorted(self.random.choice(rank, count, replace=False).tolist())
        return [axis - rank if self.flip(0.3) else axis for axis in axes]

    def reduce(self):
        x = self.choose(lambda v: v.dtype in FLOATS + ("int32",) and v.dims)
        if not x:
            return
        axes, rank, keep = self.axes_of(len(x.dims)), len(x.dims), int(self.flip())
        operator = self.pick(["ReduceMax", "ReduceMin", "ReduceMean", "ReduceSum", "ReduceL2"] if x.dtype in FLOATS else
                             ["ReduceMax", "ReduceMin"])
        gone = {axis % rank for axis in axes}
        length = int(np.prod([self.size(x.dims[axis]) for axis in gone]))
        bound = x.bound * length if operator in ("ReduceSum", "ReduceL2") else x.bound
        if bound > 2000:
            operator, bound = "ReduceMean", x.bound
        dims = [1 if i in gone else dim for i, dim in enumerate(x.dims) if keep or i not in gone]
        exact = x.is_exact and operator in ("ReduceMax", "ReduceMin")
        self.node(operator, [x.name, self.constant(np.array(axes, "int64"))], x.dtype, dims, bound, exact, keepdims=keep)

    def softmax(self):
        x = self.choose(lambda v: v.dtype in FLOATS and v.dims)
        if x:
            axis = int(self.random.integers(-len(x.dims), len(x.dims)))
            self.node(self.pick(["Softmax", "LogSoftmax"]), [x.name], x.dtype, x.dims, x.bound * 2 + 10, False, axis=axis)

    def matmul(self):
        x = self.choose(lambda v: v.dtype in FLOATS and len(v.dims) >= 2 and not isinstance(v.dims[-1], str) and v.bound < 30)
        if not x:
            return
        k, columns = x.dims[-1], int(self.random.integers(1, 70))
        weight = (self.random.uniform(-1, 1, [k, columns]) / np.sqrt(k)).astype(x.dtype)
        dims = x.dims[:-1] + [columns]
        if len(x.dims) == 2 and self.flip():
            flipped = self.flip()
            inputs = [x.name, self.constant(weight.T if flipped else weight, "w")]
            if self.flip():
                inputs.append(self.constant(self.numbers(x.dtype, [columns])))
            self.node("Gemm", inputs, x.dtype, dims, x.bound * np.sqrt(k) + 2, False, transB=int(flipped))
        else:
            self.node("MatMul", [x.name, self.constant(weight, "w")], x.dtype, dims, x.bound * np.sqrt(k), False)

    def window(self, x, largest):
        """Kernel, strides, dilations and pads for the spatial dimensions of x, and its result's dims; None: none fits."""
        spatial = [self.size(dim) for dim in x.dims[2:]]
        if any(isinstance(dim, str) for dim in x.dims[1:]):
            return None
        kernel = [int(self.random.integers(1, min(largest, size) + 1)) for size in spatial]
        strides = [int(self.random.integers(1, 4)) for _ in spatial]
        dilations = [int(self.random.integers(1, 3)) for _ in spatial]
        pads = [int(self.random.integers(0, k)) for k in kernel] + [int(self.random.integers(0, k)) for k in kernel]
        rank, dims = len(spatial), []
        for d, size in enumerate(spatial):
            reach = dilations[d] * (kernel[d] - 1) + 1
            padded = size + pads[d] + pads[rank + d]
            if padded < reach:
                return None
            dims.append((padded - reach) // strides[d] + 1)
        return kernel, strides, dilations, pads, dims

    def conv(self):
        x = self.choose(lambda v: v.dtype in FLOATS and len(v.dims) in (3, 4) and v.bound < 30)
        window = self.window(x, 4) if x else None
        if not window:
            return
        kernel, strides, dilations, pads, dims = window
        channels = x.dims[1]
        group = self.pick([g for g in range(1, channels + 1) if channels % g == 0])
        filters = group * int(self.random.integers(1, 5))
        shape = [filters, channels // group] + kernel
        length = int(np.prod(shape[1:]))
        weight = (self.random.uniform(-1, 1, shape) / np.sqrt(length)).astype(x.dtype)
        inputs = [x.name, self.constant(weight, "w")]
        if self.flip():
            inputs.append(self.constant(self.numbers(x.dtype, [filters])))
        self.node("Conv", inputs, x.dtype, [x.dims[0], filters] + dims, x.bound * np.sqrt(length) + 2, False, kernel_shape=kernel,
                  strides=strides, dilations=dilations, pads=pads, group=group)

    def pool(self):
        x = self.choose(lambda v: v.dtype == "float32" and len(v.dims) == 4)
        window = self.window(x, 3) if x else None
        if not window:
            return
        kernel, strides, _, pads, _ = window
        spatial = [self.size(dim) for dim in x.dims[2:]]
        dims = [(size + pads[d] + pads[2 + d] - kernel[d]) // strides[d] + 1 for d, size in enumerate(spatial)]
        if self.flip():
            self.node("MaxPool", [x.name], x.dtype, x.dims[:2] + dims, x.bound, x.is_exact, kernel_shape=kernel, strides=strides, pads=pads)
        else:
            self.node("AveragePool", [x.name], x.dtype, x.dims[:2] + dims, x.bound, False, kernel_shape=kernel, strides=strides,
                      pads=pads, count_include_pad=int(self.flip()))

    def transpose(self):
        x = self.choose(lambda v: len(v.dims) >= 2)
        if x:
            perm = self.random.permutation(len(x.dims)).tolist()
            self.node("Transpose", [x.name], x.dtype, [x.dims[p] for p in perm], x.bound, x.is_exact, perm=perm)

    def reshape(self):
        x = self.choose(lambda v: v.dims)
        if not x:
            return
        at = int(self.random.integers(len(x.dims)))
        if self.flip() and not isinstance(x.dims[at], str):
            factor = self.pick([f for f in range(1, x.dims[at] + 1) if x.dims[at] % f == 0])
            dims = x.dims[:at] + [factor, x.dims[at] // factor] + x.dims[at + 1:]
        elif at + 1 < len(x.dims) and not isinstance(x.dims[at], str) and not isinstance(x.dims[at + 1], str):
            dims = x.dims[:at] + [x.dims[at] * x.dims[at + 1]] + x.dims[at + 2:]
        else:
            axis = int(self.random.integers(0, len(x.dims) + 1))
            dims = x.dims[:axis] + [1] + x.dims[axis:]
            return self.node("Unsqueeze", [x.name, self.constant(np.array([axis], "int64"))], x.dtype, dims, x.bound, x.is_exact)
        names = [i for i, dim in enumerate(dims) if isinstance(dim, str)]
        if len(names) > 1:
            return
        target = [-1 if isinstance(dim, str) else dim for dim in dims]
        self.node("Reshape", [x.name, self.constant(np.array(target, "int64"))], x.dtype, dims, x.bound, x.is_exact)

    def concat(self):
        x = self.choose(lambda v: any(not isinstance(dim, str) for dim in v.dims))
        if not x:
            return
        axis = self.pick([i for i, dim in enumerate(x.dims) if not isinstance(dim, str)])
        same = lambda v: v.dtype == x.dtype and len(v.dims) == len(x.dims) and all(
            a == b if i != axis else not isinstance(a, str) for i, (a, b) in enumerate(zip(v.dims, x.dims)))
        parts = [x] + [self.pick([v for v in self.values if same(v)]) for _ in range(int(self.random.integers(1, 3)))]
        dims = list(x.dims)
        dims[axis] = sum(part.dims[axis] for part in parts)
        self.node("Concat", [part.name for part in parts], x.dtype, dims, max(part.bound for part in parts),
                  all(part.is_exact for part in parts), axis=axis)

    def slice(self):
        x = self.choose(lambda v: any(not isinstance(dim, str) for dim in v.dims))
        if not x:
            return
        axis = self.pick([i for i, dim in enumerate(x.dims) if not isinstance(dim, str)])
        step = self.pick([1, 1, 2, 3, -1, -2])
        start, end = int(self.random.integers(-x.dims[axis] - 2, x.dims[axis] + 3)), int(self.random.integers(-x.dims[axis] - 2, x.dims[axis] + 3))
        length = len(range(*slice(start, end, step).indices(x.dims[axis])))
        # NumPy and ONNX agree but where a negative bound lies before the start and the step is negative.
        if length == 0 or (step < 0 and min(start, end) < -x.dims[axis]):
            return
        dims = list(x.dims)
        dims[axis] = length
        parameters = [self.constant(np.array([v], "int64")) for v in (start, end, axis, step)]
        self.node("Slice", [x.name] + parameters, x.dtype, dims, x.bound, x.is_exact)

    def split(self):
        x = self.choose(lambda v: any(not isinstance(dim, str) and dim > 1 for dim in v.dims))
        if not x:
            return
        axis = self.pick([i for i, dim in enumerate(x.dims) if not isinstance(dim, str) and dim > 1])
        first = int(self.random.integers(1, x.dims[axis]))
        names = [self.fresh("v"), self.fresh("v")]
        sizes = [first, x.dims[axis] - first]
        self.node("Split", [x.name, self.constant(np.array(sizes, "int64"))], None, None, None, None, names, axis=axis)
        for name, size in zip(names, sizes):
            self.values.append(Value(name, x.dtype, x.dims[:axis] + [size] + x.dims[axis + 1:], x.bound, x.is_exact))

    def pad(self):
        x = self.choose(lambda v: v.dims and v.dtype in FLOATS + ("int32",) and not any(isinstance(dim, str) for dim in v.dims))
        if not x:
            return
        mode = self.pick(["constant", "edge", "reflect"])
        most = [2 if mode != "reflect" else min(2, dim - 1) for dim in x.dims]
        pads = [int(self.random.integers(0, high + 1)) for high in most + most]
        rank = len(x.dims)
        dims = [dim + pads[d] + pads[rank + d] for d, dim in enumerate(x.dims)]
        inputs = [x.name, self.constant(np.array(pads, "int64"))]
        if mode == "constant" and self.flip():
            inputs.append(self.constant(self.numbers(x.dtype, [])))
        self.node("Pad", inputs, x.dtype, dims, x.bound + 10, x.is_exact, mode=mode)

    def gather(self):
        x = self.choose(lambda v: any(not isinstance(dim, str) for dim in v.dims))
        if not x:
            return
        axis = self.pick([i for i, dim in enumerate(x.dims) if not isinstance(dim, str)])
        shape = self.random.integers(1, 5, int(self.random.integers(0, 3))).tolist()
        indices = self.random.integers(-x.dims[axis], x.dims[axis], shape).astype(self.pick(["int64", "int32"]))
        self.node("Gather", [x.name, self.constant(indices, "i")], x.dtype, x.dims[:axis] + shape + x.dims[axis + 1:], x.bound,
                  x.is_exact, axis=axis)

    def cast(self):
        x = self.choose(lambda v: v.is_exact and v.bound < 100)
        if x:
            dtype = self.pick(TYPES)
            to = int(helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
            exact = not (dtype == "float16" and x.dtype == "float32")
            self.node("Cast", [x.name], dtype, x.dims, x.bound, exact, to=to)

    def normalize(self):
        x = self.choose(lambda v: v.dtype in FLOATS and len(v.dims) >= 2 and not isinstance(v.dims[-1], str) and v.dims[-1] > 3)
        if x:
            weights = [self.constant(self.numbers(x.dtype, [x.dims[-1]])) for _ in range(2)]
            self.node("LayerNormalization", [x.name] + weights, x.dtype, x.dims, 20, False, axis=-1, epsilon=1e-2)

    def expand(self):
        x = self.choose(lambda v: 1 in v.dims and not any(isinstance(dim, str) for dim in v.dims))
        if x:
            dims = [int(self.random.integers(1, 6)) if dim == 1 else dim for dim in x.dims]
            self.node("Expand", [x.name, self.constant(np.array(dims, "int64"))], x.dtype, dims, x.bound, x.is_exact)

    def model(self):
        """The model; its outputs are the values that no node reads."""
        read = {name for node in self.nodes for name in node.input}
        information = lambda v: helper.make_tensor_value_info(v.name, helper.np_dtype_to_tensor_dtype(np.dtype(v.dtype)), v.dims)
        used = [v for v in self.values if v.name in self.inputs and v.name in read]
        outputs = [v for v in self.values if v.name not in read and v.name not in self.inputs]
        graph = helper.make_graph(self.nodes, "random", [information(v) for v in used], [information(v) for v in outputs],
                                  self.initializers)
        self.inputs = {v.name: self.inputs[v.name] for v in used}
        self.outputs = outputs
        result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.checker.check_model(result, full_check=True)
        return result
