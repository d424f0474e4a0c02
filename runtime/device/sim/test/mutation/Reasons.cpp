// This file lists why mutants have no finding, one by one.
#include "test/mutation/Reasons.h"

namespace azulejo::sim::test {

namespace {
struct Row {
  const char *program, *kind;
  unsigned line; // of the PTX
  const char *reason;
};

const char *const kOtherProgram =
    "stays inside the array, reads what has been written, and is ordered: a well-defined program "
    "that computes something else";

// ISA, 9.7.16.6: tcgen05.fence orders the asynchronous tcgen05 operations of different
// threads; alloc and dealloc are synchronous, and wait::ld completes all loads before it.
const char *const kFirstWaitForAll =
    "the four loads precede the first of the four waits, and that waits for all of them";

const char *const kLoadsAreComplete = "the loads are complete by tcgen05.wait::ld, and "
                                      "tcgen05.dealloc, which is synchronous, asks no "
                                      "more than that nothing is under way";
const char *const kOnlyCopies =
    "it orders tcgen05 operations alone, and those before are the thread's own; what the tensor "
    "copies wrote comes with the mbarrier";
const char *const kLanesMeet =
    "the lanes meet at the barrier, which all of them execute: see kernels/README.md";

const Row kRows[] = {
    {"gemm_sm90a", "remove wait", 263,
     "the first turn of the loop, peeled: one group is under way, so that wait_group 1 waits for "
     "nothing"},
    {"gemm_sm90a", "wait for less", 263, "the same: wait_group 1 waits for nothing here"},
    {"gemm_sm90a", "remove wgmma fence", 460,
     "nothing but wgmma of one shape has accessed the accumulators since the fence before"},
    {"gemm_sm100a", "remove tcgen05 fence", 60,
     "no asynchronous tcgen05 operation precedes it that it could order: tcgen05.alloc is "
     "synchronous"},
    {"gemm_sm100a", "remove tcgen05 fence", 62,
     "the tcgen05.mma and tcgen05.ld behind it have a fence::after_thread_sync of their own, lines "
     "148 and 195"},
    {"gemm_sm100a", "remove tcgen05 fence", 148, kOnlyCopies},
    {"gemm_sm100a", "remove tcgen05 fence", 434, kLoadsAreComplete},
    {"gemm_sm100a", "remove wait", 232, kFirstWaitForAll},
    {"gemm_sm100a", "remove wait", 251, kFirstWaitForAll},
    {"gemm_sm100a", "remove wait", 270, kFirstWaitForAll},
    {"gemm_sm100a", "remove warp barrier", 433, kLanesMeet},
    {"gemm_pair_sm100a", "remove warp barrier", 65, kLanesMeet},
    {"gemm_pair_sm100a", "remove tcgen05 fence", 135, kOnlyCopies},
    {"gemm_pair_sm100a", "remove warp barrier", 255, kLanesMeet},
    {"gemm_pair_sm100a", "remove tcgen05 fence", 256, kLoadsAreComplete},
    {"gemm_pair_sm100a", "shift shared index", 217, kOtherProgram},
    {"gemm_pair_sm100a", "shift shared index", 223, kOtherProgram},
    {"reduce", "shift shared index", 45, kOtherProgram},
    {"reduce", "shift shared index", 48, kOtherProgram},
    {"scan", "shift shared index", 33, kOtherProgram},
    {"scan", "shift shared index", 43, kOtherProgram},
    {"histogram", "shift shared index", 30, kOtherProgram},
    {"bulkring", "shift shared index", 74, kOtherProgram},
    {"gemm_pair_sm100a", "swizzle of the map", 0,
     "the map of a store: ordinary stores wrote the rows, and nothing but the map says how they "
     "lie"},
    {"push", "remove mbarrier fence", 25,
     "fence.proxy.async of line 42 lies between mbarrier.init, which the cluster's barrier orders, "
     "and the copies that arrive"},
};
} // namespace

std::string reasonFor(const std::string &program, const std::string &kind, unsigned line) {
  for (const Row &row : kRows)
    if (row.program == program && row.kind == kind && row.line == line)
      return row.reason;
  return "";
}

} // namespace azulejo::sim::test
