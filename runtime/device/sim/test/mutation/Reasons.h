// This file declares why mutants have no finding.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_REASONS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_REASONS_H

#include <string>

namespace azulejo::sim::test {

// Why the mutant is right by the PTX memory model, or why no check can tell; empty: not known.
std::string reasonFor(const std::string &program, const std::string &kind, unsigned line);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_REASONS_H
