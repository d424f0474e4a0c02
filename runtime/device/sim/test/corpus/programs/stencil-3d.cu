// This program applies a seven-point stencil in three dimensions, grid and blocks of three too.
extern "C" __global__ void stencil3d(const float *x, float *y, int nx, int ny, int nz) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, j = blockIdx.y * blockDim.y + threadIdx.y;
  int k = blockIdx.z * blockDim.z + threadIdx.z;
  if (i >= nx || j >= ny || k >= nz)
    return;
  int at = (k * ny + j) * nx + i;
  float v = -6.0f * x[at];
  v += i > 0 ? x[at - 1] : 0.0f;
  v += i < nx - 1 ? x[at + 1] : 0.0f;
  v += j > 0 ? x[at - nx] : 0.0f;
  v += j < ny - 1 ? x[at + nx] : 0.0f;
  v += k > 0 ? x[at - nx * ny] : 0.0f;
  v += k < nz - 1 ? x[at + nx * ny] : 0.0f;
  y[at] = v;
}
