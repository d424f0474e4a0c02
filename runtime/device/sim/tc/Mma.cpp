// This file executes mma.sync: it brings fragments into rows, multiplies tiles and puts them back.
#include "device/sim/tc/Mma.h"

#include "device/sim/tc/Fragments.h"
#include "device/sim/tc/RegisterTiles.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim::tc {

namespace {

// Every form of mma.sync that is simulated, and the first GPU that has it.
struct KnownForm {
  int m, k;
  Type a;
  int firstSm;
};

constexpr KnownForm kKnownForms[] = {
    {16, 8, Type::F16, 75},   {16, 16, Type::F16, 80},  {16, 8, Type::BF16, 80},
    {16, 16, Type::BF16, 80}, {16, 4, Type::TF32, 80},  {16, 8, Type::TF32, 80},
    {16, 16, Type::E4M3, 89}, {16, 32, Type::E4M3, 89}, {16, 16, Type::E5M2, 89},
    {16, 32, Type::E5M2, 89}, {8, 16, Type::S8, 75},    {16, 16, Type::S8, 80},
    {16, 32, Type::S8, 80},   {8, 16, Type::U8, 75},    {16, 16, Type::U8, 80},
    {16, 32, Type::U8, 80},   {8, 4, Type::F64, 80},    {16, 4, Type::F64, 90},
    {16, 8, Type::F64, 90},   {16, 16, Type::F64, 90},
};

// Bytes of a row of A or a column of B: no form has more.
constexpr int kRowBytes = 32;

// f64: a chain of fused multiply-adds in k order, in every mode.
void mmaDouble(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
               const uint32_t *const *c, uint32_t *const *d) {
  const MmaForm &form = op.form;
  double x[16][16], y[16][8], z[16][8];
  auto gather = [&](Operand operand, const uint32_t *const *registers, double *matrix, int width) {
    FragmentLayout layout(operand, form.m, form.n, form.k, Type::F64);
    for (int i = 0; i < layout.elements(); ++i)
      for (int lane = 0; lane < 32; ++lane) {
        Coordinate at = layout.at(lane, i);
        std::memcpy(matrix + at.row * width + at.column, registers[i] + 2 * lane, 8);
      }
  };
  gather(Operand::A, a, &x[0][0], 16);
  gather(Operand::B, b, &y[0][0], 8);
  gather(Operand::C, c, &z[0][0], 8);
  for (int row = 0; row < form.m; ++row)
    for (int column = 0; column < form.n; ++column)
      for (int i = 0; i < form.k; ++i)
        z[row][column] = std::fma(x[row][i], y[i][column], z[row][column]);
  FragmentLayout layout(Operand::C, form.m, form.n, form.k, Type::F64);
  for (int i = 0; i < layout.elements(); ++i)
    for (int lane = 0; lane < 32; ++lane) {
      Coordinate at = layout.at(lane, i);
      std::memcpy(d[i] + 2 * lane, &z[at.row][at.column], 8);
    }
}

std::string formName(const MmaForm &form) {
  return "mma.sync m" + std::to_string(form.m) + "n" + std::to_string(form.n) + "k" +
         std::to_string(form.k) + "." + typeName(form.d) + "." + typeName(form.a) + "." +
         typeName(form.b) + "." + typeName(form.c);
}

bool isKnown(const MmaForm &form, int *firstSm) {
  for (const KnownForm &known : kKnownForms)
    if (known.m == form.m && known.k == form.k && known.a == form.a && form.n == 8) {
      *firstSm = known.firstSm;
      return true;
    }
  return false;
}

// Whether the four types go together.
bool typesFit(const MmaForm &form) {
  bool sameOperands = form.a == form.b;
  switch (form.a) {
  case Type::F64:
    return sameOperands && form.c == Type::F64 && form.d == Type::F64;
  case Type::S8:
  case Type::U8:
    return (form.b == Type::S8 || form.b == Type::U8) && form.c == Type::S32 && form.d == Type::S32;
  case Type::E4M3:
  case Type::E5M2:
    return (form.b == Type::E4M3 || form.b == Type::E5M2) && form.c == form.d &&
           (form.d == Type::F32 || form.d == Type::F16);
  case Type::F16:
    return sameOperands && form.c == form.d && (form.d == Type::F32 || form.d == Type::F16);
  default:
    return sameOperands && form.c == Type::F32 && form.d == Type::F32;
  }
}

} // namespace

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
  if (form.saturate && form.d != Type::S32) {
    *error = formName(form) + " takes no .satfinite: only integer forms do";
    return false;
  }
  auto registers = [&](Operand operand, Type type) {
    return FragmentLayout(operand, form.m, form.n, form.k, type).registers();
  };
  op->form = form;
  op->aRegisters = registers(Operand::A, form.a);
  op->bRegisters = registers(Operand::B, form.b);
  op->cRegisters = registers(Operand::C, form.c);
  op->dRegisters = registers(Operand::C, form.d);
  op->isDirect = false;
  if (form.a == Type::F64)
    return true;
  if (!prepareDot(sm, Unit::MmaSync, mode, form.a, form.b, form.d, form.k, form.saturate, &op->dot,
                  error))
    return false;
  op->isDirect = form.m == kTileRows && canMultiplyRegisters(op->dot);
  return true;
}

void mmaWarp(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d) {
  if (op.form.a == Type::F64)
    return mmaDouble(op, a, b, c, d);
  if (op.isDirect && multiplyRegisters(op.dot, a, b, c, d))
    return;
  alignas(32) uint8_t rows[kTileRows * kRowBytes];
  alignas(32) uint8_t columns[kTileColumns * kRowBytes];
  alignas(32) uint32_t tile[kTileRows * kTileColumns];
  TileA tileA;
  TileB tileB;
  int halves = op.form.m / 8;
  packRows(a, op.aRegisters, halves, rows, kRowBytes);
  packRows(b, op.bRegisters, 1, columns, kRowBytes);
  loadAccumulator(op.form.c, c, halves, tile);
  decodeA(op.dot, rows, kRowBytes, op.form.m, &tileA);
  decodeB(op.dot, columns, kRowBytes, &tileB);
  dotTile(op.dot, tileA, tileB, op.form.m, tile);
  storeAccumulator(op.form.d, tile, halves, d);
}

} // namespace azulejo::sim::tc
