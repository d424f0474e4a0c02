// This program transposes a matrix element by element, with edges that no tile divides.
extern "C" __global__ void transposeNaive(const float *x, float *y, int rows, int columns) {
  int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
  if (r < rows && c < columns)
    y[c * rows + r] = x[r * columns + c];
}
