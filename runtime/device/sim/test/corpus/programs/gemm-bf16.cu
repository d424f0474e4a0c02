// This program multiplies bf16 by bf16 and tf32 by tf32 with mma.sync, fragments read directly.
#include <cuda_bf16.h>
extern "C" __global__ void gemmBf16(const __nv_bfloat16 *a, const __nv_bfloat16 *b, float *c,
                                    int k) {
  int lane = threadIdx.x, g = lane / 4, q = lane % 4;
  float s[4] = {};
  for (int i = 0; i < k; i += 16) {
    unsigned x[4], y[2];
    for (int r = 0; r < 4; ++r)
      x[r] = *(const unsigned *)&a[(g + r % 2 * 8) * k + i + q * 2 + r / 2 * 8];
    for (int r = 0; r < 2; ++r)
      y[r] = *(const unsigned *)&b[g * k + i + q * 2 + r * 8];
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
                 "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  }
  for (int r = 0; r < 4; ++r)
    c[(g + r / 2 * 8) * 8 + q * 2 + r % 2] = s[r];
}
extern "C" __global__ void gemmTf32(const float *a, const float *b, float *c, int k) {
  int lane = threadIdx.x, g = lane / 4, q = lane % 4;
  float s[4] = {};
  for (int i = 0; i < k; i += 8) {
    unsigned x[4], y[2];
    for (int r = 0; r < 4; ++r)
      asm("cvt.rna.tf32.f32 %0, %1;"
          : "=r"(x[r])
          : "f"(a[(g + r % 2 * 8) * k + i + q + r / 2 * 4]));
    for (int r = 0; r < 2; ++r)
      asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(y[r]) : "f"(b[g * k + i + q + r * 4]));
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, "
                 "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  }
  for (int r = 0; r < 4; ++r)
    c[(g + r / 2 * 8) * 8 + q * 2 + r % 2] = s[r];
}
