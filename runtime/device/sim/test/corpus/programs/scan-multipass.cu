// This program scans 4096 numbers in three launches: blocks, sums of blocks, addition.
extern "C" __global__ void scanParts(const float *x, float *y, float *sums) {
  __shared__ float s[256];
  int t = threadIdx.x, i = blockIdx.x * 256 + t;
  s[t] = x[i];
  for (int d = 1; d < 256; d *= 2) {
    __syncthreads();
    float left = t >= d ? s[t - d] : 0.0f;
    __syncthreads();
    s[t] += left;
  }
  y[i] = s[t];
  if (t == 255)
    sums[blockIdx.x] = s[t];
}
extern "C" __global__ void scanSums(float *sums, int n) {
  float run = 0.0f;
  for (int i = 0; i < n; ++i) {
    float next = sums[i];
    sums[i] = run;
    run += next;
  }
}
extern "C" __global__ void addSums(float *y, const float *sums) {
  y[blockIdx.x * 256 + threadIdx.x] += sums[blockIdx.x];
}
