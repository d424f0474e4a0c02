// This program multiplies int8 matrices by dp4a, with signs mixed, and dp2a of 16 by 8 bits.
extern "C" __global__ void gemmDp4a(const int *a, const int *b, int *c, unsigned *u, int words) {
  int row = threadIdx.y, col = threadIdx.x, sum = 0;
  unsigned total = 0;
  for (int i = 0; i < words; ++i) {
    int x = a[row * words + i], y = b[col * words + i];
    sum = __dp4a(x, y, sum);
    sum = __dp2a_lo(x, y, sum);
    sum = __dp2a_hi(x, y, sum);
    total = __dp4a(unsigned(x), unsigned(y), total);
    total = __dp2a_lo(unsigned(x), unsigned(y), total);
    total = __dp2a_hi(unsigned(x), unsigned(y), total);
  }
  c[row * blockDim.x + col] = sum;
  u[row * blockDim.x + col] = total;
}
