// This file is the f32 matrix product of the simulator's benchmark: C = A * B, row-major, tiles of
// 128 x 128 x 8 in shared memory, 8 x 8 results per thread, all sizes multiples of the tile.
constexpr int kTile = 128, kDepth = 8, kEach = 8;

extern "C" __global__ void __launch_bounds__(256)
    sgemm(const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c, int n,
          int k) {
  __shared__ float as[kDepth][kTile];
  __shared__ float bs[kDepth][kTile];
  int t = threadIdx.x;
  int row = t / 16 * kEach, column = t % 16 * kEach;
  int aRow = t / 2, aColumn = t % 2 * 4;
  int bRow = t / 32, bColumn = t % 32 * 4;
  const float *aFrom = a + (blockIdx.y * kTile + aRow) * k + aColumn;
  const float *bFrom = b + bRow * n + blockIdx.x * kTile + bColumn;
  float sum[kEach][kEach] = {};
  for (int k0 = 0; k0 < k; k0 += kDepth) {
    float4 x = *reinterpret_cast<const float4 *>(aFrom + k0);
    float4 y = *reinterpret_cast<const float4 *>(bFrom + k0 * n);
    as[aColumn + 0][aRow] = x.x;
    as[aColumn + 1][aRow] = x.y;
    as[aColumn + 2][aRow] = x.z;
    as[aColumn + 3][aRow] = x.w;
    *reinterpret_cast<float4 *>(&bs[bRow][bColumn]) = y;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kDepth; ++i) {
      float u[kEach], v[kEach];
#pragma unroll
      for (int j = 0; j < kEach; ++j) {
        u[j] = as[i][row + j];
        v[j] = bs[i][column + j];
      }
#pragma unroll
      for (int r = 0; r < kEach; ++r)
#pragma unroll
        for (int s = 0; s < kEach; ++s)
          sum[r][s] = fmaf(u[r], v[s], sum[r][s]);
    }
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < kEach; ++r)
#pragma unroll
    for (int s = 0; s < kEach; s += 4)
      *reinterpret_cast<float4 *>(c + (blockIdx.y * kTile + row + r) * n + blockIdx.x * kTile +
                                  column + s) =
          make_float4(sum[r][s], sum[r][s + 1], sum[r][s + 2], sum[r][s + 3]);
}
