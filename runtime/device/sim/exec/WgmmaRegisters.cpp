// This file checks the registers of wgmma: nothing may touch them while an operation is under way,
// and a wgmma.fence has to lie between an access to them and the operation that uses them.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"

namespace azulejo::sim {

namespace {
void reportUse(WarpContext &w, const Inst &i, const Inst *other, const char *kind,
               const std::string &message) {
  uint32_t otherId = other != nullptr ? other->id + 1 : 0;
  if (w.worker->findings.countAgain("race", kind, i.id, otherId, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, 0, "race", kind);
  finding.message = message;
  if (other != nullptr)
    finding.sites.push_back(makeSite(w, *other, 0, "at"));
  w.worker->findings.add(i.id, otherId, std::move(finding));
}

std::vector<WgmmaRegister> &registersOf(WarpContext &w) {
  WarpAsync &async = asyncOf(w);
  if (async.registers.empty())
    async.registers.resize(w.kernel->wgmmaRegisters);
  return async.registers;
}

// Numbers are those of groups and of fences, plus one; 0: never.
void checkFence(WarpContext &w, const Inst &i, const WgmmaRegister &used) {
  if (used.touched == asyncOf(w).fences + 1)
    reportUse(w, i, used.toucher, "wgmma-fence",
              "no wgmma.fence lies between an access to a register and the wgmma that uses it");
}
} // namespace

void wgmmaTouch(WarpContext &w, const Inst &i, uint32_t) {
  WarpAsync &async = asyncOf(w);
  std::vector<WgmmaRegister> &registers = registersOf(w);
  for (int64_t k = 0; k < i.imm; ++k) {
    WgmmaRegister &used = registers[i.ops[k] >> 1];
    bool isWrite = i.ops[k] & 1;
    if (used.group > async.wgmmaWaited && (isWrite || !used.isInput))
      reportUse(w, i, used.inst, "wgmma-register",
                std::string("a register of a wgmma is ") + (isWrite ? "written" : "read") +
                    " before wgmma.wait_group has waited for the wgmma");
    if (!isWrite && used.isInput)
      continue;
    used.touched = async.fences + 1;
    used.toucher = &i;
  }
}

void checkWgmmaRegisters(WarpContext &w, const Inst &i) {
  const WgmmaUse &use = w.kernel->wgmmaUses[i.d];
  WarpAsync &async = asyncOf(w);
  std::vector<WgmmaRegister> &registers = registersOf(w);
  if (async.fences == 0)
    reportUse(w, i, nullptr, "wgmma-fence", "no wgmma.fence lies before the first wgmma");
  uint64_t group = async.wgmmaWaited + async.wgmmaEnds.size() + 1;
  for (uint32_t number : use.accumulators) {
    checkFence(w, i, registers[number]);
    registers[number] = {group, 0, &i, nullptr, false};
  }
  for (uint32_t number : use.inputs) {
    checkFence(w, i, registers[number]);
    registers[number] = {group, 0, &i, nullptr, true};
  }
}

} // namespace azulejo::sim
