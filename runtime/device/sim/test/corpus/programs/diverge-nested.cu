// This program takes a different way in each lane, four levels deep, and meets at every level.
extern "C" __global__ void divergeNested(const int *x, int *y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, v = x[i], r = 0;
  if (v & 1) {
    if (v & 2) {
      if (v & 4)
        r = v & 8 ? v * 3 : v - 7;
      else
        r = v / 3;
      r += __popc(__ballot_sync(__activemask(), 1)) > 0;
    } else {
      for (int k = 0; k < (v & 15); ++k)
        r = r * 3 + k;
    }
    r ^= 0x55;
  } else if (v & 2) {
    int k = v;
    do {
      k = k & 4 ? k >> 1 : k - 3;
      ++r;
    } while (k > 8);
  } else {
    r = v & 4 ? -v : v << 2;
    if (v % 3 == 0)
      r += 1000;
  }
  __syncwarp();
  y[i] = r + (__ballot_sync(~0u, v & 1) >> (i & 31) & 1);
}
