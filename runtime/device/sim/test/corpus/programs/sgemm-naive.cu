// This program multiplies matrices with one thread per result.
extern "C" __global__ void sgemmNaive(const float *a, const float *b, float *c, int m, int n,
                                      int k) {
  int col = blockIdx.x * 16 + threadIdx.x, row = blockIdx.y * 16 + threadIdx.y;
  if (row >= m || col >= n)
    return;
  float sum = 0.0f;
  for (int i = 0; i < k; ++i)
    sum += a[row * k + i] * b[i * n + col];
  c[row * n + col] = sum;
}
