// This program multiplies f16 by mma.sync.m16n8k8, the shape of sm_75, with f16 and f32 sums.
#include <cuda_fp16.h>
extern "C" __global__ void hgemmSm75(const __half *a, const __half *b, float *c, __half *d, int k) {
  int lane = threadIdx.x, g = lane / 4, q = lane % 4;
  float s[4] = {};
  unsigned h[2] = {};
  for (int i = 0; i < k; i += 8) {
    unsigned x0 = *(const unsigned *)&a[g * k + i + q * 2];
    unsigned x1 = *(const unsigned *)&a[(g + 8) * k + i + q * 2];
    unsigned y = *(const unsigned *)&b[g * k + i + q * 2];
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, "
                 "{%0,%1,%2,%3};"
                 : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                 : "r"(x0), "r"(x1), "r"(y));
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0,%1}, {%2,%3}, {%4}, "
                 "{%0,%1};"
                 : "+r"(h[0]), "+r"(h[1])
                 : "r"(x0), "r"(x1), "r"(y));
  }
  for (int r = 0; r < 4; ++r)
    c[(g + r / 2 * 8) * 8 + q * 2 + r % 2] = s[r];
  for (int r = 0; r < 2; ++r)
    *(unsigned *)&d[(g + r * 8) * 8 + q * 2] = h[r];
}
