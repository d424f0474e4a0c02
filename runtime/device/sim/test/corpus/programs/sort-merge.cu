// This program merges two sorted rows: each thread finds its part by bisection of the diagonal.
extern "C" __global__ void sortMerge(const int *a, const int *b, int *y, int n) {
  int d = (blockIdx.x * blockDim.x + threadIdx.x) * 4, low = max(0, d - n), high = min(d, n);
  while (low < high) {
    int mid = (low + high) / 2;
    if (a[mid] <= b[d - 1 - mid])
      low = mid + 1;
    else
      high = mid;
  }
  int i = low, j = d - low;
  for (int k = 0; k < 4; ++k)
    y[d + k] = j >= n || (i < n && a[i] <= b[j]) ? a[i++] : b[j++];
}
