// This file decodes the instruction descriptors of tcgen05.mma.
#include "device/sim/tc/Tcgen05.h"

#include <cstdio>

namespace azulejo::sim::tc {

namespace {

// Operand type codes of each kind; false for codes that do not exist.
bool operandType(Tcgen05Kind kind, uint32_t code, Type *type) {
  static const Type narrow[] = {Type::E4M3, Type::E5M2, Type::F32,
                                Type::E2M3, Type::E3M2, Type::E2M1};
  switch (kind) {
  case Tcgen05Kind::F16:
    *type = code == 0 ? Type::F16 : Type::BF16;
    return code <= 1;
  case Tcgen05Kind::Tf32:
    *type = Type::TF32;
    return code == 2;
  case Tcgen05Kind::Mxf4:
  case Tcgen05Kind::Mxf4nvf4:
    *type = Type::E2M1;
    return code == 1;
  case Tcgen05Kind::F8f6f4:
  case Tcgen05Kind::Mxf8f6f4:
    *type = narrow[code <= 5 ? code : 2];
    return code <= 5 && code != 2;
  case Tcgen05Kind::I8:
    *type = code == 0 ? Type::U8 : Type::S8;
    return code <= 1;
  }
  return false;
}

bool resultType(Tcgen05Kind kind, uint32_t code, Type *type) {
  static const Type types[] = {Type::F16, Type::F32, Type::S32, Type::F64};
  *type = types[code];
  if (kind == Tcgen05Kind::I8)
    return code == 2;
  return code == 1 || (code == 0 && kind != Tcgen05Kind::Tf32);
}

// Elements narrower than a byte.
bool isNarrow(Type type) { return storageBits(type) < 8; }

// A descriptor, and where the reason goes that it is refused for.
class Descriptor {
public:
  Descriptor(const Tcgen05Form &form, uint32_t bits, std::string *error)
      : form(form), bits(bits), error(error) {}

  bool decode(Mode mode, int sm, Tcgen05Mma *out) const {
    if (sm < 100 || sm >= 120)
      return fail("tcgen05 exists on sm_100 to sm_110 only, got sm_" + std::to_string(sm));
    *out = {};
    out->weightStationary = form.isWeightStationary;
    out->pair = form.isPair;
    out->n = int(field(17, 6)) << 3;
    out->negateA = field(13, 1);
    out->negateB = field(14, 1);
    out->aMnMajor = field(15, 1);
    out->bMnMajor = field(16, 1);
    if (field(2, 1) != uint32_t(form.isSparse))
      return fail(form.isSparse ? "bit 2 must be set for .sp" : "bit 2 is set, but not for .sp");
    return form.scaleBlock != 0 ? decodeScaled(sm, out) : decodePlain(mode, sm, out);
  }

private:
  uint32_t field(int at, int width) const { return bits >> at & ((1u << width) - 1); }

  bool fail(const std::string &what) const {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", bits);
    *error = std::string("tcgen05 instruction descriptor ") + text + ": " + what;
    return false;
  }

  bool failColumns(int step, const std::string &where, int n) const {
    return fail("n must be " + std::to_string(step) + " to 256 in steps of " +
                std::to_string(step) + " for " + where + ", got " + std::to_string(n));
  }

  bool decodePlain(Mode mode, int sm, Tcgen05Mma *out) const {
    Type a, b, d;
    out->m = int(field(24, 5)) << 4;
    if ((field(0, 2) && !form.isSparse) || field(6, 1) || field(23, 1) || field(29, 1))
      return fail("reserved bits are set");
    // The greatest shift of B matters to reuse of its buffer only, and there only to speed.
    if (field(30, 2) && !form.isWeightStationary)
      return fail("the shift of .ws (bits 30 and 31) is set in another form");
    if (!resultType(form.kind, field(4, 2), &d))
      return fail("bits 4 and 5 hold no type of d for this kind");
    if (!operandType(form.kind, field(7, 3), &a))
      return fail("bits 7 to 9 hold no type of a for this kind");
    if (!operandType(form.kind, field(10, 3), &b))
      return fail("bits 10 to 12 hold no type of b for this kind");
    if (form.kind == Tcgen05Kind::F16 && (a != b || (a == Type::BF16 && d == Type::F16)))
      return fail("a and b must have one type, and bf16 needs an f32 d");
    bool isInteger = form.kind == Tcgen05Kind::I8;
    if (isInteger ? field(13, 2) != 0 : field(3, 1) != 0)
      return fail("only integers saturate and only floats are negated");
    if (!checkShape(out->m, out->n) || !checkMajor(*out, a, b))
      return false;
    int k = form.kind == Tcgen05Kind::F16 ? 16 : form.kind == Tcgen05Kind::Tf32 ? 8 : 32;
    if (!prepareDot(sm, Unit::Tcgen05, mode, a, b, d, k, field(3, 1), &out->dot, error))
      return false;
    return !form.isSparse || decodeSparse(out);
  }

  bool checkShape(int m, int n) const {
    if (form.isWeightStationary)
      return checkStationaryShape(m, n);
    return form.isPair ? checkPairShape(m, n) : checkSingleShape(m, n);
  }

  bool checkStationaryShape(int m, int n) const {
    if (m != 32 && m != 64 && m != 128)
      return fail("m must be 32, 64 or 128 for .ws, got " + std::to_string(m));
    if (n != 64 && n != 128 && n != 256)
      return fail("n must be 64, 128 or 256 for .ws, got " + std::to_string(n));
    return true;
  }

  bool checkPairShape(int m, int n) const {
    if (m != 128 && m != 256)
      return fail("m must be 128 or 256 for cta_group::2, got " + std::to_string(m));
    int step = form.kind == Tcgen05Kind::I8 ? 32 : 16;
    return (n >= step && n <= 256 && n % step == 0) || failColumns(step, "cta_group::2", n);
  }

  bool checkSingleShape(int m, int n) const {
    if (m != 64 && m != 128)
      return fail("m must be 64 or 128 for cta_group::1, got " + std::to_string(m));
    int step = m == 128 || (form.kind == Tcgen05Kind::I8 && n > 32) ? 16 : 8;
    return (n >= step && n <= 256 && n % step == 0) ||
           failColumns(step, "m = " + std::to_string(m), n);
  }

  bool checkMajor(const Tcgen05Mma &op, Type a, Type b) const {
    if ((op.aMnMajor && isNarrow(a)) || (op.bMnMajor && isNarrow(b)))
      return fail("transposed operands of 4 and 6 bits are not supported");
    if (form.aInTensorMemory && (op.aMnMajor || isNarrow(a)))
      return fail("a in tensor memory must be K-major and of at least 8 bits");
    return true;
  }

  // Where the metadata lie of layouts that take half of the lanes the ISA shows in figures alone.
  bool decodeSparse(Tcgen05Mma *out) const {
    if (out->rows() != 128)
      return fail("a sparse matrix must have 128 rows in a CTA, got " +
                  std::to_string(out->rows()));
    bool isWide = storageBits(out->dot.a) >= 16;
    out->selector = int(field(0, 2));
    if (out->selector > (isWide ? 1 : 0))
      return fail("the sparsity selector must be 0" + std::string(isWide ? " or 1" : "") +
                  ", got " + std::to_string(out->selector));
    out->isSparse = true;
    out->sparse = {2 * out->dot.k, isWide ? storageBits(out->dot.a) : 8, false};
    return true;
  }

  bool decodeScaled(int sm, Tcgen05Mma *out) const {
    bool isFourBits = form.kind != Tcgen05Kind::Mxf8f6f4;
    Type a, b;
    out->m = int(field(27, 2)) << 7;
    if (isFourBits && field(31, 1))
      return fail("k = 96 (bit 31) is not supported");
    if (field(0, 2) || field(3, 1) || field(6, 1) || field(24, 3) || field(31, 1) ||
        (isFourBits && field(12, 1)))
      return fail("reserved bits are set");
    if (!operandType(form.kind, field(7, 3), &a) ||
        !operandType(form.kind, field(10, isFourBits ? 2 : 3), &b))
      return fail("bits 7 to 12 hold no types of a and b for this kind");
    if (!checkScaledShape(out->m, out->n) || !checkMajor(*out, a, b))
      return false;
    int k = isFourBits ? 64 : 32, factors = k / form.scaleBlock;
    out->scales = {form.scaleBlock, field(23, 1) ? Type::UE8M0 : Type::UE4M3, int(field(29, 2)),
                   int(field(4, 2))};
    if (out->scales.type == Type::UE4M3 &&
        (form.kind != Tcgen05Kind::Mxf4nvf4 || form.scaleBlock != 16))
      return fail("scales of ue4m3 (bit 23) are for mxf4nvf4 with blocks of 16");
    if (out->scales.byteA % factors != 0 || out->scales.byteB % factors != 0)
      return fail("the scale ids must be multiples of the " + std::to_string(factors) +
                  " factors of a row");
    return prepareDot(sm, Unit::Tcgen05, Mode::Fast, a, b, Type::F32, k, false, &out->dot, error);
  }

  // Where a pair has its scales for m = 128 the ISA does not say.
  bool checkScaledShape(int m, int n) const {
    int rows = form.isPair ? 256 : 128, step = form.isPair ? 16 : 8;
    if (form.isPair && m == 128)
      return fail("m = 128 of a pair with block scales is not supported");
    if (m == rows && n >= step && n <= 256 && n % step == 0)
      return true;
    return fail("m must be " + std::to_string(rows) + " and n " + std::to_string(step) +
                " to 256 in steps of " + std::to_string(step) + " for block scales" +
                (form.isPair ? " of a pair" : "") + ", got " + std::to_string(m) + " and " +
                std::to_string(n));
  }

  const Tcgen05Form &form;
  uint32_t bits;
  std::string *error;
};
} // namespace

bool decodeInstruction(const Tcgen05Form &form, uint32_t bits, Mode mode, int sm, Tcgen05Mma *out,
                       std::string *error) {
  return Descriptor(form, bits, error).decode(mode, sm, out);
}

// The mask repeats a run of columns that B is used for and a run of zeros, the first of which a bit
// names; of each sub-mask some columns are skipped at its start. The ISA's table calls the two
// spans the other way round than its four examples and the names do: the examples are followed.
bool decodeZeroColumns(uint64_t bits, const Tcgen05Mma &op, std::bitset<kMaxColumns> *mask,
                       std::string *error) {
  auto field = [&](int at, int width) { return uint32_t(bits >> at & ((1u << width) - 1)); };
  mask->reset();
  if (field(36, 3) || field(62, 2)) {
    *error = "reserved bits of the zero-column mask are set";
    return false;
  }
  if (field(56, 6)) {
    *error = "the column shift of a zero-column mask (bits 56 to 61) is not supported";
    return false;
  }
  if (!field(39, 1))
    return true;
  uint32_t zeros = field(40, 8) + 1, used = field(48, 8) + 1;
  uint32_t width = uint32_t(op.n / op.parts());
  for (uint32_t column = 0; column < uint32_t(op.n); ++column) {
    int part = int(column / width);
    uint32_t at = (column % width + field(8 * part, 8)) % (zeros + used);
    bool startsWithZeros = field(32 + part, 1);
    (*mask)[column] = startsWithZeros ? at < zeros : at >= used;
  }
  return true;
}

bool checkTcgen05Swizzles(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                          std::string *error) {
  bool isWide = storageBits(op.dot.a) == 32;
  auto fits = [&](const MatrixDescriptor &descriptor, bool mnMajor) {
    bool hasWideAtoms = descriptor.swizzle == async::Swizzle::B128Atom32;
    return !mnMajor ? true : hasWideAtoms == isWide;
  };
  if (op.isSparse && !op.bMnMajor && operands.b.swizzle == async::Swizzle::B32) {
    *error =
        "a sparse product reads 64 bytes along k of b, more than its swizzle of 32 bytes holds";
    return false;
  }
  if ((operands.aInTensorMemory || fits(operands.a, op.aMnMajor)) && fits(operands.b, op.bMnMajor))
    return true;
  *error = isWide
               ? "a transposed operand of 32 bits must have swizzle 1, 128 bytes in 32-byte atoms"
               : "swizzle 1, 128 bytes in 32-byte atoms, is for transposed operands of 32 bits";
  return false;
}

} // namespace azulejo::sim::tc
