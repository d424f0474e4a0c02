#!/usr/bin/env bash
# Builds runtime/, the simulator and the tools that link them with AddressSanitizer and
# UndefinedBehaviorSanitizer in build-sanitize/, and runs their unit tests. Nothing of the compiler.
# Usage: tools/sanitize.sh [FILTER]     only test programs whose name matches FILTER, a regular expression
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-sanitize

"$root/tools/setup.sh"
if [[ ! -f $build/build.ninja ]]; then
  launcher=$(command -v ccache || true)
  mkdir -p "$build"
  cmake -G Ninja -S "$root/runtime" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 -DCMAKE_C_COMPILER_LAUNCHER="$launcher" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DAZULEJO_SANITIZE=address,undefined > "$build/configure.log" 2>&1 || {
    cat "$build/configure.log" >&2
    echo "error: cmake failed (above); tools/setup.sh installs what it needs" >&2
    exit 1
  }
fi
ninja -C "$build" --quiet || {
  echo "error: the build failed (above); 'ninja -C build-sanitize' repeats it" >&2
  exit 1
}

# sim-forms-ptxas asks ptxas, and runs nothing of ours for long. Texts that ask for more memory than
# there is are refused where an allocation fails, which must not end the program here.
ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
  ctest --test-dir "$build" -E '^sim-forms-ptxas$' ${1:+-R "$1"} --output-on-failure --timeout 600 \
  --parallel "$(nproc)"
