// This program counts, ands and ors over a block at its barriers.
extern "C" __global__ void barrierReduce(const int *x, int *y) {
  int t = threadIdx.x, v = x[blockIdx.x * blockDim.x + t];
  int count = __syncthreads_count(v > 0);
  int all = __syncthreads_and(v > -100), any = __syncthreads_or(v > 99);
  if (t == blockDim.x - 1) {
    y[3 * blockIdx.x] = count;
    y[3 * blockIdx.x + 1] = all != 0;
    y[3 * blockIdx.x + 2] = any != 0;
  }
}
