// This file makes the inputs of a run.
#include "Inputs.h"

#include "Npy.h"
#include "ToolError.h"

#include <cstdio>
#include <optional>
#include <random>
#include <set>

namespace azulejo::run {
namespace {

// What --input says about one input.
struct Source {
  std::optional<std::string> file;
  bool isRandom = false, isZeros = false;
  uint32_t seed = 0;
};

Source parseSource(const std::string &text) {
  Source source;
  if (text == "zeros") {
    source.isZeros = true;
  } else if (text == "random" || text.rfind("random:", 0) == 0) {
    source.isRandom = true;
    std::string digits = text.size() > 7 ? text.substr(7) : "0";
    bool isNumber =
        digits.size() <= 9 && digits.find_first_not_of("0123456789") == std::string::npos;
    if (!isNumber)
      throw ToolError{exitUsage,
                      "--input: seed must be a number of at most 9 digits, got '" + digits + "'"};
    source.seed = static_cast<uint32_t>(std::stoul(digits));
  } else {
    source.file = text;
  }
  return source;
}

// Refuses a --dim that names nothing: its author believes that it does something.
void checkDimNames(azj_bundle bundle, const std::map<std::string, int64_t> &dims) {
  std::string known;
  std::set<std::string> names;
  for (uint32_t i = 0; i < azj_bundle_symbol_count(bundle); ++i) {
    azj_symbol_info symbol;
    check(azj_bundle_symbol(bundle, i, &symbol));
    names.insert(symbol.name);
    known += std::string(i ? ", " : "") + symbol.name;
  }
  for (const auto &[name, size] : dims)
    if (!names.count(name))
      throw ToolError{exitInput, "--dim names '" + name +
                                     "', which is no symbolic dimension of the model; there are: " +
                                     (known.empty() ? "none" : known)};
}

// Takes the sizes of symbols from an input that was read from a file. `given` is what --dim says.
void learnDims(const azj_tensor_info &info, const Tensor &tensor,
               const std::map<std::string, int64_t> &given, std::map<std::string, int64_t> &dims) {
  for (uint32_t i = 0; i < info.rank && i < tensor.shape.size(); ++i) {
    if (info.shape[i] >= 0)
      continue;
    auto wanted = given.find(info.dims[i]);
    if (wanted != given.end() && wanted->second != tensor.shape[i])
      throw ToolError{exitInput, "input '" + std::string(info.name) + "': dimension " +
                                     std::to_string(i) + " must be " +
                                     std::to_string(wanted->second) + " as --dim " + info.dims[i] +
                                     " says, got " + std::to_string(tensor.shape[i])};
    dims.emplace(info.dims[i], tensor.shape[i]);
  }
}

// The size of a symbol that nothing gives: the least that is allowed and not empty.
int64_t defaultDim(azj_bundle bundle, const std::string &name, const azj_tensor_info &info) {
  for (uint32_t i = 0; i < azj_bundle_symbol_count(bundle); ++i) {
    azj_symbol_info symbol;
    check(azj_bundle_symbol(bundle, i, &symbol));
    if (name != symbol.name)
      continue;
    int64_t least = symbol.min > 1 ? symbol.min : 1;
    int64_t size = (least + symbol.divisor - 1) / symbol.divisor * symbol.divisor;
    fprintf(stderr, "azulejo-run: using %s=%lld; --dim %s=N chooses another\n", name.c_str(),
            static_cast<long long>(size), name.c_str());
    return size;
  }
  throw ToolError{exitInput, "input '" + std::string(info.name) + "': dimension '" + name +
                                 "' is a formula; give the input as a file"};
}

Tensor generate(azj_bundle bundle, const azj_tensor_info &info, const Source &source,
                std::map<std::string, int64_t> &dims) {
  Tensor tensor;
  tensor.dtype = info.dtype;
  for (uint32_t i = 0; i < info.rank; ++i) {
    int64_t size = info.shape[i];
    if (size < 0) {
      auto known = dims.find(info.dims[i]);
      if (known == dims.end())
        known = dims.emplace(info.dims[i], defaultDim(bundle, info.dims[i], info)).first;
      size = known->second;
    }
    tensor.shape.push_back(size);
  }
  size_t bytes = 0;
  check(azj_buffer_size(tensor.dtype, tensor.shape.data(), info.rank, &bytes),
        std::string("input '") + info.name + "'");
  tensor.bytes.assign(bytes, 0);
  if (source.isZeros)
    return tensor;
  // Generators of the standard are exact, its distributions are not: the same seed gives the same
  // values everywhere only by arithmetic of our own.
  std::mt19937 random(source.seed);
  bool isFloat = info.dtype <= AZJ_F64;
  for (size_t i = 0; i < bytes / azj_dtype_size(info.dtype); ++i) {
    uint32_t draw = random() >> 8;
    double value = isFloat ? draw / 8388608.0 - 1 : info.dtype == AZJ_BOOL ? draw & 1 : draw % 10;
    setElement(tensor, i, value);
  }
  return tensor;
}

} // namespace

std::string describe(const azj_tensor_info &info) {
  std::string text = std::string(azj_dtype_name(info.dtype)) + " [";
  for (uint32_t i = 0; i < info.rank; ++i)
    text += (i ? ", " : "") + std::string(info.dims[i]);
  return text + "]";
}

std::pair<size_t, std::string>
splitAssignment(const std::string &text, const std::vector<std::string> &names, const char *what) {
  for (size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1))
    for (size_t i = 0; i < names.size(); ++i)
      if (text.compare(0, at, names[i]) == 0)
        return {i, text.substr(at + 1)};
  if (text.find('=') == std::string::npos && names.size() == 1)
    return {0, text};
  std::string known;
  for (const std::string &name : names)
    known += (known.empty() ? "'" : ", '") + name + "'";
  throw ToolError{exitInput, std::string("--") + what + " '" + text +
                                 "' must be NAME=FILE with the name of an " + what + ": " + known};
}

std::vector<Tensor> makeInputs(azj_bundle bundle, const Options &options) {
  std::vector<azj_tensor_info> infos(azj_bundle_input_count(bundle));
  std::vector<std::string> names;
  for (uint32_t i = 0; i < infos.size(); ++i) {
    check(azj_bundle_input(bundle, i, &infos[i]));
    names.push_back(infos[i].name);
  }
  std::vector<std::optional<Source>> sources(infos.size());
  for (const std::string &text : options.inputs) {
    auto [index, value] = splitAssignment(text, names, "input");
    if (sources[index])
      throw ToolError{exitUsage, "--input '" + names[index] + "' is given twice"};
    sources[index] = parseSource(value);
  }
  checkDimNames(bundle, options.dims);
  std::map<std::string, int64_t> dims = options.dims;
  std::vector<Tensor> tensors(infos.size());
  for (size_t i = 0; i < infos.size(); ++i) {
    if (!sources[i])
      throw ToolError{exitInput, "input '" + names[i] + "' is missing: " + describe(infos[i]) +
                                     "; give it with --input " + names[i] + "=FILE.npy"};
    if (sources[i]->file) {
      tensors[i] = readNpy(*sources[i]->file);
      learnDims(infos[i], tensors[i], options.dims, dims);
    }
  }
  for (size_t i = 0; i < infos.size(); ++i)
    if (!sources[i]->file)
      tensors[i] = generate(bundle, infos[i], *sources[i], dims);
  return tensors;
}

} // namespace azulejo::run
