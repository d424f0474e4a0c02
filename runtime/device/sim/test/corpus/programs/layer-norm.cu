// This program normalises rows to mean 0 and variance 1, then scales and shifts, in f16 and f32.
#include <cuda_fp16.h>
__device__ float blockSum(float v, float *s) {
  for (int d = 16; d > 0; d /= 2)
    v += __shfl_xor_sync(~0u, v, d);
  __syncthreads();
  if (threadIdx.x % 32 == 0)
    s[threadIdx.x / 32] = v;
  __syncthreads();
  v = 0.0f;
  for (int w = 0; w < blockDim.x / 32; ++w)
    v += s[w];
  return v;
}
extern "C" __global__ void layerNorm(const __half *x, const float *gain, const float *bias,
                                     __half *y, int n, float epsilon) {
  __shared__ float s[32];
  const __half *row = x + blockIdx.x * n;
  float sum = 0.0f, squares = 0.0f;
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    sum += __half2float(row[i]);
  float mean = blockSum(sum, s) / n;
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    float v = __half2float(row[i]) - mean;
    squares += v * v;
  }
  float scale = rsqrtf(blockSum(squares, s) / n + epsilon);
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    y[blockIdx.x * n + i] = __float2half((__half2float(row[i]) - mean) * scale * gain[i] + bias[i]);
}
