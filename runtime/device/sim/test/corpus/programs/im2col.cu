// This program unrolls patches of an image into rows, and takes the greatest of 2 x 2 in a second
// kernel.
extern "C" __global__ void im2col(const float *x, float *y, int height, int width) {
  int count = (height - 2) * (width - 2);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count * 9; i += gridDim.x * blockDim.x) {
    int patch = i / 9, k = i % 9;
    y[i] = x[(patch / (width - 2) + k / 3) * width + patch % (width - 2) + k % 3];
  }
}
extern "C" __global__ void maxPool(const float *x, float *y, int width) {
  int c = threadIdx.x, r = blockIdx.x;
  const float2 *top = (const float2 *)(x + 2 * r * width),
               *low = (const float2 *)(x + (2 * r + 1) * width);
  float2 a = top[c], b = low[c];
  y[r * (width / 2) + c] = fmaxf(fmaxf(a.x, a.y), fmaxf(b.x, b.y));
}
