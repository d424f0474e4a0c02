// This file implements how tests ask ptxas which instructions it takes.
#include "test/Ptxas.h"

#include "test/FormText.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>

#include <unistd.h>

namespace azulejo::sim::test {

std::string findPtxas() {
  auto variable = [](const char *name) {
    const char *value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (std::string given = variable("PTXAS"); !given.empty())
    return given;
  std::string home = variable("CUDA_HOME");
  std::string places =
      variable("PATH") + (home.empty() ? "" : ":" + home + "/bin") + ":/usr/local/cuda/bin:";
  for (size_t start = 0, end; (end = places.find(':', start)) != std::string::npos;
       start = end + 1) {
    std::string file = places.substr(start, end - start) + "/ptxas";
    if (access(file.c_str(), X_OK) == 0)
      return file;
  }
  return "";
}

const std::vector<Combination> &allCombinations() {
  static const std::vector<Combination> all = [] {
    static const unsigned kVersions[] = {60, 61, 62, 63, 64, 65, 70, 71, 72, 73, 74, 75, 76,
                                         77, 78, 80, 81, 82, 83, 84, 85, 86, 87, 88, 90};
    struct Target {
      const char *name;
      unsigned leastVersion;
    };
    static const Target kTargets[] = {
        {"50", 60},   {"53", 60},  {"60", 60},   {"61", 60},   {"70", 60},  {"72", 61},
        {"75", 63},   {"80", 70},  {"86", 71},   {"87", 74},   {"89", 78},  {"90", 78},
        {"90a", 80},  {"100", 86}, {"100a", 86}, {"100f", 88}, {"103", 88}, {"103a", 88},
        {"103f", 88}, {"110", 90}, {"110a", 90}, {"110f", 90}, {"120", 87}, {"120a", 87},
        {"120f", 88}, {"121", 88}, {"121a", 88}, {"121f", 88}};
    std::vector<Combination> combinations;
    for (const Target &target : kTargets)
      for (unsigned version : kVersions)
        if (version >= target.leastVersion)
          combinations.push_back({version, std::string("sm_") + target.name});
    return combinations;
  }();
  return all;
}

std::string versionText(unsigned version) {
  return std::to_string(version / 10) + "." + std::to_string(version % 10);
}

namespace {
// What ptxas writes to its error output.
std::vector<std::string> run(const std::string &ptxas, const Combination &with,
                             const std::vector<std::string> &instructions) {
  char file[] = "/tmp/sim-forms-XXXXXX";
  int fd = mkstemp(file);
  if (fd < 0)
    throw std::runtime_error("no temporary file");
  close(fd);
  std::ofstream(file) << formModule(versionText(with.version), with.target, instructions);
  // ptxas 13.0 makes code for sm_75 and later alone, and takes modules for what came before.
  bool isOld = std::stoul(with.target.substr(3)) < 75;
  std::string command = "'" + ptxas + "' --gpu-name compute_" +
                        (isOld ? "75" : with.target.substr(3)) + " " + file + " -o /dev/null 2>&1";
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> pipe(popen(command.c_str(), "r"), pclose);
  std::vector<std::string> lines;
  char line[4096];
  while (pipe != nullptr && std::fgets(line, sizeof line, pipe.get()) != nullptr)
    lines.push_back(line);
  unlink(file);
  return lines;
}
} // namespace

std::map<size_t, std::string> refusedByPtxas(const std::string &ptxas, const Combination &with,
                                             const std::vector<std::string> &instructions) {
  std::map<size_t, std::string> refused;
  // A fatal error hides what stands behind it: the instruction is left out, and ptxas asked again.
  std::vector<std::string> asked = instructions;
  for (bool isFatal = true; isFatal;) {
    isFatal = false;
    for (const std::string &line : run(ptxas, with, asked)) {
      size_t at = line.find(", line "), behind = line.find("; ");
      bool isRefusal =
          line.find("; error") != std::string::npos || line.find("; fatal") != std::string::npos;
      if (line.find("aborted due to errors") != std::string::npos ||
          (at != std::string::npos && !isRefusal))
        continue;
      size_t number = at == std::string::npos ? 0 : std::stoul(line.substr(at + 7));
      size_t index = number - kFirstFormLine;
      if (number < kFirstFormLine || index >= asked.size() || behind == std::string::npos)
        throw std::runtime_error("ptxas for " + with.target + ", PTX ISA " +
                                 versionText(with.version) + ": " + line);
      refused.emplace(index, line.substr(line.find(": ", behind) + 2));
      refused[index].erase(refused[index].find_last_not_of("\n") + 1);
      if (line.substr(behind, 7) == "; fatal") {
        isFatal = true;
        asked[index] = "ret";
      }
    }
  }
  return refused;
}

} // namespace azulejo::sim::test
