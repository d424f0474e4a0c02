// This program asserts something that fails in one thread.
#undef NDEBUG
#include <cassert>
extern "C" __global__ void assertion(const int *x, int *y) {
  int v = x[threadIdx.x];
  assert(v != 13);
  y[threadIdx.x] = v;
}
