// This program reduces and scans with the collectives of cooperative groups.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;
extern "C" __global__ void groupsReduce(const int *x, int *y, int *z, float *f) {
  auto tile = cg::tiled_partition<16>(cg::this_thread_block());
  int i = blockIdx.x * blockDim.x + threadIdx.x, v = x[i];
  y[i] = cg::reduce(tile, v, cg::plus<int>());
  z[i] =
      cg::inclusive_scan(tile, v, cg::plus<int>()) + cg::exclusive_scan(tile, v, cg::plus<int>());
  f[i] = cg::reduce(tile, float(v), cg::greater<float>());
}
