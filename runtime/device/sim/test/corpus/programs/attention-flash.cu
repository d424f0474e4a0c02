// This program computes causal attention with tiles of keys and values in shared memory and the
// running softmax of flash attention.
constexpr int kWidth = 32, kTile = 32;
extern "C" __global__ void attentionFlash(const float *q, const float *k, const float *v, float *o,
                                          int length, float scale) {
  __shared__ float ks[kTile][kWidth + 1], vs[kTile][kWidth + 1];
  int t = threadIdx.x, row = blockIdx.x * kTile + t, head = blockIdx.y * length * kWidth;
  float query[kWidth], out[kWidth], high = -__int_as_float(0x7f800000), sum = 0.0f;
#pragma unroll
  for (int d = 0; d < kWidth; ++d) {
    query[d] = q[head + row * kWidth + d] * scale;
    out[d] = 0.0f;
  }
  for (int base = 0; base <= blockIdx.x * kTile; base += kTile) {
    for (int r = 0; r < kTile; ++r) {
      ks[r][t] = k[head + (base + r) * kWidth + t];
      vs[r][t] = v[head + (base + r) * kWidth + t];
    }
    __syncthreads();
    for (int r = 0; r < kTile && base + r <= row; ++r) {
      float score = 0.0f;
#pragma unroll
      for (int d = 0; d < kWidth; ++d)
        score += query[d] * ks[r][d];
      float next = fmaxf(high, score), keep = __expf(high - next), weight = __expf(score - next);
      sum = sum * keep + weight;
#pragma unroll
      for (int d = 0; d < kWidth; ++d)
        out[d] = out[d] * keep + weight * vs[r][d];
      high = next;
    }
    __syncthreads();
  }
#pragma unroll
  for (int d = 0; d < kWidth; ++d)
    o[head + row * kWidth + d] = out[d] / sum;
}
