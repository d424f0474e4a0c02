// This program computes circular functions of f32, with arguments that need the long reduction.
extern "C" __global__ void mathCircular(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i], s, c;
  sincosf(v * 1000.0f, &s, &c);
  y[8 * i] = sinf(v);
  y[8 * i + 1] = cosf(v);
  y[8 * i + 2] = tanf(v * 0.1f);
  y[8 * i + 3] = s;
  y[8 * i + 4] = c;
  y[8 * i + 5] = atan2f(v, 3.0f);
  y[8 * i + 6] = asinf(v * 0.009f);
  y[8 * i + 7] = sinpif(v);
}
