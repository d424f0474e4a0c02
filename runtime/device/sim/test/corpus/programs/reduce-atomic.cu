// This program reduces by every integer atomic of global memory, 32 and 64 bits wide.
extern "C" __global__ void reduceAtomic(const int *x, int *s, unsigned *u,
                                        unsigned long long *wide) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, v = x[i];
  atomicAdd(&s[0], v);
  atomicSub(&s[1], v);
  atomicMin(&s[2], v);
  atomicMax(&s[3], v);
  atomicAnd(&u[0], unsigned(v) | 0xff00u);
  atomicOr(&u[1], unsigned(v) & 0xffu);
  atomicXor(&u[2], unsigned(v));
  atomicMin(&u[3], unsigned(v));
  atomicMax(&u[4], unsigned(v));
  atomicInc(&u[5], 99u);
  atomicDec(&u[6], 70u);
  unsigned long long w = (unsigned long long)(unsigned(v)) << 16;
  atomicAdd(&wide[0], w);
  atomicMin(&wide[1], w);
  atomicMax(&wide[2], w);
  atomicXor(&wide[3], w);
  atomicOr(&wide[4], w);
  atomicAnd(&wide[5], w | 3u);
}
