// This program computes in f64: division, root, fused, remainder, rounding, conversions.
extern "C" __global__ void doubleArithmetic(const double *x, const double *y, double *z,
                                            long long *w, float *f, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  double a = x[i], b = y[i];
  z[8 * i] = a / b;
  z[8 * i + 1] = sqrt(fabs(a));
  z[8 * i + 2] = fma(a, b, -a);
  z[8 * i + 3] = fmod(a, b);
  z[8 * i + 4] = floor(a) + ceil(b) * 2.0 + trunc(a) * 4.0 + rint(b) * 8.0;
  z[8 * i + 5] = fmin(a, b) - fmax(a, b);
  z[8 * i + 6] = copysign(a, b) + (a < b ? 1.0 : 2.0);
  z[8 * i + 7] = double(float(a)) + double(int(b)) + double((unsigned long long)fabs(a));
  w[i] = (long long)(a * 1e6) + llrint(b);
  f[i] = float(a * b);
}
