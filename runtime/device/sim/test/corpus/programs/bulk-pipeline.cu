// This program streams rows through bulk copies and mbarriers, a warp that loads and one that
// works.
__device__ unsigned sharedAddress(const void *p) { return unsigned(__cvta_generic_to_shared(p)); }
__device__ void wait(unsigned long long *barrier, int parity) {
  asm volatile("{\n.reg .pred p;\nWAIT:\nmbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n"
               "@p bra DONE;\nbra WAIT;\nDONE:\n}" ::"r"(sharedAddress(barrier)),
               "r"(parity)
               : "memory");
}
extern "C" __global__ void bulkPipeline(const float *x, float *y, int rounds) {
  __shared__ __align__(128) float ring[2][256], out[256];
  __shared__ unsigned long long full[2], empty[2];
  int t = threadIdx.x;
  if (t == 0) {
    for (int s = 0; s < 2; ++s) {
      asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(sharedAddress(&full[s]))
                   : "memory");
      asm volatile("mbarrier.init.shared::cta.b64 [%0], 64;" ::"r"(sharedAddress(&empty[s]))
                   : "memory");
    }
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  }
  __syncthreads();
  if (t < 32) {
    for (int r = 0; r < rounds && t == 0; ++r) {
      int s = r % 2;
      if (r >= 2)
        wait(&empty[s], (r / 2 - 1) & 1);
      asm volatile(
          "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], 1024;" ::"r"(sharedAddress(&full[s]))
          : "memory");
      asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], "
                   "1024, [%2];" ::"r"(sharedAddress(ring[s])),
                   "l"(x + r * 256), "r"(sharedAddress(&full[s]))
                   : "memory");
    }
    return;
  }
  float sum[4] = {};
  for (int r = 0; r < rounds; ++r) {
    int s = r % 2;
    wait(&full[s], r / 2 & 1);
    for (int k = 0; k < 4; ++k)
      sum[k] += ring[s][t - 32 + 64 * k] * (r + 1);
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(sharedAddress(&empty[s]))
                 : "memory");
  }
  for (int k = 0; k < 4; ++k)
    out[t - 32 + 64 * k] = sum[k];
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  asm volatile("bar.sync 1, 64;" ::: "memory");
  if (t == 32) {
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], 1024;" ::"l"(y),
                 "r"(sharedAddress(out))
                 : "memory");
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
    asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
  }
}
