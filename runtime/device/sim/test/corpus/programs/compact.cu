// This program packs the positive numbers of a row, in order, with ballots and a scan of warps.
extern "C" __global__ void compact(const int *x, int *y, int *count, int n) {
  __shared__ int offsets[9];
  int t = threadIdx.x, lane = t & 31, warp = t >> 5, done = 0;
  for (int base = 0; base < n; base += 256) {
    int i = base + t, value = i < n ? x[i] : 0;
    unsigned keep = __ballot_sync(~0u, value > 0);
    if (lane == 0)
      offsets[warp + 1] = __popc(keep);
    __syncthreads();
    if (t == 0) {
      offsets[0] = 0;
      for (int w = 0; w < 8; ++w)
        offsets[w + 1] += offsets[w];
    }
    __syncthreads();
    if (value > 0)
      y[done + offsets[warp] + __popc(keep & ((1u << lane) - 1))] = value;
    done += offsets[8];
    __syncthreads();
  }
  if (t == 0)
    *count = done;
}
