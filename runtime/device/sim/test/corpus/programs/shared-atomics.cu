// This program uses every atomic of shared memory, of 32 and 64 bits, and swaps of 16.
extern "C" __global__ void sharedAtomics(const int *x, int *y, unsigned long long *z) {
  __shared__ int s[8];
  __shared__ unsigned long long w[3];
  __shared__ __align__(4) unsigned short half[2];
  int t = threadIdx.x, v = x[blockIdx.x * blockDim.x + t];
  if (t < 8)
    s[t] = t == 2 ? 0x7fffffff : (t == 3 ? -0x7fffffff : 0);
  if (t < 3)
    w[t] = 0;
  if (t < 2)
    half[t] = 0;
  __syncthreads();
  atomicAdd(&s[0], v);
  atomicSub(&s[1], v);
  atomicMin(&s[2], v);
  atomicMax(&s[3], v);
  atomicOr(&s[4], v);
  atomicXor(&s[5], v);
  atomicInc((unsigned *)&s[6], 9u);
  atomicAdd(&w[0], (unsigned long long)(long long)v);
  atomicMax((long long *)&w[1], (long long)v << 32);
  atomicCAS(&w[2], 0ull, 77ull);
  // clang makes a loop of atomicCAS of 16 bits that begins with a plain load, which is a race.
#ifdef __clang__
  atomicAdd((unsigned *)half, 3u << 16);
#else
  unsigned short seen = *(volatile unsigned short *)&half[1], old;
  do {
    old = seen;
    seen = atomicCAS(&half[1], old, (unsigned short)(old + 3));
  } while (seen != old);
#endif
  __syncthreads();
  if (t < 8)
    y[blockIdx.x * 8 + t] = t == 7 ? half[1] : s[t];
  if (t < 3)
    z[blockIdx.x * 3 + t] = w[t];
}
