// This program leaves the kernel at several places; those that stay meet at barriers.
extern "C" __global__ void earlyReturn(const int *x, int *y, int n) {
  __shared__ int s[96];
  int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  s[t] = i < n ? x[i] : -1;
  __syncthreads();
  if (i >= n)
    return;
  if (s[t] < 0) {
    y[i] = -1;
    return;
  }
  int sum = 0;
  for (int k = 0; k <= t; ++k) {
    if (s[k] < 0)
      continue;
    sum += s[k];
    if (sum > 500) {
      y[i] = 500;
      return;
    }
  }
  y[i] = sum;
}
