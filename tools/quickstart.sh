#!/usr/bin/env bash
# The main job, from nothing: sets up, builds, compiles Magika (a classifier of files) for every GPU
# target and runs it on the files given, by default three of this repository. On a machine without a
# GPU it runs on the simulator. Usage: tools/quickstart.sh [FILE...]
#   AZULEJO_DEVICE=sim        a device of azulejo-run instead of `auto`
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/tools/setup.sh"
"$root/tools/build.sh" azulejo-compile azulejo-run azulejo_sim
if [[ $# -eq 0 ]]; then
  cd "$root"
  set -- README.md CMakeLists.txt tools/models/quickstart.py
fi
exec "$root/build/venv/bin/python" "$root/tools/models/quickstart.py" "$root/build/models/quickstart" \
  "${AZULEJO_DEVICE:-auto}" "$@"
