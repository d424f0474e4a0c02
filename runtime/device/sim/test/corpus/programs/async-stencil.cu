// This program smooths a row through two buffers that cp.async fills, edges filled by its source
// size.
__device__ void copy4(float *to, const float *from, bool inside) {
  unsigned address = unsigned(__cvta_generic_to_shared(to)), bytes = inside ? 4 : 0;
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from), "r"(bytes)
               : "memory");
}
extern "C" __global__ void asyncStencil(const float *x, float *y, int n) {
  __shared__ float s[2][130];
  int t = threadIdx.x, tiles = n / 128;
  auto load = [&](int tile) {
    float *to = s[tile & 1];
    for (int i = t; i < 130; i += 128) {
      int from = tile * 128 + i - 1;
      bool inside = from >= 0 && from < n;
      copy4(&to[i], x + (inside ? from : 0), inside);
    }
    asm volatile("cp.async.commit_group;" ::: "memory");
  };
  load(0);
  for (int tile = 0; tile < tiles; ++tile) {
    if (tile + 1 < tiles) {
      load(tile + 1);
      asm volatile("cp.async.wait_group 1;" ::: "memory");
    } else {
      asm volatile("cp.async.wait_all;" ::: "memory");
    }
    __syncthreads();
    const float *from = s[tile & 1];
    y[tile * 128 + t] = 0.25f * from[t] + 0.5f * from[t + 1] + 0.25f * from[t + 2];
    __syncthreads();
  }
}
