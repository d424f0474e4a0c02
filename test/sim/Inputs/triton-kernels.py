"""Compiles kernels with Triton and runs their PTX on the simulator with every check.
Usage: triton-kernels.py TARGET FOLDER     TARGET as sm_80; azulejo-sim is found on PATH

The kernels are of the kinds that Triton's tutorials show, in words of our own."""
import pathlib
import re
import sys

import numpy
import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

import azulejo_sim
from azulejo_sim import Out

random = numpy.random.default_rng(1)


@triton.jit
def add(x, y, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    tl.store(out + at, tl.load(x + at, mask=inside) + tl.load(y + at, mask=inside), mask=inside)


@triton.jit
def softmax(x, out, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    v = tl.load(x + row * columns + at, mask=at < columns, other=-float("inf"))
    e = tl.exp(v - tl.max(v, axis=0))
    tl.store(out + row * columns + at, e / tl.sum(e, axis=0), mask=at < columns)


@triton.jit
def layer_norm(x, gain, bias, out, columns, epsilon, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    total = tl.zeros([BLOCK], dtype=tl.float32)
    for base in range(0, columns, BLOCK):
        at = base + tl.arange(0, BLOCK)
        total += tl.load(x + row * columns + at, mask=at < columns, other=0.0).to(tl.float32)
    mean = tl.sum(total, axis=0) / columns
    squares = tl.zeros([BLOCK], dtype=tl.float32)
    for base in range(0, columns, BLOCK):
        at = base + tl.arange(0, BLOCK)
        v = tl.load(x + row * columns + at, mask=at < columns, other=0.0).to(tl.float32)
        v = tl.where(at < columns, v - mean, 0.0)
        squares += v * v
    scale = 1 / tl.sqrt(tl.sum(squares, axis=0) / columns + epsilon)
    for base in range(0, columns, BLOCK):
        at = base + tl.arange(0, BLOCK)
        inside = at < columns
        v = tl.load(x + row * columns + at, mask=inside, other=0.0).to(tl.float32)
        g = tl.load(gain + at, mask=inside)
        b = tl.load(bias + at, mask=inside)
        tl.store(out + row * columns + at, (v - mean) * scale * g + b, mask=inside)


@triton.jit
def dropout(x, out, n, p, seed, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    v = tl.load(x + at, mask=inside)
    tl.store(out + at, tl.where(tl.rand(seed, at) > p, v / (1 - p), 0.0), mask=inside)


@triton.jit
def matmul(a, b, c, m, n, k, M: tl.constexpr, N: tl.constexpr, K: tl.constexpr):
    rows = tl.program_id(0) * M + tl.arange(0, M)
    columns = tl.program_id(1) * N + tl.arange(0, N)
    inner = tl.arange(0, K)
    total = tl.zeros((M, N), dtype=tl.float32)
    for base in range(0, k, K):
        left = tl.load(a + rows[:, None] * k + (base + inner)[None, :],
                       mask=(rows[:, None] < m) & ((base + inner)[None, :] < k), other=0.0)
        right = tl.load(b + (base + inner)[:, None] * n + columns[None, :],
                        mask=((base + inner)[:, None] < k) & (columns[None, :] < n), other=0.0)
        total = tl.dot(left, right, total)
    tl.store(c + rows[:, None] * n + columns[None, :], total.to(tl.float16),
             mask=(rows[:, None] < m) & (columns[None, :] < n))


@triton.jit
def attention(q, k, v, out, length, scale, ROWS: tl.constexpr, TILE: tl.constexpr, WIDTH: tl.constexpr):
    head = tl.program_id(1) * length * WIDTH
    rows = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    width = tl.arange(0, WIDTH)
    query = tl.load(q + head + rows[:, None] * WIDTH + width[None, :])
    high = tl.full((ROWS,), -float("inf"), dtype=tl.float32)
    total = tl.zeros((ROWS,), dtype=tl.float32)
    result = tl.zeros((ROWS, WIDTH), dtype=tl.float32)
    for base in range(0, (tl.program_id(0) + 1) * ROWS, TILE):
        keys = base + tl.arange(0, TILE)
        key = tl.load(k + head + keys[None, :] * WIDTH + width[:, None])
        value = tl.load(v + head + keys[:, None] * WIDTH + width[None, :])
        score = tl.dot(query, key) * scale
        score = tl.where(rows[:, None] >= keys[None, :], score, -1.0e30)
        above = tl.maximum(high, tl.max(score, 1))
        weight = tl.exp(score - above[:, None])
        keep = tl.exp(high - above)
        total = total * keep + tl.sum(weight, 1)
        result = tl.dot(weight.to(tl.float16), value, result * keep[:, None])
        high = above
    tl.store(out + head + rows[:, None] * WIDTH + width[None, :], (result / total[:, None]).to(tl.float16))


def philox(seed, counter):
    """The first word of Philox 4x32-10."""
    key = [numpy.uint64(seed & 0xFFFFFFFF), numpy.uint64(seed >> 32)]
    low, c = numpy.uint64(0xFFFFFFFF), [counter.astype(numpy.uint64)] + [numpy.zeros(counter.shape, numpy.uint64)] * 3
    for _ in range(10):
        a, b = c[0] * numpy.uint64(0xD2511F53), c[2] * numpy.uint64(0xCD9E8D57)
        c = [(b >> numpy.uint64(32)) ^ c[1] ^ key[0], b & low, (a >> numpy.uint64(32)) ^ c[3] ^ key[1], a & low]
        key = [(key[0] + numpy.uint64(0x9E3779B9)) & low, (key[1] + numpy.uint64(0xBB67AE85)) & low]
    return c[0]


class Runner:
    def __init__(self, target, folder):
        self.target, self.folder = target, pathlib.Path(folder)

    def __call__(self, fn, grid, args, constants, warps=4, stages=3, orders=("lazy",)):
        """The Out arguments' contents, in each of the orders the same."""
        names = [name for name in fn.arg_names if name not in constants]
        kinds = {"float16": "*fp16", "float32": "*fp32"}
        signature = {name: "fp32" if isinstance(arg, float) else "i32" if isinstance(arg, int)
                     else kinds[arg.dtype.name] for name, arg in zip(names, args)}
        signature.update({name: "constexpr" for name in constants})
        number = re.sub(r"\D", "", self.target)
        # All pointers are multiples of 16, as those of every allocator are.
        aligned = {(i,): [["tt.divisibility", 16]] for i, arg in enumerate(args) if not isinstance(arg, (int, float))}
        # Versions that both the simulator and the ptxas in Triton's package know.
        version = 90 if int(number) >= 100 else 86
        compiled = triton.compile(ASTSource(fn, signature, constants, aligned),
                                  target=GPUTarget("cuda", int(number), 32),
                                  options={"num_warps": warps, "num_stages": stages, "ptx_version": version})
        ptx = compiled.asm["ptx"]
        entry = azulejo_sim.entry_of(ptx)[0]
        body = ptx[ptx.index(f".entry {entry}"):]
        declared = len(re.findall(r"\.param\s", body[:body.index(")")]))
        # Behind the kernel's own parameters stand pointers to scratch memory, which these do not use.
        hidden = ["u64:0"] * (declared - len(args))
        results = [azulejo_sim.launch(self.folder / fn.__name__, ptx, entry, grid, (32 * warps,),
                                      list(args) + hidden, self.target, compiled.metadata.shared, order)
                   for order in orders]
        for other in results[1:]:
            assert all(numpy.array_equal(a, b) for a, b in zip(results[0], other)), f"{fn.__name__}: orders differ"
        return results[0][0]


def close(name, got, expected, relative, absolute):
    error = numpy.abs(got.astype(numpy.float64) - expected)
    assert (error <= absolute + relative * numpy.abs(expected)).all(), f"{name}: off by {error.max()}"
    print(f"{name}: {got.size} numbers agree")


def normal(*shape, dtype=numpy.float32):
    return random.standard_normal(shape).astype(dtype)


def main():
    target, folder = sys.argv[1], sys.argv[2]
    run = Runner(target, folder)
    x, y = normal(1000), normal(1000)
    close("add", run(add, (4,), [x, y, Out(x.shape, x.dtype), 1000], {"BLOCK": 256}), x + y, 0, 0)

    x = normal(5, 781)
    e = numpy.exp(x.astype(numpy.float64) - x.max(1, keepdims=True))
    close("softmax", run(softmax, (5,), [x, Out(x.shape, x.dtype), 781], {"BLOCK": 1024}),
          e / e.sum(1, keepdims=True), 1e-5, 1e-7)

    x, gain, bias = normal(4, 300, dtype=numpy.float16), normal(300), normal(300)
    wide = x.astype(numpy.float64)
    expected = (wide - wide.mean(1, keepdims=True)) / numpy.sqrt(wide.var(1, keepdims=True) + 1e-5) * gain + bias
    close("layer_norm", run(layer_norm, (4,), [x, gain, bias, Out(x.shape, numpy.float32), 300, 1e-5], {"BLOCK": 128}),
          expected, 1e-4, 1e-4)

    x = normal(1000)
    words = philox(1234567, numpy.arange(1000)).astype(numpy.uint32).view(numpy.int32)
    uniform = numpy.where(words < 0, -words - 1, words).astype(numpy.float32) * numpy.float32(4.6566127342e-10)
    close("dropout", run(dropout, (8,), [x, Out(x.shape, x.dtype), 1000, 0.3, 1234567], {"BLOCK": 128}),
          numpy.where(uniform > numpy.float32(0.3), x / numpy.float32(0.7), 0), 1e-6, 0)

    every = ("lazy", "eager", "random")
    a, b = normal(100, 96, dtype=numpy.float16), normal(96, 72, dtype=numpy.float16)
    close("matmul", run(matmul, (2, 2), [a, b, Out((100, 72), numpy.float16), 100, 72, 96],
                        {"M": 64, "N": 64, "K": 32}, orders=every),
          a.astype(numpy.float64) @ b.astype(numpy.float64), 2e-3, 5e-3)

    q, k, v = (normal(2, 128, 64, dtype=numpy.float16) for _ in range(3))
    score = q.astype(numpy.float64) @ k.astype(numpy.float64).transpose(0, 2, 1) / 8
    score[:, ~numpy.tril(numpy.ones((128, 128), bool))] = -numpy.inf
    weight = numpy.exp(score - score.max(2, keepdims=True))
    close("attention", run(attention, (2, 2), [q, k, v, Out(q.shape, numpy.float16), 128, 0.125],
                           {"ROWS": 64, "TILE": 32, "WIDTH": 64}, orders=every),
          weight / weight.sum(2, keepdims=True) @ v.astype(numpy.float64), 1e-2, 1e-2)


main()
