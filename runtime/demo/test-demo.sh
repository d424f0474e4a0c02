#!/bin/sh
# Runs a demo on the simulator with the test bundle and checks the first output value, 0 + 1.
# Usage: test-demo.sh WRITE-DEMO-BUNDLE DEMO
# Exit code 77 (skipped) where the simulator has not been built.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$folder/m.azb" || exit 1
output=$("$2" "$folder/m.azb" sim 2>&1)
code=$?
echo "$output"
case $output in
  *"libazulejo-sim.so was not found"*) echo "skipped: the simulator is not built"; exit 77 ;;
esac
[ $code -eq 0 ] || exit 1
case $output in
  *"first value 1"*|*"output 0: 1 ..."*) exit 0 ;;
esac
echo "error: expected the first output value 1"
exit 1
