// This program carves arrays of several types out of dynamic shared memory.
extern __shared__ __align__(16) unsigned char pool[];
extern "C" __global__ void dynamicShared(const float *x, double *y, int n) {
  double *d = (double *)pool;
  float *f = (float *)(d + n);
  short *s = (short *)(f + n);
  int t = threadIdx.x;
  f[t] = x[blockIdx.x * n + t];
  s[t] = short(n - 1 - t);
  __syncthreads();
  d[t] = f[s[t]] * 2.0;
  __syncthreads();
  y[blockIdx.x * n + t] = d[(t + 1) % n] + f[t];
}
