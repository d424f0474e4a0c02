// This program convolves each channel with a filter of its own from constant memory.
__constant__ float filters[3][5] = {{0.1f, 0.2f, 0.4f, 0.2f, 0.1f},
                                    {-1.0f, 0.0f, 2.0f, 0.0f, -1.0f},
                                    {0.5f, 0.25f, 0.0f, -0.25f, -0.5f}};
__constant__ int reach = 2;
extern "C" __global__ void convConstant(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, channel = blockIdx.y;
  if (i >= n)
    return;
  float sum = 0.0f;
  for (int k = -reach; k <= reach; ++k)
    if (i + k >= 0 && i + k < n)
      sum += x[channel * n + i + k] * filters[channel][k + reach];
  y[channel * n + i] = sum;
}
