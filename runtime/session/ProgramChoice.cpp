// This file implements the choice of a program.
#include "session/ProgramChoice.h"

#include "base/Status.h"
#include "device/PtxVersions.h"

#include <algorithm>

namespace azulejo::runtime {
namespace {

// How well a target fits: greater is better, 0 is not at all. Exact `a` targets stand above
// families, families above plain ones, and within each the greater number wins.
int32_t rankOf(format::Target target, int32_t sm) {
  constexpr int32_t plain = 1, family = 100000, exact = 200000;
  if (target.suffix == 'a')
    return target.sm == sm ? exact : 0;
  if (target.sm > sm)
    return 0;
  if (target.suffix == 'f')
    return target.sm / 10 == sm / 10 ? family + target.sm : 0;
  return plain + target.sm;
}

uint32_t ptxNeed(const PlanProgram &program) {
  uint32_t need = 0;
  for (const PlanKernel &kernel : program.kernels)
    need = std::max(need, kernel.ptxVersion);
  return need;
}

azj_status refuse(const Plan &plan, const azj_device_info &device, const PlanProgram *tooNew) {
  if (!tooNew) {
    std::string targets;
    for (const PlanProgram &program : plan.programs)
      targets += (targets.empty() ? "" : ",") + program.targetText;
    return makeStatus(AZJ_UNSUPPORTED,
                      "the bundle has no program for sm_%d (%s); it has %s; compile it with "
                      "--target=sm_%d",
                      device.sm, device.name, targets.c_str(), device.sm);
  }
  uint32_t need = ptxNeed(*tooNew);
  azj_status status =
      makeStatus(AZJ_UNSUPPORTED, "the program for %s needs PTX %u.%u, but %s loads at most %d.%d",
                 tooNew->targetText.c_str(), need / 10, need % 10, device.name, device.max_ptx / 10,
                 device.max_ptx % 10);
  DriverNeed driver = driverForPtx(static_cast<int32_t>(need));
  if (device.is_simulator || driver.cudaMajor == 0)
    return status;
  return suffix(status, "; install driver R%d (CUDA %d.%d) or newer", driver.driverBranch,
                driver.cudaMajor, driver.cudaMinor);
}

} // namespace

azj_status chooseProgram(const Plan &plan, const azj_device_info &device, uint32_t &out) {
  int32_t best = 0, bestTooNew = 0;
  const PlanProgram *tooNew = nullptr;
  for (uint32_t i = 0; i < plan.programs.size(); ++i) {
    const PlanProgram &program = plan.programs[i];
    int32_t rank = 0;
    for (format::Target target : program.targets)
      rank = std::max(rank, rankOf(target, device.sm));
    bool loads = static_cast<int64_t>(ptxNeed(program)) <= device.max_ptx;
    if (loads && rank > best) {
      best = rank;
      out = i;
    } else if (!loads && rank > bestTooNew) {
      bestTooNew = rank;
      tooNew = &program;
    }
  }
  return best > 0 ? nullptr : refuse(plan, device, tooNew);
}

} // namespace azulejo::runtime
