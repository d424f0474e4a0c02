// This program factors small matrices L * L^T in shared memory, a matrix per block.
extern "C" __global__ void cholesky(const float *x, float *y) {
  constexpr int n = 16;
  __shared__ float s[n][n + 1];
  int i = threadIdx.y, j = threadIdx.x, base = blockIdx.x * n * n;
  s[i][j] = x[base + i * n + j] + (i == j ? 16.0f : 0.0f);
  for (int k = 0; k < n; ++k) {
    __syncthreads();
    if (i == k && j == k)
      s[k][k] = sqrtf(s[k][k]);
    __syncthreads();
    if (j == k && i > k)
      s[i][k] /= s[k][k];
    __syncthreads();
    if (j > k && i >= j)
      s[i][j] -= s[i][k] * s[j][k];
  }
  __syncthreads();
  y[base + i * n + j] = j <= i ? s[i][j] : 0.0f;
}
