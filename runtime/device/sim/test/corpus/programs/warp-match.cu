// This program finds equal lanes: match.any and match.all of 32 and 64 bits.
extern "C" __global__ void warpMatch(const int *x, unsigned *y, int *z) {
  int t = threadIdx.x, v = x[t], all, wide;
  y[t] = __match_any_sync(~0u, v);
  y[t + 32] = __match_any_sync(~0u, (long long)(v & 1) << 40);
  y[t + 64] = __match_all_sync(~0u, v, &all);
  y[t + 96] = __match_all_sync(~0u, 7ll << 35, &wide);
  z[t] = all * 2 + wide;
}
