// This program computes erf, tanh, gelu, sigmoid and their like in f32.
extern "C" __global__ void mathSpecial(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i];
  y[8 * i] = erff(v);
  y[8 * i + 1] = tanhf(v);
  y[8 * i + 2] = erfcf(v);
  y[8 * i + 3] = 0.5f * v * (1.0f + erff(v * 0.70710678f));
  y[8 * i + 4] = 1.0f / (1.0f + expf(-v));
  y[8 * i + 5] = sinhf(v) - coshf(v);
  y[8 * i + 6] = lgammaf(fabsf(v) + 0.5f);
  y[8 * i + 7] = fmodf(v, 0.7f) + roundf(v) + rintf(v) + truncf(v);
}
