// This program counts into bins that are spread over the blocks of a cluster.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void __cluster_dims__(2, 1, 1)
    clusterHistogram(const int *x, int *counts, int n) {
  __shared__ int bins[32];
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  if (t < 32)
    bins[t] = 0;
  cluster.sync();
  for (int i = cluster.thread_rank(); i < n; i += cluster.num_threads())
    atomicAdd(cluster.map_shared_rank(&bins[x[i] % 32], x[i] / 32), 1);
  cluster.sync();
  if (t < 32)
    counts[rank * 32 + t] = bins[t];
}
