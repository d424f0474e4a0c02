// This program computes softmax in one pass: greatest number and sum are corrected as they grow.
extern "C" __global__ void softmaxOnline(const float *x, float *y, int n) {
  __shared__ float highs[128], sums[128];
  int t = threadIdx.x;
  const float *row = x + blockIdx.x * n;
  float high = -__int_as_float(0x7f800000), sum = 0.0f;
  for (int i = t; i < n; i += 128) {
    float next = fmaxf(high, row[i]);
    sum = sum * __expf(high - next) + __expf(row[i] - next);
    high = next;
  }
  highs[t] = high;
  sums[t] = sum;
  __syncthreads();
  for (int d = 64; d > 0; d /= 2) {
    if (t < d) {
      float next = fmaxf(highs[t], highs[t + d]);
      sums[t] = sums[t] * __expf(highs[t] - next) + sums[t + d] * __expf(highs[t + d] - next);
      highs[t] = next;
    }
    __syncthreads();
  }
  for (int i = t; i < n; i += 128)
    y[blockIdx.x * n + i] = __expf(row[i] - highs[0]) / sums[0];
}
