// This file holds the clock by which the runtime measures itself.
#ifndef AZULEJO_RUNTIME_SESSION_CLOCK_H
#define AZULEJO_RUNTIME_SESSION_CLOCK_H

#include <chrono>
#include <cstdint>

namespace azulejo::runtime {

inline uint64_t monotonicNanoseconds() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_CLOCK_H
