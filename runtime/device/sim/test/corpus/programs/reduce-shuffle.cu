// This program finds sum, least and greatest of each row by shuffles inside warps, then across
// them.
extern "C" __global__ void reduceShuffle(const float *x, float *y, int n) {
  __shared__ float sums[4], lows[4], highs[4];
  int t = threadIdx.x, lane = t & 31, warp = t >> 5;
  float sum = 0.0f, low = __int_as_float(0x7f800000), high = -low;
  for (int i = t; i < n; i += blockDim.x) {
    float v = x[blockIdx.x * n + i];
    sum += v;
    low = fminf(low, v);
    high = fmaxf(high, v);
  }
  for (int d = 16; d > 0; d /= 2) {
    sum += __shfl_xor_sync(~0u, sum, d);
    low = fminf(low, __shfl_xor_sync(~0u, low, d));
    high = fmaxf(high, __shfl_xor_sync(~0u, high, d));
  }
  if (lane == 0) {
    sums[warp] = sum;
    lows[warp] = low;
    highs[warp] = high;
  }
  __syncthreads();
  if (t == 0) {
    for (int w = 1; w < 4; ++w) {
      sum += sums[w];
      low = fminf(low, lows[w]);
      high = fmaxf(high, highs[w]);
    }
    y[3 * blockIdx.x] = sum;
    y[3 * blockIdx.x + 1] = low;
    y[3 * blockIdx.x + 2] = high;
  }
}
