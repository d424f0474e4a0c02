// This program lets whole warps leave before barriers that the others still meet at.
extern "C" __global__ void threadExit(const int *x, int *y) {
  __shared__ int s[64];
  int t = threadIdx.x;
  if (t >= 64)
    return;
  s[t] = x[blockIdx.x * 64 + t];
  __syncthreads();
  int v = s[63 - t];
  __syncthreads();
  s[t] = v * 2;
  __syncthreads();
  y[blockIdx.x * 64 + t] = s[t ^ 1];
}
