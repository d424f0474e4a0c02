// This program keeps a table per thread in local memory and reads it at places only known at run
// time.
extern "C" __global__ void localArray(const int *x, int *y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, table[40];
  short small[10];
  for (int k = 0; k < 40; ++k)
    table[k] = k * k + i;
  for (int k = 0; k < 10; ++k)
    small[k] = short(k - i);
  int sum = 0, at = i % 40;
  for (int k = 0; k < n; ++k) {
    at = (at + x[(i + k) % n] + 400) % 40;
    sum += table[at] + small[at % 10];
    table[at] ^= sum;
  }
  int *p = at & 1 ? &table[at] : &sum;
  *p += 1;
  y[i] = sum + table[at];
}
