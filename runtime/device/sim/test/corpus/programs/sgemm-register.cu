// This program multiplies matrices by blocks of 128 x 128 x 8, 8 x 8 results per thread in
// registers, the next tile loaded while this one is used.
extern "C" __global__ void __launch_bounds__(256)
    sgemmRegister(const float *a, const float *b, float *c, int n, int k) {
  __shared__ float ta[2][8][128], tb[2][8][128];
  int t = threadIdx.x, tx = t % 16, ty = t / 16;
  int aRow = t / 2, aCol = t % 2 * 4, bRow = t / 32, bCol = t % 32 * 4;
  const float *pa = a + (blockIdx.y * 128 + aRow) * k + aCol;
  const float *pb = b + bRow * n + blockIdx.x * 128 + bCol;
  float sum[8][8] = {};
  float4 va = *(const float4 *)pa, vb = *(const float4 *)pb;
  int at = 0;
  for (int base = 0; base < k; base += 8) {
    ta[at][aCol][aRow] = va.x;
    ta[at][aCol + 1][aRow] = va.y;
    ta[at][aCol + 2][aRow] = va.z;
    ta[at][aCol + 3][aRow] = va.w;
    *(float4 *)&tb[at][bRow][bCol] = vb;
    __syncthreads();
    if (base + 8 < k) {
      va = *(const float4 *)(pa + base + 8);
      vb = *(const float4 *)(pb + (base + 8) * n);
    }
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      float x[8], y[8];
      *(float4 *)&x[0] = *(const float4 *)&ta[at][i][ty * 8];
      *(float4 *)&x[4] = *(const float4 *)&ta[at][i][ty * 8 + 4];
      *(float4 *)&y[0] = *(const float4 *)&tb[at][i][tx * 4];
      *(float4 *)&y[4] = *(const float4 *)&tb[at][i][64 + tx * 4];
#pragma unroll
      for (int p = 0; p < 8; ++p)
#pragma unroll
        for (int q = 0; q < 8; ++q)
          sum[p][q] = fmaf(x[p], y[q], sum[p][q]);
    }
    at ^= 1;
  }
  for (int p = 0; p < 8; ++p) {
    float *row = c + (blockIdx.y * 128 + ty * 8 + p) * n + blockIdx.x * 128;
    *(float4 *)(row + tx * 4) = make_float4(sum[p][0], sum[p][1], sum[p][2], sum[p][3]);
    *(float4 *)(row + 64 + tx * 4) = make_float4(sum[p][4], sum[p][5], sum[p][6], sum[p][7]);
  }
}
