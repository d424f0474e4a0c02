// This file holds the versions of PTX that know a target, as ptxas 13.0 takes them.
#include "ptx/Targets.h"

namespace azulejo::sim::ptx {

namespace {
struct Target {
  std::string_view name;
  unsigned version;
};

constexpr Target kTargets[] = {
    {"sm_75", 63},   {"sm_80", 70},   {"sm_86", 71},   {"sm_87", 74},   {"sm_89", 78},
    {"sm_90", 78},   {"sm_90a", 80},  {"sm_100", 86},  {"sm_100a", 86}, {"sm_100f", 88},
    {"sm_103", 88},  {"sm_103a", 88}, {"sm_103f", 88}, {"sm_110", 90},  {"sm_110a", 90},
    {"sm_110f", 90}, {"sm_120", 87},  {"sm_120a", 87}, {"sm_120f", 88}, {"sm_121", 88},
    {"sm_121a", 88}, {"sm_121f", 88},
};
} // namespace

unsigned leastVersionOf(std::string_view target) {
  for (const Target &known : kTargets)
    if (known.name == target)
      return known.version;
  return 0;
}

std::string versionText(unsigned version) {
  return std::to_string(version / 10) + "." + std::to_string(version % 10);
}

} // namespace azulejo::sim::ptx
