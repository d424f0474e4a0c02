// This file implements how the decoder turns operands into slots of the register file.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/Rounding.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

using namespace ptx;

namespace {
// Word 1 of the register file takes predicate results that nobody reads.
constexpr uint32_t kSinkPredicate = 4;

Type intOfBytes(unsigned bytes, bool isSigned) {
  switch (bytes) {
  case 1:
    return isSigned ? Type::S8 : Type::U8;
  case 2:
    return isSigned ? Type::S16 : Type::U16;
  case 4:
    return isSigned ? Type::S32 : Type::U32;
  default:
    return isSigned ? Type::S64 : Type::U64;
  }
}
} // namespace

Type Decoder::registerType(const Operand &op) const {
  return flat.registers[flat.registerOf(*current, op.index)].type;
}

bool Decoder::needByte(const Operand &op) {
  if (op.kind != Operand::Reg || typeBytes(registerType(op)) == 1)
    return true;
  return fail("operand has type ." + std::string(typeName(registerType(op))) +
              ", the form takes 8 bits");
}

unsigned Decoder::registerBytes(const Operand &op) const { return slotBytes(registerType(op)); }

uint32_t Decoder::scratch(unsigned bytes) {
  kernel->fileBytes = (kernel->fileBytes + 63) & ~63u;
  uint32_t slot = kernel->fileBytes;
  kernel->fileBytes += bytes * 32;
  return slot;
}

uint32_t Decoder::scratchPredicate() { return scratch(2); }

uint32_t Decoder::constant(unsigned bytes, uint64_t value) {
  if (bytes < 8)
    value &= (uint64_t{1} << (bytes * 8)) - 1;
  auto [it, isNew] = constants.emplace(std::make_pair(bytes, value), 0);
  if (isNew) {
    it->second = scratch(bytes);
    kernel->constants.push_back({it->second, static_cast<uint8_t>(bytes), value});
  }
  return it->second;
}

uint32_t Decoder::sharedConstant(unsigned bytes, uint64_t value) {
  auto [it, isNew] = sharedConstants.emplace(std::make_pair(bytes, value), 0);
  if (isNew) {
    it->second = scratch(bytes);
    kernel->sharedAddresses.push_back({it->second, static_cast<uint8_t>(bytes), value});
  }
  return it->second;
}

uint32_t Decoder::special(Special which, unsigned bytes) {
  auto [it, isNew] = specials.emplace(std::make_pair(static_cast<unsigned>(which), bytes), 0);
  if (isNew) {
    it->second = scratch(bytes);
    kernel->specials.push_back({it->second, static_cast<uint8_t>(bytes), which});
  }
  return it->second;
}

bool Decoder::specialOperand(const Operand &op, unsigned bytes, uint32_t &slot) {
  struct Row {
    std::string_view name;
    Special special;
    unsigned bytes;
  };
  static const Row kRows[] = {
      {"%tid.x", Special::TidX, 4},
      {"%tid.y", Special::TidY, 4},
      {"%tid.z", Special::TidZ, 4},
      {"%ntid.x", Special::NtidX, 4},
      {"%ntid.y", Special::NtidY, 4},
      {"%ntid.z", Special::NtidZ, 4},
      {"%ctaid.x", Special::CtaidX, 4},
      {"%ctaid.y", Special::CtaidY, 4},
      {"%ctaid.z", Special::CtaidZ, 4},
      {"%nctaid.x", Special::NctaidX, 4},
      {"%nctaid.y", Special::NctaidY, 4},
      {"%nctaid.z", Special::NctaidZ, 4},
      {"%laneid", Special::LaneId, 4},
      {"%warpid", Special::WarpId, 4},
      {"%nwarpid", Special::NwarpId, 4},
      {"%smid", Special::SmId, 4},
      {"%nsmid", Special::NsmId, 4},
      {"%gridid", Special::GridId, 8},
      {"%lanemask_eq", Special::LanemaskEq, 4},
      {"%lanemask_lt", Special::LanemaskLt, 4},
      {"%lanemask_le", Special::LanemaskLe, 4},
      {"%lanemask_gt", Special::LanemaskGt, 4},
      {"%lanemask_ge", Special::LanemaskGe, 4},
      {"%clusterid.x", Special::ClusterIdX, 4},
      {"%clusterid.y", Special::ClusterIdY, 4},
      {"%clusterid.z", Special::ClusterIdZ, 4},
      {"%nclusterid.x", Special::NclusterIdX, 4},
      {"%nclusterid.y", Special::NclusterIdY, 4},
      {"%nclusterid.z", Special::NclusterIdZ, 4},
      {"%cluster_ctaid.x", Special::ClusterCtaidX, 4},
      {"%cluster_ctaid.y", Special::ClusterCtaidY, 4},
      {"%cluster_ctaid.z", Special::ClusterCtaidZ, 4},
      {"%cluster_nctaid.x", Special::ClusterNctaidX, 4},
      {"%cluster_nctaid.y", Special::ClusterNctaidY, 4},
      {"%cluster_nctaid.z", Special::ClusterNctaidZ, 4},
      {"%cluster_ctarank", Special::ClusterCtarank, 4},
      {"%cluster_nctarank", Special::ClusterNctarank, 4},
      {"%dynamic_smem_size", Special::DynamicSmemSize, 4},
      {"%total_smem_size", Special::TotalSmemSize, 4},
      {"%envreg1", Special::GridWorkspaceHigh, 4},
      {"%envreg2", Special::GridWorkspaceLow, 4},
  };
  if (op.text == "WARP_SZ") {
    slot = constant(bytes, 32);
    return true;
  }
  for (const Row &row : kRows)
    if (row.name == op.text) {
      if (row.bytes != bytes)
        return fail("special register '" + std::string(op.text) + "' has " +
                    std::to_string(row.bytes * 8) + " bits, the form takes " +
                    std::to_string(bytes * 8));
      if (row.special == Special::GridWorkspaceHigh || row.special == Special::GridWorkspaceLow)
        kernel->usesGridWorkspace = kernel->isOrdered = true;
      slot = special(row.special, bytes);
      return true;
    }
  if (op.text.substr(0, 7) == "%envreg") {
    slot = constant(bytes, 0);
    return true;
  }
  return fail("unknown name '" + std::string(op.text) + "'");
}

bool Decoder::symbolAddress(const Operand &op, uint64_t &value, Space &space) {
  const Variable &variable = module.variables[op.index];
  space = variable.space;
  const Instance &instance = flat.instances[current->instance];
  if (auto local = instance.localOffsets.find(op.index); local != instance.localOffsets.end()) {
    space = Space::Local;
    value = local->second + op.bits;
    return true;
  }
  if (auto param = paramIndex.find(op.index); param != paramIndex.end()) {
    value = kernel->params[param->second].offset + op.bits;
    return true;
  }
  if (auto shared = sharedOffsets.find(op.index); shared != sharedOffsets.end()) {
    value = shared->second + op.bits;
    return true;
  }
  auto global = addresses.find(op.index);
  if (global == addresses.end())
    return fail("variable '" + std::string(variable.name) + "' is not defined in this module");
  value = global->second + op.bits;
  return true;
}

bool Decoder::immediate(const Operand &op, uint64_t &value) {
  if (op.kind != Operand::Int)
    return fail("expected an integer constant");
  value = op.bits;
  return true;
}

bool Decoder::source(const Operand &op, unsigned bytes, uint32_t &slot, bool isFloatForm) {
  switch (op.kind) {
  case Operand::Reg:
    if (op.negated)
      return fail("'!' is only allowed before a predicate");
    if (registerType(op) == Type::Pred || registerBytes(op) != bytes)
      return fail("operand has type ." + std::string(typeName(registerType(op))) +
                  ", the form takes " + std::to_string(bytes * 8) + " bits");
    slot = plan.offsets[flat.registerOf(*current, op.index)];
    return true;
  case Operand::Int:
    if (isFloatForm && bytes > 2)
      return fail("an integer constant where the form takes a float; write 0f or 0d");
    slot = constant(bytes, op.bits);
    return true;
  case Operand::F32:
    if (bytes != 4)
      return fail("a constant of 32 bits where the form takes " + std::to_string(bytes * 8));
    slot = constant(bytes, op.bits);
    return true;
  case Operand::F64: {
    uint64_t bits = op.bits;
    if (bytes == 4) {
      double wide;
      std::memcpy(&wide, &bits, 8);
      float narrow = static_cast<float>(wide);
      uint32_t word;
      std::memcpy(&word, &narrow, 4);
      bits = word;
    } else if (bytes != 8) {
      return fail("a constant of 64 bits where the form takes " + std::to_string(bytes * 8));
    }
    slot = constant(bytes, bits);
    return true;
  }
  case Operand::Symbol: {
    uint64_t value;
    Space space;
    if (!symbolAddress(op, value, space))
      return false;
    if (bytes < 4 || (bytes == 4 && (space == Space::Global || space == Space::Const)))
      return fail("the address of '" + std::string(module.variables[op.index].name) +
                  "' does not fit the operand");
    slot = space == Space::Shared ? sharedConstant(bytes, value) : constant(bytes, value);
    return true;
  }
  case Operand::Special:
    return specialOperand(op, bytes, slot);
  case Operand::Name:
    if (const ptx::Function *named = findFunction(module, op.text);
        named != nullptr && bytes == 8) {
      slot = constant(8, addressOf(module, *named));
      return true;
    }
    return fail("unknown name '" + std::string(op.text) + "'");
  default:
    return fail("expected a register or a constant");
  }
}

bool Decoder::result(const Operand &op, unsigned bytes, uint32_t &slot) {
  if (op.kind == Operand::Sink) {
    slot = scratch(bytes);
    return true;
  }
  if (op.kind != Operand::Reg)
    return fail("expected a register as the result");
  if (registerType(op) == Type::Pred || registerBytes(op) != bytes)
    return fail("result has type ." + std::string(typeName(registerType(op))) +
                ", the form gives " + std::to_string(bytes * 8) + " bits");
  slot = plan.offsets[flat.registerOf(*current, op.index)];
  return true;
}

// A constant predicate is a register of constant words.
bool Decoder::predicate(const Operand &op, uint32_t &slot) {
  if (op.kind == Operand::Int) {
    slot = constant(4, op.bits != 0 ? ~0u : 0);
    return true;
  }
  if (op.kind != Operand::Reg || registerType(op) != Type::Pred)
    return fail("expected a predicate");
  slot = plan.offsets[flat.registerOf(*current, op.index)];
  return true;
}

bool Decoder::predicateResult(const Operand &op, uint32_t &slot) {
  if (op.kind == Operand::Sink) {
    slot = kSinkPredicate;
    return true;
  }
  if (op.kind != Operand::Reg || registerType(op) != Type::Pred)
    return fail("expected a predicate as the result");
  slot = plan.offsets[flat.registerOf(*current, op.index)];
  return true;
}

bool Decoder::narrowSource(const Operand &op, Type type, uint32_t &slot) {
  unsigned bytes = slotBytes(type);
  if (op.kind != Operand::Reg || registerType(op) == Type::Pred || registerBytes(op) == bytes)
    return source(op, bytes, slot);
  if (registerBytes(op) < bytes)
    return fail("operand has type ." + std::string(typeName(registerType(op))) +
                ", the form takes " + std::to_string(bytes * 8) + " bits");
  if (registerBytes(op) > 8)
    return unsupported();
  slot = scratch(bytes);
  Inst &out = emitGuarded(
      isa.convert(intOfBytes(bytes, false), intOfBytes(registerBytes(op), false), kRoundNone, true),
      OpClass::Move);
  out.a = plan.offsets[flat.registerOf(*current, op.index)];
  out.d = slot;
  // The adjustment is no instruction of the program.
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Move)];
  return true;
}

bool Decoder::wideResult(const Operand &op, Type type, WideResult &wide) {
  unsigned bytes = slotBytes(type);
  if (op.kind != Operand::Reg || registerType(op) == Type::Pred || registerBytes(op) <= bytes)
    return result(op, bytes, wide.slot);
  if (registerBytes(op) > 8)
    return unsupported();
  wide.slot = scratch(bytes);
  wide.registerSlot = plan.offsets[flat.registerOf(*current, op.index)];
  wide.registerBytes = registerBytes(op);
  return true;
}

void Decoder::finishWide(const WideResult &wide, Type type) {
  if (wide.registerBytes == 0)
    return;
  Type from = intOfBytes(slotBytes(type), isSigned(type));
  Inst &out = emitGuarded(
      isa.convert(intOfBytes(wide.registerBytes, isSigned(type)), from, kRoundNone, true),
      OpClass::Move);
  out.a = wide.slot;
  out.d = wide.registerSlot;
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Move)];
}

// Inst::flags bit 0 says that the address register has 64 bits.
bool Decoder::address(const Operand &op, Space &space, Inst &into) {
  if (op.kind != Operand::Address || op.subs.empty())
    return fail("expected an address in brackets");
  const Operand &base = op.subs[0];
  into.imm = static_cast<int64_t>(op.bits);
  if (base.kind == Operand::Reg) {
    unsigned bytes = registerBytes(base);
    bool is64Only = space == Space::Global || space == Space::Generic || space == Space::Const;
    if (registerType(base) == Type::Pred || bytes < 4 || bytes > 8 || (is64Only && bytes != 8))
      return fail("address register has type ." + std::string(typeName(registerType(base))));
    into.a = plan.offsets[flat.registerOf(*current, base.index)];
    into.flags |= bytes == 8 ? 1 : 0;
    return true;
  }
  uint64_t value = base.bits;
  Space own = Space::Generic;
  if (base.kind == Operand::Symbol) {
    if (!symbolAddress(base, value, own))
      return false;
    bool isShared =
        own == Space::Shared && (space == Space::Shared || space == Space::SharedCluster);
    if (space == Space::Generic) {
      value += own == Space::Shared  ? kSharedWindow
               : own == Space::Local ? kLocalWindow
               : own == Space::Param ? kParamWindow
                                     : 0;
    } else if (own == Space::Local && space == Space::Param) {
      space = Space::Local; // a .param variable of a call
    } else if (own != space && !isShared) {
      return fail("variable '" + std::string(module.variables[base.index].name) + "' is in ." +
                  spaceName(own) + ", the instruction accesses ." + spaceName(space));
    }
  }
  into.a = own == Space::Shared ? sharedConstant(8, value) : constant(8, value);
  into.flags |= 1;
  return true;
}

} // namespace azulejo::sim
