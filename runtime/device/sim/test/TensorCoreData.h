// This file reads the recorded tensor-core results that lie beside the repository.
#ifndef AZULEJO_SIM_TEST_TENSORCOREDATA_H
#define AZULEJO_SIM_TEST_TENSORCOREDATA_H

#include "device/sim/tc/Model.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace azulejo::sim::tc {

// One recorded set: a file of results and the instruction that made it.
struct RecordedSet {
  const char *gpu;
  int sm;
  Type type;
  Type result;
  int k;
  Unit unit;
};

inline std::string tensorCoreDataDir() {
  const char *shared = std::getenv("AZULEJO_SHARED_DATA");
  return std::string(shared ? shared : AZULEJO_SHARED_DATA_DIR) + "/tensor-core";
}

inline bool haveTensorCoreData() {
  struct stat info;
  return stat((tensorCoreDataDir() + "/inputs").c_str(), &info) == 0;
}

// All 40 sets, as the README of the data lists them.
inline std::vector<RecordedSet> recordedSets() {
  std::vector<RecordedSet> sets;
  struct Gpu {
    const char *name;
    int sm, k16;
  };
  sets.push_back({"v100", 70, Type::F16, Type::F32, 4, Unit::MmaSync});
  sets.push_back({"v100", 70, Type::F16, Type::F16, 4, Unit::MmaSync});
  for (Gpu gpu : {Gpu{"a100", 80, 8}, Gpu{"a2", 86, 8}, Gpu{"ada", 89, 8}, Gpu{"h100", 90, 16},
                  Gpu{"h200", 90, 16}, Gpu{"b200", 100, 16}}) {
    sets.push_back({gpu.name, gpu.sm, Type::F16, Type::F32, gpu.k16, Unit::MmaSync});
    sets.push_back({gpu.name, gpu.sm, Type::F16, Type::F16, gpu.k16, Unit::MmaSync});
    sets.push_back({gpu.name, gpu.sm, Type::BF16, Type::F32, gpu.k16, Unit::MmaSync});
    sets.push_back({gpu.name, gpu.sm, Type::TF32, Type::F32, 4, Unit::MmaSync});
    if (gpu.sm < 89)
      continue;
    bool wgmma = std::string(gpu.name) == "h100";
    for (Type type : {Type::E4M3, Type::E5M2}) {
      if (std::string(gpu.name) != "h200")
        sets.push_back(
            {gpu.name, gpu.sm, type, Type::F32, 32, wgmma ? Unit::Wgmma : Unit::MmaSync});
      sets.push_back({gpu.name, gpu.sm, type, Type::F16, 32, Unit::MmaSync});
    }
  }
  return sets;
}

// One line: operands, addend and the recorded result, as bit patterns.
struct RecordedLine {
  std::array<uint32_t, 32> a, b;
  uint32_t c, d;
};

// Reads a set; empty when a file is missing or has another number of lines than 5,000.
inline std::vector<RecordedLine> readRecorded(const RecordedSet &set) {
  std::string name = typeName(set.type);
  std::ifstream inputs(tensorCoreDataDir() + "/inputs/" + name + "-k" + std::to_string(set.k) +
                       ".hex");
  std::ifstream results(tensorCoreDataDir() + "/" + set.gpu + "/" + name + "-" +
                        typeName(set.result) + ".hex");
  size_t digits = size_t(storageBits(set.type)) / 4;
  std::vector<RecordedLine> lines;
  std::string a, b, c, d;
  while (inputs >> a >> b && results >> c >> d) {
    if (a.size() != digits * size_t(set.k) || b.size() != a.size())
      return {};
    RecordedLine line = {};
    for (int i = 0; i < set.k; ++i) {
      line.a[size_t(i)] = uint32_t(std::stoul(a.substr(size_t(i) * digits, digits), nullptr, 16));
      line.b[size_t(i)] = uint32_t(std::stoul(b.substr(size_t(i) * digits, digits), nullptr, 16));
    }
    line.c = uint32_t(std::stoul(c, nullptr, 16));
    line.d = uint32_t(std::stoul(d, nullptr, 16));
    lines.push_back(line);
  }
  return lines.size() == 5000 ? lines : std::vector<RecordedLine>{};
}

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TEST_TENSORCOREDATA_H
