// This program reduces over warps by redux.sync, also over the odd lanes alone (sm_80).
extern "C" __global__ void warpRedux(const int *x, int *y, unsigned *u) {
  int t = threadIdx.x, v = x[t];
  y[t] = __reduce_add_sync(~0u, v);
  y[t + 32] = __reduce_min_sync(~0u, v);
  y[t + 64] = __reduce_max_sync(~0u, v);
  u[t] = __reduce_min_sync(~0u, unsigned(v));
  u[t + 32] = __reduce_and_sync(~0u, unsigned(v));
  u[t + 64] = __reduce_or_sync(~0u, unsigned(v));
  u[t + 96] = __reduce_xor_sync(~0u, unsigned(v));
  y[t + 96] = 0;
  if (t & 1)
    y[t + 96] = __reduce_add_sync(0xaaaaaaaau, v);
}
