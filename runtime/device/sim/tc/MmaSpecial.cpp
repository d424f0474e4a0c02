// This file executes mma.sync of f64, of single bits, and of m8n8k4 f16.
#include "device/sim/tc/MmaSpecial.h"

#include "device/sim/tc/Fragments.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim::tc {

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

// A register has 32 bits of a line for each lane, 128 for each four; registers walk the halves of
// eight rows first, then k.
void mmaBits(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d) {
  const MmaForm &form = op.form;
  int halves = form.m / 8;
  // d may share registers with c in another order: all of c is read first.
  uint32_t sums[4][32];
  for (int i = 0; i < 2 * halves; ++i)
    for (int lane = 0; lane < 32; ++lane) {
      int row = lane / 4, column = 2 * (lane % 4) + i % 2;
      sums[i][lane] = c[i][lane];
      for (int word = 0; word < form.k / 32; ++word) {
        uint32_t x = a[word / 4 * halves + i / 2][4 * row + word % 4];
        uint32_t y = b[word / 4][4 * column + word % 4];
        sums[i][lane] += uint32_t(__builtin_popcount(form.bitOp == BitOp::Xor ? x ^ y : x & y));
      }
    }
  for (int i = 0; i < 2 * halves; ++i)
    std::memcpy(d[i], sums[i], sizeof sums[i]);
}

namespace {

// The lane of quad `quad` that has line `line`, 0 … 7, of a matrix of m8n8k4.
int quadLane(int quad, int line) { return 4 * quad + line % 4 + (line < 4 ? 0 : 16); }

uint32_t halfAt(const uint32_t *const *registers, int lane, int i) {
  return registers[i / 2][lane] >> (16 * (i % 2)) & 0xffff;
}

// Eight lines of four elements: rows of A, or columns of B. Lanes have whole lines; of the other
// storage order four elements across lines, at one k.
void gatherLines(const uint32_t *const *registers, int quad, bool acrossLines, uint16_t *lines) {
  for (int line = 0; line < 8; ++line)
    for (int k = 0; k < 4; ++k)
      lines[4 * line + k] =
          uint16_t(acrossLines ? halfAt(registers, 4 * quad + k + (line < 4 ? 0 : 16), line % 4)
                               : halfAt(registers, quadLane(quad, line), k));
}

// Where an accumulator of m8n8k4 is: its lane, and its place there.
struct QuadPlace {
  int lane, i;
};

QuadPlace accumulatorPlace(Type type, int quad, int row, int column) {
  if (type == Type::F16)
    return {quadLane(quad, row), column};
  return {4 * quad + (row & 1) + (column & 2) + (row < 4 ? 0 : 16),
          (row & 2) | (column & 4) | (column & 1)};
}

} // namespace

void mmaQuads(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
              const uint32_t *const *c, uint32_t *const *d) {
  alignas(32) float sums[4][64];
  for (int quad = 0; quad < 4; ++quad) {
    uint16_t rows[32], columns[32];
    gatherLines(a, quad, op.form.aIsColumnMajor, rows);
    gatherLines(b, quad, op.form.bIsRowMajor, columns);
    for (int i = 0; i < 64; ++i) {
      QuadPlace place = accumulatorPlace(op.form.c, quad, i / 8, i % 8);
      sums[quad][i] = op.form.c == Type::F16 ? decode(Type::F16, halfAt(c, place.lane, place.i))
                                             : decode(Type::F32, c[place.i][place.lane]);
    }
    TileA tileA;
    TileB tileB;
    decodeA(op.dot, reinterpret_cast<const uint8_t *>(rows), 8, 8, &tileA);
    decodeB(op.dot, reinterpret_cast<const uint8_t *>(columns), 8, &tileB);
    dotTile(op.dot, tileA, tileB, 8, sums[quad]);
  }
  for (int quad = 0; quad < 4; ++quad)
    for (int i = 0; i < 64; ++i) {
      QuadPlace place = accumulatorPlace(op.form.d, quad, i / 8, i % 8);
      if (op.form.d == Type::F32) {
        std::memcpy(&d[place.i][place.lane], &sums[quad][i], 4);
        continue;
      }
      uint32_t &word = d[place.i / 2][place.lane];
      int shift = 16 * (place.i % 2);
      word = (word & ~(0xffffu << shift)) | encode(Type::F16, double(sums[quad][i])) << shift;
    }
}

} // namespace azulejo::sim::tc
