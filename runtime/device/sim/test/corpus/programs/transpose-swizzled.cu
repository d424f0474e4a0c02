// This program transposes 16-bit numbers through tiles whose columns are mixed by xor.
extern "C" __global__ void transposeSwizzled(const short *x, short *y, int n) {
  __shared__ short tile[32 * 32];
  int tx = threadIdx.x, ty = threadIdx.y;
  for (int k = ty; k < 32; k += 4)
    tile[k * 32 + (tx ^ k)] = x[(blockIdx.y * 32 + k) * n + blockIdx.x * 32 + tx];
  __syncthreads();
  for (int k = ty; k < 32; k += 4)
    y[(blockIdx.x * 32 + k) * n + blockIdx.y * 32 + tx] = tile[tx * 32 + (k ^ tx)];
}
