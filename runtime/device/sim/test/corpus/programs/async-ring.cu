// This program sums columns through a ring of four stages of cp.async, by the pipeline interface of
// CUDA.
#include <cuda_pipeline.h>
extern "C" __global__ void asyncRing(const int4 *x, int4 *y, int rows) {
  __shared__ int4 ring[4][32];
  int t = threadIdx.x, width = gridDim.x * 32, col = blockIdx.x * 32 + t;
  int4 sum = make_int4(0, 0, 0, 0);
  for (int r = 0; r < 3; ++r) {
    if (r < rows)
      __pipeline_memcpy_async(&ring[r][t], &x[r * width + col], 16);
    __pipeline_commit();
  }
  for (int r = 0; r < rows; ++r) {
    if (r + 3 < rows)
      __pipeline_memcpy_async(&ring[(r + 3) % 4][t], &x[(r + 3) * width + col], 16);
    __pipeline_commit();
    __pipeline_wait_prior(3);
    int4 v = ring[r % 4][t];
    sum.x += v.x;
    sum.y += v.y;
    sum.z += v.z;
    sum.w += v.w;
  }
  y[col] = sum;
}
