// This program computes exponentials, logarithms and powers of f32.
extern "C" __global__ void mathExponential(const float *x, float *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i];
  y[8 * i] = expf(v);
  y[8 * i + 1] = exp2f(v);
  y[8 * i + 2] = expm1f(v);
  y[8 * i + 3] = logf(fabsf(v));
  y[8 * i + 4] = log1pf(fabsf(v));
  y[8 * i + 5] = powf(fabsf(v), 2.3f);
  y[8 * i + 6] = log10f(fabsf(v)) + log2f(fabsf(v));
  y[8 * i + 7] = cbrtf(v) + hypotf(v, 2.0f);
}
