#!/usr/bin/env bash
# Fuzzes the simulator with AddressSanitizer and UndefinedBehaviorSanitizer.
# Usage: runtime/device/sim/fuzz/fuzz.sh BUILD SECONDS [libFuzzer's options]
# BUILD is the build folder, made if absent; it keeps the corpus (corpus/) and what failed (crash-*, oom-*,
# timeout-*). Seeds are all .ptx files of the repository up to 64 KiB.
set -euo pipefail
build=$(realpath -m "$1"); seconds=$2; shift 2
root=$(cd "$(dirname "$0")/../../../.." && pwd)
if [[ ! -f $build/build.ninja ]]; then
  cmake -G Ninja -S "$root/runtime" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 -DAZULEJO_BUILD_FUZZERS=ON \
    -DAZULEJO_SANITIZE=address,undefined,fuzzer-no-link > "$build.log"
fi
ninja -C "$build" --quiet sim-fuzz
mkdir -p "$build/corpus" "$build/seeds"
find "$root" -name '*.ptx' -size -64k -not -path "$root/build*" |
  while read -r seed; do cp -n "$seed" "$build/seeds/$(echo "${seed#"$root"/}" | tr / _)"; done
cd "$build"
exec bin/sim-fuzz -max_total_time="$seconds" -max_len=65536 -len_control=0 -timeout=20 \
  -rss_limit_mb=3000 -malloc_limit_mb=1500 "$@" corpus seeds
