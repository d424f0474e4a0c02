// This program searches a graph in breadth, one launch per level, the next front found by atomics.
extern "C" __global__ void bfs(const int *starts, const int *edges, int *levels, const int *front,
                               const int *frontSize, int *next, int *nextSize, int level) {
  for (int f = blockIdx.x * blockDim.x + threadIdx.x; f < *frontSize; f += gridDim.x * blockDim.x) {
    int node = front[f];
    for (int e = starts[node]; e < starts[node + 1]; ++e)
      if (atomicCAS(&levels[edges[e]], -1, level) == -1)
        next[atomicAdd(nextSize, 1)] = edges[e];
  }
}
