// This file implements the frame of the decoder: layout, blocks and errors.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

namespace {
constexpr uint32_t kMaxFileBytes = 4u << 20;           // registers of a warp
constexpr uint32_t kMaxLocalBytes = (512u << 10) + 64; // as on hardware, and what is kept free
constexpr uint64_t kMaxLivenessBytes = uint64_t{256} << 20;
} // namespace

Modifiers::Modifiers(std::string_view opcode) {
  for (size_t start = 0; start <= opcode.size();) {
    size_t dot = opcode.find('.', start);
    size_t end = dot == std::string_view::npos ? opcode.size() : dot;
    parts.push_back(opcode.substr(start, end - start));
    start = end + 1;
  }
}

bool Modifiers::accept(std::string_view text) {
  if (at >= parts.size() || parts[at] != text)
    return false;
  ++at;
  return true;
}

bool Modifiers::take(std::string_view text) {
  auto it = std::find(parts.begin() + static_cast<long>(at), parts.end(), text);
  if (it == parts.end())
    return false;
  parts.erase(it);
  return true;
}

std::string_view Modifiers::takePrefixed(std::string_view start) {
  for (size_t i = at; i < parts.size(); ++i)
    if (parts[i].substr(0, start.size()) == start) {
      std::string_view found = parts[i];
      parts.erase(parts.begin() + static_cast<long>(i));
      return found;
    }
  return {};
}

Type Modifiers::acceptType() {
  Type type = at < parts.size() ? parseType(parts[at]) : Type::None;
  if (type != Type::None)
    ++at;
  return type;
}

bool Decoder::fail(const std::string &reason) {
  if (error.empty())
    error = inst != nullptr ? instructionError(module, *inst, reason) : module.name + ": " + reason;
  return false;
}

bool Decoder::unsupported() {
  return fail("instruction form '" + std::string(inst->opcode) +
              "' is not implemented by the simulator");
}

bool Decoder::need(size_t least, size_t most) {
  size_t count = inst->ops.size();
  if (count >= least && count <= std::max(least, most))
    return true;
  return fail("expected " + std::to_string(least) +
              (most > least ? " to " + std::to_string(most) : "") + " operands, got " +
              std::to_string(count));
}

Inst &Decoder::emit(Handler fn, OpClass opClass) {
  kernel->code.emplace_back();
  Inst &out = kernel->code.back();
  out.fn = fn;
  out.block = position;
  out.id = static_cast<uint32_t>(kernel->info.size());
  kernel->info.push_back({inst, opClass, inst != nullptr ? form : nullptr});
  ++kernel->blocks[position].classCounts[static_cast<unsigned>(opClass)];
  return out;
}

Inst &Decoder::emitGuarded(Handler fn, OpClass opClass) {
  Inst &out = emit(fn, opClass);
  if (inst->guard != kNone) {
    out.guard = plan.offsets[flat.registerOf(*current, inst->guard)];
    out.guardNegated = inst->guardNegated;
  }
  return out;
}

uint32_t *Decoder::list(size_t count) {
  kernel->operandLists.push_back(std::make_unique<uint32_t[]>(count));
  return kernel->operandLists.back().get();
}

bool Decoder::layOutParams() {
  uint64_t at = 0;
  for (uint32_t v : function.params) {
    const Variable &variable = module.variables[v];
    at = (at + variable.align - 1) & ~(variable.align - 1);
    paramIndex[v] = static_cast<uint32_t>(kernel->params.size());
    kernel->params.push_back({std::string(variable.name), static_cast<uint32_t>(at),
                              static_cast<uint32_t>(variable.bytes),
                              static_cast<uint32_t>(variable.align)});
    at += variable.bytes;
    if (at > 32764)
      return fail("kernel '" + std::string(function.name) +
                  "' has more than 32764 bytes of parameters");
  }
  kernel->paramBytes = static_cast<uint32_t>(at);
  return true;
}

void Decoder::collectShared(const Operand &op, std::set<uint32_t> &used) const {
  if (op.kind == Operand::Symbol && module.variables[op.index].space == Space::Shared)
    used.insert(op.index);
  for (const Operand &sub : op.subs)
    collectShared(sub, used);
}

// Static variables in the order of declaration, with a gap behind each, then the dynamic part.
bool Decoder::layOutShared() {
  std::set<uint32_t> used;
  for (const FlatInst &flatInst : flat.insts)
    if (flatInst.source != nullptr)
      for (const Operand &op : flatInst.source->ops)
        collectShared(op, used);
  uint64_t window = kSharedBase, counted = 0, dynamicAlign = 16;
  for (uint32_t v : used) {
    const Variable &variable = module.variables[v];
    if (variable.isExtern) {
      dynamicAlign = std::max(dynamicAlign, variable.align);
      continue;
    }
    uint64_t bytes = std::max<uint64_t>(variable.bytes, 1);
    counted = ((counted + variable.align - 1) & ~(variable.align - 1)) + bytes;
    window = (window + variable.align - 1) & ~(variable.align - 1);
    if (counted > 49152)
      return fail("kernel '" + std::string(function.name) +
                  "' has more than 49152 bytes of static shared memory");
    sharedOffsets[v] = static_cast<uint32_t>(window);
    kernel->shared.push_back({std::string(variable.name), static_cast<uint32_t>(window),
                              static_cast<uint32_t>(bytes), false});
    window += bytes + kSharedGap;
  }
  kernel->staticShared = static_cast<uint32_t>(counted);
  window = (window + dynamicAlign - 1) & ~(dynamicAlign - 1);
  kernel->dynamicShared = kernel->sharedEnd = static_cast<uint32_t>(window);
  for (uint32_t v : used) {
    if (!module.variables[v].isExtern)
      continue;
    sharedOffsets[v] = kernel->dynamicShared;
    bool isFirst = kernel->shared.empty() || !kernel->shared.back().isDynamic;
    if (isFirst)
      kernel->shared.push_back(
          {std::string(module.variables[v].name), kernel->dynamicShared, 0, true});
  }
  return true;
}

// What a short text may make large.
bool Decoder::checkSize() {
  if (kernel->localBytes > kMaxLocalBytes)
    return fail("kernel '" + kernel->name + "' needs more than 512 KiB of local memory per thread");
  uint64_t liveness = uint64_t{flat.blocks.size()} * (flat.registers.size() / 64 + 1) * 8;
  if (liveness > kMaxLivenessBytes)
    return fail("kernel '" + kernel->name + "' is too large: it has " +
                std::to_string(flat.blocks.size()) + " blocks and " +
                std::to_string(flat.registers.size()) + " registers");
  return true;
}

std::unique_ptr<Kernel> Decoder::run() {
  kernel = std::make_unique<Kernel>();
  kernel->name = std::string(function.name);
  kernel->function = &function;
  std::copy(function.requiredThreads, function.requiredThreads + 3, kernel->requiredThreads);
  std::copy(function.maxThreads, function.maxThreads + 3, kernel->maxThreads);
  std::copy(function.requiredCluster, function.requiredCluster + 3, kernel->requiredCluster);
  kernel->maxClusterRank = function.maxClusterRank;
  kernel->needsCluster = function.isExplicitCluster;
  if (!flatten(module, function, flat, error) || !orderBlocks(flat, error))
    return nullptr;
  kernel->localBytes = (flat.localBytes + 15) & ~15u;
  if (!checkSize())
    return nullptr;
  plan = planSlots(flat);
  pendingTouches = findPendingTouches(flat);
  if (options.checksRaces)
    numberWgmmaRegisters();
  kernel->fileBytes = plan.bytes;
  if (!layOutParams() || !layOutShared())
    return nullptr;
  positionOf.assign(flat.blocks.size(), kNone);
  for (uint32_t i = 0; i < flat.order.size(); ++i)
    positionOf[flat.order[i]] = i;
  kernel->blocks.resize(flat.order.size());
  for (position = 0; position < flat.order.size(); ++position)
    if (!decodeBlock(position))
      return nullptr;
  patchTargets();
  markPoison(plan);
  if (kernel->fileBytes > kMaxFileBytes) {
    inst = nullptr;
    fail("kernel '" + kernel->name + "' needs more than 4 MiB of registers per warp");
    return nullptr;
  }
  kernel->made = std::move(flat.made);
  return std::move(kernel);
}

void Decoder::markPoison(const SlotPlan &slots) {
  for (uint32_t r : slots.liveAtEntry) {
    Type type = flat.registers[r].type;
    kernel->poison.emplace_back(slots.offsets[r], type == Type::Pred ? 4 : slotBytes(type) * 32);
  }
}

bool Decoder::decodeBlock(uint32_t at) {
  const FlatBlock &block = flat.blocks[flat.order[at]];
  kernel->blocks[at].first = static_cast<uint32_t>(kernel->code.size());
  const FlatInst *last = nullptr;
  bool endsInSource = false;
  for (uint32_t k = 0; k < block.count; ++k) {
    current = &flat.insts[block.first + k];
    inst = current->source;
    last = current;
    if (inst == nullptr)
      continue;
    if (pendingTouches[block.first + k])
      emitPendingCheck();
    endsInSource = isBranch(*inst) || isIndexedBranch(*inst) || isReturn(*inst) || isExit(*inst);
    // What starts a block by waiting stays its first instruction.
    bool isSync = isSyncPoint(*inst);
    if (!wgmmaNumbers.empty() && !isSync)
      emitWgmmaCheck();
    if (!findRow() || !decode())
      return false;
    if (!wgmmaNumbers.empty() && isSync)
      emitWgmmaCheck();
  }
  if (!decodeEnd(block, last, endsInSource))
    return false;
  kernel->blocks[at].count = static_cast<uint32_t>(kernel->code.size()) - kernel->blocks[at].first;
  return true;
}

// The registers that the instruction touches are compared, when it runs, with those of loads from
// tensor memory that are under way.
void Decoder::emitPendingCheck() {
  Operands operands;
  collectOperands(flat, *current, operands);
  operands.reads.insert(operands.reads.end(), operands.writes.begin(), operands.writes.end());
  uint32_t *slots = list(operands.reads.size());
  for (size_t r = 0; r < operands.reads.size(); ++r)
    slots[r] = plan.offsets[operands.reads[r]];
  Inst &out = emitGuarded(tcgen05TouchPending, OpClass::Other);
  out.ops = slots;
  out.imm = static_cast<int64_t>(operands.reads.size());
  // The check is no instruction of the program.
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Other)];
}

// Only checks: what ends a block is emitted by decodeEnd().
bool Decoder::decodeControl() {
  if (isSystemCall(*inst))
    return decodeSystemCall();
  return need(isBranch(*inst) ? 1 : (isIndexedBranch(*inst) ? 2 : 0));
}

// flatten() has checked what is passed.
bool Decoder::decodeSystemCall() {
  bool isPrint = false;
  std::vector<uint32_t> places;
  const Instance &instance = flat.instances[current->instance];
  auto append = [&](const Operand &listed) {
    for (const Operand &variable : listed.subs)
      places.push_back(instance.localOffsets.at(variable.index));
  };
  // The arguments first, then the result.
  const Operand *results = nullptr;
  for (const Operand &op : inst->ops) {
    if (op.kind == Operand::Name)
      isPrint = op.text == "vprintf";
    else if (op.kind == Operand::List && &op == &inst->ops[0])
      results = &op;
    else if (op.kind == Operand::List)
      append(op);
  }
  if (results != nullptr)
    append(*results);
  // Text comes in the order of the CTAs.
  kernel->isOrdered |= isPrint;
  uint32_t *operands = list(places.size());
  std::copy(places.begin(), places.end(), operands);
  Inst &out = emitGuarded(isPrint ? printText : failAssertion, OpClass::Control);
  out.ops = operands;
  return true;
}

// Targets are block numbers until patchTargets() makes them instruction indices.
bool Decoder::decodeEnd(const FlatBlock &block, const FlatInst *last, bool endsInSource) {
  current = last;
  inst = endsInSource ? last->source : nullptr;
  if (block.end == BlockEnd::Exit) {
    bool isTrap = inst != nullptr && inst->opcode == "trap";
    Inst &out =
        inst != nullptr ? emitGuarded(nullptr, OpClass::Control) : emit(nullptr, OpClass::Other);
    out.flow = isTrap ? Flow::Trap : Flow::Exit;
    out.target = block.next;
    return true;
  }
  if (block.end == BlockEnd::Branch) {
    Inst &out = emitGuarded(nullptr, OpClass::Control);
    out.flow = Flow::Branch;
    out.target = block.targets[0];
    out.imm = block.next;
    return true;
  }
  if (block.end == BlockEnd::Indexed) {
    uint32_t index;
    if (!source(inst->ops[0], 4, index))
      return false;
    uint32_t *targets = list(block.targets.size());
    std::copy(block.targets.begin(), block.targets.end(), targets);
    Inst &out = emit(nullptr, OpClass::Control);
    out.flow = Flow::BranchIndexed;
    out.a = index;
    out.imm = static_cast<int64_t>(block.targets.size());
    out.ops = targets;
    return true;
  }
  Inst &out = emit(nullptr, inst != nullptr ? OpClass::Control : OpClass::Other);
  // A fall-through is no instruction of the program.
  if (inst == nullptr)
    --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Other)];
  out.flow = Flow::Fall;
  out.target = block.next;
  return true;
}

void Decoder::patchTargets() {
  auto firstOf = [&](uint32_t block) { return kernel->blocks[positionOf[block]].first; };
  for (Inst &out : kernel->code) {
    if (out.flow == Flow::Fall || out.flow == Flow::Branch)
      out.target = firstOf(out.target);
    if (out.flow == Flow::Branch)
      out.imm = firstOf(static_cast<uint32_t>(out.imm));
    if ((out.flow == Flow::Exit || out.flow == Flow::Trap) && out.target != kNone)
      out.target = firstOf(out.target);
    if (out.flow == Flow::BranchIndexed)
      for (int64_t t = 0; t < out.imm; ++t)
        const_cast<uint32_t *>(out.ops)[t] = firstOf(out.ops[t]);
  }
}

std::unique_ptr<Kernel> decodeKernel(const Module &module, const Function &function,
                                     const VariableAddresses &addresses,
                                     const DecodeOptions &options, std::string &error) {
  return Decoder(module, function, addresses, options, error).run();
}

} // namespace azulejo::sim
