// This program multiplies f16 matrices by ldmatrix and mma.sync.m16n8k16, a warp per 32 x 32 tile.
#include <cuda_fp16.h>

__device__ unsigned sharedAddress(const void *p) { return unsigned(__cvta_generic_to_shared(p)); }

extern "C" __global__ void __launch_bounds__(128)
    hgemmMma(const __half *a, const __half *b, float *c, int n, int k) {
  __shared__ __align__(16) __half ta[64][24], tb[16][72];
  int t = threadIdx.x, lane = t & 31, warp = t >> 5, wr = warp / 2 * 32, wc = warp % 2 * 32;
  float sum[2][4][4] = {};
  for (int base = 0; base < k; base += 16) {
    __syncthreads();
    *(uint4 *)&ta[t / 2][t % 2 * 8] =
        *(const uint4 *)&a[(blockIdx.y * 64 + t / 2) * k + base + t % 2 * 8];
    *(uint4 *)&tb[t / 8][t % 8 * 8] =
        *(const uint4 *)&b[(base + t / 8) * n + blockIdx.x * 64 + t % 8 * 8];
    __syncthreads();
    unsigned x[2][4], y[4][2];
    for (int i = 0; i < 2; ++i) {
      unsigned at = sharedAddress(&ta[wr + i * 16 + lane % 16][lane / 16 * 8]);
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                   : "=r"(x[i][0]), "=r"(x[i][1]), "=r"(x[i][2]), "=r"(x[i][3])
                   : "r"(at)
                   : "memory");
    }
    for (int j = 0; j < 4; ++j) {
      unsigned at = sharedAddress(&tb[lane % 16][wc + j * 8]);
      asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];"
                   : "=r"(y[j][0]), "=r"(y[j][1])
                   : "r"(at)
                   : "memory");
    }
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 4; ++j)
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, "
            "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
            : "+f"(sum[i][j][0]), "+f"(sum[i][j][1]), "+f"(sum[i][j][2]), "+f"(sum[i][j][3])
            : "r"(x[i][0]), "r"(x[i][1]), "r"(x[i][2]), "r"(x[i][3]), "r"(y[j][0]), "r"(y[j][1]));
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int h = 0; h < 2; ++h) {
        int row = blockIdx.y * 64 + wr + i * 16 + h * 8 + lane / 4;
        int col = blockIdx.x * 64 + wc + j * 8 + lane % 4 * 2;
        *(float2 *)&c[row * n + col] = make_float2(sum[i][j][2 * h], sum[i][j][2 * h + 1]);
      }
}
