#!/bin/sh
# Checks what the runtime's shared library promises: less than 1 MB when stripped, no library but the C
# and C++ ones, no symbol but azj_*. Usage: check-library.sh LIBRARY
set -eu
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$1"
size=$(wc -c < "$stripped")
echo "stripped size: $size bytes"
[ "$size" -lt 1000000 ] || { echo "error: expected less than 1000000 bytes"; exit 1; }
needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $needed; do
  case $library in
    libc.so.*|libstdc++.so.*|libdl.so.*|libpthread.so.*|libm.so.*|libgcc_s.so.*|ld-linux*) ;;
    *) echo "error: links $library"; exit 1 ;;
  esac
done
foreign=$(nm -D --defined-only "$1" | awk '{print $3}' | grep -v '^azj_' || true)
[ -z "$foreign" ] || { echo "error: exports $foreign"; exit 1; }
exported=$(nm -D --defined-only "$1" | awk '{print $3}' | sort)
for name in $(sed -n 's/^AZJ_API [^(]*[ *]\(azj_[a-z_]*\)(.*/\1/p' "$2"/*.h); do
  echo "$exported" | grep -qx "$name" || { echo "error: declares $name but does not export it"; exit 1; }
done
