// This file reads the command line with CLI11.
#include "Options.h"

#include "ToolError.h"
#include "azulejo/runtime/api.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>

namespace azulejo::run {
namespace {

constexpr int defaultBenchmarkRuns = 20, mostBenchmarkRuns = 1000000;
constexpr const char *singleOptions[] = {"--device", "--output-dir", "--benchmark",  "--stats",
                                         "--trace",  "--sim-check",  "--sim-options"};

std::string checkSimChecks(const std::string &text) {
  std::stringstream stream(text);
  for (std::string name; std::getline(stream, name, ',');)
    if (name != "none" && name != "all" && name != "mem" && name != "init" && name != "race" &&
        name != "sync")
      return "must be none, all or a list of mem, init, race, sync, got '" + name + "'";
  return "";
}

// Splits "NAME=N".
std::pair<std::string, int64_t> parseDim(const std::string &text) {
  size_t equals = text.rfind('=');
  size_t used = 0;
  int64_t value = -1;
  try {
    if (equals != std::string::npos && equals > 0)
      value = std::stoll(text.substr(equals + 1), &used);
  } catch (const std::exception &) {
    value = -1;
  }
  if (value < 0 || used != text.size() - equals - 1)
    throw ToolError{exitUsage, "--dim: must be NAME=N, got '" + text + "'"};
  return {text.substr(0, equals), value};
}

int benchmarkRunsOf(const std::string &text) {
  size_t used = 0;
  int runs = 0;
  try {
    runs = std::stoi(text, &used);
  } catch (const std::exception &) {
    runs = 0;
  }
  if (runs < 1 || runs > mostBenchmarkRuns || used != text.size())
    throw ToolError{exitUsage, "--benchmark: must be a number from 1 to " +
                                   std::to_string(mostBenchmarkRuns) + ", got '" + text + "'"};
  return runs;
}

// Refuses a second value for an option that takes one, and an option without its value.
void checkArguments(const std::vector<std::string> &arguments) {
  std::set<std::string> seen;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i].substr(0, arguments[i].find('='));
    bool isSingle = std::find(std::begin(singleOptions), std::end(singleOptions), name) !=
                    std::end(singleOptions);
    if (!isSingle)
      continue;
    if (!seen.insert(name).second)
      throw ToolError{exitUsage, name + " is given twice; see azulejo-run --help"};
    bool hasValue = name == arguments[i] ? i + 1 < arguments.size() || name == "--benchmark"
                                         : name.size() + 1 < arguments[i].size();
    if (!hasValue)
      throw ToolError{exitUsage, name + " needs a value; see azulejo-run --help"};
  }
}

} // namespace

int parseOptions(int argumentCount, char **arguments, Options &out) {
  CLI::App app("azulejo-run: runs a compiled model (.azb) on a GPU or on the PTX simulator",
               "azulejo-run");
  std::vector<std::string> dims;
  std::string benchmark;
  app.set_version_flag("--version", std::string("azulejo-run ") + azj_version());
  app.add_option("MODEL", out.bundle, "the bundle (.azb)")->required()->type_name("");
  app.add_option("--device", out.device, "auto, cuda, cuda:N, sim or sim:sm_XX")->type_name("NAME");
  app.add_option(
         "--input", out.inputs,
         "NAME=FILE.npy, NAME=random[:SEED], NAME=zeros, or FILE.npy for a model of one input")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  app.add_option("--output", out.outputs, "NAME=FILE.npy, or FILE.npy for a model of one output")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  app.add_option("--output-dir", out.outputFolder, "writes every output to DIR/NAME.npy")
      ->type_name("DIR");
  app.add_option("--dim", dims, "size of a symbolic dimension for random and zeros")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
  auto *benchmarkOption =
      app.add_option("--benchmark", benchmark, "runs N times (20) and prints the times")
          ->type_name("N");
  app.add_option("--stats", out.statsFile, "writes counts, sizes and times")
      ->type_name("FILE.json");
  app.add_option("--trace", out.traceFile, "writes the steps' times for chrome://tracing, Perfetto")
      ->type_name("FILE.json");
  app.add_option("--sim-check", out.simChecks, "none, all or a list of mem, init, race, sync")
      ->type_name("LIST")
      ->check(checkSimChecks);
  app.add_option("--sim-options", out.simOptions, "further options of the simulator, key=value,...")
      ->type_name("LIST");
  app.add_option(
         "--roofline", out.roofline,
         "prints a lower bound of the time on a GPU (sm_90a, h100, ND_H100_v5) from what the "
         "simulator counted")
      ->type_name("GPU");
  app.add_flag("--list", out.list,
               "prints inputs, outputs, programs and kernels, and runs nothing");
  checkArguments({arguments + 1, arguments + argumentCount});
  try {
    // An optional value would swallow the model's name: only --benchmark=N gives one.
    std::vector<std::string> given;
    for (int i = argumentCount - 1; i > 0; --i)
      given.push_back(std::string(arguments[i]) == "--benchmark"
                          ? "--benchmark=" + std::to_string(defaultBenchmarkRuns)
                          : arguments[i]);
    app.parse(given);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) // --help and --version
      return app.exit(error), exitDone;
    throw ToolError{exitUsage, lowered(error.what()) + "; see azulejo-run --help"};
  }
  for (const std::string &dim : dims)
    if (!out.dims.insert(parseDim(dim)).second)
      throw ToolError{exitUsage, "--dim '" + parseDim(dim).first + "' is given twice"};
  if (*benchmarkOption)
    out.benchmarkRuns = benchmarkRunsOf(benchmark);
  return -1;
}

} // namespace azulejo::run
