# This file assembles the kernels of a module with ptxas, and fails on what they must not do.
"""Usage: assemble-kernels.py --target=sm_XX < MODULE.mlir

Reads a module whose gpu.modules have `tile.ptx`, as azulejo-opt prints it. Fails if ptxas refuses a
kernel, spills registers, or says that it mended wgmma or ignored setmaxnreg (C7508, C7510, C7514,
C7517, C7519). Without ptxas it says so and succeeds."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

KERNEL = re.compile(r'gpu\.module @(\w+) attributes \{.*?tile\.ptx = "((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}|.)")
MENDED = re.compile(r"C75(08|10|14|17|19)")
SPILLS = re.compile(r"(\d+) bytes spill (?:stores|loads)")


def find_ptxas():
    places = [os.environ.get("CUDA_HOME", "") + "/bin", "/usr/local/cuda/bin"]
    return shutil.which("ptxas") or shutil.which("ptxas", path=os.pathsep.join(places))


def unescape(text):
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if len(m[1]) == 2 else m[1], text).rstrip("\0")


def faults(ptxas, target, ptx):
    """What is wrong with one kernel, and what ptxas said of it."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "kernel.ptx"
        source.write_text(ptx)
        done = subprocess.run([ptxas, f"-arch={target}", "-v", "--warn-on-spills", str(source), "-o",
                               str(source.with_suffix(".cubin"))], capture_output=True, text=True)
    said = done.stdout + done.stderr
    found = ["ptxas refuses it"] if done.returncode else []
    found += [f"ptxas mended it: {line}" for line in said.splitlines() if MENDED.search(line)]
    if any(int(count) for count in SPILLS.findall(said)):
        found.append("registers are spilled")
    return found, said


def main():
    target = sys.argv[1].removeprefix("--target=") if len(sys.argv) == 2 else sys.exit(__doc__)
    kernels = [(name, unescape(text)) for name, text in KERNEL.findall(sys.stdin.read())]
    if not kernels:
        sys.exit("error: no gpu.module with tile.ptx was read")
    ptxas = find_ptxas()
    if not ptxas:
        print("skipped: ptxas was not found in PATH, CUDA_HOME or /usr/local/cuda")
        return
    failed = False
    for name, ptx in kernels:
        found, said = faults(ptxas, target, ptx)
        registers = re.search(r"Used (\d+) registers", said)
        print(f"{name}: {registers[1] if registers else '?'} registers, {'; '.join(found) or 'clean'}")
        if found:
            print(said, file=sys.stderr)
        failed |= bool(found)
    sys.exit(failed)


main()
