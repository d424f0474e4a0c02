// This program adds to counters once per group of lanes that are active together.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void groupsCoalesced(const int *x, int *y, int *count, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n || x[i] % 3 != 0)
    return;
  cg::coalesced_group active = cg::coalesced_threads();
  int first = 0;
  if (active.thread_rank() == 0)
    first = atomicAdd(count, int(active.size()));
  y[active.shfl(first, 0) + active.thread_rank()] = x[i];
}
