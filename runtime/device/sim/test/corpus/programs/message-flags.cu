// This program passes a message along blocks by flags: relaxed polling, then a fence.
extern "C" __global__ void messageFlags(int *data, int *flags, int *y) {
  int b = blockIdx.x, t = threadIdx.x;
  if (b > 0) {
    if (t == 0) {
      int seen = 0;
      while (seen == 0)
        asm volatile("ld.relaxed.gpu.global.s32 %0, [%1];"
                     : "=r"(seen)
                     : "l"(flags + b - 1)
                     : "memory");
      asm volatile("fence.acq_rel.gpu;" ::: "memory");
    }
    __syncthreads();
  }
  int v = b > 0 ? data[(b - 1) * 64 + (t + 1) % 64] : t;
  data[b * 64 + t] = v + 1;
  y[b * 64 + t] = v * 2;
  __syncthreads();
  if (t == 0) {
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
    asm volatile("st.relaxed.gpu.global.s32 [%0], 1;" ::"l"(flags + b) : "memory");
  }
}
