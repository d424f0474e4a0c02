// This file declares the use of NVIDIA's assembler ptxas, where it is installed.
#ifndef AZULEJO_LIB_CODEGEN_ASSEMBLER_H
#define AZULEJO_LIB_CODEGEN_ASSEMBLER_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace azulejo {

// What ptxas made of one PTX text, and said of it.
struct AssembledKernel {
  std::string cubin;
  unsigned registers = 0;  // per thread
  unsigned spillBytes = 0; // stores plus loads
};

// Runs ptxas. A value may be used by several threads at once.
class Assembler {
public:
  // Finds ptxas: the file that AZULEJO_PTXAS names, or bin/ptxas below the folder that it names,
  // then CUDA_HOME/bin, then PATH. Without one, returns nullopt and says in `error` what to do.
  static std::optional<Assembler> find(std::string &error);

  // Assembles `ptx`, which holds one kernel, for `target` ("sm_80"). On failure returns nullopt and
  // `error` holds what ptxas printed.
  std::optional<AssembledKernel> assemble(llvm::StringRef ptx, llvm::StringRef target,
                                          std::string &error) const;

  llvm::StringRef path() const { return program; }

private:
  explicit Assembler(std::string program) : program(std::move(program)) {}

  std::string program;
};

} // namespace azulejo

#endif // AZULEJO_LIB_CODEGEN_ASSEMBLER_H
