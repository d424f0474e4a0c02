// This program writes where each thread stands in grids and blocks of three dimensions.
extern "C" __global__ void geometry(int *y) {
  int block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  unsigned lane;
  asm("mov.u32 %0, %%laneid;" : "=r"(lane));
  int i = block * blockDim.x * blockDim.y * blockDim.z + thread;
  y[2 * i] = threadIdx.x + 10 * threadIdx.y + 100 * threadIdx.z + 1000 * blockIdx.x +
             10000 * blockIdx.y + 100000 * blockIdx.z;
  y[2 * i + 1] = lane;
}
