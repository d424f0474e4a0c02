#!/usr/bin/env bash
# Builds and runs the simulator's benchmark: prints each kernel's speed per core and what the checks
# cost, and fails below the targets of docs/simulator.md.
# Usage: tools/bench/sim.sh [BUILD_FOLDER] [FILTER]     (a build folder of `cmake -S runtime`)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build-runtime}
filter=${2:-.}
[[ -f $build/CMakeCache.txt ]] || cmake -G Ninja -S "$root/runtime" -B "$build" -DCMAKE_BUILD_TYPE=Release
cmake --build "$build" --target azulejo-sim-bench
json=$(mktemp)
trap 'rm -f "$json"' EXIT
"$build/bin/azulejo-sim-bench" --benchmark_filter="$filter" --benchmark_repetitions=5 \
  --benchmark_min_time=0.1 --benchmark_out_format=json --benchmark_out="$json" > /dev/null
python3 "$root/tools/bench/sim-report.py" "$json"
