// This file is the softmax of the simulator's benchmark: one block of 256 threads per row.
__device__ float reduce(float value, bool isMax, float *scratch) {
  for (int step = 16; step > 0; step /= 2) {
    float other = __shfl_xor_sync(0xffffffffu, value, step);
    value = isMax ? fmaxf(value, other) : value + other;
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0)
    scratch[threadIdx.x / 32] = value;
  __syncthreads();
  float result = scratch[0];
  for (int warp = 1; warp < 8; ++warp)
    result = isMax ? fmaxf(result, scratch[warp]) : result + scratch[warp];
  return result;
}

extern "C" __global__ void __launch_bounds__(256)
    softmax(const float *__restrict__ x, float *__restrict__ y, int n) {
  __shared__ float scratch[8];
  x += blockIdx.x * n;
  y += blockIdx.x * n;
  float largest = -INFINITY, sum = 0;
  for (int i = threadIdx.x; i < n; i += 256)
    largest = fmaxf(largest, x[i]);
  largest = reduce(largest, true, scratch);
  for (int i = threadIdx.x; i < n; i += 256)
    sum += __expf(x[i] - largest);
  sum = reduce(sum, false, scratch);
  for (int i = threadIdx.x; i < n; i += 256)
    y[i] = __expf(x[i] - largest) / sum;
}
