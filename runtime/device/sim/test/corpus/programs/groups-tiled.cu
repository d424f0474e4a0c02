// This program works in tiles of 4, 8 and 32 threads of cooperative groups.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
template <typename Group> __device__ int sum(Group group, int v) {
  for (int d = group.size() / 2; d > 0; d /= 2)
    v += group.shfl_down(v, d);
  return group.shfl(v, 0);
}
extern "C" __global__ void groupsTiled(const int *x, int *y) {
  cg::thread_block block = cg::this_thread_block();
  auto warp = cg::tiled_partition<32>(block);
  auto eight = cg::tiled_partition<8>(warp);
  auto four = cg::tiled_partition<4>(eight);
  int i = blockIdx.x * block.size() + block.thread_rank(), v = x[i];
  int a = sum(warp, v), b = sum(eight, v), c = sum(four, v);
  block.sync();
  y[4 * i] = a;
  y[4 * i + 1] = b;
  y[4 * i + 2] = c;
  y[4 * i + 3] =
      int(eight.any(v > 90)) * 100 + int(four.meta_group_rank()) * 10 + int(four.thread_rank());
}
