// This program moves vectors of 2, 4, 8 and 16 bytes with every kind of cache hint.
extern "C" __global__ void vectorAccess(const float4 *x, float4 *y, const ushort4 *s, ushort4 *t,
                                        const double2 *d, double2 *e, const char2 *c, char2 *b) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float4 v = __ldcs(&x[i]), w = __ldcg(&x[i ^ 1]);
  __stwt(&y[i], make_float4(v.w + w.x, v.z, w.y, v.x));
  ushort4 u = __ldg(&s[i]);
  t[i] = make_ushort4(u.w, u.z, u.y, u.x);
  double2 p;
  asm("ld.global.ca.v2.f64 {%0,%1}, [%2];" : "=d"(p.x), "=d"(p.y) : "l"(&d[i]));
  asm volatile("st.global.cs.v2.f64 [%0], {%1,%2};" ::"l"(&e[i]), "d"(p.y), "d"(p.x + 1.0)
               : "memory");
  char2 q = c[i];
  b[i] = make_char2(q.y, q.x - 1);
}
