// This program passes numbers around the blocks of a cluster: each writes into the next one's
// shared memory, and arrives at its mbarrier.
__device__ unsigned sharedAddress(const void *p) { return unsigned(__cvta_generic_to_shared(p)); }
__device__ unsigned mapped(unsigned address, int rank) {
  unsigned result;
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(result) : "r"(address), "r"(rank));
  return result;
}
__device__ void clusterBarrier() {
  asm volatile("barrier.cluster.arrive.aligned;\nbarrier.cluster.wait.aligned;" ::: "memory");
}
extern "C" __global__ void __cluster_dims__(4, 1, 1) clusterRing(const int *x, int *y) {
  __shared__ int box[32];
  __shared__ unsigned long long full;
  int t = threadIdx.x, rank = blockIdx.x % 4;
  if (t == 0)
    asm volatile(
        "mbarrier.init.shared::cta.b64 [%0], 32;\nfence.mbarrier_init.release.cluster;" ::"r"(
            sharedAddress(&full))
        : "memory");
  clusterBarrier();
  int to = (rank + 1) % 4, done = 0;
  asm volatile("st.shared::cluster.u32 [%0], %1;" ::"r"(mapped(sharedAddress(&box[t]), to)),
               "r"(x[blockIdx.x * 32 + t] + rank)
               : "memory");
  asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(
                   mapped(sharedAddress(&full), to))
               : "memory");
  while (!done)
    asm volatile(
        "{\n.reg .pred p;\nmbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], 0;\n"
        "selp.s32 %0, 1, 0, p;\n}"
        : "=r"(done)
        : "r"(sharedAddress(&full))
        : "memory");
  y[blockIdx.x * 32 + t] = box[31 - t];
  clusterBarrier();
}
