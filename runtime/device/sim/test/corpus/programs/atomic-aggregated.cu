// This program takes places in a queue once per warp, and steals work through a shared counter.
extern "C" __global__ void atomicAggregated(const int *x, int *queue, int *tail, int *head, int n) {
  __shared__ int first;
  for (;;) {
    if (threadIdx.x == 0)
      first = atomicAdd(head, blockDim.x);
    __syncthreads();
    int i = first + threadIdx.x;
    if (first >= n)
      break;
    bool keep = i < n && x[i] % 5 == 0;
    unsigned mask = __ballot_sync(~0u, keep);
    int lane = threadIdx.x & 31, leader = __ffs(mask) - 1, base = 0;
    if (lane == leader)
      base = atomicAdd(tail, __popc(mask));
    base = __shfl_sync(~0u, base, leader < 0 ? 0 : leader);
    if (keep)
      queue[base + __popc(mask & ((1u << lane) - 1))] = x[i];
    __syncthreads();
  }
}
