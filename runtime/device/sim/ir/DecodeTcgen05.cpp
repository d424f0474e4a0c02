// This file decodes tcgen05: tensor memory and the tensor core of sm_100.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/TensorState.h"

#include <cstdlib>

namespace azulejo::sim {

using namespace ptx;

namespace {
tc::Tcgen05Kind takeKind(Modifiers &mods) {
  static const std::pair<std::string_view, tc::Tcgen05Kind> kKinds[] = {
      {"kind::f16", tc::Tcgen05Kind::F16},   {"kind::tf32", tc::Tcgen05Kind::Tf32},
      {"kind::i8", tc::Tcgen05Kind::I8},     {"kind::mxf8f6f4", tc::Tcgen05Kind::Mxf8f6f4},
      {"kind::mxf4", tc::Tcgen05Kind::Mxf4}, {"kind::mxf4nvf4", tc::Tcgen05Kind::Mxf4nvf4}};
  for (const auto &[name, kind] : kKinds)
    if (mods.take(name))
      return kind;
  return tc::Tcgen05Kind::F8f6f4;
}

// collector::…::use and lastuse.
bool isUse(std::string_view collector) {
  return collector.size() > 3 && collector.substr(collector.size() - 3) == "use";
}
} // namespace

// All tcgen05 instructions of a kernel that have a .cta_group have the same.
bool Decoder::acceptCtaGroup() {
  Modifiers mods(inst->opcode);
  unsigned group = mods.take("cta_group::1") ? 1 : mods.take("cta_group::2") ? 2 : 0;
  if (group != 0 && ctaGroup != 0 && group != ctaGroup)
    return fail("all tcgen05 instructions of a kernel must have one .cta_group, got both");
  ctaGroup = group != 0 ? group : ctaGroup;
  return true;
}

bool Decoder::decodeTcgen05() {
  if (!acceptCtaGroup())
    return false;
  Modifiers mods(inst->opcode);
  mods.next();
  std::string_view op = mods.next();
  if (op == "alloc" || op == "dealloc" || op == "relinquish_alloc_permit")
    return decodeTcgen05Allocation(op);
  if (op == "ld" || op == "st")
    return decodeTcgen05Access(mods, op == "st");
  if (op == "wait::ld" || op == "wait::st") {
    Inst &out = emitGuarded(tcgen05Wait, OpClass::Tensor);
    out.flow = Flow::WarpSync;
    out.sub = op == "wait::st";
    return need(0);
  }
  if (op == "fence::before_thread_sync" || op == "fence::after_thread_sync") {
    emitGuarded(tcgen05Fence, OpClass::Tensor).sub = op == "fence::before_thread_sync";
    return need(0);
  }
  if (op == "mma")
    return decodeTcgen05Mma(mods);
  if (op == "cp" || op == "shift")
    return decodeTcgen05Move(mods, op == "cp");
  return decodeTcgen05Commit();
}

bool Decoder::decodeTcgen05Allocation(std::string_view op) {
  bool isAlloc = op == "alloc", isDealloc = op == "dealloc";
  bool isShared = Modifiers(inst->opcode).take("shared::cta");
  Space space = isShared ? Space::Shared : Space::Generic;
  Inst at;
  uint32_t columns = 0;
  if (!need(isAlloc || isDealloc ? 2 : 0) || (isAlloc && !address(inst->ops[0], space, at)) ||
      (isDealloc && !source(inst->ops[0], 4, at.a)) ||
      ((isAlloc || isDealloc) && !source(inst->ops[1], 4, columns)))
    return false;
  Inst &out = emitGuarded(isAlloc     ? tcgen05Alloc
                          : isDealloc ? tcgen05Dealloc
                                      : tcgen05Relinquish,
                          OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.a = at.a;
  out.b = columns;
  out.imm = at.imm;
  out.flags = at.flags;
  out.space = static_cast<uint8_t>(space);
  out.n = static_cast<uint8_t>(ctaGroup);
  out.mem = kernel->memCount++;
  return true;
}

// An address of tensor memory: a register of 32 bits, and an offset in columns.
bool Decoder::tensorAddress(const Operand &op, uint32_t &slot, uint32_t &offset) {
  if (op.kind != Operand::Address || op.subs.size() != 1 || op.subs[0].kind == Operand::Symbol)
    return fail("expected an address of tensor memory in brackets");
  offset = static_cast<uint32_t>(op.bits);
  if (op.subs[0].kind == Operand::Reg)
    return source(op.subs[0], 4, slot);
  slot = constant(4, op.subs[0].bits);
  return true;
}

// tcgen05.ld.sync.aligned.SHAPE.xN{.pack::16b}.b32 {…}, [p]{, split}; st the other way round.
bool Decoder::decodeTcgen05Access(Modifiers &mods, bool isStore) {
  static const std::pair<std::string_view, tc::TmemShape> kShapes[] = {
      {"32x32b", tc::TmemShape::S32x32b},
      {"16x64b", tc::TmemShape::S16x64b},
      {"16x128b", tc::TmemShape::S16x128b},
      {"16x256b", tc::TmemShape::S16x256b},
      {"16x32bx2", tc::TmemShape::S16x32bx2}};
  auto form = std::make_shared<tc::TmemAccess>();
  mods.next();
  mods.next();
  for (const auto &[name, shape] : kShapes)
    if (mods.peek() == name)
      form->shape = shape;
  mods.next();
  form->repeat = std::atoi(std::string(mods.next().substr(1)).c_str());
  form->packed = mods.take(isStore ? "unpack::16b" : "pack::16b");
  std::string why;
  if (!tc::checkTmemAccess(*form, &why))
    return fail(why);
  bool isSplit = form->shape == tc::TmemShape::S16x32bx2;
  if (!need(isSplit ? 3 : 2))
    return false;
  uint64_t split = 0;
  const Operand &values = inst->ops[isStore ? inst->ops.size() - 1 : 0];
  if (isSplit && !immediate(inst->ops[isStore ? 1 : 2], split))
    return false;
  if (split >= tc::kTmemColumns)
    return fail("the split offset must be below 512 columns, got " + std::to_string(split));
  form->split = static_cast<int>(split);
  uint32_t at, offset;
  size_t count = static_cast<size_t>(tc::tmemRegisters(*form));
  uint32_t *slots = list(count);
  if (!tensorAddress(inst->ops[isStore ? 0 : 1], at, offset) ||
      !registerList(values, count, 4, !isStore, slots))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(isStore ? tcgen05Store : tcgen05Load, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.a = at;
  out.imm = offset;
  out.ops = slots;
  out.data = form.get();
  return true;
}

// tcgen05.mma{.sp,.ws}.cta_group::N.KIND{.collector} [d], a, b{, [metadata]}, idesc{, {lanes}},
// enable{, scale}; of .ws the last is a mask of zero columns.
bool Decoder::decodeTcgen05Mma(Modifiers &mods) {
  auto form = std::make_shared<TensorMmaForm>();
  form->isWeightStationary = mods.take("ws");
  form->isSparse = mods.take("sp");
  form->isPair = ctaGroup == 2;
  form->kind = takeKind(mods);
  form->mayKeepA = isUse(mods.takePrefixed("collector::a::"));
  form->mayKeepB = isUse(mods.takePrefixed("collector::b"));
  bool isScaled = mods.take("block_scale");
  if (isScaled && inst->opcode.find(".scale_vec::") == std::string_view::npos &&
      module.version < 88)
    return fail(".block_scale without .scale_vec needs PTX ISA 8.8");
  if (isScaled)
    form->scaleBlock = mods.take("scale_vec::4X") || mods.take("block16") ? 16 : 32;
  if (form->kind == tc::Tcgen05Kind::I8 && (module.sm == 103 || module.target.back() != 'a'))
    return fail("kind::i8 needs sm_100a or sm_110a, the module is for " +
                std::string(module.target));
  if (!need(5, 8) || !decodeTcgen05Operands(*form))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(tcgen05Mma, OpClass::Tensor);
  out.data = form.get();
  return true;
}

bool Decoder::decodeTcgen05Operands(TensorMmaForm &form) {
  const std::vector<Operand> &ops = inst->ops;
  form.aInTensorMemory = ops[1].kind == Operand::Address;
  if (!tensorAddress(ops[0], form.d, form.dOffset) ||
      !(form.aInTensorMemory ? tensorAddress(ops[1], form.a, form.aOffset)
                             : source(ops[1], 8, form.a)) ||
      !source(ops[2], 8, form.b))
    return false;
  size_t next = 3;
  if (form.isSparse && !tensorAddress(ops[next++], form.metadata, form.metadataOffset))
    return false;
  if (!source(ops[next++], 4, form.instruction))
    return false;
  if (form.scaleBlock != 0) {
    if (!need(7) || !tensorAddress(ops[4], form.scaleA, form.scaleAOffset) ||
        !tensorAddress(ops[5], form.scaleB, form.scaleBOffset))
      return false;
    next = 6;
  }
  if (!form.isWeightStationary && next < ops.size() && ops[next].kind == Operand::Vector) {
    form.hasLanes = true;
    if (!registerList(ops[next++], form.isPair ? 8 : 4, 4, false, form.lanes))
      return false;
  }
  if (next >= ops.size() || !predicate(ops[next], form.enable))
    return fail("expected the predicate enable-input-d");
  form.enableNegated = ops[next++].negated;
  if (next == ops.size())
    return true;
  if (form.isWeightStationary) {
    form.hasZeroColumns = true;
    return need(6) && source(ops[next], 8, form.zeroColumns);
  }
  uint64_t scale;
  if (module.sm >= 110)
    return fail("scale-input-d needs sm_100a or its family, the module is for " +
                std::string(module.target));
  if (next + 1 != ops.size() || !immediate(ops[next], scale))
    return fail("expected the constant scale-input-d behind enable-input-d");
  bool isScaled = form.kind == tc::Tcgen05Kind::F16 || form.kind == tc::Tcgen05Kind::Tf32;
  if (!isScaled || scale > 15)
    return fail("scale-input-d is 0 to 15, for kind::f16 and kind::tf32; got " +
                std::to_string(scale));
  form.scaleInputD = static_cast<int>(scale);
  return true;
}

// tcgen05.cp.cta_group::N.SHAPE{.multicast} [p], descriptor; tcgen05.shift.cta_group::N.down [p]
bool Decoder::decodeTcgen05Move(Modifiers &mods, bool isCopy) {
  struct Row {
    std::string_view shape, multicast;
    tc::TmemCopy copy;
  };
  static const Row kRows[] = {{"128x256b", "", {128, 8, tc::TmemCopy::None}},
                              {"128x128b", "", {128, 4, tc::TmemCopy::None}},
                              {"64x128b", "warpx2::02_13", {64, 4, tc::TmemCopy::Pairs02And13}},
                              {"64x128b", "warpx2::01_23", {64, 4, tc::TmemCopy::Pairs01And23}},
                              {"32x128b", "warpx4", {32, 4, tc::TmemCopy::AllWarps}}};
  mods.next();
  std::string_view shape = mods.next(), multicast = mods.peek();
  auto form = std::make_shared<tc::TmemCopy>();
  for (const Row &row : kRows)
    if (row.shape == shape && row.multicast == multicast)
      *form = row.copy;
  if (!isCopy && module.target.back() != 'a')
    return fail("tcgen05.shift needs a target such as sm_100a, the module is for " +
                std::string(module.target));
  uint32_t at, offset, descriptor = 0;
  if (!need(isCopy ? 2 : 1) || !tensorAddress(inst->ops[0], at, offset) ||
      (isCopy && !source(inst->ops[1], 8, descriptor)))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(isCopy ? tcgen05Copy : tcgen05Shift, OpClass::Tensor);
  out.a = at;
  out.b = descriptor;
  out.imm = offset;
  out.data = form.get();
  out.n = static_cast<uint8_t>(ctaGroup);
  return true;
}

// tcgen05.commit.cta_group::N.mbarrier::arrive::one{.shared::cluster}{.multicast::cluster}.b64 [p]
// {, mask of CTAs}
bool Decoder::decodeTcgen05Commit() {
  bool isShared = Modifiers(inst->opcode).take("shared::cluster");
  bool isMulticast = Modifiers(inst->opcode).take("multicast::cluster");
  Space space = isShared ? Space::SharedCluster : Space::Generic;
  Inst at;
  uint32_t ranks = 0;
  if (!need(isMulticast ? 2 : 1) || !address(inst->ops[0], space, at) ||
      (isMulticast && !source(inst->ops[1], 2, ranks)))
    return false;
  Inst &out = emitGuarded(tcgen05Commit, OpClass::Tensor);
  out.a = at.a;
  out.b = ranks;
  out.imm = at.imm;
  out.flags = at.flags;
  return true;
}

} // namespace azulejo::sim
