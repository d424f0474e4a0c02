// This program counts steps of the 3n + 1 rule: loops whose length differs in every lane, with
// `continue` and `break`.
extern "C" __global__ void divergeLoops(const unsigned *x, unsigned *y, unsigned *z, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  unsigned v = x[i], steps = 0, odd = 0;
  while (v != 1) {
    ++steps;
    if (steps > 300)
      break;
    if (v % 2 == 0) {
      v /= 2;
      continue;
    }
    v = 3 * v + 1;
    ++odd;
  }
  y[i] = steps;
  z[i] = odd;
}
