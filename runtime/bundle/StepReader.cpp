// This file reads the steps of a program: launches with their arguments, copies and fills.
#include "base/Status.h"
#include "base/Strings.h"
#include "bundle/PlanReader.h"

#include <cinttypes>
#include <cmath>

namespace azulejo::runtime {
namespace {

struct MapTypeRow {
  const char *name;
  azj_tensor_map_type type;
};
constexpr MapTypeRow mapTypeTable[] = {
    {"u8", AZJ_TENSOR_MAP_U8},     {"u16", AZJ_TENSOR_MAP_U16}, {"u32", AZJ_TENSOR_MAP_U32},
    {"i32", AZJ_TENSOR_MAP_I32},   {"u64", AZJ_TENSOR_MAP_U64}, {"i64", AZJ_TENSOR_MAP_I64},
    {"f16", AZJ_TENSOR_MAP_F16},   {"f32", AZJ_TENSOR_MAP_F32}, {"f64", AZJ_TENSOR_MAP_F64},
    {"bf16", AZJ_TENSOR_MAP_BF16},
};

azj_status readMapType(JsonValue json, azj_tensor_map_type &out) {
  std::string name;
  AZJ_TRY(readText(json, "type", name));
  for (const MapTypeRow &row : mapTypeTable) {
    if (name == row.name) {
      out = row.type;
      return nullptr;
    }
  }
  return makeStatus(AZJ_CORRUPT, "unknown tensor map type '%s'", printable(name, 20).c_str());
}

azj_status readSwizzle(JsonValue json, uint32_t &out) {
  static constexpr const char *names[] = {"none", "32", "64", "128"};
  if (!json.find("swizzle"))
    return nullptr;
  std::string name;
  AZJ_TRY(readText(json, "swizzle", name));
  for (uint32_t i = 0; i < 4; ++i) {
    if (name == names[i]) {
      out = i;
      return nullptr;
    }
  }
  return makeStatus(AZJ_CORRUPT, "'swizzle' must be none, 32, 64 or 128, got '%s'",
                    printable(name, 20).c_str());
}

// Reads a number, or one of the values that JSON has no numbers for.
azj_status readFloat(JsonValue json, float &out) {
  if (json.isString()) {
    if (json.text() == "inf" || json.text() == "-inf") {
      out = json.text() == "inf" ? HUGE_VALF : -HUGE_VALF;
      return nullptr;
    }
    if (json.text() == "nan") {
      out = std::nanf("");
      return nullptr;
    }
  }
  if (json.kind() != JsonKind::Integer && json.kind() != JsonKind::Float)
    return makeStatus(AZJ_CORRUPT, "'f32' must be a number, inf, -inf or nan, got %s",
                      jsonKindName(json.kind()));
  out = static_cast<float>(json.number());
  if (!std::isfinite(out))
    return makeStatus(AZJ_CORRUPT, "'f32' exceeds the range of f32: %g", json.number());
  return nullptr;
}

} // namespace

azj_status StepReader::read(JsonValue json, PlanStep &step) {
  AZJ_TRY(expectObject(json));
  if (json.find("node"))
    AZJ_TRY(readText(json, "node", step.node));
  if (json.find("launch"))
    return readLaunch(json, step);
  if (JsonValue copy = json.find("copy")) {
    AZJ_TRY(checkKeys(json, {"copy", "node"}));
    return prefix(readCopy(copy, step), "copy");
  }
  if (JsonValue fill = json.find("fill")) {
    AZJ_TRY(checkKeys(json, {"fill", "node"}));
    return prefix(readFill(fill, step), "fill");
  }
  return makeStatus(AZJ_CORRUPT, "must have one of 'launch', 'copy' and 'fill'");
}

azj_status StepReader::readLaunch(JsonValue json, PlanStep &step) {
  AZJ_TRY(checkKeys(json, {"launch", "grid", "args", "node"}));
  int64_t kernel = 0;
  AZJ_TRY(readInteger(json, "launch", 0, static_cast<int64_t>(program.kernels.size()) - 1, kernel));
  step.kind = PlanStep::Launch;
  step.kernel = static_cast<uint32_t>(kernel);
  std::vector<Formula> grid;
  AZJ_TRY(readFormulaList(json, "grid", 3, 3, grid));
  std::copy(grid.begin(), grid.end(), step.grid);
  JsonValue list;
  AZJ_TRY(readArray(json, "args", format::maxArgs, list));
  step.firstArg = static_cast<uint32_t>(program.args.size());
  for (JsonValue element : list) {
    PlanArg arg;
    AZJ_TRY(prefix(readArg(element, arg), "args[%u]", step.argCount));
    program.args.push_back(arg);
    ++step.argCount;
  }
  return nullptr;
}

azj_status StepReader::readTarget(JsonValue json, const char *key, uint32_t &out) {
  PlanBuffer buffer;
  AZJ_TRY(prefix(readBuffer(json.find(key), buffer), "'%s'", key));
  if (buffer.kind == PlanBuffer::Input || buffer.kind == PlanBuffer::Weight)
    return makeStatus(AZJ_CORRUPT,
                      "'%s' must be an output or the arena: inputs and weights are "
                      "never written",
                      key);
  out = static_cast<uint32_t>(program.buffers.size());
  program.buffers.push_back(buffer);
  return nullptr;
}

azj_status StepReader::readCopy(JsonValue json, PlanStep &step) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(checkKeys(json, {"from", "to", "bytes"}));
  step.kind = PlanStep::Copy;
  PlanBuffer from;
  AZJ_TRY(prefix(readBuffer(json.find("from"), from), "'from'"));
  step.from = static_cast<uint32_t>(program.buffers.size());
  program.buffers.push_back(from);
  AZJ_TRY(readTarget(json, "to", step.to));
  return readFormula(plan.formulas, json, "bytes", step.bytes);
}

azj_status StepReader::readFill(JsonValue json, PlanStep &step) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(checkKeys(json, {"to", "value", "bytes"}));
  step.kind = PlanStep::Fill;
  AZJ_TRY(readTarget(json, "to", step.to));
  int64_t value = 0;
  AZJ_TRY(readInteger(json, "value", 0, 255, value));
  step.fillValue = static_cast<uint8_t>(value);
  return readFormula(plan.formulas, json, "bytes", step.bytes);
}

azj_status StepReader::readArg(JsonValue json, PlanArg &arg) {
  AZJ_TRY(expectObject(json));
  if (json.find("i32") || json.find("i64")) {
    bool isI32 = static_cast<bool>(json.find("i32"));
    AZJ_TRY(checkKeys(json, {isI32 ? "i32" : "i64"}));
    arg.kind = isI32 ? PlanArg::I32 : PlanArg::I64;
    return readFormula(plan.formulas, json, isI32 ? "i32" : "i64", arg.value);
  }
  if (JsonValue value = json.find("f32")) {
    AZJ_TRY(checkKeys(json, {"f32"}));
    arg.kind = PlanArg::F32;
    return readFloat(value, arg.number);
  }
  if (JsonValue map = json.find("tensormap")) {
    AZJ_TRY(checkKeys(json, {"tensormap"}));
    arg.kind = PlanArg::TensorMap;
    arg.index = static_cast<uint32_t>(program.tensorMaps.size());
    program.tensorMaps.emplace_back();
    return prefix(readTensorMap(map, program.tensorMaps.back()), "tensormap");
  }
  PlanBuffer buffer;
  AZJ_TRY(readBuffer(json, buffer));
  arg.kind = PlanArg::Buffer;
  arg.index = static_cast<uint32_t>(program.buffers.size());
  program.buffers.push_back(buffer);
  return nullptr;
}

azj_status StepReader::readFormulaList(JsonValue json, const char *key, uint32_t min, uint32_t max,
                                       std::vector<Formula> &out) {
  JsonValue list;
  AZJ_TRY(readArray(json, key, max, list));
  if (list.size() < min)
    return makeStatus(AZJ_CORRUPT, "'%s' must have at least %u elements, got %u", key, min,
                      list.size());
  for (JsonValue element : list) {
    Formula formula;
    AZJ_TRY(prefix(plan.formulas.read(element, formula), "%s[%zu]", key, out.size()));
    out.push_back(formula);
  }
  return nullptr;
}

azj_status StepReader::readTensorMap(JsonValue json, PlanTensorMap &map) {
  AZJ_TRY(expectObject(json));
  AZJ_TRY(checkKeys(json, {"buffer", "type", "dims", "strides", "box", "swizzle", "nan_fill"}));
  AZJ_TRY(prefix(readBuffer(json.find("buffer"), map.buffer), "'buffer'"));
  AZJ_TRY(readMapType(json, map.type));
  AZJ_TRY(readFormulaList(json, "dims", 1, 5, map.dims));
  auto rank = static_cast<uint32_t>(map.dims.size());
  AZJ_TRY(readFormulaList(json, "strides", rank - 1, rank - 1, map.strides));
  JsonValue box;
  AZJ_TRY(readArray(json, "box", rank, box));
  for (JsonValue element : box) {
    if (!element.isInteger() || element.integer() < 1 || element.integer() > 256)
      return makeStatus(AZJ_CORRUPT, "'box' must hold integers between 1 and 256");
    map.box.push_back(static_cast<uint32_t>(element.integer()));
  }
  if (map.box.size() != rank)
    return makeStatus(AZJ_CORRUPT, "'box' must have %u elements, got %zu", rank, map.box.size());
  AZJ_TRY(readSwizzle(json, map.swizzle));
  if (JsonValue nanFill = json.find("nan_fill")) {
    if (nanFill.kind() != JsonKind::Boolean)
      return makeStatus(AZJ_CORRUPT, "'nan_fill' must be a boolean, got %s",
                        jsonKindName(nanFill.kind()));
    map.nanFill = nanFill.boolean();
  }
  return nullptr;
}

azj_status StepReader::readAccess(JsonValue json, PlanBuffer &buffer) {
  if (!json.find("access"))
    return nullptr;
  std::string name;
  AZJ_TRY(readText(json, "access", name));
  if (name == "read")
    buffer.access = PlanBuffer::Read;
  else if (name == "write")
    buffer.access = PlanBuffer::Write;
  else if (name != "readwrite")
    return makeStatus(AZJ_CORRUPT, "'access' must be read, write or readwrite, got '%s'",
                      printable(name, 20).c_str());
  bool isConstant = buffer.kind == PlanBuffer::Input || buffer.kind == PlanBuffer::Weight;
  if (isConstant && buffer.access == PlanBuffer::Write)
    return makeStatus(AZJ_CORRUPT, "'access' must not be write: inputs and weights are never "
                                   "written");
  return nullptr;
}

azj_status StepReader::readBuffer(JsonValue json, PlanBuffer &buffer) {
  AZJ_TRY(expectObject(json));
  struct Row {
    const char *key;
    PlanBuffer::Kind kind;
    size_t count;
  };
  const Row rows[] = {{"input", PlanBuffer::Input, plan.inputs.size()},
                      {"output", PlanBuffer::Output, plan.outputs.size()},
                      {"weight", PlanBuffer::Weight, plan.weights.size()}};
  for (const Row &row : rows) {
    if (!json.find(row.key))
      continue;
    AZJ_TRY(checkKeys(json, {row.key, "offset", "bytes", "access"}));
    int64_t index = 0;
    AZJ_TRY(readInteger(json, row.key, 0, static_cast<int64_t>(row.count) - 1, index));
    buffer.kind = row.kind;
    buffer.index = static_cast<uint32_t>(index);
    buffer.hasBytes = static_cast<bool>(json.find("bytes"));
    if (json.find("offset"))
      AZJ_TRY(readFormula(plan.formulas, json, "offset", buffer.offset));
    else
      buffer.offset = plan.formulas.constant(0);
    if (buffer.hasBytes)
      AZJ_TRY(readFormula(plan.formulas, json, "bytes", buffer.bytes));
    return readAccess(json, buffer);
  }
  if (!json.find("arena"))
    return makeStatus(AZJ_CORRUPT, "must name an input, output, weight or the arena");
  AZJ_TRY(checkKeys(json, {"arena", "bytes", "access"}));
  buffer.kind = PlanBuffer::Arena;
  buffer.hasBytes = true;
  AZJ_TRY(readFormula(plan.formulas, json, "arena", buffer.offset));
  AZJ_TRY(readFormula(plan.formulas, json, "bytes", buffer.bytes));
  return readAccess(json, buffer);
}

} // namespace azulejo::runtime
