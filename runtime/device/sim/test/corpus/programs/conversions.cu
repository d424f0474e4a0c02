// This program converts between integers and floats of all widths, rounding and saturating.
extern "C" __global__ void conversions(const float *x, int *z, unsigned *u, float *f, double *d,
                                       int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float v = x[i];
  z[6 * i] = __float2int_rn(v);
  z[6 * i + 1] = __float2int_rd(v);
  z[6 * i + 2] = __float2int_ru(v);
  z[6 * i + 3] = int(v);
  z[6 * i + 4] = short(v * 0.1f);
  z[6 * i + 5] = int((signed char)(v * 0.001f));
  u[4 * i] = __float2uint_rn(v);
  u[4 * i + 1] = unsigned((unsigned char)(fabsf(v) * 0.001f));
  u[4 * i + 2] = unsigned(__float2ull_rn(fabsf(v)) >> 3);
  u[4 * i + 3] = unsigned(__float2ll_rz(v * 1e6f) >> 20);
  f[4 * i] = __int2float_rz(z[6 * i] * 1001);
  f[4 * i + 1] = __uint2float_ru(u[4 * i] * 1003u);
  f[4 * i + 2] = float((long long)(v) * 1000000007ll);
  f[4 * i + 3] = float((signed char)(i)) + float((unsigned short)(i * 7777));
  d[2 * i] = double(z[6 * i]) + double(u[4 * i]);
  d[2 * i + 1] = __longlong_as_double(__double_as_longlong(double(v)) + 1) +
                 double((unsigned long long)(i) << 50);
}
