# This file runs clang-tidy over sources, as .clang-tidy says.
"""Usage: clang-tidy.py [--all | --base=COMMIT | FILE...]

Without files: the sources that differ from COMMIT, by default from where this branch left main. --all takes
every source: about 3 s of processor time each. Needs build/, which tools/build.sh makes. Exit code 0
only when there is no finding."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

import repository

BUILD = repository.ROOT / "build"


def known_sources():
    """The sources that the build compiles, relative to the root."""
    database = BUILD / "compile_commands.json"
    if not database.is_file():
        raise SystemExit(f"error: expected {database}; tools/build.sh makes it")
    prefix = f"{repository.ROOT}{os.sep}"
    files = {entry["file"] for entry in json.loads(database.read_text())}
    names = {name.removeprefix(prefix) for name in files if name.startswith(prefix)}
    return sorted(name for name in names if not name.startswith("build"))


def git(*arguments):
    done = subprocess.run(["git", "-C", repository.ROOT, "-c", f"safe.directory={repository.ROOT}", *arguments],
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: git {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout.split("\n")


def changed_since(base):
    return set(git("diff", "--name-only", base)) | set(git("ls-files", "--others", "--exclude-standard"))


def chosen(arguments):
    known = known_sources()
    if arguments == ["--all"]:
        return known
    if not arguments or arguments[0].startswith("--base="):
        base = arguments[0].removeprefix("--base=") if arguments else git("merge-base", "main", "HEAD")[0]
        changed = changed_since(base)
        return [name for name in known if name in changed]
    missing = [name for name in arguments if not (repository.ROOT / name).is_file()]
    if missing:
        raise SystemExit(f"error: expected files, got: {', '.join(missing)}\n{__doc__}")
    return arguments


def findings(tool, name):
    done = subprocess.run([tool, "-p", BUILD, "--quiet", "--warnings-as-errors=*", name], cwd=repository.ROOT,
                          capture_output=True, text=True)
    return done.stdout if done.returncode else ""


def main():
    tool = shutil.which("clang-tidy-22") or shutil.which("clang-tidy")
    if not tool:
        raise SystemExit("error: clang-tidy-22 was not found; the package clang-tidy-22 has it")
    names = chosen(sys.argv[1:])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [text for text in pool.map(lambda name: findings(tool, name), names) if text]
    print("".join(found), end="")
    print(f"{len(names)} files checked, {len(found)} with findings")
    sys.exit(bool(found))


main()
