#!/usr/bin/env bash
# Compiles the CUDA sources of the simulator's benchmark again, with nvcc and with clang, to the PTX
# that is checked in beside them. Needs a CUDA toolkit and clang.
# Usage: CUDA_HOME=… tools/bench/compile-sim-kernels.sh
set -euo pipefail
cd "$(dirname "$0")/../../runtime/device/sim/bench/kernels"
cuda=${CUDA_HOME:-/usr/local/cuda}
for source in *.cu; do
  "$cuda/bin/nvcc" -ptx -O3 -arch=sm_80 -std=c++17 "$source" -o "${source%.cu}.nvcc.ptx"
  "${CLANG:-clang-22}" -x cuda --cuda-device-only --cuda-gpu-arch=sm_80 --cuda-path="$cuda" -O3 -S \
    -Wno-unknown-cuda-version "$source" -o "${source%.cu}.clang.ptx"
done
