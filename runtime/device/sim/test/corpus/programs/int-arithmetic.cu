// This program computes in integers of 8, 16 and 32 bits: quotients, fields, saturation, averages.
extern "C" __global__ void intArithmetic(const int *x, const int *y, int *z, unsigned *u, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  int a = x[i], b = y[i] == 0 ? 3 : y[i];
  unsigned p = a, q = b;
  z[8 * i] = a / b + a % b * 17;
  z[8 * i + 1] = __mulhi(a, b);
  z[8 * i + 2] = __mul24(a, b) + __sad(a, b, 5u);
  z[8 * i + 3] = (signed char)a * (short)b + (a >> (b & 31));
  z[8 * i + 4] = __hadd(a, b) - __rhadd(a, b);
  z[8 * i + 5] = a / 7 + b / -13 + a % 10;
  z[8 * i + 6] = abs(a) + min(a, b) - max(a, 5);
  z[8 * i + 7] = int((short)(a + b)) << 4;
  u[8 * i] = p / q ^ p % 1000u;
  u[8 * i + 1] = __umulhi(p, q) + __umul24(p, q);
  u[8 * i + 2] = __clz(p) + __ffs(q) * 100 + __popc(p ^ q) * 10000;
  u[8 * i + 3] = __brev(p) + (p >> 5 & 0x1ffu);
  u[8 * i + 4] = __funnelshift_l(p, q, a & 31) ^ __funnelshift_r(p, q, b & 31);
  u[8 * i + 5] = (p & 0xff00ff00u) | (q & ~0xff00ff00u);
  u[8 * i + 6] = (unsigned char)(p * q) + (unsigned short)(p + q);
  u[8 * i + 7] = (p ^ q) & (p | 0x0f0f0f0fu);
}
