#!/usr/bin/env bash
# Writes anew what docs/ takes from elsewhere: the reference of dialects and passes, the output of commands,
# pieces of sources. Usage: tools/update-docs.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/tools/setup.sh"
"$root/tools/build.sh"
"$root/build/venv/bin/python" "$root/tools/checks/generated-docs.py"
"$root/build/bin/sim-forms-table" --page > "$root/docs/simulator-forms.md"
"$root/build/venv/bin/python" "$root/tools/checks/doc-examples.py" --fix
