// This program computes CRC-32 and a rotating hash of records.
__device__ unsigned rotate(unsigned v, int n) { return v << n | v >> (32 - n); }
extern "C" __global__ void hashRecords(const unsigned char *x, unsigned *y, int length) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  unsigned crc = ~0u, h = 0x9747b28cu;
  for (int k = 0; k < length; ++k) {
    unsigned char c = x[i * length + k];
    crc ^= c;
    for (int b = 0; b < 8; ++b)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
    h = rotate(h ^ c * 0xcc9e2d51u, 13) * 5 + 0xe6546b64u;
  }
  y[2 * i] = ~crc;
  y[2 * i + 1] = h;
}
