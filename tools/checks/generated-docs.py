# This file writes docs/dialects/*.md and docs/passes/*.md from the TableGen descriptions, or checks them.
"""Usage: generated-docs.py [--check]"""
import difflib
import re
import shutil
import subprocess
import sys

import repository

ROOT = repository.ROOT
DIALECTS = {"Graph": "graph", "Tile": "tile", "Plan": "plan"}
STEPS = ["Import", "Simplify", "Fusion", "Tiling", "Scheduling", "Lowering", "Codegen"]
NOTE = "<!-- Generated from {}: `tools/update-docs.sh` writes it anew. -->\n"


def llvm_folder(option):
    tool = shutil.which("llvm-config-22")
    if not tool:
        raise SystemExit("error: llvm-config-22 was not found; tools/setup.sh installs it")
    return subprocess.run([tool, option], capture_output=True, text=True, check=True).stdout.strip()


def tablegen(source, *options):
    command = [llvm_folder("--bindir") + "/mlir-tblgen", *options, "-I", str(ROOT), "-I",
               llvm_folder("--includedir"), str(ROOT / source)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: mlir-tblgen failed on {source}:\n{done.stderr}")
    return done.stdout


def tidy(text, source, title):
    """The text as it is checked in: one title, a note of the source, no trailing blanks."""
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("<!--")]
    while lines and not lines[0]:
        lines.pop(0)
    if title:
        lines[:0] = [title, ""]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"
    return NOTE.format(source) + "\n" + text


def documents():
    """Yields (path, text) of each page."""
    for folder, name in DIALECTS.items():
        source = f"dialects/{folder}/{folder}Ops.td"
        if (ROOT / source).exists():
            text = tablegen(source, "-gen-dialect-doc", f"-dialect={name}")
            yield f"docs/dialects/{folder}.md", tidy(text, source, None)
    for step in STEPS:
        source = f"lib/{step}/Passes.td"
        if (ROOT / source).exists():
            yield f"docs/passes/{step}.md", tidy(tablegen(source, "-gen-pass-doc"), source,
                                                 f"# Passes of {step}")


def differences(path, text):
    """The lines in which a page on disk is not what it should be."""
    place = ROOT / path
    old = place.read_text().splitlines() if place.exists() else []
    return list(difflib.unified_diff(old, text.splitlines(), path, "generated", n=1, lineterm=""))


def main():
    pages = dict(documents())
    stray = [str(path.relative_to(ROOT)) for folder in ("dialects", "passes")
             for path in sorted((ROOT / "docs" / folder).glob("*.md"))
             if str(path.relative_to(ROOT)) not in pages]
    if sys.argv[1:] != ["--check"]:
        for path, text in pages.items():
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text)
        for path in stray:
            (ROOT / path).unlink()
        return
    faults = [line for path, text in pages.items() for line in differences(path, text)]
    faults += [f"{path}: nothing generates it" for path in stray]
    print("\n".join(faults))
    print(f"{len(pages)} pages checked")
    if faults or not pages:
        raise SystemExit("error: the pages are not up to date (above); tools/update-docs.sh corrects them")


main()
