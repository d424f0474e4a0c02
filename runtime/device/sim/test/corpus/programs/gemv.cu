// This program multiplies a matrix by a vector, one warp per row, loads of 16 bytes.
extern "C" __global__ void gemv(const float4 *__restrict__ a, const float4 *__restrict__ x,
                                float *__restrict__ y, int columns, float alpha) {
  int row = blockIdx.x * blockDim.y + threadIdx.y;
  float sum = 0.0f;
  for (int i = threadIdx.x; i < columns / 4; i += 32) {
    float4 u = __ldg(&a[row * (columns / 4) + i]), v = x[i];
    sum += u.x * v.x + u.y * v.y + u.z * v.z + u.w * v.w;
  }
  for (int d = 16; d > 0; d >>= 1)
    sum += __shfl_down_sync(~0u, sum, d);
  if (threadIdx.x == 0)
    y[row] = alpha * sum;
}
