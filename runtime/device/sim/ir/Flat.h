// This file defines the flattened form of a kernel: its instructions with all calls inlined, in the
// order in which blocks execute, and the sharing of register slots.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_FLAT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_FLAT_H

#include "ptx/Ast.h"

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace azulejo::sim {

// One inlined body: where its registers and labels start, and where its .param and .local variables
// are in local memory.
struct Instance {
  const ptx::Function *function = nullptr;
  uint32_t registerBase = 0, labelBase = 0;
  uint32_t returnLabel = ptx::kNone; // where `ret` goes; kNone: it exits
  std::unordered_map<uint32_t, uint32_t> localOffsets;
};

struct FlatInst {
  const ptx::Instruction *source = nullptr; // null: a jump to `label`
  uint32_t instance = 0;
  uint32_t label = ptx::kNone;
};

enum class BlockEnd : uint8_t { Fall, Branch, Indexed, Exit };

struct FlatBlock {
  uint32_t first = 0, count = 0; // flat instructions
  BlockEnd end = BlockEnd::Fall;
  uint32_t next = ptx::kNone;    // the block that follows, by number
  std::vector<uint32_t> targets; // branch targets
  std::vector<uint32_t> successors() const;
};

struct Flat {
  const ptx::Module *module = nullptr;
  const ptx::Function *function = nullptr;
  std::vector<Instance> instances;
  std::vector<FlatInst> insts;
  std::vector<uint32_t> labels; // flat index
  std::vector<ptx::Register> registers;
  std::deque<ptx::Instruction> made; // instructions that the text has not: calls are made of them
  std::vector<FlatBlock> blocks;
  std::vector<uint32_t> order; // block numbers in the order of execution; order[0] is the entry
  uint32_t localBytes = 0;

  uint32_t registerOf(const FlatInst &inst, uint32_t index) const {
    return instances[inst.instance].registerBase + index;
  }
};

// What an instruction does to control flow, by its opcode.
bool isBranch(const ptx::Instruction &inst);
bool isIndexedBranch(const ptx::Instruction &inst);
bool isReturn(const ptx::Instruction &inst);
bool isExit(const ptx::Instruction &inst); // exit and trap
// Instructions at which groups of lanes wait for each other: they start and end a block.
bool isSyncPoint(const ptx::Instruction &inst);

// The function of that name that has a body; null if there is none.
const ptx::Function *findFunction(const ptx::Module &module, std::string_view name);
// What a function's address is to the program: in no window of memory.
uint64_t addressOf(const ptx::Module &module, const ptx::Function &function);
// Whether it is a function that the driver provides: vprintf and __assertfail.
bool isSystemCall(const ptx::Instruction &inst);

// Inlines all calls of `function`. Returns false and sets `error` where a call cannot be inlined.
bool flatten(const ptx::Module &module, const ptx::Function &function, Flat &flat,
             std::string &error);
// Cuts the instructions into blocks and orders them so that lanes that wait for others at a join
// are always ahead of those others.
bool orderBlocks(Flat &flat, std::string &error);

// The registers that an instruction writes (the first `defs` of the list) and reads.
struct Operands {
  std::vector<uint32_t> writes, reads;
};
void collectOperands(const Flat &flat, const FlatInst &inst, Operands &operands);

// Slots of the register file, by flat register; registers that are never live together share one.
struct SlotPlan {
  std::vector<uint32_t> offsets;
  uint32_t bytes = 0;
  std::vector<uint32_t> liveAtEntry; // registers that may be read before they are written
};
SlotPlan planSlots(const Flat &flat);

// By flat instruction: whether it may read or write a register of a tcgen05.ld before its wait.
std::vector<bool> findPendingTouches(const Flat &flat);

// "module:line:column: reason: 'text'"
std::string instructionError(const ptx::Module &module, const ptx::Instruction &inst,
                             const std::string &reason);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_FLAT_H
