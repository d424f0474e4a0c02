# This file checks who includes whom: the rules of docs/style.md, section "Who may depend on whom".
"""Usage: dependencies.py [FOLDER]     FOLDER stands for the root of the repository, in the test of this check"""
import pathlib
import re
import sys

import repository

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
STEPS = ["Import", "Simplify", "Fusion", "Tiling", "Scheduling", "Lowering", "Codegen"]
SHARED = ["Support", "Reference"]
SOURCES = (".h", ".cpp", ".c", ".cc", ".td", ".inc")


def step_fault(step, target):
    """Why a file of lib/<step> may not include `target`, or None."""
    other = re.match(r"lib/(\w+)/", target)
    if other and other[1] not in (step, *SHARED):
        return f"steps meet only in lib/Pipeline and in the IR, not through lib/{other[1]}"
    if target.startswith("tools/"):
        return "the library does not know its tools"
    if target.startswith("runtime/") and not target.startswith(("runtime/bundle/", "runtime/base/")):
        return "of the runtime, the compiler uses the bundle's format only"
    return None


def fault(path, target):
    """Why `path` may not include `target`, or None."""
    parts = pathlib.PurePosixPath(path).parts
    top = parts[0]
    if top == "dialects" and target.startswith(("lib/", "tools/", "runtime/")):
        return "dialects are below lib/, tools/ and runtime/"
    if top == "lib" and len(parts) > 2 and parts[1] in STEPS + SHARED:
        return step_fault(parts[1], target)
    if top == "runtime" or parts[:2] == ("tools", "azulejo-run"):
        if target.startswith(("mlir/", "mlir-c/", "llvm/", "llvm-c/", "clang/")):
            return "the runtime has no LLVM"
        if re.match(r"(.*\.\./)*(lib|dialects)/", target):
            return "the runtime knows neither lib/ nor dialects/"
        if target in ("cuda.h", "cuda_runtime.h", "nvrtc.h"):
            return "the runtime builds without CUDA's headers"
    if top == "include" and target.startswith(("mlir/", "llvm/", "lib/", "dialects/")):
        return "include/ is for users of the library, who have none of MLIR's types"
    return None


def resolve(root, path, target):
    """A name relative to the including file becomes one relative to the root."""
    beside = (root / path).parent / target
    if not beside.is_file():
        return target
    return str(pathlib.PurePosixPath(beside.resolve().relative_to(root.resolve())))


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else repository.ROOT
    if root == repository.ROOT:
        names = repository.files(*SOURCES)
    else:
        names = [str(path.relative_to(root)) for path in sorted(root.rglob("*")) if path.suffix in SOURCES]
    faults = checked = 0
    for name in names:
        for match in INCLUDE.finditer((root / name).read_text(errors="replace")):
            checked += 1
            target = resolve(root, name, match[2]) if match[1] == '"' else match[2]
            reason = fault(name, target)
            if reason:
                faults += 1
                print(f"{name}: includes {target}: {reason}")
    print(f"{checked} includes checked, {faults} against the rules")
    sys.exit(1 if faults or not checked else 0)


main()
