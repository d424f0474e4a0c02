// This file holds the plan of a bundle as typed structures. docs/bundle-format.md gives their
// meaning.
#ifndef AZULEJO_RUNTIME_BUNDLE_PLAN_H
#define AZULEJO_RUNTIME_BUNDLE_PLAN_H

#include "azulejo/runtime/buffer.h"
#include "azulejo/runtime/device.h"
#include "bundle/Format.h"
#include "bundle/Formula.h"

#include <string>
#include <vector>

namespace azulejo::runtime {

struct PlanSymbol {
  std::string name;
  int64_t min = 0, max = INT64_MAX, divisor = 1;
};

struct PlanTensor {
  std::string name;
  azj_dtype dtype = AZJ_F32;
  std::vector<Formula> shape;
};

struct PlanKernel {
  std::string name, entry;
  std::string ptx; // name of the tensor that holds the PTX
  uint32_t ptxVersion = 0;
  azj_dim3 block = {1, 1, 1}, cluster = {1, 1, 1};
  uint32_t sharedBytes = 0; // dynamic
};

// A range of memory that a step names.
struct PlanBuffer {
  enum Kind : uint8_t { Input, Output, Weight, Arena };
  enum Access : uint8_t { Read = 1, Write = 2, ReadWrite = 3 };
  Kind kind = Arena;
  Access access = ReadWrite;
  bool hasBytes = false;
  uint32_t index = 0; // of the input, output or weight
  Formula offset;     // bytes from the start of the buffer or arena
  Formula bytes;      // where hasBytes; always so for the arena
};

struct PlanTensorMap {
  PlanBuffer buffer;
  azj_tensor_map_type type = AZJ_TENSOR_MAP_U8;
  std::vector<Formula> dims, strides; // strides of dimensions 1 and up, in bytes
  std::vector<uint32_t> box;
  uint32_t swizzle = 0;
  bool nanFill = false;
};

// One argument of a launch.
struct PlanArg {
  enum Kind : uint8_t { Buffer, I32, I64, F32, TensorMap };
  Kind kind = Buffer;
  float number = 0;   // F32
  uint32_t index = 0; // into PlanProgram::buffers or ::tensorMaps
  Formula value;      // I32, I64
};

struct PlanStep {
  enum Kind : uint8_t { Launch, Copy, Fill };
  Kind kind = Launch;
  uint8_t fillValue = 0;
  uint32_t kernel = 0;                 // Launch
  Formula grid[3];                     // Launch
  uint32_t firstArg = 0, argCount = 0; // Launch; into PlanProgram::args
  uint32_t from = 0, to = 0;           // Copy and Fill; into PlanProgram::buffers
  Formula bytes;                       // Copy and Fill
  std::string node;
};

struct PlanProgram {
  std::vector<format::Target> targets;
  std::string targetText; // "sm_80,sm_86"
  Formula arena;
  uint32_t arenaAlign = 256;
  std::vector<PlanKernel> kernels;
  std::vector<PlanStep> steps;
  std::vector<PlanArg> args;
  std::vector<PlanBuffer> buffers;
  std::vector<PlanTensorMap> tensorMaps;
};

struct Plan {
  FormulaPool formulas;
  std::vector<PlanSymbol> symbols;
  std::vector<PlanTensor> inputs, outputs;
  std::vector<std::string> weights; // names of tensors
  std::vector<PlanProgram> programs;
};

// Reads and checks the plan `text`: every index, limit, key and formula. References to tensors of
// the file are checked by the caller, who has the file. Failures are AZJ_CORRUPT, or
// AZJ_UNSUPPORTED for a version that this reader does not know; they name the place, such as
// "programs[0]: steps[3]".
[[nodiscard]] azj_status readPlan(std::string_view text, Plan &out);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BUNDLE_PLAN_H
