"""Compiles programs with IREE and runs the PTX that it makes on the simulator with every check.
Usage: iree-kernels.py TARGET FOLDER     TARGET as sm_80; azulejo-sim is found on PATH

Each program is one that IREE makes a single kernel of; how many blocks it launches stands in its own IR."""
import pathlib
import re
import shutil
import subprocess
import sys

import numpy

import azulejo_sim
from azulejo_sim import Out

# IREE writes nowhere in text how much dynamic shared memory a kernel asks for: the most that sm_75 has.
SHARED = 65536

random = numpy.random.default_rng(2)

MATMUL = """
func.func @matmul(%a: tensor<128x96xTYPE>, %b: tensor<96x64xTYPE>) -> tensor<128x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<128x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<128x64xf32>) -> tensor<128x64xf32>
  %c = linalg.matmul ins(%a, %b : tensor<128x96xTYPE>, tensor<96x64xTYPE>) outs(%init : tensor<128x64xf32>)
      -> tensor<128x64xf32>
  return %c : tensor<128x64xf32>
}
"""

SOFTMAX = """
func.func @softmax(%x: tensor<12x200xf32>) -> tensor<12x200xf32> {
  %empty = tensor.empty() : tensor<12x200xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<12x200xf32>) outs(%empty : tensor<12x200xf32>) -> tensor<12x200xf32>
  return %y : tensor<12x200xf32>
}
"""

CONVOLUTION = """
func.func @convolution(%x: tensor<1x18x18x8xf32>, %w: tensor<3x3x8x32xf32>) -> tensor<1x16x16x32xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x16x16x32xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x16x16x32xf32>) -> tensor<1x16x16x32xf32>
  %y = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x18x18x8xf32>, tensor<3x3x8x32xf32>) outs(%init : tensor<1x16x16x32xf32>)
      -> tensor<1x16x16x32xf32>
  return %y : tensor<1x16x16x32xf32>
}
"""

LAYER_NORM = """
#row = affine_map<(r, c) -> (r)>
#all = affine_map<(r, c) -> (r, c)>
func.func @layer_norm(%x: tensor<16x256xf32>) -> tensor<16x256xf32> {
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 256.0 : f32
  %epsilon = arith.constant 1.0e-5 : f32
  %rows = tensor.empty() : tensor<16xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<16xf32>) -> tensor<16xf32>
  %sum = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<16x256xf32>) outs(%init : tensor<16xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %s, %v : f32
    linalg.yield %t : f32
  } -> tensor<16xf32>
  %squares = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %sum : tensor<16x256xf32>, tensor<16xf32>) outs(%init : tensor<16xf32>) {
  ^bb0(%v: f32, %total: f32, %s: f32):
    %mean = arith.divf %total, %count : f32
    %d = arith.subf %v, %mean : f32
    %q = arith.mulf %d, %d : f32
    %t = arith.addf %s, %q : f32
    linalg.yield %t : f32
  } -> tensor<16xf32>
  %empty = tensor.empty() : tensor<16x256xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum, %squares : tensor<16x256xf32>, tensor<16xf32>, tensor<16xf32>) outs(%empty : tensor<16x256xf32>) {
  ^bb0(%v: f32, %total: f32, %q: f32, %o: f32):
    %mean = arith.divf %total, %count : f32
    %d = arith.subf %v, %mean : f32
    %variance = arith.divf %q, %count : f32
    %safe = arith.addf %variance, %epsilon : f32
    %scale = math.rsqrt %safe : f32
    %r = arith.mulf %d, %scale : f32
    linalg.yield %r : f32
  } -> tensor<16x256xf32>
  return %y : tensor<16x256xf32>
}
"""


def compile_to_ptx(name, text, target, folder):
    """The PTX of the program's only kernel, its blocks and its threads."""
    folder.mkdir(parents=True, exist_ok=True)
    source, dump, ir = folder / "program.mlir", folder / "dump", folder / "hal.mlir"
    shutil.rmtree(dump, ignore_errors=True)
    source.write_text(text)
    compiler = pathlib.Path(sys.executable).with_name("iree-compile")
    subprocess.run([compiler, source, "--iree-hal-target-device=cuda", f"--iree-cuda-target={target}",
                    f"--iree-hal-dump-executable-files-to={dump}", "--iree-dispatch-creation-enable-aggressive-fusion=true", "--compile-to=hal", "-o", ir],
                   check=True)
    launches = re.findall(r"workgroups\(\[([^\]]*)\]\)", ir.read_text())
    modules = list(dump.glob("*.ptx"))
    assert len(launches) == len(modules) == 1, f"{name}: expected one kernel, got {len(launches)}"
    constants = dict(re.findall(r"(%[\w-]+) = arith.constant (\d+) : index", ir.read_text()))
    grid = [int(constants[value.strip()]) for value in launches[0].split(",")]
    ptx = modules[0].read_text()
    block = [int(n) for n in re.search(r"\.(?:max|req)ntid\s+([\d, ]+)", ptx).group(1).split(",")]
    return ptx, grid, block


def run(name, text, target, folder, inputs, expected, relative, absolute, orders=("lazy", "eager", "random")):
    ptx, grid, block = compile_to_ptx(name, text, target, folder / name)
    entry, = azulejo_sim.entry_of(ptx)
    for order in orders:
        got, = azulejo_sim.launch(folder / name, ptx, entry, grid, block, [*inputs, Out(expected.shape, numpy.float32)],
                                  target, SHARED, order)
        error = numpy.abs(got - expected)
        assert (error <= absolute + relative * numpy.abs(expected)).all(), f"{name}: off by {error.max()}"
    print(f"{name}: {expected.size} numbers agree")


def normal(*shape, dtype=numpy.float32):
    return random.standard_normal(shape).astype(dtype)


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    a, b = normal(128, 96), normal(96, 64)
    run("matmul-f32", MATMUL.replace("TYPE", "f32"), target, folder, [a, b], a.astype(float) @ b, 1e-4, 1e-4)
    a, b = normal(128, 96, dtype=numpy.float16), normal(96, 64, dtype=numpy.float16)
    run("matmul-f16", MATMUL.replace("TYPE", "f16"), target, folder, [a, b], a.astype(float) @ b.astype(float), 1e-3,
        1e-3)
    x = normal(12, 200)
    e = numpy.exp(x.astype(float) - x.max(1, keepdims=True))
    run("softmax", SOFTMAX, target, folder, [x], e / e.sum(1, keepdims=True), 1e-4, 1e-6)
    x, w = normal(1, 18, 18, 8), normal(3, 3, 8, 32)
    windows = numpy.lib.stride_tricks.sliding_window_view(x[0].astype(float), (3, 3), axis=(0, 1))
    run("convolution", CONVOLUTION, target, folder, [x, w], numpy.einsum("rckij,ijkf->rcf", windows, w)[None], 1e-4,
        1e-4)
    x = normal(16, 256)
    wide = x.astype(float)
    run("layer-norm", LAYER_NORM, target, folder, [x],
        (wide - wide.mean(1, keepdims=True)) / numpy.sqrt(wide.var(1, keepdims=True) + 1e-5), 1e-4, 1e-4)


main()
