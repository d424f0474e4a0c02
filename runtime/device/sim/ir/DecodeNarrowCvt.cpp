// This file decodes conversions to and from narrow floating-point types, and those with .satfinite.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/NarrowConvert.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
// "e4m3x2" and the like: the type, and how many are packed.
tc::Type elementOf(std::string_view name, int &count) {
  if (name.size() > 2 && name[name.size() - 2] == 'x') {
    count = name.back() - '0';
    name.remove_suffix(2);
  }
  for (tc::Type type :
       {tc::Type::F16, tc::Type::BF16, tc::Type::TF32, tc::Type::E4M3, tc::Type::E5M2,
        tc::Type::E3M2, tc::Type::E2M3, tc::Type::E2M1, tc::Type::UE8M0})
    if (name == tc::typeName(type))
      return type;
  return tc::Type::F32;
}

tc::Rounding roundingOf(std::string_view name) {
  return name == "rz"    ? tc::Rounding::TowardZero
         : name == "rp"  ? tc::Rounding::Up
         : name == "rna" ? tc::Rounding::NearestAway
                         : tc::Rounding::NearestEven;
}
} // namespace

bool Decoder::decodeNarrowCvt() {
  Modifiers mods(inst->opcode);
  mods.next();
  auto form = std::make_shared<NarrowConversion>();
  form->isStochastic = mods.peek() == "rs";
  form->rounding = roundingOf(mods.next());
  form->saturates = mods.take("satfinite");
  form->clamps = mods.take("relu");
  form->to = elementOf(mods.next(), form->count);
  form->from = elementOf(mods.next(), form->count);
  uint32_t d, a = 0, random = 0, *slots = list(4);
  bool isByte = form->to == tc::Type::E2M1 && form->count == 2;
  if (!narrowSources(*form, a, slots) ||
      (form->isStochastic && !source(inst->ops.back(), 4, random)) ||
      (isByte && !needByte(inst->ops[0])) ||
      !result(inst->ops[0], containerBits(form->to) * form->count <= 16 ? 2 : 4, d))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(convertNarrow, OpClass::Convert);
  out.d = d;
  out.a = a;
  out.c = random;
  out.ops = slots;
  out.data = form.get();
  return true;
}

// f32 come from a register each, four in braces; packed elements from one.
bool Decoder::narrowSources(const NarrowConversion &form, uint32_t &packed, uint32_t *slots) {
  bool isF32 = form.from == tc::Type::F32, isList = form.count == 4;
  size_t random = form.isStochastic ? 1 : 0;
  if (!need(random + (isF32 && !isList ? size_t(form.count) + 1 : 2)))
    return false;
  if (!isF32)
    return (form.from != tc::Type::E2M1 || needByte(inst->ops[1])) &&
           source(inst->ops[1], containerBits(form.from) * form.count <= 16 ? 2 : 4, packed);
  if (isList)
    return registerList(inst->ops[1], 4, 4, false, slots);
  for (size_t i = 0; i < size_t(form.count); ++i)
    if (!source(inst->ops[1 + i], 4, slots[i], true))
      return false;
  return true;
}

} // namespace azulejo::sim
