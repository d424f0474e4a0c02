# This file makes the PTX of the corpus: every program of manifest.json by nvcc and by clang.
"""Usage: generate.py [PROGRAM...]     needs nvcc (CUDA 13.0) and clang-22; CUDA_HOME is /usr/local/cuda unless set

The PTX is checked in, so that the tests need neither compiler."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
CUDA = pathlib.Path(os.environ.get("CUDA_HOME", "/usr/local/cuda"))
# What each compiler calls the options that a program may ask for.
FLAGS = {"nvcc": {"fast-math": ["--use_fast_math"]},
         "clang": {"fast-math": ["-ffast-math", "-fgpu-flush-denormals-to-zero", "-fgpu-approx-transcendentals"]}}


def command(compiler, target, source, output, flags):
    options = [flag for name in flags.split() for flag in FLAGS[compiler][name]]
    if compiler == "nvcc":
        nvcc = shutil.which("nvcc") or CUDA / "bin" / "nvcc"
        return [nvcc, "--ptx", "-std=c++17", f"-arch={target}", *options, source, "-o", output]
    return ["clang-22", "-x", "cuda", f"--cuda-path={CUDA}", f"-I{CUDA}/include/cccl", f"--cuda-gpu-arch={target}",
            "--cuda-device-only", "-S", "-O3", "-std=c++17", "-Wno-unknown-cuda-version", *options, source, "-o", output]


def compile(job):
    """None, or what the compiler said."""
    compiler, target, program = job
    output = FOLDER / "ptx" / compiler / target / f"{program['name']}.ptx"
    output.parent.mkdir(parents=True, exist_ok=True)
    source = pathlib.Path("programs", f"{program['name']}.cu")
    done = subprocess.run(command(compiler, target, source, output, program.get("flags", "")), capture_output=True,
                          text=True, cwd=FOLDER)
    if done.returncode:
        return f"{source.name} for {target} by {compiler}: {done.stderr.strip()[:2000]}"
    return None


def main():
    programs = [p for p in json.loads((FOLDER / "manifest.json").read_text())
                if p["name"] in sys.argv[1:] or len(sys.argv) == 1]
    if len(sys.argv) == 1:
        shutil.rmtree(FOLDER / "ptx", ignore_errors=True)
    jobs = [(compiler, f"sm_{number}", program) for program in programs for compiler in ("nvcc", "clang")
            for number in program[compiler].split()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = list(filter(None, pool.map(compile, jobs)))
    print("\n".join(problems + [f"{len(jobs) - len(problems)} of {len(jobs)} files made"]))
    sys.exit(bool(problems) or not jobs)


main()
