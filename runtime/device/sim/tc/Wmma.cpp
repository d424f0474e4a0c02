// This file executes wmma on fragments of our own layout.
#include "device/sim/tc/Wmma.h"

#include "device/sim/tc/Vec.h"

#include <algorithm>

namespace azulejo::sim::tc {

namespace {

constexpr int kMaxElements = 512; // of one operand: 32 x 16

struct KnownForm {
  int k;
  Type a;
  int firstSm;
};

constexpr KnownForm kKnownForms[] = {
    {16, Type::F16, 70}, {16, Type::BF16, 80}, {16, Type::S8, 72},
    {16, Type::U8, 72},  {8, Type::TF32, 80},  {4, Type::F64, 80},
    {32, Type::S4, 75},  {32, Type::U4, 75},   {128, Type::B1, 75}};

// Whether the product is the mma.sync of the same shape: our fragments are then the same.
bool isPlainMma(Type a) {
  return a == Type::F64 || a == Type::S4 || a == Type::U4 || a == Type::B1;
}

bool shapeFits(const MmaForm &form) {
  if (isPlainMma(form.a))
    return form.m == 8 && form.n == 8;
  if (form.m == 16 && form.n == 16)
    return true;
  bool oblong = (form.m == 32 && form.n == 8) || (form.m == 8 && form.n == 32);
  return oblong && form.a != Type::TF32;
}

bool typesFit(const MmaForm &form) {
  bool isFloat = form.d == Type::F32 || form.d == Type::F16;
  if (form.a == Type::F16 && form.b == Type::F16)
    return isFloat && (form.c == Type::F32 || form.c == Type::F16);
  if (form.a != form.b || form.c != form.d)
    return false;
  switch (form.a) {
  case Type::S8:
  case Type::U8:
  case Type::S4:
  case Type::U4:
  case Type::B1:
    return form.d == Type::S32;
  case Type::F64:
    return form.d == Type::F64;
  default:
    return form.d == Type::F32;
  }
}

std::string formName(const MmaForm &form) {
  return "wmma m" + std::to_string(form.m) + "n" + std::to_string(form.n) + "k" +
         std::to_string(form.k) + "." + typeName(form.d) + "." + typeName(form.a) + "." +
         typeName(form.b) + "." + typeName(form.c);
}

// Lanes hold consecutive stretches of the packed operand.
void packFragment(const WmmaFragment &fragment, const uint32_t *const *registers, int elements,
                  int bytes, uint8_t *packed) {
  int words = fragment.registers(), lanes = elements / fragment.elements();
  for (int lane = 0; lane < std::max(lanes, 1); ++lane)
    for (int r = 0; r < words; ++r)
      if ((lane * words + r) * 4 < elements * bytes)
        std::memcpy(packed + (lane * words + r) * 4, &registers[r][lane], 4);
}

float halfToFloat(uint32_t bits) { return decode(Type::F16, bits); }

// C as rows of 32-bit words: f16 is widened.
void loadRows(const WmmaOp &op, const uint32_t *const *c, uint32_t *rows) {
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 8; ++i) {
      uint32_t word =
          op.form.c == Type::F16 ? c[i / 2][lane] >> (16 * (i % 2)) & 0xffff : c[i][lane];
      if (op.form.c == Type::F16) {
        float value = halfToFloat(word);
        std::memcpy(&word, &value, sizeof word);
      }
      rows[lane * 8 + i] = word;
    }
}

void storeRows(const WmmaOp &op, const uint32_t *rows, uint32_t *const *d) {
  for (int lane = 0; lane < 32; ++lane) {
    uint16_t halves[8];
    if (op.form.d == Type::F16)
      storeHalf(halves, load<V8f>(rows + lane * 8));
    for (int i = 0; i < 8; ++i)
      if (op.form.d != Type::F16)
        d[i][lane] = rows[lane * 8 + i];
      else if (i % 2)
        d[i / 2][lane] = uint32_t(halves[i]) << 16 | halves[i - 1];
  }
}

} // namespace

WmmaFragment::WmmaFragment(Operand operand, int m, int n, int k, Type type)
    : operand(operand), type(type), lines(operand == Operand::B ? n : m),
      lineLength(operand == Operand::C ? n : k) {
  count = lines * lineLength / 32;
  if (type == Type::F16 && operand != Operand::C)
    count = 16;
}

int WmmaFragment::perRegister() const { return type == Type::F64 ? 1 : 32 / storageBits(type); }

int WmmaFragment::registers() const { return count / perRegister(); }

Coordinate WmmaFragment::at(int lane, int i) const {
  int linear = (lane * count + i) % (lines * lineLength);
  int line = linear / lineLength, along = linear % lineLength;
  return operand == Operand::B ? Coordinate{along, line} : Coordinate{line, along};
}

int64_t WmmaFragment::offset(int lane, int i, bool rowMajor, int64_t leading) const {
  Coordinate place = at(lane, i);
  return rowMajor ? place.row * leading + place.column : place.column * leading + place.row;
}

bool prepareWmma(const MmaForm &form, Mode mode, int sm, WmmaOp *op, std::string *error) {
  const KnownForm *known =
      std::find_if(std::begin(kKnownForms), std::end(kKnownForms), [&](const KnownForm &candidate) {
        return candidate.k == form.k && candidate.a == form.a;
      });
  bool saturates = form.saturate && form.d != Type::S32;
  if (known == std::end(kKnownForms) || !shapeFits(form) || !typesFit(form) || saturates) {
    *error = formName(form) + (form.saturate ? ".satfinite" : "") + " is not supported";
    return false;
  }
  if (sm < known->firstSm) {
    *error = formName(form) + " needs sm_" + std::to_string(known->firstSm) + " or later, got sm_" +
             std::to_string(sm);
    return false;
  }
  op->form = form;
  if (isPlainMma(form.a))
    return prepareMma(form, mode, sm, &op->plain, error);
  // Of c and d the wider one says how the sum is kept; storing rounds it.
  Type sum = form.c == Type::F32 ? Type::F32 : form.d;
  return prepareDot(sm, Unit::MmaSync, mode, form.a, form.b, sum, form.k, form.saturate, &op->dot,
                    error);
}

void wmmaWarp(const WmmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
              const uint32_t *const *c, uint32_t *const *d) {
  const MmaForm &form = op.form;
  if (isPlainMma(form.a))
    return mmaWarp(op.plain, a, b, c, d);
  int bytes = packedBytes(form.a);
  alignas(32) uint8_t packedA[kMaxElements * 4], packedB[kMaxElements * 4];
  alignas(32) uint32_t rows[256];
  packFragment(WmmaFragment(Operand::A, form.m, form.n, form.k, form.a), a, form.m * form.k, bytes,
               packedA);
  packFragment(WmmaFragment(Operand::B, form.m, form.n, form.k, form.b), b, form.k * form.n, bytes,
               packedB);
  loadRows(op, c, rows);
  size_t stride = size_t(form.k * bytes);
  TileA tileA;
  TileB tileB;
  for (int column = 0; column < form.n; column += kTileColumns) {
    decodeB(op.dot, packedB + size_t(column) * stride, stride, &tileB);
    for (int row = 0; row < form.m; row += kTileRows) {
      int count = std::min(kTileRows, form.m - row);
      decodeA(op.dot, packedA + size_t(row) * stride, stride, count, &tileA);
      alignas(32) uint32_t tile[kTileRows * kTileColumns];
      for (int r = 0; r < count; ++r)
        std::memcpy(tile + r * kTileColumns, rows + (row + r) * form.n + column, 32);
      dotTile(op.dot, tileA, tileB, count, tile);
      for (int r = 0; r < count; ++r)
        std::memcpy(rows + (row + r) * form.n + column, tile + r * kTileColumns, 32);
    }
  }
  storeRows(op, rows, d);
}

} // namespace azulejo::sim::tc
