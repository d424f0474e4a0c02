// This file holds the tables of GPUs, and where their numbers come from.
#include "prof/Gpus.h"

#include <cctype>

namespace azulejo::sim {

namespace {

// CUDA C++ Programming Guide, "Compute Capabilities", technical specifications; one KiB of a CTA's
// shared memory is the system's from sm_80 on (same guide, "Shared Memory" of each architecture).
constexpr SmResources kResources[] = {
    {75, 1024, 16, 64 << 10, 0, 256},      {80, 2048, 32, 164 << 10, 1024, 128},
    {86, 1536, 16, 100 << 10, 1024, 128},  {87, 1536, 16, 164 << 10, 1024, 128},
    {89, 1536, 24, 100 << 10, 1024, 128},  {90, 2048, 32, 228 << 10, 1024, 128},
    {100, 2048, 32, 228 << 10, 1024, 128}, {103, 2048, 32, 228 << 10, 1024, 128},
    {120, 1536, 24, 100 << 10, 1024, 128}, {121, 1536, 24, 100 << 10, 1024, 128},
};

// Sources, by row. "targets" is the project's reference of targets, section 3; data sheets are
// NVIDIA's. Special functions per clock: CUDA C++ Programming Guide, "Arithmetic Instructions".
constexpr Gpu kGpus[] = {
    // T4 data sheet (SMs, clock, fp32, int8); bandwidth and f16: targets.
    {"t4", 75, 40, 1.59, 320, 8.1, 0.25, 65, 0, 130, 0, 0, 0, 16},
    // A10 data sheet: 72 SMs, 600 GB/s, dense rates.
    {"a10", 86, 72, 1.695, 600, 31.2, 0.49, 125, 62.5, 250, 0, 0, 0, 16},
    // A100 80 GB SXM data sheet; bandwidth and f16: targets.
    {"a100", 80, 108, 1.41, 2040, 19.5, 9.7, 312, 156, 624, 0, 0, 19.5, 16},
    // H100 SXM data sheet, half of its rates with sparsity; bandwidth and f16: targets. The clock
    // is the one that gives the rates.
    {"h100", 90, 132, 1.83, 3350, 66.9, 33.5, 989, 494.7, 1979, 1979, 0, 66.9, 16},
    // H100 NVL data sheet.
    {"h100-nvl", 90, 132, 1.785, 3900, 60, 30, 835, 417.5, 1670, 1670, 0, 60, 16},
    // H200 SXM data sheet; bandwidth: targets, section 1.
    {"h200", 90, 132, 1.83, 4800, 66.9, 33.5, 989, 494.7, 1979, 1979, 0, 66.9, 16},
    // HGX B200 data sheet, an eighth; bandwidth and f16: targets. SMs and clock: unverified.
    {"b200", 100, 148, 1.965, 8000, 75, 37, 2250, 1125, 4500, 4500, 9000, 37, 16},
    // GB300 NVL72 data sheet, a 72nd (secondary: read in a page quoting it); SMs and clock:
    // unverified. Exponentials at twice the rate of B200.
    {"b300", 103, 160, 1.965, 8000, 80, 1.3, 2500, 1250, 165, 5000, 15000, 1.3, 32},
    // RTX PRO 6000 Blackwell Server Edition data sheet: 188 SMs, 1597 GB/s, 120 TFLOP/s fp32, 4000
    // TOP/s fp4 with sparsity; the other tensor rates are its halves in turn: unverified.
    {"rtx-pro-6000", 120, 188, 2.6, 1597, 120, 1.9, 500, 250, 1000, 1000, 2000, 0, 16},
};

struct Alias {
  const char *name, *gpu;
};

// Series of Azure (the project's reference of targets, section 1), and architectures that one GPU
// of Azure stands for.
constexpr Alias kAliases[] = {
    {"ncast4_v3", "t4"},
    {"nvadsa10_v5", "a10"},
    {"nc_a100_v4", "a100"},
    {"nd_a100_v4", "a100"},
    {"ndm_a100_v4", "a100"},
    {"ncads_h100_v5", "h100-nvl"},
    {"nccads_h100_v5", "h100-nvl"},
    {"nd_h100_v5", "h100"},
    {"nd_h200_v5", "h200"},
    {"nd_gb200_v6", "b200"},
    {"nd_gb300_v6", "b300"},
    {"nc_rtxpro6000bse_v6", "rtx-pro-6000"},
    {"sm_75", "t4"},
    {"sm_80", "a100"},
    {"sm_86", "a10"},
    {"sm_90", "h100"},
    {"sm_90a", "h100"},
    {"sm_100", "b200"},
    {"sm_100a", "b200"},
    {"sm_100f", "b200"},
    {"sm_103", "b300"},
    {"sm_103a", "b300"},
    {"sm_103f", "b300"},
    {"sm_120", "rtx-pro-6000"},
    {"sm_120a", "rtx-pro-6000"},
    {"sm_120f", "rtx-pro-6000"},
};
} // namespace

const SmResources *findSmResources(int sm) {
  for (const SmResources &resources : kResources)
    if (resources.sm == sm)
      return &resources;
  return nullptr;
}

const Gpu *findRooflineGpu(const std::string &name) {
  std::string wanted;
  for (char c : name)
    wanted += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Alias &alias : kAliases)
    if (wanted == alias.name) {
      wanted = alias.gpu;
      break;
    }
  for (const Gpu &gpu : kGpus)
    if (wanted == gpu.name)
      return &gpu;
  return nullptr;
}

std::string rooflineGpuNames() {
  std::string names;
  for (const Gpu &gpu : kGpus)
    names += (names.empty() ? "" : ", ") + std::string(gpu.name);
  return names;
}

} // namespace azulejo::sim
