// This program multiplies f16 matrices with a ring of three stages filled by cp.async.
#include <cuda_fp16.h>

constexpr int kStages = 3;

__device__ unsigned sharedAddress(const void *p) { return unsigned(__cvta_generic_to_shared(p)); }
__device__ void copy16(void *to, const void *from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(sharedAddress(to)), "l"(from)
               : "memory");
}

extern "C" __global__ void __launch_bounds__(64)
    hgemmPipeline(const __half *a, const __half *b, __half *c, int n, int k) {
  extern __shared__ __align__(16) unsigned char raw[];
  __half(*ta)[32][24] = (__half(*)[32][24])raw;
  __half(*tb)[16][40] = (__half(*)[16][40])(raw + kStages * sizeof(__half[32][24]));
  int t = threadIdx.x, lane = t & 31, warp = t >> 5;
  auto load = [&](int step) {
    int s = step % kStages;
    copy16(&ta[s][t / 2][t % 2 * 8], &a[(blockIdx.y * 32 + t / 2) * k + step * 16 + t % 2 * 8]);
    copy16(&tb[s][t / 4][t % 4 * 8], &b[(step * 16 + t / 4) * n + blockIdx.x * 32 + t % 4 * 8]);
  };
  int steps = k / 16;
  for (int s = 0; s < kStages - 1; ++s) {
    if (s < steps)
      load(s);
    asm volatile("cp.async.commit_group;" ::: "memory");
  }
  float sum[4][4] = {};
  for (int step = 0; step < steps; ++step) {
    asm volatile("cp.async.wait_group %0;" ::"n"(kStages - 2) : "memory");
    __syncthreads();
    if (step + kStages - 1 < steps)
      load(step + kStages - 1);
    asm volatile("cp.async.commit_group;" ::: "memory");
    int s = step % kStages;
    unsigned x[4], y[4][2];
    unsigned at = sharedAddress(&ta[s][warp * 16 + lane % 16][lane / 16 * 8]);
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3])
                 : "r"(at)
                 : "memory");
    for (int j = 0; j < 4; j += 2) {
      unsigned from = sharedAddress(&tb[s][lane % 16][(j + lane / 16) * 8]);
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                   : "=r"(y[j][0]), "=r"(y[j][1]), "=r"(y[j + 1][0]), "=r"(y[j + 1][1])
                   : "r"(from)
                   : "memory");
    }
    for (int j = 0; j < 4; ++j)
      asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, "
                   "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                   : "+f"(sum[j][0]), "+f"(sum[j][1]), "+f"(sum[j][2]), "+f"(sum[j][3])
                   : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[j][0]), "r"(y[j][1]));
  }
  for (int j = 0; j < 4; ++j)
    for (int h = 0; h < 2; ++h) {
      int row = blockIdx.y * 32 + warp * 16 + h * 8 + lane / 4;
      int col = blockIdx.x * 32 + j * 8 + lane % 4 * 2;
      *(__half2 *)&c[row * n + col] = __floats2half2_rn(sum[j][2 * h], sum[j][2 * h + 1]);
    }
}
