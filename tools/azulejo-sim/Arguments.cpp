// This file implements the command line of azulejo-sim.
#include "Arguments.h"
#include "Files.h"
#include "ToolError.h"
#include "azulejo/runtime/api.h"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdlib>
#include <set>

namespace azulejo::simtool {

using run::ToolError;

namespace {

[[noreturn]] void usage(const std::string &message) { throw ToolError{run::exitUsage, message}; }

uint64_t parseCount(const std::string &text, const std::string &what, uint64_t least,
                    uint64_t most) {
  bool isNumber = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  errno = 0;
  uint64_t value = isNumber ? std::strtoull(text.c_str(), nullptr, 10) : 0;
  if (!isNumber || errno != 0 || value < least || value > most)
    usage(what + ": expected a number of " + std::to_string(least) + " to " + std::to_string(most) +
          ", got '" + text + "'");
  return value;
}

// "X", "X,Y" or "X,Y,Z"
azj_dim3 parseDimensions(const std::string &text, const std::string &option) {
  uint32_t values[3] = {1, 1, 1};
  size_t start = 0;
  for (uint32_t &value : values) {
    size_t comma = text.find(',', start);
    size_t end = comma == std::string::npos ? text.size() : comma;
    value =
        static_cast<uint32_t>(parseCount(text.substr(start, end - start), option, 1, INT32_MAX));
    if (comma == std::string::npos)
      return {values[0], values[1], values[2]};
    start = comma + 1;
  }
  usage(option + ": expected X[,Y[,Z]], got '" + text + "'");
}

// Refuses to overwrite the module, an input or an output.
void protectFiles(Options &options) {
  run::Files files;
  files.reads("FILE", options.ptxFile);
  std::vector<Leaf> leaves = leavesOf(options.arguments);
  for (const Leaf &leaf : leaves)
    if (leaf.value->kind == KernelArgument::In)
      files.reads("--arg=" + leaf.value->text, leaf.value->file);
  for (const Leaf &leaf : leaves)
    if (leaf.value->isWritten())
      files.writes("--arg=" + leaf.value->text, leaf.value->file);
  files.writes("--stats", options.statsFile);
}

// Refuses options without their value, which would take the next option for it, and a second value
// for any but --arg.
void checkValues(int count, char **values) {
  std::set<std::string> seen;
  for (int i = 1; i < count; ++i) {
    std::string text = values[i], name = text.substr(0, text.find('='));
    if (text.compare(0, 2, "--") != 0 || name == "--help" || name == "--version")
      continue;
    bool isNext = i + 1 < count && std::string(values[i + 1]).compare(0, 2, "--") != 0;
    if (name == text ? !isNext : name.size() + 1 == text.size())
      usage(name + " needs a value; see azulejo-sim --help");
    if (name != "--arg" && !seen.insert(name).second)
      usage(name + " is given twice; see azulejo-sim --help");
  }
}

// "sm_90" and the like, or nothing.
void checkTarget(const std::string &target) {
  bool isTarget = target.size() > 4 && target.compare(0, 3, "sm_") == 0 &&
                  target.find_first_not_of("0123456789af", 3) == std::string::npos;
  if (!target.empty() && !isTarget)
    usage("--target: expected sm_75 to sm_121, got '" + target + "'");
}
} // namespace

int parseOptions(int count, char **values, Options &options) {
  CLI::App app{"Runs a kernel of a PTX file on the simulated GPU and checks it.", "azulejo-sim"};
  std::string grid = "1", block = "1", cluster, sharedBytes = "0", threads = "0", seed = "0";
  std::vector<std::string> arguments;
  app.add_option("FILE", options.ptxFile, "PTX file")->required();
  app.add_option("--entry", options.entry, "kernel to run (may be left out if there is one)");
  app.add_option("--grid", grid, "blocks: X[,Y[,Z]]");
  app.add_option("--block", block, "threads of a block: X[,Y[,Z]]");
  app.add_option("--cluster", cluster, "blocks of a cluster: X[,Y[,Z]]");
  app.add_option("--smem", sharedBytes, "dynamic shared memory in bytes");
  app.add_option("--target", options.target,
                 "GPU to simulate: sm_75 … sm_121; that of the module if left out");
  app.add_option("--sim-check", options.checks, "none, all, or of mem,init,race,sync");
  app.add_option("--sim-async", options.async,
                 "when asynchronous data appear: lazy, eager, random");
  app.add_option("--sim-tc", options.tensorCores, "tensor cores: fast or exact");
  app.add_option("--sim-threads", threads, "host threads; 0: one per core");
  app.add_option("--sim-seed", seed, "seed of the random order");
  app.add_option("--sim-options", options.simOptions,
                 "further options of the simulator, key=value,...");
  app.add_option("--stats", options.statsFile, "write findings and counters to FILE.json");
  app.add_option("--roofline", options.roofline,
                 "print a lower bound of the time on a GPU: sm_90a, h100, ND_H100_v5, …");
  app.add_option("--arg", arguments,
                 "kernel argument: i32:7, f32:0.5, in:X.npy, inout:X.npy, out:Y.npy:f32[8,4], or a "
                 "structure {i32:7,in:X.npy}")
      ->allow_extra_args(false);
  app.set_version_flag("--version", std::string("azulejo-sim ") + azj_version());
  checkValues(count, values);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) // --help
      return app.exit(error), run::exitDone;
    usage(run::lowered(error.what()) + "; see azulejo-sim --help");
  }
  checkTarget(options.target);
  options.grid = parseDimensions(grid, "--grid");
  options.block = parseDimensions(block, "--block");
  if (!cluster.empty())
    options.cluster = parseDimensions(cluster, "--cluster");
  options.sharedBytes = static_cast<uint32_t>(parseCount(sharedBytes, "--smem", 0, UINT32_MAX));
  options.threads = static_cast<uint32_t>(parseCount(threads, "--sim-threads", 0, 1024));
  options.seed = parseCount(seed, "--sim-seed", 0, UINT64_MAX);
  for (const std::string &text : arguments)
    options.arguments.push_back(parseArgument(text));
  protectFiles(options);
  return -1;
}

} // namespace azulejo::simtool
