// This program parses numbers out of text by `goto` between states: an irreducible flow of control.
extern "C" __global__ void stateMachine(const char *text, int *sums, int length) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  const char *at = text + i * length, *end = at + length;
  int sum = 0, number = 0, sign = 1;
  if (i % 2)
    goto digits;
blank:
  if (at == end)
    goto done;
  if (*at == '-') {
    sign = -1;
    ++at;
    goto digits;
  }
  if (*at >= '0' && *at <= '9')
    goto digits;
  ++at;
  goto blank;
digits:
  if (at != end && *at >= '0' && *at <= '9') {
    number = number * 10 + (*at++ - '0');
    goto digits;
  }
  sum += sign * number;
  number = 0;
  sign = 1;
  if (at != end)
    goto blank;
done:
  sums[i] = sum;
}
