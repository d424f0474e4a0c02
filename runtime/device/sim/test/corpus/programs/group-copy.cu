// This program copies by the asynchronous interface of CUDA's C++ library: a barrier and a
// pipeline.
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/pipeline>
namespace cg = cooperative_groups;
extern "C" __global__ void groupCopy(const float *x, float *y) {
  __shared__ __align__(16) float s[2][64];
  __shared__ cuda::barrier<cuda::thread_scope_block> ready;
  auto block = cg::this_thread_block();
  if (block.thread_rank() == 0)
    init(&ready, block.size());
  block.sync();
  cuda::memcpy_async(block, s[0], x, cuda::aligned_size_t<16>(sizeof(float) * 64), ready);
  ready.arrive_and_wait();
  auto pipe = cuda::make_pipeline();
  pipe.producer_acquire();
  cuda::memcpy_async(&s[1][threadIdx.x], x + 64 + threadIdx.x, sizeof(float), pipe);
  pipe.producer_commit();
  pipe.consumer_wait();
  block.sync();
  y[threadIdx.x] = s[0][63 - threadIdx.x] + s[1][threadIdx.x ^ 1];
  pipe.consumer_release();
}
