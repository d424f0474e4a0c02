// This file binds symbols to values and reports shapes that do not fit.
#include "session/Binding.h"

#include "base/Status.h"
#include "base/Strings.h"

#include <cinttypes>

namespace azulejo::runtime {
namespace {

constexpr int64_t unbound = -1;

azj_status checkRange(const PlanSymbol &symbol, uint32_t dimension, int64_t value) {
  std::string name = printable(symbol.name);
  if (value < symbol.min || value > symbol.max) {
    if (symbol.max == INT64_MAX)
      return makeStatus(AZJ_INVALID_ARGUMENT,
                        "dimension %u ('%s') must be at least %" PRId64 ", got %" PRId64, dimension,
                        name.c_str(), symbol.min, value);
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "dimension %u ('%s') must be between %" PRId64 " and %" PRId64
                      ", got %" PRId64,
                      dimension, name.c_str(), symbol.min, symbol.max, value);
  }
  if (value % symbol.divisor != 0)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "dimension %u ('%s') must be a multiple of %" PRId64 ", got %" PRId64,
                      dimension, name.c_str(), symbol.divisor, value);
  return nullptr;
}

azj_status checkType(const PlanTensor &expected, const azj_buffer &given) {
  if (given.dtype != expected.dtype)
    return makeStatus(AZJ_INVALID_ARGUMENT, "dtype must be %s, got %s",
                      azj_dtype_name(expected.dtype), azj_dtype_name(given.dtype));
  if (given.rank != expected.shape.size())
    return makeStatus(AZJ_INVALID_ARGUMENT, "rank must be %zu, got %u", expected.shape.size(),
                      given.rank);
  return nullptr;
}

// Gives values to the symbols that are bare dimensions of one input.
azj_status bindBare(const Plan &plan, const PlanTensor &expected, const azj_buffer &given,
                    std::vector<int64_t> &values) {
  for (uint32_t i = 0; i < given.rank; ++i) {
    int64_t symbol = plan.formulas.bareSymbol(expected.shape[i]);
    if (symbol < 0 || values[static_cast<size_t>(symbol)] != unbound)
      continue;
    AZJ_TRY(checkRange(plan.symbols[static_cast<size_t>(symbol)], i, given.shape[i]));
    values[static_cast<size_t>(symbol)] = given.shape[i];
  }
  return nullptr;
}

azj_status checkShape(const Plan &plan, const PlanTensor &expected, const azj_buffer &given,
                      const std::vector<int64_t> &values) {
  for (uint32_t i = 0; i < given.rank; ++i) {
    int64_t value = 0;
    AZJ_TRY(prefix(plan.formulas.evaluate(expected.shape[i], values, value), "dimension %u", i));
    if (value == given.shape[i])
      continue;
    if (plan.formulas.isConstant(expected.shape[i]))
      return makeStatus(AZJ_INVALID_ARGUMENT, "dimension %u must be %" PRId64 ", got %" PRId64, i,
                        value, given.shape[i]);
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "dimension %u ('%s') must be %" PRId64 ", as the other dimensions give, got "
                      "%" PRId64,
                      i, plan.formulas.text(expected.shape[i]).c_str(), value, given.shape[i]);
  }
  return nullptr;
}

azj_status inferOutput(const Plan &plan, const PlanTensor &output, Binding &binding) {
  std::vector<int64_t> shape(output.shape.size());
  for (size_t i = 0; i < shape.size(); ++i)
    AZJ_TRY(prefix(plan.formulas.evaluate(output.shape[i], binding.symbols, shape[i]),
                   "dimension %zu", i));
  size_t bytes = 0;
  AZJ_TRY(azj_buffer_size(output.dtype, shape.data(), static_cast<uint32_t>(shape.size()), &bytes));
  binding.outputShapes.push_back(std::move(shape));
  binding.outputBytes.push_back(bytes);
  return nullptr;
}

} // namespace

azj_status bindInputs(const Plan &plan, const azj_buffer *inputs, uint32_t count, Binding &out) {
  if (count != plan.inputs.size())
    return makeStatus(AZJ_INVALID_ARGUMENT, "the model has %zu inputs, got %u", plan.inputs.size(),
                      count);
  Binding binding;
  binding.symbols.assign(plan.symbols.size(), unbound);
  auto annotate = [&](azj_status status, uint32_t index) {
    return prefix(status, "input '%s'", printable(plan.inputs[index].name).c_str());
  };
  for (uint32_t i = 0; i < count; ++i) {
    size_t bytes = 0;
    AZJ_TRY(annotate(checkType(plan.inputs[i], inputs[i]), i));
    AZJ_TRY(annotate(azj_buffer_size(inputs[i].dtype, inputs[i].shape, inputs[i].rank, &bytes), i));
    binding.inputBytes.push_back(bytes);
    AZJ_TRY(annotate(bindBare(plan, plan.inputs[i], inputs[i], binding.symbols), i));
  }
  for (uint32_t i = 0; i < count; ++i)
    AZJ_TRY(annotate(checkShape(plan, plan.inputs[i], inputs[i], binding.symbols), i));
  for (const PlanTensor &output : plan.outputs)
    AZJ_TRY(
        prefix(inferOutput(plan, output, binding), "output '%s'", printable(output.name).c_str()));
  out = std::move(binding);
  return nullptr;
}

} // namespace azulejo::runtime
