// This file puts checks of the registers of wgmma between the instructions of a kernel.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
bool isWgmma(const Instruction &inst) { return inst.opcode.substr(0, 15) == "wgmma.mma_async"; }

void collect(const Flat &flat, const FlatInst &inst, const Operand &op,
             std::vector<uint32_t> &out) {
  if (op.kind == Operand::Reg)
    out.push_back(flat.registerOf(inst, op.index));
  for (const Operand &sub : op.subs)
    collect(flat, inst, sub, out);
}

// Accumulators, and fragments of A where they are in registers.
WgmmaUse useOf(const Flat &flat, const FlatInst &inst) {
  WgmmaUse use;
  collect(flat, inst, inst.source->ops[0], use.accumulators);
  if (inst.source->ops.size() > 1 && inst.source->ops[1].kind == Operand::Vector)
    collect(flat, inst, inst.source->ops[1], use.inputs);
  return use;
}
} // namespace

void Decoder::numberWgmmaRegisters() {
  for (const FlatInst &flatInst : flat.insts) {
    if (flatInst.source == nullptr || !isWgmma(*flatInst.source) || flatInst.source->ops.empty())
      continue;
    WgmmaUse use = useOf(flat, flatInst);
    for (const std::vector<uint32_t> &registers : {use.accumulators, use.inputs})
      for (uint32_t r : registers)
        wgmmaNumbers.emplace(r, uint32_t(wgmmaNumbers.size()));
  }
  kernel->wgmmaRegisters = uint32_t(wgmmaNumbers.size());
}

void Decoder::noteWgmmaUse(Inst &out) {
  WgmmaUse use = useOf(flat, *current);
  for (std::vector<uint32_t> *registers : {&use.accumulators, &use.inputs})
    for (uint32_t &r : *registers)
      r = wgmmaNumbers[r];
  out.d = uint32_t(kernel->wgmmaUses.size());
  kernel->wgmmaUses.push_back(std::move(use));
}

void Decoder::emitWgmmaCheck() {
  if (isWgmma(*inst))
    return;
  Operands operands;
  collectOperands(flat, *current, operands);
  std::vector<uint32_t> touched;
  auto add = [&](const std::vector<uint32_t> &registers, uint32_t isWrite) {
    for (uint32_t r : registers)
      if (auto it = wgmmaNumbers.find(r); it != wgmmaNumbers.end())
        touched.push_back(it->second * 2 + isWrite);
  };
  add(operands.reads, 0);
  add(operands.writes, 1);
  if (touched.empty())
    return;
  uint32_t *slots = list(touched.size());
  std::copy(touched.begin(), touched.end(), slots);
  Inst &out = emitGuarded(wgmmaTouch, OpClass::Other);
  out.ops = slots;
  out.imm = static_cast<int64_t>(touched.size());
  // The check is no instruction of the program.
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Other)];
}

} // namespace azulejo::sim
