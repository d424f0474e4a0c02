// This program counts bytes in shared memory, then adds the counts of all blocks.
extern "C" __global__ void histogramShared(const unsigned char *x, unsigned *counts, int n) {
  __shared__ unsigned bins[256];
  for (int b = threadIdx.x; b < 256; b += blockDim.x)
    bins[b] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    atomicAdd(&bins[x[i]], 1u);
  __syncthreads();
  for (int b = threadIdx.x; b < 256; b += blockDim.x)
    if (bins[b] != 0)
      atomicAdd(&counts[b], bins[b]);
}
