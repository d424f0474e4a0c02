// This program finds shortest paths between all nodes, one launch per node in between.
extern "C" __global__ void floydWarshall(int *d, int n, int k) {
  int j = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
  if (j < n && i != k && j != k)
    d[i * n + j] = min(d[i * n + j], d[i * n + k] + d[k * n + j]);
}
