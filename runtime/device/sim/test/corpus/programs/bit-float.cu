// This program takes floats apart: bits, exponents, classes, next numbers.
extern "C" __global__ void bitFloat(const float *x, int *z, float *f, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i];
  int e;
  f[4 * i] = frexpf(v, &e);
  f[4 * i + 1] = ldexpf(v, 5);
  f[4 * i + 2] = nextafterf(v, 1e30f);
  f[4 * i + 3] = copysignf(fminf(fabsf(v), 2.0f), -v);
  z[4 * i] = isfinite(v) ? e : -9999;
  z[4 * i + 1] = isnan(v) + 2 * isinf(v) + 4 * signbit(v);
  z[4 * i + 2] = __float_as_int(v) >> 23 & 255;
  z[4 * i + 3] = (v < 1.0f) + 2 * (v >= -1.0f) + 4 * (v != v) + 8 * !(v > 0.0f);
}
