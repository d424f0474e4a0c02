// This program sums over clusters of four blocks, through the shared memory of each other.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void __cluster_dims__(4, 1, 1) clusterReduce(const int *x, int *y) {
  __shared__ int part;
  cg::cluster_group cluster = cg::this_cluster();
  if (threadIdx.x == 0)
    part = 0;
  __syncthreads();
  atomicAdd(&part, x[blockIdx.x * blockDim.x + threadIdx.x]);
  cluster.sync();
  if (threadIdx.x == 0) {
    int sum = 0;
    for (int rank = 0; rank < cluster.num_blocks(); ++rank)
      sum += *cluster.map_shared_rank(&part, rank);
    y[blockIdx.x] = sum * 10 + int(cluster.block_rank());
  }
  cluster.sync();
}
