// This program has a warp that produces and one that consumes, in turns by named barriers.
extern "C" __global__ void namedBarriers(const int *x, int *y, int rounds) {
  __shared__ int s[2][32];
  int t = threadIdx.x & 31;
  if (threadIdx.x < 32) {
    for (int r = 0; r < rounds; ++r) {
      if (r >= 2)
        asm volatile("bar.sync %0, 64;" ::"r"(3 + r % 2) : "memory");
      s[r % 2][t] = x[r * 32 + t] * 2;
      asm volatile("bar.arrive %0, 64;" ::"r"(1 + r % 2) : "memory");
    }
  } else {
    for (int r = 0; r < rounds; ++r) {
      asm volatile("bar.sync %0, 64;" ::"r"(1 + r % 2) : "memory");
      y[r * 32 + t] = s[r % 2][31 - t] + 1;
      if (r + 2 < rounds)
        asm volatile("bar.arrive %0, 64;" ::"r"(3 + r % 2) : "memory");
    }
  }
}
