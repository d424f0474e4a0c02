// This file implements the options of the device `sim`.
#include "SimOptions.h"

#include "base/Status.h"
#include "check/Findings.h"
#include "prof/Gpus.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace azulejo::sim {

using runtime::makeStatus;

namespace {
constexpr GpuModel kGpus[] = {
    {75, 40, 64 * 1024},   {80, 108, 163 * 1024}, {86, 72, 99 * 1024},    {87, 16, 163 * 1024},
    {89, 142, 99 * 1024},  {90, 132, 227 * 1024}, {100, 148, 227 * 1024}, {103, 160, 227 * 1024},
    {120, 188, 99 * 1024}, {121, 48, 99 * 1024},
};

bool parseNumber(const std::string &text, uint64_t &value) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 19)
    return false;
  value = std::strtoull(text.c_str(), nullptr, 10);
  return true;
}

azj_status badValue(const std::string &key, const std::string &value, const char *expected) {
  return makeStatus(AZJ_INVALID_ARGUMENT, "sim option %s: expected %s, got '%s'", key.c_str(),
                    expected, value.c_str());
}

azj_status parseChecks(const std::string &value, uint32_t &checks) {
  struct Row {
    const char *name;
    uint32_t bits;
  };
  static const Row kRows[] = {{"mem", kCheckMem},   {"init", kCheckInit},
                              {"race", kCheckRace}, {"sync", kCheckSync},
                              {"none", 0},          {"all", kImplementedChecks}};
  checks = 0;
  for (size_t start = 0; start <= value.size();) {
    size_t end = value.find_first_of(",+", start);
    end = end == std::string::npos ? value.size() : end;
    std::string name = value.substr(start, end - start);
    start = end + 1;
    const Row *found = nullptr;
    for (const Row &row : kRows)
      if (name == row.name)
        found = &row;
    if (found == nullptr)
      return badValue("checks", name, "mem, init, race, sync, all or none");
    if (found->bits & ~kImplementedChecks)
      return makeStatus(AZJ_UNSUPPORTED, "the check '%s' is not implemented yet", name.c_str());
    checks |= found->bits;
  }
  return nullptr;
}

azj_status parseOption(const std::string &key, const std::string &value, SimOptions &options) {
  uint64_t number;
  if (key == "sm") {
    std::string digits = value.substr(0, 3) == "sm_" ? value.substr(3) : value;
    if (!digits.empty() && (digits.back() == 'a' || digits.back() == 'f'))
      digits.pop_back();
    if (!parseNumber(digits, number) || findGpu(static_cast<int>(number)) == nullptr)
      return badValue(key, value, "75, 80, 86, 87, 89, 90, 100, 103, 120 or 121");
    options.sm = static_cast<int>(number);
  } else if (key == "checks") {
    return parseChecks(value, options.checks);
  } else if (key == "tc") {
    if (value != "fast" && value != "exact")
      return badValue(key, value, "fast or exact");
    options.isExact = value == "exact";
  } else if (key == "async") {
    if (value != "lazy" && value != "eager" && value != "random")
      return badValue(key, value, "lazy, eager or random");
    options.async = value == "lazy"    ? AsyncMode::Lazy
                    : value == "eager" ? AsyncMode::Eager
                                       : AsyncMode::Random;
  } else if (key == "approx") {
    if (value != "nearest" && value != "adversarial")
      return badValue(key, value, "nearest or adversarial");
    options.isAdversarial = value == "adversarial";
  } else if (key == "threads") {
    if (!parseNumber(value, number) || number > 1024)
      return badValue(key, value, "0 to 1024");
    options.threads = static_cast<unsigned>(number);
  } else if (key == "seed") {
    if (!parseNumber(value, options.seed))
      return badValue(key, value, "a number");
  } else if (key == "limit") {
    if (!parseNumber(value, options.limit) || options.limit == 0)
      return badValue(key, value, "a positive number");
  } else if (key == "roofline") {
    options.roofline = findRooflineGpu(value);
    if (options.roofline == nullptr)
      return badValue(
          key, value,
          (rooflineGpuNames() + ", a series of Azure or an architecture of its GPUs").c_str());
  } else if (key == "entry") {
    options.entry = value;
  } else {
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "unknown sim option '%s'; known are sm, checks, tc, async, approx, "
                      "threads, seed, limit, roofline and entry",
                      key.c_str());
  }
  return nullptr;
}
} // namespace

const GpuModel *findGpu(int sm) {
  for (const GpuModel &gpu : kGpus)
    if (gpu.sm == sm)
      return &gpu;
  return nullptr;
}

azj_status parseSimOptions(const char *text, SimOptions &options) {
  options.checks = kCheckMem | kCheckSync;
  std::string rest = text != nullptr ? text : "";
  while (!rest.empty()) {
    size_t equals = rest.find('='), end = std::min(rest.find(','), rest.size());
    if (equals > end)
      return makeStatus(AZJ_INVALID_ARGUMENT, "sim option '%s': expected key=value",
                        rest.substr(0, end).c_str());
    std::string key = rest.substr(0, equals);
    // A list of checks ends at the comma before the next key.
    size_t next = rest.find('=', equals + 1);
    if (key == "checks")
      end = next == std::string::npos ? rest.size() : std::max(end, rest.rfind(',', next));
    AZJ_TRY(parseOption(key, rest.substr(equals + 1, end - equals - 1), options));
    rest = end < rest.size() ? rest.substr(end + 1) : "";
  }
  return nullptr;
}

} // namespace azulejo::sim
