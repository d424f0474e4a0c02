# This file lists the files of the repository for the checks beside it.
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes):
    """Tracked and new files that git does not ignore, as paths relative to the root."""
    command = ["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached",
               "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: git ls-files failed: {done.stderr.strip()}")
    names = sorted(set(filter(None, done.stdout.split("\0"))))
    return [name for name in names if name.endswith(suffixes or "") and (ROOT / name).is_file()]
