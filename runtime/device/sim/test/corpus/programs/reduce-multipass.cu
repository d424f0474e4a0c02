// This program sums 8192 numbers in two launches of the same kernel.
extern "C" __global__ void reducePass(const long long *x, long long *y, int n) {
  __shared__ long long s[64];
  long long sum = 0;
  for (int i = blockIdx.x * 64 + threadIdx.x; i < n; i += gridDim.x * 64)
    sum += x[i];
  s[threadIdx.x] = sum;
  __syncthreads();
  for (int d = 32; d > 0; d /= 2) {
    if (threadIdx.x < d)
      s[threadIdx.x] += s[threadIdx.x + d];
    __syncthreads();
  }
  if (threadIdx.x == 0)
    y[blockIdx.x] = s[0];
}
