// This file is the libFuzzer target of the simulator: PTX text through parser, decoder and
// execution.
#include "fuzz/Mutate.h"
#include "fuzz/RunText.h"

#include <cstdint>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static azulejo::sim::fuzz::RunCounts counts;
  azulejo::sim::fuzz::runText({reinterpret_cast<const char *>(data), size}, counts);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  std::mt19937_64 random(seed);
  std::string text(reinterpret_cast<const char *>(data), size);
  text = azulejo::sim::fuzz::mutate(text, random, maxSize);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}
