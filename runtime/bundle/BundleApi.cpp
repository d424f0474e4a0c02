// This file implements the C interface of bundles.
#include "azulejo/runtime/bundle.h"

#include "base/Guard.h"
#include "base/Status.h"
#include "bundle/Bundle.h"

using namespace azulejo::runtime;

namespace {

std::vector<std::vector<std::string>> dimTexts(const Plan &plan,
                                               const std::vector<PlanTensor> &tensors) {
  std::vector<std::vector<std::string>> texts;
  for (const PlanTensor &tensor : tensors) {
    texts.emplace_back();
    for (Formula dimension : tensor.shape)
      texts.back().push_back(plan.formulas.text(dimension));
  }
  return texts;
}

azj_status checkIndex(const char *what, uint32_t index, size_t count) {
  if (index < count)
    return nullptr;
  return makeStatus(AZJ_INVALID_ARGUMENT, "%s %u does not exist, the bundle has %zu", what, index,
                    count);
}

void fillTensorInfo(const Plan &plan, const PlanTensor &tensor,
                    const std::vector<std::string> &dims, azj_tensor_info &info) {
  info = {};
  info.name = tensor.name.c_str();
  info.dtype = tensor.dtype;
  info.rank = static_cast<uint32_t>(tensor.shape.size());
  for (uint32_t i = 0; i < info.rank; ++i) {
    bool isFixed = plan.formulas.isConstant(tensor.shape[i]);
    info.shape[i] = isFixed ? plan.formulas.constantValue(tensor.shape[i]) : -1;
    info.dims[i] = dims[i].c_str();
  }
}

} // namespace

extern "C" {

azj_status azj_bundle_open(const char *path, azj_bundle *out_bundle) {
  if (!path || !out_bundle)
    return makeStatus(AZJ_INVALID_ARGUMENT, "azj_bundle_open needs a path and a place for the "
                                            "bundle");
  return guarded([&]() -> azj_status {
    auto handle = std::make_unique<azj_bundle_impl>();
    AZJ_TRY(Bundle::open(path, handle->bundle));
    const Plan &plan = handle->bundle->plan();
    handle->inputDims = dimTexts(plan, plan.inputs);
    handle->outputDims = dimTexts(plan, plan.outputs);
    *out_bundle = handle.release();
    return nullptr;
  });
}

void azj_bundle_close(azj_bundle bundle) { delete bundle; }

const char *azj_bundle_metadata(azj_bundle bundle, const char *key) {
  if (!bundle || !key)
    return nullptr;
  const char *text = nullptr;
  azj_status_free(guarded([&]() -> azj_status {
    if (const std::string *value = bundle->bundle->file().metadata(key))
      text = value->c_str();
    return nullptr;
  }));
  return text;
}

uint32_t azj_bundle_symbol_count(azj_bundle bundle) {
  return static_cast<uint32_t>(bundle->bundle->plan().symbols.size());
}

uint32_t azj_bundle_input_count(azj_bundle bundle) {
  return static_cast<uint32_t>(bundle->bundle->plan().inputs.size());
}

uint32_t azj_bundle_output_count(azj_bundle bundle) {
  return static_cast<uint32_t>(bundle->bundle->plan().outputs.size());
}

uint32_t azj_bundle_program_count(azj_bundle bundle) {
  return static_cast<uint32_t>(bundle->bundle->plan().programs.size());
}

uint32_t azj_bundle_weight_count(azj_bundle bundle) {
  return static_cast<uint32_t>(bundle->bundle->plan().weights.size());
}

uint64_t azj_bundle_weight_bytes(azj_bundle bundle) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < bundle->bundle->plan().weights.size(); ++i)
    bytes += bundle->bundle->weight(i).bytes;
  return bytes;
}

azj_status azj_bundle_symbol(azj_bundle bundle, uint32_t index, azj_symbol_info *out_info) {
  auto &symbols = bundle->bundle->plan().symbols;
  AZJ_TRY(checkIndex("symbol", index, symbols.size()));
  const PlanSymbol &symbol = symbols[index];
  *out_info = {symbol.name.c_str(), symbol.min, symbol.max, symbol.divisor};
  return nullptr;
}

azj_status azj_bundle_input(azj_bundle bundle, uint32_t index, azj_tensor_info *out_info) {
  const Plan &plan = bundle->bundle->plan();
  AZJ_TRY(checkIndex("input", index, plan.inputs.size()));
  fillTensorInfo(plan, plan.inputs[index], bundle->inputDims[index], *out_info);
  return nullptr;
}

azj_status azj_bundle_output(azj_bundle bundle, uint32_t index, azj_tensor_info *out_info) {
  const Plan &plan = bundle->bundle->plan();
  AZJ_TRY(checkIndex("output", index, plan.outputs.size()));
  fillTensorInfo(plan, plan.outputs[index], bundle->outputDims[index], *out_info);
  return nullptr;
}

azj_status azj_bundle_program(azj_bundle bundle, uint32_t index, azj_program_info *out_info) {
  auto &programs = bundle->bundle->plan().programs;
  AZJ_TRY(checkIndex("program", index, programs.size()));
  const PlanProgram &program = programs[index];
  azj_program_info info = {};
  info.targets = program.targetText.c_str();
  info.kernels = static_cast<uint32_t>(program.kernels.size());
  for (const PlanStep &step : program.steps)
    ++(step.kind == PlanStep::Launch ? info.launches : info.copies);
  for (const PlanKernel &kernel : program.kernels)
    if (kernel.ptxVersion > info.ptx_version)
      info.ptx_version = kernel.ptxVersion;
  *out_info = info;
  return nullptr;
}

azj_status azj_bundle_kernel(azj_bundle bundle, uint32_t program, uint32_t index,
                             azj_kernel_info *out_info) {
  auto &programs = bundle->bundle->plan().programs;
  AZJ_TRY(checkIndex("program", program, programs.size()));
  AZJ_TRY(checkIndex("kernel", index, programs[program].kernels.size()));
  const PlanKernel &kernel = programs[program].kernels[index];
  *out_info = {kernel.name.c_str(), kernel.entry.c_str(), kernel.ptxVersion,
               kernel.block,        kernel.cluster,       kernel.sharedBytes};
  return nullptr;
}

} // extern "C"
