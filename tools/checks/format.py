# This file checks that the C and C++ sources are formatted; `format.py --fix` formats them.
import shutil
import subprocess
import sys

import repository


def main():
    tool = shutil.which("clang-format-22") or shutil.which("clang-format")
    if not tool:
        raise SystemExit("error: clang-format-22 was not found; tools/setup.sh installs it")
    names = repository.files(".h", ".cpp", ".c")
    options = ["-i"] if "--fix" in sys.argv else ["--dry-run", "-Werror"]
    done = subprocess.run([tool, *options, *names], cwd=repository.ROOT)
    print(f"{len(names)} files checked")
    if done.returncode or not names:
        raise SystemExit("error: not formatted (above); `python3 tools/checks/format.py --fix` does it")


main()
