// This program computes functions of f64 that CUDA's library inlines.
extern "C" __global__ void doubleMath(const double *x, double *z, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  double a = x[i];
  z[8 * i] = exp(a);
  z[8 * i + 1] = log(fabs(a));
  z[8 * i + 2] = sin(a);
  z[8 * i + 3] = cos(a * 3.0);
  z[8 * i + 4] = pow(fabs(a), 1.7);
  z[8 * i + 5] = tanh(a);
  z[8 * i + 6] = erf(a * 0.3);
  z[8 * i + 7] = atan2(a, 2.0) + cbrt(a);
}
