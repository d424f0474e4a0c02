// This program sums with a template that is unrolled at compile time and ends without barriers
// inside one warp.
template <int Threads> __device__ double reduce(double *s, int t) {
  if (Threads >= 256) {
    if (t < 128)
      s[t] += s[t + 128];
    __syncthreads();
  }
  if (Threads >= 128) {
    if (t < 64)
      s[t] += s[t + 64];
    __syncthreads();
  }
  if (t < 32) {
    double sum = s[t] + s[t + 32];
    for (int d = 16; d > 0; d /= 2)
      sum += __shfl_down_sync(~0u, sum, d);
    return sum;
  }
  return 0.0;
}
extern "C" __global__ void __launch_bounds__(256) reduceUnrolled(const double *x, double *y) {
  __shared__ double s[256];
  int t = threadIdx.x;
  s[t] = x[blockIdx.x * 256 + t];
  __syncthreads();
  double sum = reduce<256>(s, t);
  if (t == 0)
    y[blockIdx.x] = sum;
}
