// This program multiplies matrices by tiles of 16 x 16 in shared memory, edges filled with zeros.
extern "C" __global__ void sgemmTiled(const float *a, const float *b, float *c, int m, int n,
                                      int k) {
  __shared__ float ta[16][16], tb[16][16];
  int tx = threadIdx.x, ty = threadIdx.y, col = blockIdx.x * 16 + tx, row = blockIdx.y * 16 + ty;
  float sum = 0.0f;
  for (int base = 0; base < k; base += 16) {
    ta[ty][tx] = row < m && base + tx < k ? a[row * k + base + tx] : 0.0f;
    tb[ty][tx] = base + ty < k && col < n ? b[(base + ty) * n + col] : 0.0f;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < 16; ++i)
      sum += ta[ty][i] * tb[i][tx];
    __syncthreads();
  }
  if (row < m && col < n)
    c[row * n + col] = sum;
}
