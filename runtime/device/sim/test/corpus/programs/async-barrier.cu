// This program waits for cp.async by an mbarrier that the copies arrive on (sm_80).
extern "C" __global__ void asyncBarrier(const float *x, float *y, int tiles) {
  __shared__ float s[64];
  __shared__ unsigned long long full;
  int t = threadIdx.x;
  unsigned barrier = unsigned(__cvta_generic_to_shared(&full));
  if (t == 0)
    asm volatile("mbarrier.init.shared.b64 [%0], 64;" ::"r"(barrier) : "memory");
  __syncthreads();
  for (int tile = 0; tile < tiles; ++tile) {
    asm volatile(
        "cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(unsigned(__cvta_generic_to_shared(&s[t]))),
        "l"(x + tile * 64 + t)
        : "memory");
    asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(barrier) : "memory");
    unsigned done = 0;
    while (!done)
      asm volatile("{\n.reg .pred p;\nmbarrier.test_wait.parity.shared.b64 p, [%1], %2;\n"
                   "selp.u32 %0, 1, 0, p;\n}"
                   : "=r"(done)
                   : "r"(barrier), "r"(tile & 1)
                   : "memory");
    y[tile * 64 + t] = s[63 - t];
    __syncthreads();
  }
}
