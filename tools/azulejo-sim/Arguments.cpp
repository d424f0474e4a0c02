// This file implements the command line of azulejo-sim.
#include "Arguments.h"
#include "Npy.h"
#include "ToolError.h"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace azulejo::simtool {

using run::ToolError;

namespace {

[[noreturn]] void usage(const std::string &message) { throw ToolError{run::exitUsage, message}; }

uint64_t parseCount(const std::string &text, const std::string &what) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 18)
    usage(what + ": expected a number, got '" + text + "'");
  return std::strtoull(text.c_str(), nullptr, 10);
}

// "X", "X,Y" or "X,Y,Z"
azj_dim3 parseDimensions(const std::string &text, const std::string &option) {
  uint32_t values[3] = {1, 1, 1};
  size_t start = 0;
  for (uint32_t &value : values) {
    size_t comma = text.find(',', start);
    size_t end = comma == std::string::npos ? text.size() : comma;
    uint64_t count = parseCount(text.substr(start, end - start), option);
    if (count == 0 || count > 0x7fffffff)
      usage(option + ": a dimension is 1 to 2147483647, got " + std::to_string(count));
    value = static_cast<uint32_t>(count);
    if (comma == std::string::npos)
      return {values[0], values[1], values[2]};
    start = comma + 1;
  }
  usage(option + ": expected X[,Y[,Z]], got '" + text + "'");
}

template <typename T> std::vector<uint8_t> bytesOf(T value) {
  std::vector<uint8_t> bytes(sizeof(T));
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

std::vector<uint8_t> parseScalar(const std::string &type, const std::string &text,
                                 const std::string &whole) {
  char *end = nullptr;
  errno = 0;
  bool isFloat = type[0] == 'f', isSigned = type[0] == 'i';
  double number = isFloat ? std::strtod(text.c_str(), &end) : 0;
  int64_t whole64 = isSigned ? std::strtoll(text.c_str(), &end, 0) : 0;
  uint64_t bits = !isFloat && !isSigned ? std::strtoull(text.c_str(), &end, 0) : 0;
  bool fits = text.empty() ? false : *end == '\0' && errno == 0;
  if (!isFloat && !isSigned && text.find('-') != std::string::npos)
    fits = false;
  if (type == "i32")
    fits = fits && whole64 >= INT32_MIN && whole64 <= INT32_MAX;
  if (type == "u32")
    fits = fits && bits <= UINT32_MAX;
  // What is written as infinite may be.
  if (type == "f32")
    fits = fits && (std::isinf(number) || !std::isinf(static_cast<float>(number)));
  if (!fits)
    usage("--arg=" + whole + ": '" + text + "' is not a value of type " + type);
  if (type == "f32")
    return bytesOf(static_cast<float>(number));
  if (type == "f64")
    return bytesOf(number);
  if (type == "i32")
    return bytesOf(static_cast<int32_t>(whole64));
  if (type == "u32")
    return bytesOf(static_cast<uint32_t>(bits));
  return isSigned ? bytesOf(whole64) : bytesOf(bits);
}

// "FILE.npy:f32[1024,8]"
void parseOutput(const std::string &text, KernelArgument &argument) {
  size_t colon = text.rfind(':'), bracket = text.find('[', colon == std::string::npos ? 0 : colon);
  if (colon == std::string::npos || bracket == std::string::npos || text.back() != ']')
    usage("--arg=" + argument.text + ": expected out:FILE.npy:TYPE[D0,D1,…]");
  argument.file = text.substr(0, colon);
  std::string type = text.substr(colon + 1, bracket - colon - 1);
  bool found = false;
  for (int dtype = AZJ_F32; dtype <= AZJ_BOOL; ++dtype)
    if (type == azj_dtype_name(static_cast<azj_dtype>(dtype))) {
      argument.tensor.dtype = static_cast<azj_dtype>(dtype);
      found = true;
    }
  if (!found)
    usage("--arg=" + argument.text + ": unknown type '" + type + "'");
  uint64_t bytes = azj_dtype_size(argument.tensor.dtype);
  std::string shape = text.substr(bracket + 1, text.size() - bracket - 2);
  for (size_t start = 0; start <= shape.size();) {
    size_t comma = shape.find(',', start);
    size_t end = comma == std::string::npos ? shape.size() : comma;
    uint64_t size = parseCount(shape.substr(start, end - start), "--arg=" + argument.text);
    if (size == 0 || size > (uint64_t{1} << 40) / bytes)
      usage("--arg=" + argument.text + ": the buffer is empty or too large");
    argument.tensor.shape.push_back(static_cast<int64_t>(size));
    bytes *= size;
    start = end + 1;
  }
  argument.tensor.bytes.resize(bytes);
}

KernelArgument parseArgument(const std::string &text) {
  KernelArgument argument;
  argument.text = text;
  size_t colon = text.find(':');
  if (colon == std::string::npos)
    usage("--arg=" + text + ": expected KIND:VALUE");
  std::string kind = text.substr(0, colon), rest = text.substr(colon + 1);
  for (const char *type : {"i32", "u32", "i64", "u64", "f32", "f64"})
    if (kind == type) {
      argument.bytes = parseScalar(kind, rest, text);
      return argument;
    }
  if (kind == "out") {
    argument.kind = KernelArgument::Out;
    parseOutput(rest, argument);
  } else if (kind == "in" || kind == "inout") {
    argument.kind = kind == "in" ? KernelArgument::In : KernelArgument::InOut;
    argument.file = rest;
    argument.tensor = run::readNpy(rest);
  } else {
    usage("--arg=" + text + ": kinds are i32, u32, i64, u64, f32, f64, in, inout and out, got '" +
          kind + "'");
  }
  return argument;
}
} // namespace

int parseOptions(int count, char **values, Options &options) {
  CLI::App app{"Runs a kernel of a PTX file on the simulated GPU and checks it.", "azulejo-sim"};
  std::string grid = "1", block = "1", cluster;
  std::vector<std::string> arguments;
  app.add_option("FILE", options.ptxFile, "PTX file")->required();
  app.add_option("--entry", options.entry, "kernel to run (may be left out if there is one)");
  app.add_option("--grid", grid, "blocks: X[,Y[,Z]]");
  app.add_option("--block", block, "threads of a block: X[,Y[,Z]]");
  app.add_option("--cluster", cluster, "blocks of a cluster: X[,Y[,Z]]");
  app.add_option("--smem", options.sharedBytes, "dynamic shared memory in bytes");
  app.add_option("--target", options.target, "GPU to simulate: sm_75 … sm_120");
  app.add_option("--sim-check", options.checks, "none, all, or of mem,init,race,sync");
  app.add_option("--sim-async", options.async,
                 "when asynchronous data appear: lazy, eager, random");
  app.add_option("--sim-tc", options.tensorCores, "tensor cores: fast or exact");
  app.add_option("--sim-threads", options.threads, "host threads; 0: one per core");
  app.add_option("--sim-seed", options.seed, "seed of the random order");
  app.add_option("--sim-options", options.simOptions,
                 "further options of the simulator, key=value,...");
  app.add_option("--stats", options.statsFile, "write findings and counters to FILE.json");
  app.add_option("--roofline", options.roofline,
                 "print a lower bound of the time on a GPU: sm_90a, h100, ND_H100_v5, …");
  app.add_option("--arg", arguments,
                 "kernel argument: i32:7, f32:0.5, in:X.npy, inout:X.npy, out:Y.npy:f32[8,4]")
      ->allow_extra_args(false);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError &error) {
    int code = app.exit(error);
    return code == 0 ? run::exitDone : run::exitUsage;
  }
  options.grid = parseDimensions(grid, "--grid");
  options.block = parseDimensions(block, "--block");
  if (!cluster.empty())
    options.cluster = parseDimensions(cluster, "--cluster");
  for (const std::string &text : arguments)
    options.arguments.push_back(parseArgument(text));
  return -1;
}

} // namespace azulejo::simtool
