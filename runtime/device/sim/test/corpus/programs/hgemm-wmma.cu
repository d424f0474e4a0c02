// This program multiplies f16 matrices by the wmma interface, a warp per 16 x 16 tile, f32 sums.
#include <cuda_fp16.h>
#include <mma.h>
using namespace nvcuda;
extern "C" __global__ void hgemmWmma(const __half *a, const __half *b, float *c, int n, int k) {
  wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> fc;
  int col = blockIdx.x * 16, row = (blockIdx.y * blockDim.y + threadIdx.y) * 16;
  wmma::fill_fragment(fc, 0.0f);
  for (int i = 0; i < k; i += 16) {
    wmma::load_matrix_sync(fa, a + row * k + i, k);
    wmma::load_matrix_sync(fb, b + i * n + col, n);
    wmma::mma_sync(fc, fa, fb, fc);
  }
  for (int i = 0; i < fc.num_elements; ++i)
    fc.x[i] *= 0.5f;
  wmma::store_matrix_sync(c + row * n + col, fc, n, wmma::mem_row_major);
}
