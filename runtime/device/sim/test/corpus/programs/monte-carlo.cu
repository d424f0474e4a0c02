// This program estimates pi by random points of a generator of its own.
__device__ unsigned next(unsigned &s) {
  s ^= s << 13;
  s ^= s >> 17;
  s ^= s << 5;
  return s;
}
extern "C" __global__ void monteCarlo(unsigned *hits, unsigned seed, int rounds) {
  unsigned state = seed + 2654435761u * (blockIdx.x * blockDim.x + threadIdx.x + 1), inside = 0;
  for (int r = 0; r < rounds; ++r) {
    float x = next(state) * 2.3283064e-10f, y = next(state) * 2.3283064e-10f;
    inside += __fadd_rn(__fmul_rn(x, x), __fmul_rn(y, y)) <= 1.0f;
  }
  for (int d = 16; d > 0; d /= 2)
    inside += __shfl_xor_sync(~0u, inside, d);
  if ((threadIdx.x & 31) == 0)
    atomicAdd(hits, inside);
}
