// This program holds classes with virtual-free dispatch, lambdas and a small fixed matrix type.
template <int N> struct Matrix {
  float v[N][N];
  __device__ Matrix operator*(const Matrix &o) const {
    Matrix r;
    for (int i = 0; i < N; ++i)
      for (int j = 0; j < N; ++j) {
        r.v[i][j] = 0.0f;
        for (int k = 0; k < N; ++k)
          r.v[i][j] += v[i][k] * o.v[k][j];
      }
    return r;
  }
};
template <typename F> __device__ void apply(Matrix<3> &m, F f) {
  for (auto &row : m.v)
    for (float &e : row)
      e = f(e);
}
extern "C" __global__ void templates(const Matrix<3> *x, Matrix<3> *y, int power) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  Matrix<3> m = x[i], r = m;
  for (int p = 1; p < power; ++p)
    r = r * m;
  float bias = i * 0.125f;
  apply(r, [=](float e) { return e + bias; });
  y[i] = r;
}
