// This program transposes through tiles of shared memory whose rows are padded by one word.
extern "C" __global__ void transposePadded(const float *x, float *y, int rows, int columns) {
  __shared__ float tile[32][33];
  int c = blockIdx.x * 32 + threadIdx.x, r = blockIdx.y * 32 + threadIdx.y;
  for (int k = 0; k < 32; k += 8)
    if (r + k < rows && c < columns)
      tile[threadIdx.y + k][threadIdx.x] = x[(r + k) * columns + c];
  __syncthreads();
  int tc = blockIdx.y * 32 + threadIdx.x, tr = blockIdx.x * 32 + threadIdx.y;
  for (int k = 0; k < 32; k += 8)
    if (tr + k < columns && tc < rows)
      y[(tr + k) * rows + tc] = tile[threadIdx.x][threadIdx.y + k];
}
