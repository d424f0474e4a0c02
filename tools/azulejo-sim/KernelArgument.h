// This file declares what azulejo-sim passes to a kernel.
#ifndef AZULEJO_TOOLS_SIM_KERNELARGUMENT_H
#define AZULEJO_TOOLS_SIM_KERNELARGUMENT_H

#include "Tensor.h"

#include <string>
#include <vector>

namespace azulejo::simtool {

// One --arg: a number, a buffer on the device, or a structure of these.
struct KernelArgument {
  enum Kind { Scalar, In, InOut, Out, Struct } kind = Scalar;
  std::string text;           // as given
  std::vector<uint8_t> bytes; // what the kernel gets: for a buffer its address, once there is one
  std::string file;           // of a buffer
  run::Tensor tensor;         // content of a buffer; Out: shape and type only
  std::vector<KernelArgument> fields; // Struct

  bool isWritten() const { return kind == InOut || kind == Out; }
};

// Reads i8:7 and so on, in:FILE.npy, inout:FILE.npy, out:FILE.npy:TYPE[D0,D1,…], or {…,…} of these.
// Throws ToolError.
KernelArgument parseArgument(const std::string &text);

// A number or a buffer, perhaps in a structure, and the argument that it belongs to.
struct Leaf {
  size_t index;
  KernelArgument *value;
};
std::vector<Leaf> leavesOf(std::vector<KernelArgument> &arguments);

// Puts the bytes of structures together, as C lays them out.
void layOutStructs(std::vector<KernelArgument> &arguments);

} // namespace azulejo::simtool

#endif // AZULEJO_TOOLS_SIM_KERNELARGUMENT_H
