// This file declares the command line of azulejo-run.
#ifndef AZULEJO_TOOLS_RUN_OPTIONS_H
#define AZULEJO_TOOLS_RUN_OPTIONS_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace azulejo::run {

struct Options {
  std::string bundle;
  std::string device = "auto";
  std::vector<std::string> inputs;  // NAME=FILE, NAME=random, FILE
  std::vector<std::string> outputs; // NAME=FILE, FILE
  std::string outputFolder;
  std::map<std::string, int64_t> dims;
  int benchmarkRuns = 0;
  std::string statsFile, traceFile;
  std::string simChecks;  // "none", "all" or "mem,init"; empty: the simulator's default
  std::string simOptions; // "key=value,key=value"
  std::string roofline;   // GPU that the simulator bounds the time of; empty: none
  bool list = false;
};

// Reads the command line. Returns -1 to go on, or the exit code with which the program ends after
// --help or --version. Throws a ToolError for a wrong command line.
int parseOptions(int argumentCount, char **arguments, Options &out);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_OPTIONS_H
