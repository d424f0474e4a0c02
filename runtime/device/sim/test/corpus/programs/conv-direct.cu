// This program convolves images of several channels, strides and padding as parameters in a struct.
struct Shape {
  int channels, height, width, filters, size, stride, pad, outHeight, outWidth;
};
extern "C" __global__ void convDirect(const float *x, const float *w, const float *bias, float *y,
                                      const Shape s) {
  int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y, f = blockIdx.z % s.filters;
  int image = blockIdx.z / s.filters;
  if (c >= s.outWidth)
    return;
  float sum = bias[f];
  for (int k = 0; k < s.channels; ++k)
    for (int i = 0; i < s.size; ++i)
      for (int j = 0; j < s.size; ++j) {
        int rr = r * s.stride + i - s.pad, cc = c * s.stride + j - s.pad;
        if (rr >= 0 && rr < s.height && cc >= 0 && cc < s.width)
          sum += x[((image * s.channels + k) * s.height + rr) * s.width + cc] *
                 w[((f * s.channels + k) * s.size + i) * s.size + j];
      }
  y[(blockIdx.z * s.outHeight + r) * s.outWidth + c] = fmaxf(sum, 0.0f);
}
