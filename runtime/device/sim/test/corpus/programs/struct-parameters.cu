// This program takes structs by value, with arrays read at places only known at run time.
struct Plan {
  int counts[6];
  double scale;
  float bias[3];
  char kind;
  long long base;
};
struct Pair {
  short a, b;
};
extern "C" __global__ void structParameters(double *y, const Plan plan, Pair pair,
                                            unsigned char flag) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  y[i] = plan.counts[i % 6] * plan.scale + plan.bias[i % 3] + plan.kind + double(plan.base) +
         pair.a * 1000.0 + pair.b + flag;
}
