// This file executes mma.sync: it brings fragments into rows, multiplies tiles and puts them back.
#include "device/sim/tc/Mma.h"

#include "device/sim/tc/BlockScale.h"
#include "device/sim/tc/MmaSpecial.h"
#include "device/sim/tc/RegisterTiles.h"

#include <cstring>

namespace azulejo::sim::tc {

namespace {

// Bytes of a row of A and a column of B as the engine takes them: no form has more. Of a sparse A
// half of the elements are stored, so that B has twice as many.
constexpr int kRowBytes = 64;
constexpr int kColumnBytes = 128;

// Whether registers hold elements otherwise than the engine takes them, one of up to 8 bits to a
// byte, in its low bits.
bool isUnpacked(const MmaForm &form, Type type) {
  return storageBits(type) == 4 || (form.inBytes && storageBits(type) == 6);
}

// Puts the elements of a row, `count` of them, into bytes.
void unpackRow(const MmaForm &form, Type type, int count, uint8_t *row) {
  if (form.inBytes) {
    // e2m1 stands in the middle of its byte, types of 6 bits at its low end.
    for (int i = 0; i < count; ++i)
      row[i] = storageBits(type) == 4 ? row[i] >> 2 & 15 : row[i] & 63;
    return;
  }
  for (int i = count - 1; i >= 0; --i) {
    uint8_t nibble = row[i / 2] >> (4 * (i % 2)) & 15;
    row[i] = type == Type::S4 ? uint8_t((nibble ^ 8) - 8) : nibble;
  }
}

void packOperand(const MmaForm &form, Type type, const uint32_t *const *registers, int count,
                 int lines, int k, uint8_t *packed, int stride) {
  packRows(registers, count, lines / 8, packed, stride);
  if (isUnpacked(form, type))
    for (int line = 0; line < lines; ++line)
      unpackRow(form, type, k, packed + line * stride);
}

struct Scales {
  Factors ofRows[kTileRows], ofColumns[kTileColumns];
};

void readScales(const MmaForm &form, const MmaExtras &extras, Scales *scales) {
  const ScaleOperand &a = extras.scaleA, &b = extras.scaleB;
  for (int row = 0; row < kTileRows; ++row)
    scales->ofRows[row] =
        decodeFactors(form.factorType, a.words[4 * (row % 8) + 2 * int(a.thread) + row / 8],
                      int(a.byte), form.factors);
  for (int column = 0; column < kTileColumns; ++column)
    scales->ofColumns[column] = decodeFactors(form.factorType, b.words[4 * column + int(b.thread)],
                                              int(b.byte), form.factors);
}

// Adds the products of `count` rows, from row `first` of the tile on, with eight columns.
void multiplyRows(const MmaOp &op, const uint8_t *rows, const uint8_t *columns,
                  const Scales &scales, int first, int count, uint32_t *tile) {
  TileA tileA;
  TileB tileB;
  decodeA(op.dot, rows + first * kRowBytes, kRowBytes, count, &tileA);
  decodeB(op.dot, columns, kColumnBytes, &tileB);
  uint32_t *sums = tile + first * kTileColumns;
  if (op.form.factors == 0)
    return dotTile(op.dot, tileA, tileB, count, sums);
  float c[kTileRows * kTileColumns];
  std::memcpy(c, sums, size_t(count * kTileColumns) * sizeof *c);
  dotScaled(op.dot, op.form.factors, tileA, tileB, count, scales.ofRows + first, scales.ofColumns,
            c);
  std::memcpy(sums, c, size_t(count * kTileColumns) * sizeof *c);
}

// Each row of a sparse A meets those elements of B's columns that its own stand for.
void multiplySparse(const MmaOp &op, const SparseMetadata &metadata, const uint8_t *rows,
                    const uint8_t *columns, const Scales &scales, uint32_t *tile) {
  for (int row = 0; row < kTileRows; ++row) {
    int places[kTileMaxK];
    placeElements(op.sparse, metadata, row, places);
    alignas(32) uint8_t chosen[kTileColumns * kColumnBytes];
    chooseElements(places, op.dot.k, packedBytes(op.dot.b), columns, kColumnBytes, chosen);
    multiplyRows(op, rows, chosen, scales, row, 1, tile);
  }
}

} // namespace

void mmaWarp(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d, const MmaExtras &extras) {
  const MmaForm &form = op.form;
  if (form.a == Type::F64)
    return mmaDouble(op, a, b, c, d);
  if (form.a == Type::B1)
    return mmaBits(op, a, b, c, d);
  if (form.a == Type::F16 && form.m == 8)
    return mmaQuads(op, a, b, c, d);
  if (op.isDirect && multiplyRegisters(op.dot, a, b, c, d))
    return;
  alignas(32) uint8_t rows[kTileRows * kRowBytes];
  alignas(32) uint8_t columns[kTileColumns * kColumnBytes];
  alignas(32) uint32_t tile[kTileRows * kTileColumns];
  Scales scales;
  packOperand(form, form.a, a, op.aRegisters, form.m, op.dot.k, rows, kRowBytes);
  packOperand(form, form.b, b, op.bRegisters, kTileColumns, form.k, columns, kColumnBytes);
  loadAccumulator(form.c, c, form.m / 8, tile);
  if (form.factors != 0)
    readScales(form, extras, &scales);
  if (form.isSparse)
    multiplySparse(op, extras.metadata, rows, columns, scales, tile);
  else
    multiplyRows(op, rows, columns, scales, 0, form.m, tile);
  storeAccumulator(form.d, tile, form.m / 8, d);
}

} // namespace azulejo::sim::tc
