#!/usr/bin/env bash
# Times the reading of a 500 MB ONNX JSON file, made at run time, and fails below the target:
# 400 MB/s and at most 1.3 times the decoded weights of memory.
# Usage: tools/bench/import.sh [BUILD_FOLDER] [MEGABYTES]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build}
megabytes=${2:-500}
bench=$build/bin/azulejo-import-bench
[[ -x $bench ]] || { echo "expected $bench; build the target azulejo-import-bench" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 "$root/tools/bench/import-model.py" "$folder/weights.onnx.json" --megabytes "$megabytes"
python3 "$root/tools/bench/import-model.py" "$folder/nodes.onnx.json" --megabytes 50 --form nodes
best=$(for _ in 1 2 3; do "$bench" "$folder/weights.onnx.json"; done | sort -t: -k2 -g | tail -1)
echo "weights: $best"
echo "nodes:   $("$bench" "$folder/nodes.onnx.json")"
python3 - "$best" <<'CHECK'
import re, sys
speed = float(re.search(r": ([\d.]+) MB/s", sys.argv[1]).group(1))
ratio = float(re.search(r"\(([\d.]+) times", sys.argv[1]).group(1))
if speed < 400 or ratio > 1.3:
    sys.exit(f"expected at least 400 MB/s and at most 1.3 times the weights, got {speed} and {ratio}")
CHECK
