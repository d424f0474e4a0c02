// This program scans each block of 256 numbers in shared memory, with two buffers that take turns.
extern "C" __global__ void scanBlock(const unsigned *x, unsigned *y) {
  __shared__ unsigned rows[2][256];
  int t = threadIdx.x, at = 0;
  rows[0][t] = x[blockIdx.x * 256 + t];
  __syncthreads();
  for (int d = 1; d < 256; d *= 2) {
    rows[1 - at][t] = t >= d ? rows[at][t] + rows[at][t - d] : rows[at][t];
    at = 1 - at;
    __syncthreads();
  }
  y[blockIdx.x * 256 + t] = rows[at][t];
}
