# This file assembles every PTX text of a bundle with ptxas, for each target that uses it.
"""Usage: check_ptx.py BUNDLE

Exit code 0 only when ptxas takes all of them and no kernel spills registers."""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

SPILL = re.compile(r"(\d+) bytes spill stores, (\d+) bytes spill loads")


def read(path):
    """The plan, and the bytes of a tensor by name."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    start = 8 + length
    plan = json.loads(header["__metadata__"]["azulejo.plan"])
    return plan, lambda name: data[slice(*(start + end for end in header[name]["data_offsets"]))]


def assemble(ptxas, target, text):
    """Returns what is wrong, or an empty string."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "kernel.ptx")
        pathlib.Path(source).write_bytes(text)
        done = subprocess.run([ptxas, f"-arch={target}", "-v", source, "-o", os.path.join(folder, "out")],
                              capture_output=True, text=True)
    if done.returncode:
        return (done.stdout + done.stderr).strip() or f"ptxas ended with exit code {done.returncode}"
    spilled = [match[0] for match in SPILL.finditer(done.stderr) if (match[1], match[2]) != ("0", "0")]
    return "; ".join(spilled)


def main():
    ptxas = shutil.which("ptxas")
    if not ptxas:
        raise SystemExit("error: ptxas was not found in PATH")
    plan, tensor = read(sys.argv[1])
    jobs = {}
    for program in plan["programs"]:
        for kernel in program["kernels"]:
            for target in program["targets"]:
                jobs.setdefault((target, kernel["ptx"]), kernel["name"])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: assemble(ptxas, job[0], tensor(job[1])), jobs))
    faults = [f"{name} for {target}: {result}"
              for ((target, _), name), result in zip(jobs.items(), results) if result]
    print("\n".join(faults))
    print(f"{len(jobs)} kernels assembled, {len(faults)} faults")
    sys.exit(1 if faults or not jobs else 0)


main()
