// This program interprets a byte code with a stack: a switch of many cases in a loop.
extern "C" __global__ void switchMachine(const unsigned char *code, const int *x, int *y,
                                         int length) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, stack[8], top = 0;
  for (int k = 0; k < 8; ++k)
    stack[k] = 0;
  for (int pc = 0; pc < length;) {
    int b = top > 0 ? stack[(top - 1) & 7] : 0, a = top > 1 ? stack[(top - 2) & 7] : 0;
    switch (code[(i + pc++) % length] & 15) {
    case 0:
      stack[top++ & 7] = x[i];
      break;
    case 1:
      stack[top++ & 7] = pc;
      break;
    case 2:
      stack[top++ & 7] = a + b;
      break;
    case 3:
      stack[top++ & 7] = a - b;
      break;
    case 4:
      stack[top++ & 7] = a * b;
      break;
    case 5:
      stack[top++ & 7] = a & b;
      break;
    case 6:
      stack[top++ & 7] = a ^ b;
      break;
    case 7:
      stack[top++ & 7] = b >> 3;
      break;
    case 8:
      stack[top++ & 7] = b << 2;
      break;
    case 9:
      top = top > 0 ? top - 1 : 0;
      break;
    case 10:
      pc += b & 3;
      break;
    case 11:
      stack[top++ & 7] = ~b;
      break;
    default:
      stack[top++ & 7] = b + i;
    }
  }
  y[i] = stack[(top - 1) & 7] + top;
}
