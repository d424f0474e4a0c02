// This file declares the mutation of PTX text for fuzzing.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_MUTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_MUTATE_H

#include <random>
#include <string>

namespace azulejo::sim::fuzz {

// Returns `text` with one to eight changes: bytes flipped, tokens replaced, repeated and exchanged,
// numbers made extreme, statements dropped, doubled and moved, modifiers replaced, and instructions
// put in that the tables of forms spell. The same random state gives the same text.
std::string mutate(const std::string &text, std::mt19937_64 &random, size_t maxBytes);

} // namespace azulejo::sim::fuzz

#endif // AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_MUTATE_H
