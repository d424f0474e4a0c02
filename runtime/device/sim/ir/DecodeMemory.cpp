// This file decodes loads, stores, atomics and address conversions.
#include "ir/Decoder.h"

#include "check/RaceCheck.h"
#include "exec/Handlers.h"
#include "exec/Rounding.h"
#include "ir/Forms.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
bool acceptSpace(Modifiers &mods, Space &space) {
  struct Row {
    std::string_view name;
    Space space;
  };
  static const Row kRows[] = {
      {"global", Space::Global},      {"shared", Space::Shared},
      {"shared::cta", Space::Shared}, {"shared::cluster", Space::SharedCluster},
      {"local", Space::Local},        {"const", Space::Const},
      {"param", Space::Param},        {"param::entry", Space::Param},
      {"param::func", Space::Param},
  };
  for (const Row &row : kRows)
    if (mods.accept(row.name)) {
      space = row.space;
      return true;
    }
  return false;
}

// Cache hints change speed only.
void takeCacheHints(Modifiers &mods) {
  for (std::string_view hint : {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "nc"})
    mods.take(hint);
  while (!mods.takePrefixed("L1::").empty())
    continue;
  while (!mods.takePrefixed("L2::").empty())
    continue;
}

// Returns how the access orders others: a set of kStrong, kAcquires, kReleases and kCtaScope.
unsigned takeOrder(Modifiers &mods) {
  struct Row {
    std::string_view name;
    unsigned order;
  };
  static const Row kRows[] = {{"volatile", kStrong},
                              {"relaxed", kStrong},
                              {"acquire", kStrong | kAcquires},
                              {"release", kStrong | kReleases},
                              {"acq_rel", kStrong | kAcquires | kReleases},
                              {"mmio", kStrong},
                              {"weak", 0}};
  unsigned order = 0;
  for (const Row &row : kRows)
    order |= mods.take(row.name) ? row.order : 0;
  for (std::string_view scope : {"cluster", "gpu", "sys"})
    mods.take(scope);
  return order | (mods.take("cta") ? kCtaScope : 0);
}
} // namespace

bool Decoder::memoryModifiers(Modifiers &mods, Space &space, Type &type, unsigned &lanes,
                              unsigned &order) {
  mods.next();
  order = takeOrder(mods);
  takeCacheHints(mods);
  space = Space::Generic;
  acceptSpace(mods, space);
  if (order != 0 && (space == Space::Global || space == Space::Generic))
    kernel->isOrdered = true;
  lanes = mods.accept("v2") ? 2 : (mods.accept("v4") ? 4 : (mods.accept("v8") ? 8 : 1));
  type = mods.acceptType();
  bool isKnown = type != Type::None && type != Type::Pred &&
                 (typeBytes(type) <= 8 || (type == Type::B128 && lanes == 1));
  return (isKnown && mods.done()) || unsupported();
}

// A parameter at a fixed place is the same for all lanes: it lives in a slot that the launch fills.
bool Decoder::decodeParamLoad(Type type, unsigned lanes, const Operand &from) {
  const Operand &to = inst->ops[0];
  const Param &param = kernel->params[paramIndex[from.subs[0].index]];
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const Operand &target = lanes == 1 ? to : to.subs[lane];
    uint64_t offset = from.bits + lane * typeBytes(type);
    if (offset + typeBytes(type) > param.bytes)
      return fail("the load reaches past parameter '" + param.name + "' of " +
                  std::to_string(param.bytes) + " bytes");
    if (offset % typeBytes(type) != 0)
      return fail("the load from parameter '" + param.name + "' is not aligned");
    if (target.kind == Operand::Sink)
      continue;
    if (target.kind != Operand::Reg || registerType(target) == Type::Pred ||
        registerBytes(target) > 8 || registerBytes(target) < typeBytes(type))
      return fail("the result does not fit its register");
    unsigned bytes = registerBytes(target);
    uint64_t at = param.offset + offset;
    uint64_t key = at << 16 | uint64_t(isSigned(type)) << 15 | typeBytes(type) << 8 | bytes;
    auto [it, isNew] = paramSlots.emplace(key, 0);
    if (isNew) {
      it->second = scratch(bytes);
      kernel->paramSlots.push_back({it->second, static_cast<uint8_t>(bytes),
                                    static_cast<uint8_t>(typeBytes(type)), isSigned(type),
                                    static_cast<uint32_t>(at)});
    }
    const char *move = bytes == 2 ? "mov.b16" : (bytes == 4 ? "mov.b32" : "mov.b64");
    Inst &out = emitGuarded(isa.alu[findAluForm(move)->id], OpClass::Load);
    out.d = plan.offsets[flat.registerOf(*current, target.index)];
    out.a = it->second;
  }
  return true;
}

bool Decoder::decodeLoad() {
  Modifiers mods(inst->opcode);
  Space space;
  Type type;
  unsigned lanes;
  unsigned order;
  // A trailing cache-policy operand has no effect.
  if (!memoryModifiers(mods, space, type, lanes, order) || !need(2, 3))
    return false;
  if (type == Type::B128)
    return decodeLoad128(space, order);
  // One register may stand in braces too.
  const Operand &listed = inst->ops[0], &from = inst->ops[1];
  const Operand &to = lanes == 1 && listed.subs.size() == 1 && listed.kind == Operand::Vector
                          ? listed.subs[0]
                          : listed;
  if (lanes > 1 && (to.kind != Operand::Vector || to.subs.size() != lanes))
    return fail("expected a vector of " + std::to_string(lanes) + " registers");
  if (from.kind != Operand::Address || from.subs.empty())
    return fail("expected an address in brackets");
  if (space == Space::Param && from.subs[0].kind == Operand::Symbol &&
      paramIndex.count(from.subs[0].index) != 0)
    return decodeParamLoad(type, lanes, from);
  Inst at;
  if (!address(from, space, at))
    return false;
  Handler fn = isa.load(space, typeBytes(type), lanes);
  if (fn == nullptr)
    return unsupported();
  std::vector<WideResult> results(lanes);
  uint32_t *slots = list(lanes);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    if (!wideResult(lanes == 1 ? to : to.subs[lane], type, results[lane]))
      return false;
    slots[lane] = results[lane].slot;
  }
  Inst &out = emitGuarded(fn, OpClass::Load);
  out.d = slots[0];
  out.ops = slots;
  out.a = at.a;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | (type == Type::S8 ? 2 : 0) | order);
  out.space = static_cast<uint8_t>(space);
  out.n = static_cast<uint8_t>(typeBytes(type) * lanes);
  out.mem = kernel->memCount++;
  for (const WideResult &wide : results)
    finishWide(wide, type);
  return true;
}

bool Decoder::decodeStore() {
  Modifiers mods(inst->opcode);
  Space space;
  Type type;
  unsigned lanes;
  unsigned order;
  if (!memoryModifiers(mods, space, type, lanes, order) || !need(2, 3))
    return false;
  if (type == Type::B128)
    return decodeStore128(space, order);
  const Operand &to = inst->ops[0], &listed = inst->ops[1];
  const Operand &from = lanes == 1 && listed.subs.size() == 1 && listed.kind == Operand::Vector
                            ? listed.subs[0]
                            : listed;
  if (lanes > 1 && (from.kind != Operand::Vector || from.subs.size() != lanes))
    return fail("expected a vector of " + std::to_string(lanes) + " values");
  if (space == Space::Const)
    return fail("constant memory cannot be written");
  Inst at;
  if (!address(to, space, at))
    return false;
  if (space == Space::Param)
    return fail("a kernel's parameters cannot be written");
  Handler fn = isa.store(space, typeBytes(type), lanes);
  if (fn == nullptr)
    return unsupported();
  uint32_t *slots = list(lanes);
  for (unsigned lane = 0; lane < lanes; ++lane)
    if (!narrowSource(lanes == 1 ? from : from.subs[lane], type, slots[lane]))
      return false;
  Inst &out = emitGuarded(fn, OpClass::Store);
  out.d = slots[0];
  out.ops = slots;
  out.a = at.a;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | order);
  out.space = static_cast<uint8_t>(space);
  out.sub = static_cast<uint8_t>(lanes);
  out.n = static_cast<uint8_t>(typeBytes(type) * lanes);
  out.mem = kernel->memCount++;
  return true;
}

bool Decoder::decodeAtomic(bool hasResult) {
  Modifiers mods(inst->opcode);
  mods.next();
  unsigned order = takeOrder(mods);
  takeCacheHints(mods);
  Space space = Space::Generic;
  acceptSpace(mods, space);
  struct Row {
    std::string_view name;
    AtomicOp op;
  };
  static const Row kRows[] = {{"add", kAtomAdd},   {"min", kAtomMin}, {"max", kAtomMax},
                              {"and", kAtomAnd},   {"or", kAtomOr},   {"xor", kAtomXor},
                              {"exch", kAtomExch}, {"cas", kAtomCas}, {"inc", kAtomInc},
                              {"dec", kAtomDec}};
  std::string_view name = mods.next();
  const Row *row = nullptr;
  for (const Row &candidate : kRows)
    if (candidate.name == name)
      row = &candidate;
  bool isNoftz = mods.accept("noftz");
  (void)isNoftz;
  Type type = mods.acceptType();
  if (row == nullptr || type == Type::None || !mods.done() || space == Space::Const ||
      space == Space::Local || space == Space::Param)
    return unsupported();
  unsigned bytes = typeBytes(type);
  bool isHalf =
      type == Type::F16 || type == Type::BF16 || type == Type::F16x2 || type == Type::BF16x2;
  bool isInt = type == Type::U32 || type == Type::S32 || type == Type::U64 || type == Type::S64;
  bool isBits = type == Type::B32 || type == Type::B64;
  bool legal = false;
  switch (row->op) {
  case kAtomAdd:
    legal = isInt || isHalf || type == Type::F32 || type == Type::F64;
    break;
  case kAtomMin:
  case kAtomMax:
    legal = isInt;
    break;
  case kAtomAnd:
  case kAtomOr:
  case kAtomXor:
    legal = isBits;
    break;
  case kAtomExch:
    legal = isBits;
    break;
  case kAtomCas:
    legal = isBits || type == Type::B16;
    break;
  case kAtomInc:
  case kAtomDec:
    legal = type == Type::U32;
    break;
  }
  if (!legal)
    return unsupported();
  size_t sources = row->op == kAtomCas ? 2 : 1;
  if (!need(sources + 1 + (hasResult ? 1 : 0), sources + 2 + (hasResult ? 1 : 0)))
    return false;
  size_t first = hasResult ? 1 : 0;
  Inst at;
  uint32_t d = 0, b, c = 0;
  bool isUsed = hasResult && inst->ops[0].kind != Operand::Sink;
  if (!address(inst->ops[first], space, at) || !source(inst->ops[first + 1], bytes, b) ||
      (sources == 2 && !source(inst->ops[first + 2], bytes, c)) ||
      (isUsed && !result(inst->ops[0], bytes, d)))
    return false;
  // Sums of floats and returned values depend on the order of CTAs.
  if (space != Space::Shared &&
      (isUsed || isFloat(type) || row->op == kAtomExch || row->op == kAtomCas))
    kernel->isOrdered = true;
  Inst &out = emitGuarded(atomic, OpClass::Atomic);
  out.d = d;
  out.a = at.a;
  out.b = b;
  out.c = c;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | order);
  out.sub = row->op;
  out.n = static_cast<uint8_t>(type);
  out.space = static_cast<uint8_t>(space);
  out.mem = kernel->memCount++;
  return true;
}

bool Decoder::decodeCvta() {
  Modifiers mods(inst->opcode);
  mods.next();
  bool isTo = mods.accept("to");
  Space space = Space::Generic;
  bool hasSpace = acceptSpace(mods, space);
  Type type = mods.acceptType();
  if (!hasSpace || (type != Type::U64 && type != Type::U32) || !mods.done())
    return unsupported();
  if (type == Type::U32)
    return fail("32-bit generic addresses are not supported");
  uint64_t window = space == Space::Shared || space == Space::SharedCluster ? kSharedWindow
                    : space == Space::Local                                 ? kLocalWindow
                    : space == Space::Param                                 ? kParamWindow
                                                                            : 0;
  uint32_t d, a;
  if (!need(2) || !result(inst->ops[0], 8, d))
    return false;
  const Operand &from = inst->ops[1];
  Operand plain = from;
  if (!source(plain, 8, a))
    return false;
  Inst &out = emitGuarded(shiftWindow, OpClass::Int);
  out.d = d;
  out.a = a;
  out.imm = static_cast<int64_t>(isTo ? 0 - window : window);
  return true;
}

// The space and type of the address that mapa and getctarank take.
bool Decoder::clusterAddress(bool &isShared, Type &type) {
  Modifiers mods(inst->opcode);
  mods.next();
  isShared = mods.accept("shared::cluster");
  type = mods.acceptType();
  if ((type != Type::U64 && type != Type::U32) || !mods.done())
    return unsupported();
  if (!isShared && type == Type::U32)
    return fail("32-bit generic addresses are not supported");
  return true;
}

// mapa{.shared::cluster}.{u32,u64} d, a, rank: without a space, of generic addresses.
bool Decoder::decodeMapa() {
  bool isShared;
  Type type;
  if (!clusterAddress(isShared, type))
    return false;
  unsigned bytes = typeBytes(type);
  uint32_t d, a, rank;
  if (!need(3) || !source(inst->ops[1], bytes, a) || !source(inst->ops[2], 4, rank) ||
      !result(inst->ops[0], bytes, d))
    return false;
  Inst &out = emitGuarded(mapToRank, OpClass::Int);
  out.d = d;
  out.a = a;
  out.b = rank;
  out.n = static_cast<uint8_t>(bytes);
  out.sub = isShared ? 0 : 1;
  return true;
}

// getctarank{.shared::cluster}.{u32,u64} d, a: the type is that of the address.
bool Decoder::decodeCtaRank() {
  bool isShared;
  Type type;
  if (!clusterAddress(isShared, type))
    return false;
  uint32_t d, a;
  if (!need(2) || !source(inst->ops[1], typeBytes(type), a) || !result(inst->ops[0], 4, d))
    return false;
  Inst &out = emitGuarded(rankOfAddress, OpClass::Int);
  out.d = d;
  out.a = a;
  out.n = static_cast<uint8_t>(typeBytes(type));
  out.sub = isShared ? 0 : 1;
  return true;
}

bool Decoder::decodeIsspacep() {
  Modifiers mods(inst->opcode);
  mods.next();
  Space space = Space::Generic;
  if (!acceptSpace(mods, space) || !mods.done())
    return unsupported();
  uint32_t d, a;
  if (!need(2) || !predicateResult(inst->ops[0], d) || !source(inst->ops[1], 8, a))
    return false;
  Inst &out = emitGuarded(isSpace, OpClass::Predicate);
  out.d = d;
  out.a = a;
  out.space = static_cast<uint8_t>(space);
  return true;
}

} // namespace azulejo::sim
