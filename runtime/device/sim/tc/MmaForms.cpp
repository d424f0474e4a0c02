// This file holds the forms of mma.sync that are simulated, and makes one ready.
#include "device/sim/tc/Mma.h"

#include <algorithm>

namespace azulejo::sim::tc {

namespace {

// A shape and the type of A, and the first GPU that has them. Beside these there are the forms with
// elements of a byte and less in bytes and those with block scales.
struct KnownForm {
  int m, k;
  Type a;
  int firstSm;
};

constexpr KnownForm kDense[] = {
    {8, 4, Type::F16, 70},    {16, 8, Type::F16, 75},   {16, 16, Type::F16, 80},
    {16, 8, Type::BF16, 80},  {16, 16, Type::BF16, 80}, {16, 4, Type::TF32, 80},
    {16, 8, Type::TF32, 80},  {16, 16, Type::E4M3, 89}, {16, 32, Type::E4M3, 89},
    {16, 16, Type::E5M2, 89}, {16, 32, Type::E5M2, 89}, {8, 16, Type::S8, 75},
    {16, 16, Type::S8, 80},   {16, 32, Type::S8, 80},   {8, 16, Type::U8, 75},
    {16, 16, Type::U8, 80},   {16, 32, Type::U8, 80},   {8, 32, Type::S4, 75},
    {16, 32, Type::S4, 80},   {16, 64, Type::S4, 80},   {8, 32, Type::U4, 75},
    {16, 32, Type::U4, 80},   {16, 64, Type::U4, 80},   {8, 128, Type::B1, 75},
    {16, 128, Type::B1, 80},  {16, 256, Type::B1, 80},  {8, 4, Type::F64, 80},
    {16, 4, Type::F64, 90},   {16, 8, Type::F64, 90},   {16, 16, Type::F64, 90},
};

constexpr KnownForm kSparse[] = {
    {16, 16, Type::F16, 80},  {16, 32, Type::F16, 80}, {16, 16, Type::BF16, 80},
    {16, 32, Type::BF16, 80}, {16, 8, Type::TF32, 80}, {16, 16, Type::TF32, 80},
    {16, 32, Type::S8, 80},   {16, 64, Type::S8, 80},  {16, 32, Type::U8, 80},
    {16, 64, Type::U8, 80},   {16, 64, Type::S4, 80},  {16, 128, Type::S4, 80},
    {16, 64, Type::U4, 80},   {16, 128, Type::U4, 80}, {16, 64, Type::E4M3, 89},
    {16, 64, Type::E5M2, 89},
};

bool isFp8(Type type) { return type == Type::E4M3 || type == Type::E5M2; }
bool isNarrowFloat(Type type) { return type >= Type::E4M3 && type <= Type::E2M1; }

std::string formName(const MmaForm &form) {
  return std::string(form.isSparse ? "mma.sp" : "mma.sync") + " m" + std::to_string(form.m) + "n" +
         std::to_string(form.n) + "k" + std::to_string(form.k) + "." + typeName(form.d) + "." +
         typeName(form.a) + "." + typeName(form.b) + "." + typeName(form.c);
}

// The kinds of sm_100 and sm_120: operands that stand in bytes, or of 4 bits with block scales.
bool isKnownKind(const MmaForm &form, int *firstSm) {
  bool bothFp8 = isFp8(form.a) && isFp8(form.b);
  *firstSm = bothFp8 && form.factors == 0 ? 100 : 120;
  if (form.m != 16 || (form.isSparse && !form.isOrdered))
    return false;
  int dense = form.isSparse ? form.k / 2 : form.k;
  if (form.inBytes)
    return form.factors <= 1 && (dense == 32 || (dense == 16 && bothFp8 && !form.isSparse));
  return (form.factors == 2 || form.factors == 4) && dense == 64 && form.a == Type::E2M1 &&
         form.b == Type::E2M1 && (form.factors == 4) == (form.factorType == Type::UE4M3);
}

bool isKnown(const MmaForm &form, int *firstSm) {
  if (form.n != 8)
    return false;
  if (form.inBytes || form.factors != 0)
    return isKnownKind(form, firstSm);
  auto find = [&](const KnownForm *first, const KnownForm *last) {
    const KnownForm *known = std::find_if(first, last, [&](const KnownForm &candidate) {
      return candidate.m == form.m && candidate.k == form.k && candidate.a == form.a;
    });
    *firstSm = known != last ? known->firstSm : 0;
    return known != last;
  };
  return form.isSparse ? find(std::begin(kSparse), std::end(kSparse))
                       : find(std::begin(kDense), std::end(kDense));
}

// Whether the four types go together.
bool typesFit(const MmaForm &form) {
  bool sameOperands = form.a == form.b, isFloat = form.d == Type::F32 || form.d == Type::F16;
  switch (form.a) {
  case Type::F64:
    return sameOperands && form.c == Type::F64 && form.d == Type::F64;
  case Type::S8:
  case Type::U8:
    return (form.b == Type::S8 || form.b == Type::U8) && form.c == Type::S32 && form.d == Type::S32;
  case Type::S4:
  case Type::U4:
    return (form.b == Type::S4 || form.b == Type::U4) && form.c == Type::S32 && form.d == Type::S32;
  case Type::B1:
    return sameOperands && form.c == Type::S32 && form.d == Type::S32;
  case Type::E4M3:
  case Type::E5M2:
  case Type::E3M2:
  case Type::E2M3:
  case Type::E2M1:
    return isNarrowFloat(form.b) && form.c == form.d && isFloat &&
           (form.inBytes || form.factors != 0 || isFp8(form.b)) &&
           (form.factors == 0 || form.d == Type::F32);
  case Type::F16:
    return sameOperands && isFloat &&
           (form.c == form.d || (form.m == 8 && form.c == Type::F16 && form.d == Type::F32));
  default:
    return sameOperands && form.c == Type::F32 && form.d == Type::F32;
  }
}

// Bits that an element takes in a register.
int bitsOf(const MmaForm &form, Type type) { return form.inBytes ? 8 : storageBits(type); }

int registersFor(int elements, int bits) { return elements * bits / (bits == 64 ? 64 : 32) / 32; }

// What the engine multiplies: integers of 4 bits stand in bytes.
Type engineType(Type type) {
  return type == Type::S4 ? Type::S8 : type == Type::U4 ? Type::U8 : type;
}

} // namespace

bool checkSelectors(const MmaForm &form, bool ofA, unsigned byte, unsigned thread,
                    std::string *error) {
  unsigned step = unsigned(form.factors), threads = ofA ? 2 : 4;
  if (byte < 4 && byte % step == 0 && thread < threads)
    return true;
  *error = "the byte selector must be a multiple of " + std::to_string(step) +
           " below 4 and the thread selector below " + std::to_string(threads) + ", got {" +
           std::to_string(byte) + ", " + std::to_string(thread) + "}";
  return false;
}

bool prepareMma(const MmaForm &form, Mode mode, int sm, MmaOp *op, std::string *error) {
  int firstSm = 0;
  if (!isKnown(form, &firstSm) || !typesFit(form)) {
    *error = formName(form) + " is not supported";
    return false;
  }
  if (sm < firstSm) {
    *error = formName(form) + " needs sm_" + std::to_string(firstSm) + " or later, got sm_" +
             std::to_string(sm);
    return false;
  }
  if (form.saturate && (form.d != Type::S32 || form.a == Type::B1)) {
    *error = formName(form) + " takes no .satfinite: only integer forms do";
    return false;
  }
  // m8n8k4 of f16 is four products at once.
  bool isQuad = form.a == Type::F16 && form.m == 8;
  int products = isQuad ? 4 : 1, stored = form.isSparse ? form.k / 2 : form.k;
  op->form = form;
  op->sparse = {form.k, bitsOf(form, form.a), form.isOrdered};
  op->aRegisters = registersFor(products * form.m * stored, bitsOf(form, form.a));
  op->bRegisters = registersFor(products * form.k * form.n, bitsOf(form, form.b));
  op->cRegisters = registersFor(products * form.m * form.n, storageBits(form.c));
  op->dRegisters = registersFor(products * form.m * form.n, storageBits(form.d));
  op->macs = uint64_t(products * form.m * form.n * stored);
  op->isDirect = false;
  if (form.a == Type::F64 || form.a == Type::B1)
    return true;
  // Of c and d the wider one says how the sum is kept.
  Type sum = form.c == Type::F16 ? form.d : form.c;
  if (!prepareDot(sm, Unit::MmaSync, form.factors != 0 ? Mode::Fast : mode, engineType(form.a),
                  engineType(form.b), sum, stored, form.saturate, &op->dot, error))
    return false;
  op->isDirect = form.m == kTileRows && !form.isSparse && canMultiplyRegisters(op->dot);
  return true;
}

} // namespace azulejo::sim::tc
