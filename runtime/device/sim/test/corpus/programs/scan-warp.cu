// This program computes the sums of all prefixes of each row of 32 numbers by shuffles.
extern "C" __global__ void scanWarp(const int *x, int *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int sum = i < n ? x[i] : 0;
  for (int d = 1; d < 32; d *= 2) {
    int left = __shfl_up_sync(0xffffffffu, sum, d);
    if ((threadIdx.x & 31) >= d)
      sum += left;
  }
  if (i < n)
    y[i] = sum;
}
