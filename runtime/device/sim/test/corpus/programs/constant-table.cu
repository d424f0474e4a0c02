// This program reads tables of constant and global memory, among them pointers and bytes.
__constant__ unsigned char sbox[16] = {12, 5, 6, 11, 9, 0, 10, 13, 3, 14, 15, 8, 4, 7, 1, 2};
__constant__ int weights[4] = {1, 10, 100, 1000};
__device__ int table[8] = {5, 4, 3, 2, 1, 0, -1, -2};
__device__ int *const entry = &table[3];
__device__ int counter;
extern "C" __global__ void constantTable(const unsigned *x, unsigned *y, int *z) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  unsigned v = x[i], r = 0;
  for (int k = 0; k < 8; ++k)
    r |= unsigned(sbox[v >> (4 * k) & 15]) << (4 * k);
  y[i] = r;
  z[i] = weights[i & 3] * entry[int(v & 7) - 3];
  atomicAdd(&counter, 1);
}
extern "C" __global__ void readCounter(int *out) { *out = counter; }
