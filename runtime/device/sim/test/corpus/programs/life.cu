// This program plays the game of life on bytes, the world round in both directions.
extern "C" __global__ void life(const unsigned char *x, unsigned char *y, int rows, int columns) {
  int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
  int neighbours = 0;
  for (int i = -1; i <= 1; ++i)
    for (int j = -1; j <= 1; ++j)
      if (i != 0 || j != 0)
        neighbours += x[(r + i + rows) % rows * columns + (c + j + columns) % columns];
  y[r * columns + c] = neighbours == 3 || (neighbours == 2 && x[r * columns + c]);
}
