// This program calls functions that are not inlined: values, pointers and structs go in and out.
struct Complex {
  float re, im;
};
__device__ __noinline__ Complex multiply(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
__device__ __noinline__ int gcd(int a, int b) {
  while (b != 0) {
    int r = a % b;
    a = b;
    b = r;
  }
  return a;
}
__device__ __noinline__ void twice(int *p, double *q) {
  *p *= 2;
  *q += gcd(*p, 12);
}
__device__ __noinline__ long long pick(char c, short s, long long l, bool b) {
  return b ? l + c : l - s;
}
extern "C" __global__ void calls(const Complex *x, Complex *y, const int *a, double *d,
                                 long long *l) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  Complex z = x[i];
  for (int k = 0; k < 3; ++k)
    if ((i + k) % 2)
      z = multiply(z, x[i]);
  y[i] = z;
  int n = a[i];
  double q = 0.5;
  twice(&n, &q);
  d[i] = q + n;
  l[i] = pick(char(i), short(-i * 3), (long long)n << 32, i % 3 == 0);
}
