// This program votes in whole and half warps: any, all, ballot, and the mask of active lanes.
extern "C" __global__ void warpVote(const int *x, unsigned *y) {
  int t = threadIdx.x, v = x[t];
  unsigned any = __any_sync(~0u, v > 90), all = __all_sync(~0u, v > -101);
  unsigned ballot = __ballot_sync(~0u, v & 1), inner = 0, active = 0;
  if (v & 1) {
    active = __activemask();
    inner = __ballot_sync(ballot, v > 0);
  }
  unsigned lower, below;
  asm volatile("mov.u32 %0, %%lanemask_le;" : "=r"(lower));
  asm volatile("mov.u32 %0, %%lanemask_gt;" : "=r"(below));
  y[t] = any | all << 1 | (lower ^ below) << 2;
  y[t + 64] = ballot;
  y[t + 128] = inner;
  y[t + 192] = active & ~ballot;
}
