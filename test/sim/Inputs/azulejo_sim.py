# This file runs kernels of PTX on azulejo-sim, which is found on PATH, and compares with NumPy.
import pathlib
import re
import subprocess

import numpy

TYPES = {"float16": "f16", "float32": "f32", "int32": "i32", "float64": "f64", "int64": "i64"}


class Out:
    """An argument that the kernel fills."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype = shape, numpy.dtype(dtype)


def launch(folder, ptx, entry, grid, block, args, target, shared=0, order="lazy"):
    """Runs a kernel with every check on. Returns the arrays of its Out arguments; raises what it found."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.ptx").write_text(ptx)
    command = ["azulejo-sim", folder / "kernel.ptx", f"--entry={entry}", f"--target={target}", "--sim-check=all",
               f"--sim-async={order}", f"--smem={shared}", "--grid=" + ",".join(map(str, grid)),
               "--block=" + ",".join(map(str, block))]
    outputs = []
    for i, arg in enumerate(args):
        path = folder / f"arg{i}.npy"
        if isinstance(arg, Out):
            shape = ",".join(map(str, arg.shape))
            command.append(f"--arg=out:{path}:{TYPES[arg.dtype.name]}[{shape}]")
            outputs.append(path)
        elif isinstance(arg, numpy.ndarray):
            numpy.save(path, arg)
            command.append(f"--arg=in:{path}")
        elif isinstance(arg, float):
            command.append(f"--arg=f32:{arg!r}")
        else:
            command.append(f"--arg={arg if isinstance(arg, str) else f'i32:{arg}'}")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"azulejo-sim exited with {done.returncode}: {done.stderr.strip()[:1500]}")
    return [numpy.load(path) for path in outputs]


def entry_of(ptx):
    """The names of the kernels in a module."""
    return re.findall(r"\.entry\s+([\w$]+)", ptx)
