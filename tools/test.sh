#!/usr/bin/env bash
# Sets up, builds and runs every test; the last line is `N passed, N failed, N skipped`.
# Exit code 0 when nothing failed. docs/testing.md says what runs.
# Usage: tools/test.sh [FILTER]     only tests whose name matches FILTER, a regular expression
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build
results=$build/test-results
filter=${1:-}

"$root/tools/setup.sh"
"$root/tools/build.sh"

rm -rf "$results"
mkdir -p "$results/gtest"

# Unit tests. Each GoogleTest program writes its cases; a program that is killed is counted by ctest.
# lit has an entry in ctest for those who type `ctest` alone; here it runs below, test by test.
unit=0
GTEST_OUTPUT=xml:$results/gtest/ ctest --test-dir "$build" -E '^lit$' ${filter:+-R "$filter"} \
  --output-on-failure --timeout 300 --parallel "$(nproc)" --output-junit "$results/ctest.xml" || unit=$?

# lit: the compiler's forms and steps, whole models on the simulator, and the rules of this repository.
lit=0
"$build/venv/bin/python" "$("$root/tools/checks/find-lit.sh")" --timeout 1200 --show-unsupported \
  -v "$build/test" ${filter:+--filter "$filter"} --xunit-xml-output "$results/lit.xml" || lit=$?

"$build/venv/bin/python" "$root/tools/checks/count-tests.py" "$results" "$unit" "$lit"
