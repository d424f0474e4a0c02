// This file is the f16 matrix product of the simulator's benchmark: C = A * B with f32 sums, A and B
// row-major, by mma.sync on tiles of 128 x 128 x 32 that cp.async brings in two stages.
#include <cuda_fp16.h>

constexpr int kTile = 128, kDepth = 32, kStages = 2;
constexpr int kRowsPerWarp = 64, kColumnsPerWarp = 32;
// Rows are padded by 16 bytes, so that ldmatrix meets no bank conflicts.
constexpr int kStrideA = kDepth + 8, kStrideB = kTile + 8;

__device__ unsigned sharedAddress(const void *p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}

__device__ void copy16(void *to, const void *from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(sharedAddress(to)), "l"(from));
}

__device__ void loadA(unsigned (&r)[4], const half *from) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(sharedAddress(from)));
}

__device__ void loadB(unsigned (&r)[4], const half *from) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(sharedAddress(from)));
}

__device__ void multiply(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
               "{%8,%9}, {%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

extern "C" __global__ void __launch_bounds__(256)
    hgemm(const half *__restrict__ a, const half *__restrict__ b, float *__restrict__ c, int n,
          int k) {
  __shared__ __align__(16) half as[kStages][kTile][kStrideA];
  __shared__ __align__(16) half bs[kStages][kDepth][kStrideB];
  int t = threadIdx.x, lane = t % 32, warp = t / 32;
  int row0 = blockIdx.y * kTile, column0 = blockIdx.x * kTile;
  int warpRow = warp / 4 * kRowsPerWarp, warpColumn = warp % 4 * kColumnsPerWarp;

  auto fetch = [&](int stage, int k0) {
#pragma unroll
    for (int i = t; i < kTile * kDepth / 8; i += 256) {
      int r = i / (kDepth / 8), s = i % (kDepth / 8) * 8;
      copy16(&as[stage][r][s], a + (row0 + r) * k + k0 + s);
    }
#pragma unroll
    for (int i = t; i < kDepth * kTile / 8; i += 256) {
      int r = i / (kTile / 8), s = i % (kTile / 8) * 8;
      copy16(&bs[stage][r][s], b + (k0 + r) * n + column0 + s);
    }
    asm volatile("cp.async.commit_group;");
  };

  float sum[4][4][4] = {};
  fetch(0, 0);
  for (int k0 = 0, stage = 0; k0 < k; k0 += kDepth, stage ^= 1) {
    if (k0 + kDepth < k) {
      fetch(stage ^ 1, k0 + kDepth);
      asm volatile("cp.async.wait_group 1;");
    } else {
      asm volatile("cp.async.wait_group 0;");
    }
    __syncthreads();
#pragma unroll
    for (int kk = 0; kk < kDepth; kk += 16) {
      unsigned x[4][4], y[2][4];
#pragma unroll
      for (int i = 0; i < 4; ++i)
        loadA(x[i], &as[stage][warpRow + 16 * i + lane % 16][kk + lane / 16 * 8]);
#pragma unroll
      for (int j = 0; j < 2; ++j)
        loadB(y[j], &bs[stage][kk + lane % 16][warpColumn + 16 * j + lane / 16 * 8]);
#pragma unroll
      for (int i = 0; i < 4; ++i)
#pragma unroll
        for (int j = 0; j < 4; ++j)
          multiply(sum[i][j], x[i], y[j / 2][j % 2 * 2], y[j / 2][j % 2 * 2 + 1]);
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      int row = row0 + warpRow + 16 * i + lane / 4;
      int column = column0 + warpColumn + 8 * j + lane % 4 * 2;
      *reinterpret_cast<float2 *>(c + row * n + column) = make_float2(sum[i][j][0], sum[i][j][1]);
      *reinterpret_cast<float2 *>(c + (row + 8) * n + column) =
          make_float2(sum[i][j][2], sum[i][j][3]);
    }
}
