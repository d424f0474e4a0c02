// This file declares the kernels that are mutated, each with its launch and an oracle of its own.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_PROGRAMS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_PROGRAMS_H

#include "test/TestData.h"

#include <functional>
#include <string>
#include <vector>

namespace azulejo::sim::test {

// The buffers of a launch; one of them may be made an element too short.
class Buffers {
public:
  Buffers(Sim &sim, int shrunk, int plainMap) : sim(sim), shrunk(shrunk), plainMap(plainMap) {}

  template <typename T> azj_device_ptr upload(std::vector<T> data, const char *name) {
    if (takeTurn())
      data.pop_back();
    return sim.upload(data, name);
  }
  azj_device_ptr allocate(size_t bytes, const char *name) {
    return sim.allocate(takeTurn() ? bytes - 4 : bytes, name);
  }
  // halfMap(); one of them may lack its swizzle.
  azj_tensor_map map(azj_device_ptr base, uint32_t rows, uint32_t columns, uint32_t boxRows,
                     uint32_t boxColumns) {
    return halfMap(sim, base, rows, columns, boxRows, boxColumns, maps++ == plainMap ? 0 : 3);
  }
  uint32_t dynamicShared(uint32_t bytes) { return takeTurn() ? bytes - 16 : bytes; }
  // What a buffer of `count` elements holds; the last is 0 where it is too short.
  template <typename T> std::vector<T> download(azj_device_ptr ptr, size_t count, int index) {
    size_t missing = index == shrunk ? (sizeof(T) < 4 ? 4 / sizeof(T) : 1) : 0;
    std::vector<T> data = sim.download<T>(ptr, count - missing);
    data.resize(count);
    return data;
  }
  int count() const { return made; }
  int mapCount() const { return maps; }

  Sim &sim;

private:
  bool takeTurn() { return made++ == shrunk; }
  int shrunk, plainMap, made = 0, maps = 0;
};

struct Program {
  std::string name, file; // below the folder test
  int sm;
  unsigned mostShifts; // mutants of one kind
  // Launches the module that is loaded. Returns the error, and whether the numbers are right.
  std::function<std::string(Buffers &, bool &isRight)> launch;
};

const std::vector<Program> &programs();

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_MUTATION_PROGRAMS_H
