// This program computes factorials by recursion, which the simulator refuses.
__device__ __noinline__ int factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1) + 1; }
extern "C" __global__ void recursion(int *y) { y[threadIdx.x] = factorial(threadIdx.x); }
