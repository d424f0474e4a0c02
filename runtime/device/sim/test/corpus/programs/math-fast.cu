// This program is compiled with fast math: approximate division, root and exponential, flushed
// subnormal numbers.
extern "C" __global__ void mathFast(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i];
  y[8 * i] = __sinf(v) + __cosf(v);
  y[8 * i + 1] = __expf(v);
  y[8 * i + 2] = __logf(fabsf(v) + 1.0f);
  y[8 * i + 3] = v / (fabsf(v) + 3.0f);
  y[8 * i + 4] = sqrtf(fabsf(v));
  y[8 * i + 5] = rsqrtf(fabsf(v) + 0.1f);
  y[8 * i + 6] = __powf(fabsf(v) + 0.5f, 1.5f);
  y[8 * i + 7] = __fdividef(1.0f, v + 20.0f) + __saturatef(v);
}
