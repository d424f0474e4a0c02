// This program uses every kind of shuffle: four modes, parts of a warp, 32 and 64 bits.
extern "C" __global__ void warpShuffle(const int *x, int *y, double *z, long long *w) {
  int t = threadIdx.x, v = x[t];
  y[t] = __shfl_up_sync(~0u, v, 3);
  y[t + 32] = __shfl_down_sync(~0u, v, 5, 16);
  y[t + 64] = __shfl_xor_sync(~0u, v, 7, 8);
  y[t + 96] = __shfl_sync(~0u, v, t * 7 + 3, 32);
  y[t + 128] = __shfl_sync(~0u, v, 2, 4);
  z[t] = __shfl_xor_sync(~0u, v * 0.5, 16);
  w[t] = __shfl_down_sync(~0u, (long long)v << 33, 1);
  int half = -1;
  if (t < 16)
    half = __shfl_sync(0xffffu, v, 15 - t);
  else
    half = __shfl_up_sync(0xffff0000u, v, 1, 16);
  y[t + 160] = half;
}
