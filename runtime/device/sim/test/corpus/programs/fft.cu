// This program transforms rows of 256 complex numbers by the fast Fourier transform.
extern "C" __global__ void fft(const float2 *x, float2 *y) {
  __shared__ float2 s[256];
  int t = threadIdx.x, base = blockIdx.x * 256;
  s[__brev(t) >> 24] = x[base + t];
  s[__brev(t + 128) >> 24] = x[base + t + 128];
  for (int size = 1; size < 256; size *= 2) {
    __syncthreads();
    int k = t & (size - 1), i = 2 * t - k;
    float sine, cosine;
    sincospif(-float(k) / size, &sine, &cosine);
    float2 a = s[i], b = s[i + size];
    float2 turned = make_float2(b.x * cosine - b.y * sine, b.x * sine + b.y * cosine);
    s[i] = make_float2(a.x + turned.x, a.y + turned.y);
    s[i + size] = make_float2(a.x - turned.x, a.y - turned.y);
  }
  __syncthreads();
  y[base + t] = s[t];
  y[base + t + 128] = s[t + 128];
}
