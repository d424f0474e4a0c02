// This file declares pieces of PTX that the tests of asynchronous operations share.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_ASYNCKERNELS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_ASYNCKERNELS_H

#include "test/SimHarness.h"

#include <functional>

namespace azulejo::sim::test {

// Every order of asynchronous operations; two seeds of the random one.
extern const char *const kAsyncOptions[4];

// Waits for the phase of `parity`, an operand, of the mbarrier at `address`.
std::string waitFor(const std::string &address, const std::string &parity);

// barrier.cluster.arrive and wait.
extern const char *const kClusterSync;

// Sets %p1 where the thread is not the first of its block, and %r1 to its number, %r2 to the
// block's rank in its cluster. The first thread initialises mbarrier `bar` for `count` arrivals;
// then the cluster meets.
std::string startKernel(unsigned count);

// Stores %r9 of every thread at out[cluster rank][thread], for blocks of `threads`.
std::string storeOut(unsigned threads);

struct AsyncRun {
  std::string error; // all findings
  std::vector<uint32_t> out;
};

// Runs one cluster of `blocks` of `threads`. The kernel's first parameter is `out`, with a row of
// `threads` words for each block, then `args` of a device.
AsyncRun runCluster(const std::string &ptx, unsigned blocks, unsigned threads,
                    const std::string &options,
                    const std::function<std::vector<Arg>(Sim &)> &args = nullptr);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_ASYNCKERNELS_H
