// This program computes with bf16 alone and in pairs.
#include <cuda_bf16.h>
extern "C" __global__ void bfloatPairs(const __nv_bfloat162 *x, const __nv_bfloat162 *y,
                                       __nv_bfloat162 *z, float *w, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  __nv_bfloat162 a = x[i], b = y[i];
  z[3 * i] = __hfma2(a, b, a);
  z[3 * i + 1] = __hmax2(__hadd2(a, b), __hmul2(a, b));
  z[3 * i + 2] = __floats2bfloat162_rn(__low2float(a) / 3.0f, __high2float(b) * 1.1f);
  w[i] = __bfloat162float(__high2bfloat16(__hsub2(a, b)));
}
