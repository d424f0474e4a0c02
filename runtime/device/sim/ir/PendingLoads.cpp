// This file finds the instructions that may touch registers of a tcgen05.ld that has not been
// waited for, so that only those need a check when they run.
#include "ir/Flat.h"

#include <unordered_map>

namespace azulejo::sim {

using namespace ptx;

namespace {
bool isLoad(const FlatInst &inst) {
  return inst.source != nullptr && inst.source->opcode.substr(0, 11) == "tcgen05.ld.";
}

bool isWait(const FlatInst &inst) {
  return inst.source != nullptr && inst.source->opcode.substr(0, 16) == "tcgen05.wait::ld";
}

// Bits are registers that some tcgen05.ld writes.
using Bits = std::vector<bool>;

class PendingLoads {
public:
  explicit PendingLoads(const Flat &flat) : flat(flat) {}

  std::vector<bool> run() {
    std::vector<bool> touching(flat.insts.size());
    numberRegisters();
    if (numbers.empty())
      return touching;
    std::vector<Bits> in(flat.blocks.size(), Bits(numbers.size()));
    for (bool changed = true; changed;) {
      changed = false;
      for (uint32_t b : flat.order) {
        Bits pending = in[b];
        walk(flat.blocks[b], pending, nullptr);
        for (uint32_t s : flat.blocks[b].successors())
          for (size_t r = 0; r < pending.size(); ++r)
            if (pending[r] && !in[s][r])
              in[s][r] = changed = true;
      }
    }
    for (uint32_t b : flat.order)
      walk(flat.blocks[b], in[b], &touching);
    return touching;
  }

private:
  void numberRegisters() {
    for (const FlatInst &inst : flat.insts) {
      if (!isLoad(inst))
        continue;
      collectOperands(flat, inst, operands);
      for (uint32_t r : operands.writes)
        numbers.emplace(r, uint32_t(numbers.size()));
    }
  }

  void walk(const FlatBlock &block, Bits &pending, std::vector<bool> *touching) {
    for (uint32_t k = block.first; k < block.first + block.count; ++k) {
      const FlatInst &inst = flat.insts[k];
      if (isWait(inst))
        pending.assign(pending.size(), false);
      collectOperands(flat, inst, operands);
      if (touching != nullptr &&
          (isAnyPending(operands.reads, pending) || isAnyPending(operands.writes, pending)))
        (*touching)[k] = true;
      if (isLoad(inst))
        for (uint32_t r : operands.writes)
          pending[numbers[r]] = true;
    }
  }

  bool isAnyPending(const std::vector<uint32_t> &registers, const Bits &pending) const {
    for (uint32_t r : registers) {
      auto it = numbers.find(r);
      if (it != numbers.end() && pending[it->second])
        return true;
    }
    return false;
  }

  const Flat &flat;
  std::unordered_map<uint32_t, uint32_t> numbers;
  Operands operands;
};
} // namespace

std::vector<bool> findPendingTouches(const Flat &flat) { return PendingLoads(flat).run(); }

} // namespace azulejo::sim
