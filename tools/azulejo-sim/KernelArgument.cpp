// This file implements the arguments of kernels on the command line of azulejo-sim.
#include "KernelArgument.h"
#include "Npy.h"
#include "ToolError.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace azulejo::simtool {

using run::ToolError;

namespace {

[[noreturn]] void usage(const std::string &text, const std::string &reason) {
  throw ToolError{run::exitUsage, "--arg=" + text + ": " + reason};
}

template <typename T> std::vector<uint8_t> bytesOf(T value) {
  std::vector<uint8_t> bytes(sizeof(T));
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

struct ScalarType {
  const char *name;
  unsigned bytes;
};
constexpr ScalarType scalarTypes[] = {{"i8", 1},  {"u8", 1},  {"i16", 2}, {"u16", 2}, {"i32", 4},
                                      {"u32", 4}, {"i64", 8}, {"u64", 8}, {"f32", 4}, {"f64", 8}};

std::vector<uint8_t> parseFloat(const ScalarType &type, const std::string &text,
                                const std::string &whole) {
  char *end = nullptr;
  errno = 0;
  double number = std::strtod(text.c_str(), &end);
  // What is written as infinite may be.
  bool fits = !text.empty() && *end == '\0' && errno == 0 &&
              (type.bytes == 8 || std::isinf(number) || !std::isinf(static_cast<float>(number)));
  if (!fits)
    usage(whole, "'" + text + "' is not a value of type " + type.name);
  return type.bytes == 4 ? bytesOf(static_cast<float>(number)) : bytesOf(number);
}

std::vector<uint8_t> parseInteger(const ScalarType &type, const std::string &text,
                                  const std::string &whole) {
  bool isSigned = type.name[0] == 'i';
  char *end = nullptr;
  errno = 0;
  int64_t number = isSigned ? std::strtoll(text.c_str(), &end, 0) : 0;
  uint64_t bits = isSigned ? static_cast<uint64_t>(number) : std::strtoull(text.c_str(), &end, 0);
  unsigned unused = 64 - 8 * type.bytes;
  bool fits = !text.empty() && *end == '\0' && errno == 0 &&
              (isSigned || text.find('-') == std::string::npos) &&
              (isSigned ? number == static_cast<int64_t>(bits << unused) >> unused
                        : bits == bits << unused >> unused);
  if (!fits)
    usage(whole, "'" + text + "' is not a value of type " + type.name);
  std::vector<uint8_t> bytes = bytesOf(bits);
  bytes.resize(type.bytes);
  return bytes;
}

// "1024,8"; nothing for a single value.
std::vector<int64_t> parseShape(const std::string &shape, uint64_t element,
                                const std::string &whole) {
  std::vector<int64_t> sizes;
  uint64_t bytes = element;
  for (size_t start = 0; !shape.empty() && start <= shape.size();) {
    size_t end = std::min(shape.find(',', start), shape.size());
    std::string text = shape.substr(start, end - start);
    bool isNumber = !text.empty() && text.size() < 16 &&
                    text.find_first_not_of("0123456789") == std::string::npos;
    uint64_t size = isNumber ? std::strtoull(text.c_str(), nullptr, 10) : 0;
    if (size == 0 || size > (uint64_t{1} << 40) / bytes)
      usage(whole, "a dimension is 1 to " + std::to_string((uint64_t{1} << 40) / bytes) +
                       ", got '" + text + "'");
    sizes.push_back(static_cast<int64_t>(size));
    bytes *= size;
    start = end + 1;
  }
  if (sizes.size() > AZJ_MAX_RANK)
    usage(whole, "expected at most " + std::to_string(AZJ_MAX_RANK) + " dimensions, got " +
                     std::to_string(sizes.size()));
  return sizes;
}

// "FILE.npy:f32[1024,8]"
void parseOutput(const std::string &text, KernelArgument &argument) {
  size_t colon = text.rfind(':'), bracket = text.find('[', colon == std::string::npos ? 0 : colon);
  if (colon == std::string::npos || colon == 0 || bracket == std::string::npos ||
      text.back() != ']')
    usage(argument.text, "expected out:FILE.npy:TYPE[D0,D1,…]");
  argument.file = text.substr(0, colon);
  std::string type = text.substr(colon + 1, bracket - colon - 1);
  bool found = false;
  for (int dtype = AZJ_F32; dtype <= AZJ_BOOL; ++dtype)
    if (type == azj_dtype_name(static_cast<azj_dtype>(dtype))) {
      argument.tensor.dtype = static_cast<azj_dtype>(dtype);
      found = true;
    }
  if (!found)
    usage(argument.text, "unknown type '" + type + "'");
  size_t bytes = azj_dtype_size(argument.tensor.dtype);
  argument.tensor.shape =
      parseShape(text.substr(bracket + 1, text.size() - bracket - 2), bytes, argument.text);
  for (int64_t size : argument.tensor.shape)
    bytes *= static_cast<size_t>(size);
  argument.tensor.bytes.resize(bytes);
}

// "{A,B}": the commas within brackets and braces are not those between A and B.
void parseFields(const std::string &text, KernelArgument &argument) {
  unsigned depth = 0;
  if (text.size() < 3 || text.back() != '}')
    usage(text, "expected {FIELD,FIELD,…}");
  for (size_t start = 1, at = 1; at < text.size(); ++at) {
    bool isLast = at + 1 == text.size();
    if (isLast || (text[at] == ',' && depth == 0)) {
      argument.fields.push_back(parseArgument(text.substr(start, at - start)));
      start = at + 1;
    }
    depth += text[at] == '[' || text[at] == '{' ? 1 : 0;
    depth -= (text[at] == ']' || text[at] == '}') && depth > 0 ? 1 : 0;
  }
}

void appendLeaves(size_t index, KernelArgument &argument, std::vector<Leaf> &leaves) {
  if (argument.kind != KernelArgument::Struct)
    leaves.push_back({index, &argument});
  for (KernelArgument &field : argument.fields)
    appendLeaves(index, field, leaves);
}

// Returns the alignment.
size_t layOut(KernelArgument &argument) {
  if (argument.kind != KernelArgument::Struct)
    return argument.bytes.size();
  size_t most = 1;
  argument.bytes.clear();
  auto pad = [&](size_t align) {
    argument.bytes.resize((argument.bytes.size() + align - 1) / align * align);
  };
  for (KernelArgument &field : argument.fields) {
    size_t align = layOut(field);
    pad(align);
    argument.bytes.insert(argument.bytes.end(), field.bytes.begin(), field.bytes.end());
    most = std::max(most, align);
  }
  pad(most);
  return most;
}
} // namespace

KernelArgument parseArgument(const std::string &text) {
  KernelArgument argument;
  argument.text = text;
  if (text[0] == '{') {
    argument.kind = KernelArgument::Struct;
    parseFields(text, argument);
    return argument;
  }
  size_t colon = text.find(':');
  if (colon == std::string::npos)
    usage(text, "expected KIND:VALUE");
  std::string kind = text.substr(0, colon), rest = text.substr(colon + 1), known;
  for (const ScalarType &type : scalarTypes) {
    known += std::string(type.name) + ", ";
    if (kind == type.name) {
      argument.bytes =
          kind[0] == 'f' ? parseFloat(type, rest, text) : parseInteger(type, rest, text);
      return argument;
    }
  }
  if (kind == "out") {
    argument.kind = KernelArgument::Out;
    parseOutput(rest, argument);
  } else if (kind == "in" || kind == "inout") {
    if (rest.empty())
      usage(text, "expected " + kind + ":FILE.npy");
    argument.kind = kind == "in" ? KernelArgument::In : KernelArgument::InOut;
    argument.file = rest;
    argument.tensor = run::readNpy(rest);
  } else {
    usage(text, "kinds are " + known + "in, inout, out and {…}, got '" + kind + "'");
  }
  return argument;
}

std::vector<Leaf> leavesOf(std::vector<KernelArgument> &arguments) {
  std::vector<Leaf> leaves;
  for (size_t i = 0; i < arguments.size(); ++i)
    appendLeaves(i, arguments[i], leaves);
  return leaves;
}

void layOutStructs(std::vector<KernelArgument> &arguments) {
  for (KernelArgument &argument : arguments)
    layOut(argument);
}

} // namespace azulejo::simtool
