// This file declares a PTX module loaded on the simulator.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_SIMMODULE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_SIMMODULE_H

#include "azulejo/runtime/device.h"
#include "ir/Decoder.h"
#include "mem/DeviceMemory.h"

#include <memory>
#include <string_view>
#include <vector>

struct azj_kernel_impl {
  azj_module_impl *module = nullptr;
  std::unique_ptr<azulejo::sim::Kernel> program;
};

struct azj_module_impl {
  std::unique_ptr<azulejo::sim::ptx::Module> syntax;
  std::vector<std::unique_ptr<azj_kernel_impl>> kernels;
  std::vector<uint64_t> allocations; // module-level variables
};

namespace azulejo::sim {

// Parses and decodes a module for the options' compute capability, and places its variables in
// `memory`. Of its kernels it decodes `entry` alone, or every one where that is empty.
azj_status loadModule(std::string_view text, std::string_view name, const DecodeOptions &options,
                      const std::string &entry, DeviceMemory &memory,
                      std::unique_ptr<azj_module_impl> &out);
// The error that the module has no kernel of that name.
azj_status noSuchKernel(const ptx::Module &module, const std::string &entry);
// Releases the module's variables.
void unloadModule(azj_module_impl &module, DeviceMemory &memory);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_SIMMODULE_H
