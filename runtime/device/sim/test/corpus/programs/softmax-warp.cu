// This program computes softmax of rows of 100, a warp per row.
extern "C" __global__ void softmaxWarp(const float *x, float *y, int n) {
  int row = blockIdx.x * blockDim.y + threadIdx.y, t = threadIdx.x;
  float v[4], high = -3.4e38f, sum = 0.0f;
  for (int k = 0; k < 4; ++k) {
    v[k] = t + 32 * k < n ? x[row * n + t + 32 * k] : -3.4e38f;
    high = fmaxf(high, v[k]);
  }
  for (int d = 16; d > 0; d /= 2)
    high = fmaxf(high, __shfl_xor_sync(~0u, high, d));
  for (int k = 0; k < 4; ++k) {
    v[k] = expf(v[k] - high);
    sum += v[k];
  }
  for (int d = 16; d > 0; d /= 2)
    sum += __shfl_xor_sync(~0u, sum, d);
  for (int k = 0; k < 4; ++k)
    if (t + 32 * k < n)
      y[row * n + t + 32 * k] = v[k] / sum;
}
