// This file gives registers their slots in the register file, by liveness.
#include "ir/Flat.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

namespace {

void addRegisters(const Flat &flat, const FlatInst &inst, const Operand &op,
                  std::vector<uint32_t> &out) {
  if (op.kind == Operand::Reg)
    out.push_back(flat.registerOf(inst, op.index));
  if (op.pair != kNone)
    out.push_back(flat.registerOf(inst, op.pair));
  for (const Operand &sub : op.subs)
    addRegisters(flat, inst, sub, out);
}

bool startsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Whether the first operand is a result. Instructions that start with an address have none.
bool writesFirst(const Instruction &inst) {
  if (inst.ops.empty())
    return false;
  const Operand &first = inst.ops[0];
  if (first.kind != Operand::Reg && first.kind != Operand::Vector && first.kind != Operand::Sink)
    return false;
  std::string_view op = inst.opcode;
  if (startsWith(op, "barrier.") || startsWith(op, "bar."))
    return startsWith(op, "bar.red") || startsWith(op, "barrier.red") ||
           startsWith(op, "barrier.cta.red");
  for (std::string_view start :
       {"brx.", "nanosleep", "pmevent", "wgmma.mma_async", "cp.", "call", "tcgen05.dealloc"})
    if (startsWith(op, start))
      return startsWith(op, "wgmma.mma_async");
  return true;
}
} // namespace

void collectOperands(const Flat &flat, const FlatInst &inst, Operands &operands) {
  operands.writes.clear();
  operands.reads.clear();
  if (inst.source == nullptr)
    return;
  const Instruction &source = *inst.source;
  size_t firstRead = 0;
  if (writesFirst(source)) {
    addRegisters(flat, inst, source.ops[0], operands.writes);
    firstRead = 1;
    // wgmma accumulates; and a guarded write leaves what was there.
    if (startsWith(source.opcode, "wgmma.mma_async") || source.guard != kNone)
      operands.reads = operands.writes;
  }
  for (size_t i = firstRead; i < source.ops.size(); ++i)
    addRegisters(flat, inst, source.ops[i], operands.reads);
  if (source.guard != kNone)
    operands.reads.push_back(flat.registerOf(inst, source.guard));
}

namespace {

class BitMatrix {
public:
  BitMatrix(size_t rows, size_t columns) : words((columns + 63) / 64), bits(rows * words) {}
  uint64_t *row(size_t r) { return bits.data() + r * words; }
  size_t words;

private:
  std::vector<uint64_t> bits;
};

struct Interval {
  uint32_t first = ~0u, last = 0;
  void include(uint32_t at) {
    first = std::min(first, at);
    last = std::max(last, at);
  }
};

unsigned fileBytes(Type type) { return type == Type::Pred ? 4 : slotBytes(type) * 32; }

// Registers that asynchronous instructions write later than they are issued keep their slot.
bool isPinned(const Instruction &inst) {
  return startsWith(inst.opcode, "wgmma.mma_async") || startsWith(inst.opcode, "tcgen05.ld");
}

class SlotPlanner {
public:
  explicit SlotPlanner(const Flat &flat)
      : flat(flat), liveIn(flat.order.size(), flat.registers.size()),
        written(flat.order.size(), flat.registers.size()), intervals(flat.registers.size()),
        pinned(flat.registers.size()) {}

  SlotPlan run() {
    position.assign(flat.blocks.size(), kNone);
    for (uint32_t i = 0; i < flat.order.size(); ++i)
      position[flat.order[i]] = i;
    scanBlocks();
    propagate();
    makeIntervals();
    return assign();
  }

private:
  void scanBlocks() {
    Operands operands;
    for (uint32_t i = 0; i < flat.order.size(); ++i) {
      const FlatBlock &block = flat.blocks[flat.order[i]];
      uint64_t *in = liveIn.row(i), *out = written.row(i);
      for (uint32_t k = 0; k < block.count; ++k) {
        const FlatInst &inst = flat.insts[block.first + k];
        collectOperands(flat, inst, operands);
        for (uint32_t r : operands.reads)
          if (((out[r / 64] >> (r % 64)) & 1) == 0)
            in[r / 64] |= uint64_t{1} << (r % 64);
        for (uint32_t r : operands.writes)
          out[r / 64] |= uint64_t{1} << (r % 64);
        if (inst.source != nullptr && isPinned(*inst.source))
          for (uint32_t r : operands.writes)
            pinned[r] = true;
      }
    }
  }

  void propagate() {
    for (bool changed = true; changed;) {
      changed = false;
      for (uint32_t i = static_cast<uint32_t>(flat.order.size()); i-- > 0;) {
        uint64_t *in = liveIn.row(i), *kills = written.row(i);
        for (uint32_t s : flat.blocks[flat.order[i]].successors()) {
          const uint64_t *from = liveIn.row(position[s]);
          for (size_t w = 0; w < liveIn.words; ++w) {
            uint64_t add = from[w] & ~kills[w] & ~in[w];
            in[w] |= add;
            changed |= add != 0;
          }
        }
      }
    }
  }

  void makeIntervals() {
    Operands operands;
    uint32_t at = 0;
    for (uint32_t i = 0; i < flat.order.size(); ++i) {
      const FlatBlock &block = flat.blocks[flat.order[i]];
      includeRow(liveIn.row(i), at);
      for (uint32_t k = 0; k < block.count; ++k, at += 2) {
        collectOperands(flat, flat.insts[block.first + k], operands);
        for (uint32_t r : operands.reads)
          intervals[r].include(at);
        for (uint32_t r : operands.writes)
          intervals[r].include(at + 1);
      }
      for (uint32_t s : block.successors())
        includeRow(liveIn.row(position[s]), at);
    }
    end = at;
  }

  void includeRow(const uint64_t *row, uint32_t at) {
    for (size_t w = 0; w < liveIn.words; ++w)
      for (uint64_t bits = row[w]; bits != 0; bits &= bits - 1)
        intervals[w * 64 + static_cast<unsigned>(__builtin_ctzll(bits))].include(at);
  }

  SlotPlan assign() {
    SlotPlan plan;
    plan.offsets.assign(flat.registers.size(), 0);
    const uint64_t *entry = liveIn.row(0);
    for (uint32_t r = 0; r < flat.registers.size(); ++r)
      if ((entry[r / 64] >> (r % 64)) & 1)
        plan.liveAtEntry.push_back(r);
    // Predicates first: word 0 holds the carry flags, word 1 takes results nobody reads.
    plan.bytes = 8;
    assignClass(plan, 4);
    plan.bytes = (plan.bytes + 63) & ~63u;
    for (unsigned bytes : {64u, 128u, 256u, 512u})
      assignClass(plan, bytes);
    return plan;
  }

  // Linear scan: a slot is free again where the interval of its register has ended.
  void assignClass(SlotPlan &plan, unsigned bytes) {
    std::vector<uint32_t> members;
    for (uint32_t r = 0; r < flat.registers.size(); ++r) {
      if (fileBytes(flat.registers[r].type) != bytes || intervals[r].first == ~0u)
        continue;
      if (pinned[r])
        intervals[r] = {0, end};
      members.push_back(r);
    }
    std::sort(members.begin(), members.end(), [&](uint32_t a, uint32_t b) {
      return intervals[a].first != intervals[b].first ? intervals[a].first < intervals[b].first
                                                      : a < b;
    });
    std::vector<std::pair<uint32_t, uint32_t>> busy; // heap of (end, offset)
    std::vector<uint32_t> free;
    auto later = [](const auto &a, const auto &b) { return a.first > b.first; };
    for (uint32_t r : members) {
      while (!busy.empty() && busy.front().first < intervals[r].first) {
        std::pop_heap(busy.begin(), busy.end(), later);
        free.push_back(busy.back().second);
        busy.pop_back();
      }
      if (free.empty()) {
        free.push_back(plan.bytes);
        plan.bytes += bytes;
      }
      plan.offsets[r] = free.back();
      free.pop_back();
      busy.emplace_back(intervals[r].last, plan.offsets[r]);
      std::push_heap(busy.begin(), busy.end(), later);
    }
  }

  const Flat &flat;
  BitMatrix liveIn, written;
  std::vector<Interval> intervals;
  std::vector<bool> pinned;
  std::vector<uint32_t> position;
  uint32_t end = 0;
};
} // namespace

SlotPlan planSlots(const Flat &flat) { return SlotPlanner(flat).run(); }

} // namespace azulejo::sim
