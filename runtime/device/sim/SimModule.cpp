// This file implements the loading of PTX modules.
#include "SimModule.h"

#include "base/Status.h"
#include "ptx/Parser.h"
#include "ptx/Targets.h"

#include <cstring>

namespace azulejo::sim {

using runtime::makeStatus;

namespace {

// "sm_90a" runs on 90 alone, "sm_100f" on its family, "sm_80" on 80 and later.
azj_status checkTarget(const ptx::Module &module, int sm) {
  std::string target(module.target);
  char suffix = target.back();
  int needs = static_cast<int>(module.sm);
  bool fits = suffix == 'a'   ? sm == needs
              : suffix == 'f' ? sm >= needs && sm / 10 == needs / 10
                              : sm >= needs;
  if (!fits)
    return makeStatus(AZJ_UNSUPPORTED, "%s: the module is for %s, the device simulates sm_%d",
                      module.name.c_str(), target.c_str(), sm);
  unsigned least = ptx::leastVersionOf(target);
  if (module.version < least)
    return makeStatus(AZJ_UNSUPPORTED, "%s: target %s needs PTX ISA %s, the module says %s",
                      module.name.c_str(), target.c_str(), ptx::versionText(least).c_str(),
                      ptx::versionText(module.version).c_str());
  return nullptr;
}

// Memory that the text of a module can ask for.
constexpr uint64_t kMaxVariableBytes = uint64_t{1} << 30;

azj_status placeVariables(azj_module_impl &module, DeviceMemory &memory,
                          VariableAddresses &addresses) {
  const ptx::Module &syntax = *module.syntax;
  uint64_t total = 0;
  for (uint32_t v = 0; v < syntax.variables.size(); ++v) {
    const ptx::Variable &variable = syntax.variables[v];
    if ((variable.space != Space::Global && variable.space != Space::Const) || variable.isExtern)
      continue;
    uint64_t bytes = variable.bytes != 0 ? variable.bytes : 1;
    total += bytes;
    if (total > kMaxVariableBytes)
      return makeStatus(AZJ_UNSUPPORTED, "%s:%u: the module's variables take more than 1 GiB",
                        syntax.name.c_str(), variable.line);
    uint64_t base = memory.allocate(bytes, std::string(variable.name));
    if (base == 0)
      return makeStatus(AZJ_OUT_OF_MEMORY, "no memory for the %llu bytes of variable '%s'",
                        static_cast<unsigned long long>(bytes), std::string(variable.name).c_str());
    module.allocations.push_back(base);
    memory.allocation(memory.find(base)).isReadOnly = variable.space == Space::Const;
    // Variables without an initialiser start as zero.
    std::memset(reinterpret_cast<void *>(base), 0, bytes);
    std::memset(memory.initShadow(base), 1, bytes);
    if (!variable.init.empty())
      std::memcpy(reinterpret_cast<void *>(base), variable.init.data(), variable.init.size());
    addresses[v] = base;
  }
  return nullptr;
}

azj_status relocate(const ptx::Module &syntax, const VariableAddresses &addresses) {
  for (const auto &[index, base] : addresses)
    for (const ptx::Relocation &relocation : syntax.variables[index].relocations) {
      uint64_t target = 0;
      for (const auto &[other, address] : addresses)
        if (syntax.variables[other].name == relocation.symbol)
          target = address + relocation.addend;
      if (const ptx::Function *named = findFunction(syntax, relocation.symbol))
        target = addressOf(syntax, *named) + relocation.addend;
      if (target == 0)
        return makeStatus(
            AZJ_CORRUPT,
            "%s:%u: the initialiser names '%s', which is neither a variable nor a function",
            syntax.name.c_str(), syntax.variables[index].line,
            std::string(relocation.symbol).c_str());
      std::memcpy(reinterpret_cast<void *>(base + relocation.offset), &target, 8);
    }
  return nullptr;
}
} // namespace

azj_status noSuchKernel(const ptx::Module &module, const std::string &entry) {
  std::string names;
  for (const ptx::Function &function : module.functions)
    if (function.isEntry && function.isDefined)
      names += (names.empty() ? "" : ", ") + std::string(function.name);
  return makeStatus(AZJ_NOT_FOUND, "%s has no kernel '%s'; it has: %s", module.name.c_str(),
                    entry.c_str(), names.empty() ? "none" : names.c_str());
}

azj_status loadModule(std::string_view text, std::string_view name, const DecodeOptions &options,
                      const std::string &entry, DeviceMemory &memory,
                      std::unique_ptr<azj_module_impl> &out) {
  std::string error;
  auto module = std::make_unique<azj_module_impl>();
  module->syntax = ptx::parse(text, name, error);
  if (module->syntax == nullptr)
    return makeStatus(AZJ_CORRUPT, "%s", error.c_str());
  AZJ_TRY(checkTarget(*module->syntax, options.sm));
  VariableAddresses addresses;
  azj_status status = placeVariables(*module, memory, addresses);
  if (status == nullptr)
    status = relocate(*module->syntax, addresses);
  for (const ptx::Function &function : module->syntax->functions) {
    if (status != nullptr || !function.isEntry || !function.isDefined ||
        (!entry.empty() && function.name != entry))
      continue;
    auto kernel = std::make_unique<azj_kernel_impl>();
    kernel->module = module.get();
    kernel->program = decodeKernel(*module->syntax, function, addresses, options, error);
    if (kernel->program == nullptr)
      status = makeStatus(AZJ_UNSUPPORTED, "%s", error.c_str());
    module->kernels.push_back(std::move(kernel));
  }
  if (status == nullptr && !entry.empty() && module->kernels.empty())
    status = noSuchKernel(*module->syntax, entry);
  if (status != nullptr) {
    unloadModule(*module, memory);
    return status;
  }
  out = std::move(module);
  return nullptr;
}

void unloadModule(azj_module_impl &module, DeviceMemory &memory) {
  for (uint64_t base : module.allocations)
    memory.release(base);
  module.allocations.clear();
}

} // namespace azulejo::sim
