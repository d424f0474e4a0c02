// This program computes with f16 alone and in pairs: arithmetic, comparisons, conversions, limits.
#include <cuda_fp16.h>
extern "C" __global__ void halfPairs(const __half2 *x, const __half2 *y, __half2 *z, int *flags,
                                     int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  __half2 a = x[i], b = y[i], c = __hfma2(a, b, __float2half2_rn(0.5f));
  z[4 * i] = __hadd2(c, __hmul2(a, a));
  z[4 * i + 1] = __hmin2(__hsub2(a, b), __hmax2(a, b));
  z[4 * i + 2] = __halves2half2(__hneg(__low2half(a)), __habs(__high2half(b)));
  z[4 * i + 3] = __halves2half2(__int2half_rn(i * 3 - 50), __float2half_rz(i * 0.3f));
  flags[i] = int(__hgt(__low2half(a), __low2half(b))) +
             2 * int(__heq(__high2half(a), __high2half(b))) + 4 * __half2int_rd(__high2half(a)) +
             8 * int(__hisnan(__low2half(c)));
}
