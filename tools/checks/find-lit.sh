#!/usr/bin/env bash
# Prints the path of LLVM 22's lit, which Debian keeps beside llvm-config.
set -euo pipefail
for lit in "$(llvm-config-22 --bindir 2>/dev/null)/lit" "$(command -v lit || true)"; do
  [[ -f $lit ]] && { echo "$lit"; exit 0; }
done
echo "error: lit was not found; tools/setup.sh installs llvm-22-tools" >&2
exit 1
