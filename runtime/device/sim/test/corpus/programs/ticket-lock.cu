// This program hands a lock on in order of tickets, with acquire and release.
__device__ unsigned acquire(const unsigned *p) {
  unsigned v;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}
__device__ void release(unsigned *p, unsigned v) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(v) : "memory");
}
extern "C" __global__ void ticketLock(unsigned *next, unsigned *now, int *log) {
  if (threadIdx.x != 0)
    return;
  for (int r = 0; r < 3; ++r) {
    unsigned mine = atomicAdd(next, 1u);
    while (acquire(now) != mine)
      __nanosleep(20);
    log[0] = log[0] * 3 % 1009 + 1;
    release(now, mine + 1);
  }
}
