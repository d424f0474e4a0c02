// This file declares a program whose formulas were evaluated for one set of symbols: what is left
// for a run is to put the addresses in and launch.
#ifndef AZULEJO_RUNTIME_SESSION_BOUNDPROGRAM_H
#define AZULEJO_RUNTIME_SESSION_BOUNDPROGRAM_H

#include "bundle/Bundle.h"
#include "session/Binding.h"

namespace azulejo::runtime {

// Sizes of the buffers that a program may name.
struct BufferSizes {
  const std::vector<uint64_t> &inputs, &outputs;
  std::vector<uint64_t> weights;
  uint64_t arena = 0;
};

// Addresses of the buffers of one run.
struct BufferBases {
  std::vector<azj_device_ptr> inputs, outputs, weights;
  azj_device_ptr arena = 0;

  azj_device_ptr of(PlanBuffer::Kind kind, uint32_t index) const;
};

// A checked range of a buffer.
struct BoundRange {
  PlanBuffer::Kind kind = PlanBuffer::Arena;
  uint32_t index = 0;
  uint64_t offset = 0;
  uint64_t bytes = 0; // up to the end of the buffer where the plan does not say
};

struct BoundStep {
  PlanStep::Kind kind = PlanStep::Launch;
  bool isEmpty = false; // a launch with an empty grid, or a copy or fill of no bytes
  uint8_t fillValue = 0;
  uint32_t kernel = 0;
  azj_dim3 grid = {0, 0, 0};
  uint32_t firstArg = 0, argCount = 0;
  BoundRange from, to; // of copies and fills
  uint64_t bytes = 0;
  std::vector<BoundRange> discards; // arena ranges whose contents end here
};

class BoundProgram {
public:
  // Evaluates and checks every step. Faults of formulas and ranges are AZJ_CORRUPT.
  [[nodiscard]] azj_status bind(const Plan &plan, const PlanProgram &program,
                                const std::vector<int64_t> &symbols, const BufferSizes &sizes);

  // Puts addresses into the arguments and encodes the tensor maps that moved.
  [[nodiscard]] azj_status setBases(azj_device *device, const BufferBases &bases);

  const std::vector<BoundStep> &steps() const { return list; }
  const void *const *argPointers(const BoundStep &step) const { return &pointers[step.firstArg]; }
  const size_t *argSizes(const BoundStep &step) const { return &sizes[step.firstArg]; }

private:
  struct Patch {
    size_t arg;
    BoundRange range;
  };
  struct Map {
    size_t arg;
    BoundRange range;
    azj_tensor_map_desc desc;
    azj_tensor_map encoded;
  };
  class Binder;

  std::vector<BoundStep> list;
  std::vector<uint64_t> slots;        // the value of every argument that is no tensor map
  std::vector<const void *> pointers; // of every argument, into slots or maps
  std::vector<size_t> sizes;
  std::vector<Patch> patches;
  std::vector<Map> maps;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_BOUNDPROGRAM_H
