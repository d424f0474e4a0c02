#!/usr/bin/env bash
# Configures build/ (clang-22, Ninja, Release) where that has not been done, and builds what changed.
# The other scripts call it. Usage: tools/build.sh [NINJA ARGUMENTS]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build

# A folder that somebody configured with other options is left as it is.
if [[ ! -f $build/build.ninja ]]; then
  mkdir -p "$build"
  rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
  cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-22 \
    -DCMAKE_CXX_COMPILER=clang++-22 > "$build/configure.log" 2>&1 || {
    cat "$build/configure.log" >&2
    echo "error: cmake failed (above); tools/setup.sh installs what it needs" >&2
    exit 1
  }
fi
ninja -C "$build" --quiet "$@" || {
  echo "error: the build failed (above); 'ninja -C build' repeats it" >&2
  exit 1
}
