// This program scans a long row in one pass: each block looks back at the sums that the blocks
// before it have published, as soon as they have.
struct Tile {
  volatile int state; // 0 nothing, 1 own sum, 2 sum of everything up to here
  int own, prefix;
};

extern "C" __global__ void scanLookback(const int *x, int *y, Tile *tiles, int *ticket) {
  __shared__ int tile, before, warps[4];
  int t = threadIdx.x, lane = t & 31, warp = t >> 5;
  if (t == 0)
    tile = atomicAdd(ticket, 1);
  __syncthreads();
  int mine = tile, sum = x[mine * 128 + t];
  for (int d = 1; d < 32; d *= 2) {
    int left = __shfl_up_sync(~0u, sum, d);
    sum += lane >= d ? left : 0;
  }
  if (lane == 31)
    warps[warp] = sum;
  __syncthreads();
  int total = 0;
  for (int w = 0; w < 4; ++w) {
    sum += w < warp ? warps[w] : 0;
    total += warps[w];
  }
  if (t == 0) {
    tiles[mine].own = total;
    __threadfence();
    tiles[mine].state = 1;
    int prefix = 0;
    for (int back = mine - 1; back >= 0;) {
      int state = tiles[back].state;
      if (state == 0)
        continue;
      __threadfence();
      prefix += state == 2 ? tiles[back].prefix : tiles[back].own;
      back = state == 2 ? -1 : back - 1;
    }
    tiles[mine].prefix = prefix + total;
    __threadfence();
    tiles[mine].state = 2;
    before = prefix;
  }
  __syncthreads();
  y[mine * 128 + t] = before + sum;
}
