// This program relaxes a ring with a barrier of the grid made of a counter that blocks spin on.
__device__ void gridBarrier(unsigned *count, unsigned goal) {
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    atomicAdd(count, 1u);
    while (*(volatile unsigned *)count < goal)
      ;
    __threadfence();
  }
  __syncthreads();
}
extern "C" __global__ void gridSteps(int *a, int *b, unsigned *count, int steps) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, n = gridDim.x * blockDim.x;
  for (int s = 0; s < steps; ++s) {
    int *from = s % 2 ? b : a, *to = s % 2 ? a : b;
    to[i] = from[(i + n - 1) % n] + from[(i + 1) % n] - from[i];
    gridBarrier(count, gridDim.x * (s + 1));
  }
}
