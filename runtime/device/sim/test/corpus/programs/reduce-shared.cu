// This program sums rows of 1000 in shared memory, the number of active threads halving each step.
extern "C" __global__ void reduceShared(const float *x, float *y, int n) {
  __shared__ float s[128];
  int t = threadIdx.x;
  float sum = 0.0f;
  for (int i = t; i < n; i += 128)
    sum += x[blockIdx.x * n + i];
  s[t] = sum;
  __syncthreads();
  for (int d = 64; d > 0; d >>= 1) {
    if (t < d)
      s[t] += s[t + d];
    __syncthreads();
  }
  if (t == 0)
    y[blockIdx.x] = s[0];
}
