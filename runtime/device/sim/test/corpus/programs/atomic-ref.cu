// This program uses the atomics of CUDA's C++ library, with orders and scopes of all kinds.
#include <cuda/atomic>
extern "C" __global__ void atomicRef(const int *x, int *sums, int *box, int *y) {
  int t = threadIdx.x, v = x[blockIdx.x * blockDim.x + t];
  cuda::atomic_ref<int, cuda::thread_scope_device> sum(sums[0]), high(sums[1]);
  sum.fetch_add(v, cuda::memory_order_relaxed);
  high.fetch_max(v, cuda::memory_order_acq_rel);
  cuda::atomic_ref<int, cuda::thread_scope_system> odd(sums[2]);
  int seen = odd.load(cuda::memory_order_relaxed);
  while (!odd.compare_exchange_weak(seen, seen * 2 % 1000003 + 1, cuda::memory_order_release,
                                    cuda::memory_order_relaxed))
    ;
  // The first block leaves a message that the others wait for.
  cuda::atomic_ref<int, cuda::thread_scope_device> flag(box[0]);
  if (blockIdx.x == 0 && t == 0) {
    box[1] = 77;
    flag.store(1, cuda::memory_order_release);
  }
  if (t == 0) {
    while (flag.load(cuda::memory_order_acquire) == 0)
      ;
    y[blockIdx.x] = box[1] + int(blockIdx.x);
  }
}
