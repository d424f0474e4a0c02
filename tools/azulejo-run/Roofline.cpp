// This file prints the simulator's lower bounds of the time on a GPU.
#include "Roofline.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace azulejo::run {

using nlohmann::ordered_json;

namespace {
constexpr size_t mostKernels = 10;

struct Row {
  std::string name, limiter;
  uint64_t launches;
  double microseconds;
};
} // namespace

void printRoofline(const ordered_json &report) {
  if (!report.is_object() || !report.contains("roofline"))
    return;
  const ordered_json &roofline = report["roofline"];
  std::vector<Row> rows;
  uint64_t launches = 0;
  for (const auto &[name, kernel] : roofline["kernels"].items()) {
    rows.push_back({name, kernel.value("limiter", ""), kernel.value("launches", uint64_t{0}),
                    kernel.value("lower_bound_us", 0.0)});
    launches += rows.back().launches;
  }
  std::sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
    return a.microseconds != b.microseconds ? a.microseconds > b.microseconds : a.name < b.name;
  });
  printf("lower bound on %s: %.1f us in %llu launches, limited by %s\n",
         roofline.value("gpu", "").c_str(), roofline.value("lower_bound_us", 0.0),
         static_cast<unsigned long long>(launches), roofline.value("limiter", "").c_str());
  for (size_t i = 0; i < std::min(rows.size(), mostKernels); ++i)
    printf("  %10.1f us  %5llu x %s, limited by %s\n", rows[i].microseconds,
           static_cast<unsigned long long>(rows[i].launches), rows[i].name.c_str(),
           rows[i].limiter.c_str());
  if (rows.size() > mostKernels)
    printf("  and %zu more kernels\n", rows.size() - mostKernels);
}

} // namespace azulejo::run
