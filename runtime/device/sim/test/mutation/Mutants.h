// This file declares the mutants of a kernel: copies of its PTX with one fault each.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_MUTANTS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_MUTANTS_H

#include <string>
#include <vector>

namespace azulejo::sim::test {

struct Mutant {
  std::string kind;  // "remove barrier", "halve expect_tx", …
  unsigned line = 0; // of the PTX; 0: the launch is changed
  std::string text;  // the instruction, shortened
  std::string ptx;   // empty: the kernel itself
  int shrunk = -1;   // the buffer that is one element too short, in the order of allocation
  int plainMap = -1; // the tensor map that has lost its swizzle
};

// All mutants of a kernel's text. Of instructions that LLVM unrolled into a row of the same kind,
// at most `most` per kind are shifted.
std::vector<Mutant> mutate(const std::string &ptx, unsigned most);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_MUTANTS_H
