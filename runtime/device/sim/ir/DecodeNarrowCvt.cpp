// This file decodes conversions to and from narrow floating-point types, and those with .satfinite.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/NarrowConvert.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
// "e4m3x2" and the like: the type, and whether two are packed.
tc::Type elementOf(std::string_view name, int &count) {
  if (name.size() > 2 && name.substr(name.size() - 2) == "x2") {
    count = 2;
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
  form->rounding = roundingOf(mods.next());
  form->saturates = mods.take("satfinite");
  form->clamps = mods.take("relu");
  int count = 1;
  form->to = elementOf(mods.next(), count);
  form->from = elementOf(mods.next(), count);
  form->count = count;
  bool isPairOfF32 = count == 2 && form->from == tc::Type::F32;
  // Bytes of a slot: two at least.
  auto bytesOf = [&](tc::Type type) { return containerBits(type) * count <= 16 ? 2u : 4u; };
  bool isF32 = form->from == tc::Type::F32;
  uint32_t d, a, b = 0;
  if (!need(isPairOfF32 ? 3 : 2) || (form->to == tc::Type::E2M1 && !needByte(inst->ops[0])) ||
      (form->from == tc::Type::E2M1 && !needByte(inst->ops[1])) ||
      !source(inst->ops[1], isF32 ? 4 : bytesOf(form->from), a, isF32) ||
      (isPairOfF32 && !source(inst->ops[2], 4, b, true)) ||
      !result(inst->ops[0], bytesOf(form->to), d))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(convertNarrow, OpClass::Convert);
  out.d = d;
  out.a = a;
  out.b = b;
  out.data = form.get();
  return true;
}

} // namespace azulejo::sim
