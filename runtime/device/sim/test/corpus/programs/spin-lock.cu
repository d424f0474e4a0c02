// This program guards a record by a lock that threads of all blocks spin on.
extern "C" __global__ void spinLock(int *lock, volatile int *record, int rounds) {
  for (int r = 0; r < rounds; ++r) {
    bool done = false;
    while (!done) {
      if (atomicCAS(lock, 0, 1) == 0) {
        __threadfence();
        int n = record[0];
        record[0] = n + 1;
        record[1] = record[1] + n;
        __threadfence();
        atomicExch(lock, 0);
        done = true;
      }
    }
  }
}
