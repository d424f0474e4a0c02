// This program prints with arguments of several types.
#include <cstdio>
extern "C" __global__ void print(int n) {
  int t = threadIdx.x;
  if (t < n)
    printf("thread %d of %u: %5.2f %s 0x%llx %c %%\n", t, blockDim.x, t * 0.5,
           t % 2 ? "odd" : "even", (unsigned long long)t << 36, 'a' + t);
}
