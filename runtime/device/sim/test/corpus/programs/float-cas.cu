// This program builds atomics that the hardware lacks out of compare and swap: product and maximum.
extern "C" __global__ void floatCas(const float *x, float *product, double *high, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  int *p = (int *)product, seen = *(volatile int *)p, old;
  do {
    old = seen;
    seen = atomicCAS(p, old, __float_as_int(__int_as_float(old) * x[i]));
  } while (seen != old);
  unsigned long long *h = (unsigned long long *)high, was = *(volatile unsigned long long *)h, now;
  do {
    now = was;
    if (__longlong_as_double(now) >= x[i])
      break;
    was = atomicCAS(h, now, (unsigned long long)__double_as_longlong(double(x[i])));
  } while (was != now);
}
