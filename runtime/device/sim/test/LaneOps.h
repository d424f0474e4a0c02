// This file declares how tests run many instructions over the same lanes of operands at once.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_LANEOPS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_LANEOPS_H

#include <cstdint>
#include <string>
#include <vector>

namespace azulejo::sim::test {

constexpr uint32_t kLanes = 256;

// An instruction, or several, whose result is in register 20 of the size.
struct LaneOp {
  std::string text;
  unsigned bytes; // 2, 4 or 8
};

// Operands of a launch. Lane values are in %h10, %r10 and %rd10 (a), 11 (b) and 12 (c), cut to the
// register; predicate %p5 is the last bit of c, %r1 the thread, %rd1 the address of a's value.
struct LaneInputs {
  std::vector<uint64_t> a, b, c;
};

// Runs one kernel with all ops on one CTA of kLanes threads; returns the results, by op and lane.
// What goes wrong is a failure of the test.
std::vector<std::vector<uint64_t>> runOps(const std::vector<LaneOp> &ops, const LaneInputs &inputs,
                                          const std::string &target = "sm_90",
                                          const std::string &prologue = "",
                                          const std::string &options = "");

// "%h20", "%r20" or "%rd20".
std::string laneRegister(unsigned bytes, unsigned number);

// Special values of every type's bits, and random ones near and far.
std::vector<uint64_t> laneValues(unsigned seed);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_LANEOPS_H
