// This program counts iterations of z * z + c in f64.
extern "C" __global__ void mandelbrot(int *y, int width, int height, int limit) {
  int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
  if (c >= width || r >= height)
    return;
  double re = __dadd_rn(__dmul_rn(c, 3.0 / width), -2.0),
         im = __dadd_rn(__dmul_rn(r, 2.0 / height), -1.0);
  double x = 0.0, z = 0.0;
  int k = 0;
  for (; k < limit && __dadd_rn(__dmul_rn(x, x), __dmul_rn(z, z)) <= 4.0; ++k) {
    double next = __dadd_rn(__dadd_rn(__dmul_rn(x, x), -__dmul_rn(z, z)), re);
    z = __dadd_rn(__dmul_rn(2.0 * x, z), im);
    x = next;
  }
  y[r * width + c] = k;
}
