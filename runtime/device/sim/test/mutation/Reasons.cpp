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

const Row kRows[] = {
    {"gemm_sm90a", "remove wait", 263,
     "the first turn of the loop, peeled: one group is under way, so that wait_group 1 waits for "
     "nothing"},
    {"gemm_sm90a", "wait for less", 263, "the same: wait_group 1 waits for nothing here"},
    {"gemm_sm90a", "remove wgmma fence", 460,
     "nothing but wgmma of one shape has accessed the accumulators since the fence before"},
    {"reduce", "shift shared index", 45, kOtherProgram},
    {"reduce", "shift shared index", 48, kOtherProgram},
    {"scan", "shift shared index", 33, kOtherProgram},
    {"scan", "shift shared index", 43, kOtherProgram},
    {"histogram", "shift shared index", 30, kOtherProgram},
    {"bulkring", "shift shared index", 74, kOtherProgram},
};
} // namespace

std::string reasonFor(const std::string &program, const std::string &kind, unsigned line) {
  for (const Row &row : kRows)
    if (row.program == program && row.kind == kind && row.line == line)
      return row.reason;
  return "";
}

} // namespace azulejo::sim::test
