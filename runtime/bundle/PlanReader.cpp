// This file reads the plan's symbols, tensors, programs and kernels.
#include "bundle/PlanReader.h"

#include "base/Status.h"
#include "base/Strings.h"

#include <algorithm>
#include <cinttypes>
#include <cstring>

namespace azulejo::runtime {

azj_status expectObject(JsonValue json) {
  if (json.isObject())
    return nullptr;
  return makeStatus(AZJ_CORRUPT, "must be an object, got %s",
                    json ? jsonKindName(json.kind()) : "nothing");
}

azj_status readText(JsonValue json, const char *key, std::string &out) {
  JsonValue value = json.find(key);
  if (!value.isString())
    return makeStatus(AZJ_CORRUPT, "'%s' must be a string, got %s", key,
                      value ? jsonKindName(value.kind()) : "nothing");
  // Names pass through C strings, in which a NUL would hide the rest.
  if (value.text().find('\0') != std::string_view::npos)
    return makeStatus(AZJ_CORRUPT, "'%s' contains a NUL character", key);
  out = value.text();
  return nullptr;
}

azj_status readInteger(JsonValue json, const char *key, int64_t min, int64_t max, int64_t &out) {
  JsonValue value = json.find(key);
  if (!value.isInteger())
    return makeStatus(AZJ_CORRUPT, "'%s' must be an integer, got %s", key,
                      value ? jsonKindName(value.kind()) : "nothing");
  if (value.integer() < min || value.integer() > max)
    return makeStatus(AZJ_CORRUPT, "'%s' must be between %" PRId64 " and %" PRId64 ", got %" PRId64,
                      key, min, max, value.integer());
  out = value.integer();
  return nullptr;
}

azj_status readOptionalInteger(JsonValue json, const char *key, int64_t min, int64_t max,
                               int64_t &out) {
  return json.find(key) ? readInteger(json, key, min, max, out) : nullptr;
}

azj_status readArray(JsonValue json, const char *key, uint32_t limit, JsonValue &out) {
  JsonValue value = json.find(key);
  if (!value.isArray())
    return makeStatus(AZJ_CORRUPT, "'%s' must be an array, got %s", key,
                      value ? jsonKindName(value.kind()) : "nothing");
  if (value.size() > limit)
    return makeStatus(AZJ_CORRUPT, "'%s' must have at most %u elements, got %u", key, limit,
                      value.size());
  out = value;
  return nullptr;
}

azj_status readFormula(FormulaPool &formulas, JsonValue json, const char *key, Formula &out) {
  return prefix(formulas.read(json.find(key), out), "'%s'", key);
}

azj_status checkKeys(JsonValue json, std::initializer_list<const char *> keys) {
  for (JsonValue member : json) {
    bool isKnown =
        std::any_of(keys.begin(), keys.end(), [&](const char *key) { return member.key() == key; });
    if (!isKnown)
      return makeStatus(AZJ_CORRUPT, "unknown key '%s'", printable(member.key()).c_str());
  }
  return nullptr;
}

namespace {

azj_status readSymbol(JsonValue json, PlanSymbol &symbol) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(readText(json, "name", symbol.name));
  if (symbol.name.empty())
    return makeStatus(AZJ_CORRUPT, "'name' must not be empty");
  AZJ_TRY(readOptionalInteger(json, "min", 0, INT64_MAX, symbol.min));
  AZJ_TRY(readOptionalInteger(json, "max", symbol.min, INT64_MAX, symbol.max));
  return readOptionalInteger(json, "divisor", 1, INT64_MAX, symbol.divisor);
}

azj_status readSymbols(JsonValue json, Plan &plan) {
  JsonValue list;
  AZJ_TRY(readArray(json, "symbols", format::maxSymbols, list));
  for (JsonValue element : list) {
    PlanSymbol symbol;
    AZJ_TRY(prefix(readSymbol(element, symbol), "symbols[%zu]", plan.symbols.size()));
    auto &names = plan.formulas.symbols;
    if (std::find(names.begin(), names.end(), symbol.name) != names.end())
      return makeStatus(AZJ_CORRUPT, "symbol '%s' is defined twice",
                        printable(symbol.name).c_str());
    names.push_back(symbol.name);
    plan.symbols.push_back(std::move(symbol));
  }
  return nullptr;
}

azj_status readDtype(JsonValue json, azj_dtype &out) {
  std::string name;
  AZJ_TRY(readText(json, "dtype", name));
  const format::DtypeRow *row = format::findDtypeByPlanName(name);
  if (!row)
    return makeStatus(AZJ_CORRUPT, "unknown dtype '%s'", printable(name, 20).c_str());
  out = row->dtype;
  return nullptr;
}

azj_status readTensor(JsonValue json, Plan &plan, PlanTensor &tensor) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(readText(json, "name", tensor.name));
  AZJ_TRY(readDtype(json, tensor.dtype));
  JsonValue shape;
  AZJ_TRY(readArray(json, "shape", AZJ_MAX_RANK, shape));
  for (JsonValue dimension : shape) {
    Formula formula;
    AZJ_TRY(prefix(plan.formulas.read(dimension, formula), "shape[%zu]", tensor.shape.size()));
    if (plan.formulas.isConstant(formula) && plan.formulas.constantValue(formula) < 0)
      return makeStatus(AZJ_CORRUPT, "shape[%zu] must be at least 0, got %" PRId64,
                        tensor.shape.size(), plan.formulas.constantValue(formula));
    tensor.shape.push_back(formula);
  }
  return nullptr;
}

azj_status readTensors(JsonValue json, const char *key, Plan &plan, std::vector<PlanTensor> &out) {
  JsonValue list;
  AZJ_TRY(readArray(json, key, format::maxInputs, list));
  for (JsonValue element : list) {
    PlanTensor tensor;
    AZJ_TRY(prefix(readTensor(element, plan, tensor), "%s[%zu]", key, out.size()));
    out.push_back(std::move(tensor));
  }
  std::vector<std::string_view> names;
  for (const PlanTensor &tensor : out)
    names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin != names.end())
    return makeStatus(AZJ_CORRUPT, "%s: name '%s' is used twice", key, printable(*twin).c_str());
  return nullptr;
}

// A symbol gets its value from an input of which it is a bare dimension.
azj_status checkSymbolsAreBound(const Plan &plan) {
  std::vector<bool> isBound(plan.symbols.size());
  for (const PlanTensor &input : plan.inputs)
    for (Formula dimension : input.shape)
      if (int64_t symbol = plan.formulas.bareSymbol(dimension); symbol >= 0)
        isBound[static_cast<size_t>(symbol)] = true;
  for (size_t i = 0; i < isBound.size(); ++i)
    if (!isBound[i])
      return makeStatus(AZJ_CORRUPT, "symbol '%s' is not a dimension of any input",
                        printable(plan.symbols[i].name).c_str());
  return nullptr;
}

azj_status readWeights(JsonValue json, Plan &plan) {
  JsonValue list;
  AZJ_TRY(readArray(json, "weights", format::maxWeights, list));
  for (JsonValue element : list) {
    bool isWeight = element.isString() &&
                    element.text().substr(0, format::weightPrefix.size()) == format::weightPrefix;
    if (!isWeight)
      return makeStatus(AZJ_CORRUPT, "weights[%zu] must be a string that starts with 'weight/'",
                        plan.weights.size());
    plan.weights.emplace_back(element.text());
  }
  return nullptr;
}

azj_status readDim3(JsonValue json, const char *key, azj_dim3 &out) {
  JsonValue list;
  AZJ_TRY(readArray(json, key, 3, list));
  uint32_t values[3];
  uint32_t count = 0;
  for (JsonValue element : list) {
    if (!element.isInteger() || element.integer() < 1 || element.integer() > UINT16_MAX)
      return makeStatus(AZJ_CORRUPT, "'%s' must hold integers between 1 and 65535", key);
    values[count++] = static_cast<uint32_t>(element.integer());
  }
  if (count != 3)
    return makeStatus(AZJ_CORRUPT, "'%s' must have 3 elements, got %u", key, count);
  out = {values[0], values[1], values[2]};
  return nullptr;
}

uint64_t product(azj_dim3 dims) { return uint64_t(dims.x) * dims.y * dims.z; }

azj_status readPtxName(JsonValue json, PlanKernel &kernel) {
  AZJ_TRY(readText(json, "ptx", kernel.ptx));
  std::string_view name = kernel.ptx;
  bool isHash = name.substr(0, format::ptxPrefix.size()) == format::ptxPrefix;
  if (isHash)
    name.remove_prefix(format::ptxPrefix.size());
  isHash = isHash && name.size() == format::hashDigits &&
           name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!isHash)
    return makeStatus(AZJ_CORRUPT, "'ptx' must be 'ptx/' and %zu hexadecimal digits, got '%s'",
                      format::hashDigits, printable(kernel.ptx).c_str());
  return nullptr;
}

azj_status readKernel(JsonValue json, PlanKernel &kernel) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(readText(json, "name", kernel.name));
  AZJ_TRY(readText(json, "entry", kernel.entry));
  if (kernel.entry.empty())
    return makeStatus(AZJ_CORRUPT, "'entry' must not be empty");
  AZJ_TRY(readPtxName(json, kernel));
  int64_t ptxVersion = 0, shared = 0;
  AZJ_TRY(readInteger(json, "ptx_version", 10, 999, ptxVersion));
  AZJ_TRY(readDim3(json, "block", kernel.block));
  if (product(kernel.block) > format::maxBlockThreads || kernel.block.z > format::maxBlockZ)
    return makeStatus(AZJ_CORRUPT,
                      "'block' must have at most %u threads and z at most %u, got "
                      "[%u, %u, %u]",
                      format::maxBlockThreads, format::maxBlockZ, kernel.block.x, kernel.block.y,
                      kernel.block.z);
  if (json.find("cluster"))
    AZJ_TRY(readDim3(json, "cluster", kernel.cluster));
  if (product(kernel.cluster) > format::maxClusterBlocks)
    return makeStatus(AZJ_CORRUPT, "'cluster' must have at most %u blocks, got [%u, %u, %u]",
                      format::maxClusterBlocks, kernel.cluster.x, kernel.cluster.y,
                      kernel.cluster.z);
  AZJ_TRY(readOptionalInteger(json, "shared", 0, format::maxSharedBytes, shared));
  kernel.ptxVersion = static_cast<uint32_t>(ptxVersion);
  kernel.sharedBytes = static_cast<uint32_t>(shared);
  return nullptr;
}

azj_status readTargets(JsonValue json, PlanProgram &program) {
  JsonValue list;
  AZJ_TRY(readArray(json, "targets", 64, list));
  if (list.size() == 0)
    return makeStatus(AZJ_CORRUPT, "'targets' must not be empty");
  for (JsonValue element : list) {
    auto target = element.isString() ? format::parseTarget(element.text()) : std::nullopt;
    if (!target)
      return makeStatus(AZJ_CORRUPT, "'targets' must hold strings such as 'sm_80' or 'sm_90a'");
    program.targets.push_back(*target);
    program.targetText += (program.targetText.empty() ? "" : ",") + std::string(element.text());
  }
  return nullptr;
}

azj_status readProgram(JsonValue json, Plan &plan, PlanProgram &program) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(readTargets(json, program));
  AZJ_TRY(readFormula(plan.formulas, json, "arena", program.arena));
  int64_t align = format::deviceAlignment;
  AZJ_TRY(readOptionalInteger(json, "arena_align", 1, format::maxArenaAlign, align));
  if (align & (align - 1))
    return makeStatus(AZJ_CORRUPT, "'arena_align' must be a power of two, got %" PRId64, align);
  program.arenaAlign = static_cast<uint32_t>(align);
  JsonValue kernels, steps;
  AZJ_TRY(readArray(json, "kernels", format::maxKernels, kernels));
  for (JsonValue element : kernels) {
    program.kernels.emplace_back();
    AZJ_TRY(prefix(readKernel(element, program.kernels.back()), "kernels[%zu]",
                   program.kernels.size() - 1));
  }
  AZJ_TRY(readArray(json, "steps", format::maxSteps, steps));
  StepReader reader(plan, program);
  for (JsonValue element : steps) {
    program.steps.emplace_back();
    AZJ_TRY(
        prefix(reader.read(element, program.steps.back()), "steps[%zu]", program.steps.size() - 1));
  }
  return nullptr;
}

} // namespace

azj_status readPlan(std::string_view text, Plan &out) {
  JsonDocument document;
  JsonLimits limits;
  limits.depth = format::maxJsonDepth;
  AZJ_TRY(document.parse(text, limits));
  JsonValue json = document.root();
  AZJ_TRY(expectObject(json));
  int64_t version = 0;
  AZJ_TRY(readInteger(json, "version", 0, INT64_MAX, version));
  if (version != format::planVersion)
    return makeStatus(AZJ_UNSUPPORTED, "plan version must be %" PRId64 ", got %" PRId64,
                      format::planVersion, version);
  Plan plan;
  AZJ_TRY(readSymbols(json, plan));
  AZJ_TRY(readTensors(json, "inputs", plan, plan.inputs));
  AZJ_TRY(readTensors(json, "outputs", plan, plan.outputs));
  AZJ_TRY(checkSymbolsAreBound(plan));
  AZJ_TRY(readWeights(json, plan));
  JsonValue programs;
  AZJ_TRY(readArray(json, "programs", format::maxPrograms, programs));
  if (programs.size() == 0)
    return makeStatus(AZJ_CORRUPT, "'programs' must not be empty");
  for (JsonValue element : programs) {
    plan.programs.emplace_back();
    AZJ_TRY(prefix(readProgram(element, plan, plan.programs.back()), "programs[%zu]",
                   plan.programs.size() - 1));
  }
  out = std::move(plan);
  return nullptr;
}

} // namespace azulejo::runtime
