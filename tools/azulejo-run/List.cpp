// This file prints what a bundle holds.
#include "List.h"

#include "Inputs.h"
#include "ToolError.h"

#include <cinttypes>
#include <cstdio>

namespace azulejo::run {
namespace {

void listMetadata(azj_bundle bundle) {
  for (const char *key : {"azulejo.build", "azulejo.flags", "azulejo.input"})
    if (const char *value = azj_bundle_metadata(bundle, key))
      printf("%-14s %s\n", key + sizeof("azulejo.") - 1, value);
  printf("%-14s %u, %" PRIu64 " bytes\n", "weights", azj_bundle_weight_count(bundle),
         azj_bundle_weight_bytes(bundle));
}

void listSymbols(azj_bundle bundle) {
  for (uint32_t i = 0; i < azj_bundle_symbol_count(bundle); ++i) {
    azj_symbol_info symbol;
    check(azj_bundle_symbol(bundle, i, &symbol));
    printf("symbol  %s  %" PRId64 "..", symbol.name, symbol.min);
    if (symbol.max != INT64_MAX)
      printf("%" PRId64, symbol.max);
    printf(symbol.divisor > 1 ? " /%" PRId64 "\n" : "\n", symbol.divisor);
  }
}

void listProgram(azj_bundle bundle, uint32_t index) {
  azj_program_info program;
  check(azj_bundle_program(bundle, index, &program));
  printf("program %u  %s  kernels %u, launches %u, copies %u, PTX %u.%u\n", index, program.targets,
         program.kernels, program.launches, program.copies, program.ptx_version / 10,
         program.ptx_version % 10);
  for (uint32_t i = 0; i < program.kernels; ++i) {
    azj_kernel_info kernel;
    check(azj_bundle_kernel(bundle, index, i, &kernel));
    printf("  kernel  %s  block [%u, %u, %u]", kernel.name, kernel.block.x, kernel.block.y,
           kernel.block.z);
    if (kernel.cluster.x * kernel.cluster.y * kernel.cluster.z > 1)
      printf("  cluster [%u, %u, %u]", kernel.cluster.x, kernel.cluster.y, kernel.cluster.z);
    printf("  shared %u\n", kernel.dynamic_shared_bytes);
  }
}

} // namespace

void listBundle(azj_bundle bundle) {
  listMetadata(bundle);
  azj_tensor_info info;
  for (uint32_t i = 0; i < azj_bundle_input_count(bundle); ++i) {
    check(azj_bundle_input(bundle, i, &info));
    printf("input   %s  %s\n", info.name, describe(info).c_str());
  }
  for (uint32_t i = 0; i < azj_bundle_output_count(bundle); ++i) {
    check(azj_bundle_output(bundle, i, &info));
    printf("output  %s  %s\n", info.name, describe(info).c_str());
  }
  listSymbols(bundle);
  for (uint32_t i = 0; i < azj_bundle_program_count(bundle); ++i)
    listProgram(bundle, i);
}

} // namespace azulejo::run
