// This program computes in integers of 64 and 128 bits: products, quotients, shifts, bits.
extern "C" __global__ void longArithmetic(const long long *x, const long long *y, long long *z,
                                          unsigned long long *u, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  long long a = x[i], b = y[i] | 1;
  unsigned long long p = a, q = b;
  z[6 * i] = a * b + (a >> 7);
  z[6 * i + 1] = a / b;
  z[6 * i + 2] = a % b;
  z[6 * i + 3] = __mul64hi(a, b);
  z[6 * i + 4] = min(a, b) ^ max(a, b) ^ llabs(a);
  z[6 * i + 5] = (__int128(a) * b + a) >> 40;
  u[6 * i] = p / q + p % (q | 1024u);
  u[6 * i + 1] = __umul64hi(p, q);
  u[6 * i + 2] = __brevll(p) + __popcll(q);
  u[6 * i + 3] = __clzll(p) * 256 + __ffsll(q << (i & 63));
  u[6 * i + 4] = p << (i & 63) | q >> (63 - (i & 63));
  u[6 * i + 5] = p > q ? p - q : q - p;
}
