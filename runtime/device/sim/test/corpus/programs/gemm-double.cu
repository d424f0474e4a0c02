// This program multiplies f64 matrices by mma.sync.m8n8k4.
extern "C" __global__ void gemmDouble(const double *a, const double *b, double *c, int k) {
  int lane = threadIdx.x, g = lane / 4, q = lane % 4;
  double s0 = 0.0, s1 = 0.0;
  for (int i = 0; i < k; i += 4)
    asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
                 : "+d"(s0), "+d"(s1)
                 : "d"(a[g * k + i + q]), "d"(b[g * k + i + q]));
  c[g * 8 + q * 2] = s0;
  c[g * 8 + q * 2 + 1] = s1;
}
