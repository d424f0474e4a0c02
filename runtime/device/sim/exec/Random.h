// This file defines the random numbers of the seeded order: the same for the same seed on any
// machine.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RANDOM_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RANDOM_H

#include <cstddef>
#include <cstdint>
#include <utility>

namespace azulejo::sim {

// A hash of 64 bits.
inline uint64_t scramble(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
constexpr uint64_t kRandomStep = 0x9e3779b97f4a7c15u;

class Random {
public:
  explicit Random(uint64_t seed = 0) : state(scramble(seed + kRandomStep)) {}

  uint64_t draw() { return scramble(state += kRandomStep); }

  // Puts the last `count` elements in any order.
  template <typename List> void shuffleLast(List &list, size_t count) {
    size_t first = list.size() - count;
    for (; count > 1; --count)
      std::swap(list[first + count - 1], list[first + size_t(draw() % count)]);
  }

private:
  uint64_t state;
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RANDOM_H
