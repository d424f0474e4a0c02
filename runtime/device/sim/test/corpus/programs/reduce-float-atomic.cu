// This program adds floats atomically: f32, f64 and pairs of halves, in shared and global memory.
#include <cuda_fp16.h>
extern "C" __global__ void reduceFloatAtomic(const float *x, float *f, double *d, __half2 *h) {
  __shared__ float part;
  if (threadIdx.x == 0)
    part = 0.0f;
  __syncthreads();
  float v = x[blockIdx.x * blockDim.x + threadIdx.x];
  atomicAdd(&part, v);
  atomicAdd(d, double(v));
  atomicAdd(h, __floats2half2_rn(v, -v));
  __syncthreads();
  if (threadIdx.x == 0)
    atomicAdd(f, part);
}
