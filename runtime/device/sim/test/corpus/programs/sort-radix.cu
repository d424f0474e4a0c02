// This program sorts 1024 numbers with their places by digits of 4 bits, stable, in one block.
extern "C" __global__ void sortRadix(unsigned *keys, unsigned *values) {
  __shared__ unsigned k[2][1024], v[2][1024], counts[16][8], starts[16][8];
  int t = threadIdx.x, lane = t & 31, warp = t >> 5, at = 0;
  for (int i = t; i < 1024; i += 256) {
    k[0][i] = keys[i];
    v[0][i] = values[i];
  }
  for (int shift = 0; shift < 32; shift += 4, at ^= 1) {
    if (t < 128)
      counts[t / 8][t % 8] = 0;
    __syncthreads();
    // A warp owns 128 numbers in a row; lanes that have the same digit count themselves in order.
    for (int i = 0; i < 4; ++i) {
      unsigned digit = k[at][warp * 128 + i * 32 + lane] >> shift & 15;
      unsigned peers = __match_any_sync(~0u, digit);
      if (lane == __ffs(peers) - 1)
        counts[digit][warp] += __popc(peers);
      __syncwarp();
    }
    __syncthreads();
    if (t < 32) {
      unsigned sum = 0, own = 0;
      for (int i = 0; i < 4; ++i)
        own += counts[0][t * 4 + i];
      sum = own;
      for (int d = 1; d < 32; d *= 2) {
        unsigned left = __shfl_up_sync(~0u, sum, d);
        sum += t >= d ? left : 0;
      }
      sum -= own;
      for (int i = 0; i < 4; ++i) {
        starts[0][t * 4 + i] = sum;
        sum += counts[0][t * 4 + i];
      }
    }
    __syncthreads();
    for (int i = 0; i < 4; ++i) {
      unsigned key = k[at][warp * 128 + i * 32 + lane], digit = key >> shift & 15;
      unsigned peers = __match_any_sync(~0u, digit);
      unsigned to = starts[digit][warp] + __popc(peers & ((1u << lane) - 1));
      k[at ^ 1][to] = key;
      v[at ^ 1][to] = v[at][warp * 128 + i * 32 + lane];
      __syncwarp();
      if (lane == __ffs(peers) - 1)
        starts[digit][warp] += __popc(peers);
      __syncwarp();
    }
    __syncthreads();
  }
  for (int i = t; i < 1024; i += 256) {
    keys[i] = k[at][i];
    values[i] = v[at][i];
  }
}
