// This program rounds f64 and f32 in all four directions.
extern "C" __global__ void doubleRounding(const double *x, const double *y, double *z, float *f,
                                          int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  double a = x[i], b = y[i];
  float s = float(a), t = float(b);
  z[8 * i] = __dadd_rd(a, b);
  z[8 * i + 1] = __dadd_ru(a, b);
  z[8 * i + 2] = __dmul_rz(a, b);
  z[8 * i + 3] = __dmul_ru(a, b);
  z[8 * i + 4] = __ddiv_rd(a, b);
  z[8 * i + 5] = __dsqrt_ru(fabs(a));
  z[8 * i + 6] = __fma_rz(a, b, 1.0);
  z[8 * i + 7] = __drcp_rd(b);
  f[8 * i] = __fadd_rd(s, t);
  f[8 * i + 1] = __fmul_ru(s, t);
  f[8 * i + 2] = __fdiv_rz(s, t);
  f[8 * i + 3] = __fsqrt_rd(fabsf(s));
  f[8 * i + 4] = __fmaf_ru(s, t, 1.0f);
  f[8 * i + 5] = __frcp_rz(t);
  f[8 * i + 6] = __double2float_ru(a);
  f[8 * i + 7] = __fsub_rz(s, t);
}
