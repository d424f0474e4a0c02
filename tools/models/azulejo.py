# This file calls azulejo-compile and azulejo-run.
import pathlib
import subprocess
import sys

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "bin"


def call(tool, *arguments, limit=3000):
    """Runs a tool; ends with its exit code and messages where it fails. Returns what it printed as errors."""
    command = [str(BIN / tool), *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except FileNotFoundError:
        raise SystemExit(f"error: expected {command[0]}; tools/build.sh makes it")
    except subprocess.TimeoutExpired:
        raise SystemExit(f"error: {tool} did not end within {limit} s: {' '.join(command)}")
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"error: exit code {done.returncode} from: {' '.join(command)}")
    return done.stderr


def compile_model(model, bundle, *options):
    call("azulejo-compile", model, "-o", bundle, *options)


def run_bundle(bundle, inputs, folder, *options):
    """Runs a bundle on .npy files. Returns the outputs by name, and what azulejo-run said."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.npy"):
        old.unlink()
    given = [part for name, file in inputs.items() for part in ("--input", f"{name}={file}")]
    said = call("azulejo-run", bundle, *given, "--output-dir", folder, *options)
    # azulejo-run writes a slash in a name as an underscore.
    return {file.stem: numpy.load(file) for file in folder.glob("*.npy")}, said
