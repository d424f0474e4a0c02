// This program permutes bytes and works on four of them at once.
__device__ unsigned each(unsigned a, unsigned b, int (*operation)(int, int)) {
  unsigned result = 0;
#pragma unroll
  for (int k = 0; k < 32; k += 8)
    result |= (unsigned(operation(a >> k & 255, b >> k & 255)) & 255u) << k;
  return result;
}
__device__ unsigned add4(unsigned a, unsigned b) {
  return ((a & 0x7f7f7f7fu) + (b & 0x7f7f7f7fu)) ^ ((a ^ b) & 0x80808080u);
}
__device__ int difference(int a, int b) { return a > b ? a - b : b - a; }
__device__ int greater(int a, int b) { return a > b ? 255 : 0; }
extern "C" __global__ void bytes(const uchar4 *x, const unsigned *y, uchar4 *z, unsigned *u,
                                 int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  uchar4 c = x[i];
  unsigned a = y[i], b = *(const unsigned *)&x[i];
  z[i] = make_uchar4(c.w, c.z ^ c.x, (c.x + c.y) / 2, c.w > c.x ? c.w : c.x);
  u[6 * i] = __byte_perm(a, b, 0x0123);
  u[6 * i + 1] = __byte_perm(a, b, a & 0x7777u);
  asm("prmt.b32 %0, %1, %2, 0x8cd9;" : "=r"(u[6 * i + 2]) : "r"(a), "r"(b));
  u[6 * i + 3] = add4(a, b);
  u[6 * i + 4] = each(a, b, difference) + each(a, b, [](int p, int q) { return p > q ? p : q; });
  u[6 * i + 5] = each(a, b, greater) ^ each(a, b, [](int p, int q) { return (p + q + 1) / 2; });
}
