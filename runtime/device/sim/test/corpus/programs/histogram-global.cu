// This program counts into global memory; lanes that meet in one bin elect one that adds for all.
extern "C" __global__ void histogramGlobal(const unsigned *x, unsigned *counts, int bins, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  unsigned bin = x[i] % bins, active = __activemask();
#if __CUDA_ARCH__ >= 700
  unsigned peers = __match_any_sync(active, bin);
  int leader = __ffs(peers) - 1;
  if ((threadIdx.x & 31) == leader)
    atomicAdd(&counts[bin], unsigned(__popc(peers)));
#endif
}
