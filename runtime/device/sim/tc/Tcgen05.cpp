// This file executes tcgen05.mma.
#include "device/sim/tc/Tcgen05.h"

#include "device/sim/tc/BlockScale.h"
#include "device/sim/tc/Tcgen05Sparse.h"
#include "device/sim/tc/Vec.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace azulejo::sim::tc {

namespace {

constexpr uint32_t kRowBytes = 64; // packed k of one row: elements narrower than a byte take one

bool isStartLane(const Tcgen05Mma &op, uint32_t lane) {
  return lane == 0 || (op.isHalved() && lane == 16);
}

// Rows of A from tensor memory: a row lies in one lane, its bytes in neighbouring columns. With .ws
// each part of D has a copy of A in its own lanes.
TmemFault gatherTensorA(const Tcgen05Mma &op, const Tcgen05Operands &operands, int part,
                        const TensorMemory &memory, uint8_t *packed) {
  uint32_t address = operands.aAddress, column = tmemColumn(address);
  uint32_t columns = uint32_t(op.dot.k * storageBits(op.dot.a) / 32);
  if (!isStartLane(op, tmemLane(address)) || tmemLane(address) != tmemLane(operands.d))
    return TmemFault::MisalignedLane;
  if (TmemFault fault = memory.checkColumns(column, columns); fault != TmemFault::None)
    return fault;
  TmemFault result = TmemFault::None;
  int firstColumn = part * op.n / op.parts();
  for (int row = 0; row < op.rows(); ++row) {
    uint32_t lane = tmemLane(address) + tcgen05Cell(op, row, firstColumn).lane,
             words[kRowBytes / 4];
    if (!memory.readRow(lane, column, columns, words))
      result = TmemFault::Uninitialised;
    std::memcpy(packed + uint32_t(row) * kRowBytes, words, columns * sizeof(uint32_t));
  }
  if (op.negateA)
    negatePacked(op.dot.a, packed, uint32_t(op.rows()) * kRowBytes);
  return result;
}

// One tile of D: loaded, added to, stored. Its columns are neighbours in a lane.
struct AccumulatorTile {
  const Tcgen05Mma &op;
  const Tcgen05Operands &operands;
  TensorMemory &memory;
  int row, column; // of its first element

  uint32_t lane(int r) const {
    return tmemLane(operands.d) + tcgen05Cell(op, row + r, column).lane;
  }
  uint32_t firstColumn() const {
    return tmemColumn(operands.d) + tcgen05Cell(op, row, column).column;
  }

  // Returns false if a cell was never written.
  bool load(uint32_t *tile) const {
    bool initialised = true;
    for (int r = 0; r < kTileRows; ++r) {
      uint32_t *words = tile + r * kTileColumns;
      initialised &= memory.readRow(lane(r), firstColumn(), kTileColumns, words);
      for (int c = 0; c < kTileColumns && (op.dot.d == Type::F16 || operands.scaleInputD); ++c) {
        float value = std::ldexp(decode(op.dot.d, words[c]), -operands.scaleInputD);
        std::memcpy(&words[c], &value, sizeof value);
      }
    }
    return initialised;
  }
  void store(const uint32_t *tile) const {
    for (int r = 0; r < kTileRows; ++r) {
      const uint32_t *words = tile + r * kTileColumns;
      uint16_t halves[kTileColumns];
      uint32_t widened[kTileColumns];
      if (op.dot.d == Type::F16) {
        storeHalf(halves, tc::load<V8f>(words));
        std::copy(halves, halves + kTileColumns, widened);
        words = widened;
      }
      uint32_t at = lane(r);
      if (!operands.disableLanes || !(operands.disableLanes[at / 32] >> (at % 32) & 1))
        memory.writeRow(at, firstColumn(), kTileColumns, words);
    }
  }
};

TmemFault checkD(const Tcgen05Mma &op, uint32_t address, const TensorMemory &memory) {
  if (!isStartLane(op, tmemLane(address)))
    return TmemFault::MisalignedLane;
  return memory.checkColumns(tmemColumn(address), tcgen05Columns(op));
}

// The block scales of one CTA: of all its rows of A, and of all columns of B.
struct Scales {
  std::vector<Factors> rows, columns;
  bool initialised = true; // all words were written
};

// Reads the factors of `count` rows of A, or columns of B. Of the copies in each 32 lanes, rows of
// A read that of their own lanes.
void readFactors(const Tcgen05Mma &op, const TensorMemory &memory, uint32_t address, int count,
                 bool ofA, std::vector<Factors> *factors, bool *initialised) {
  factors->resize(size_t(count));
  for (int row = 0; row < count; ++row) {
    uint32_t word, lanes = ofA ? uint32_t(row / 32 * 32) : 0;
    *initialised &= memory.readRow(lanes + uint32_t(row % 32),
                                   tmemColumn(address) + uint32_t(row / 32), 1, &word);
    (*factors)[size_t(row)] = decodeFactors(
        op.scales.type, word, ofA ? op.scales.byteA : op.scales.byteB, op.scales.count(op.dot.k));
  }
}

Scales readScales(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                  const TensorMemory &memory) {
  Scales scales;
  if (op.scales.block == 0)
    return scales;
  readFactors(op, memory, operands.scaleA, op.rows(), true, &scales.rows, &scales.initialised);
  readFactors(op, memory, operands.scaleB, op.n, false, &scales.columns, &scales.initialised);
  return scales;
}

TmemFault checkScales(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                      const TensorMemory &memory) {
  if (op.scales.block == 0)
    return TmemFault::None;
  if (tmemLane(operands.scaleA) != 0 || tmemLane(operands.scaleB) != 0)
    return TmemFault::MisalignedLane;
  TmemFault fault =
      memory.checkColumns(tmemColumn(operands.scaleA), tcgen05ScaleColumns(op.rows()));
  return fault != TmemFault::None
             ? fault
             : memory.checkColumns(tmemColumn(operands.scaleB), tcgen05ScaleColumns(op.n));
}

// B of one instruction: packed columns, decoded where all rows of A meet the same of it.
struct MatrixB {
  uint32_t stride = 0; // from column to column, in bytes
  std::vector<uint8_t> packed;
  std::vector<TileB> tiles;
};

// What one CTA has besides.
struct CtaOperands {
  std::vector<uint8_t> a; // packed rows
  Scales scales;
  SparsePlaces sparse;
};

// Adds the products of 16 rows of a sparse A from `row` on with eight columns of B.
void multiplySparse(const Tcgen05Mma &op, const CtaOperands &own, int row, const uint8_t *columns,
                    uint32_t stride, uint32_t *tile) {
  TileA tileA;
  TileB tileB;
  alignas(32) uint8_t chosen[kTileColumns * 2 * kRowBytes];
  for (int r = 0; r < kTileRows; ++r) {
    chooseElements(&own.sparse.places[size_t((row + r) * op.dot.k)], op.dot.k,
                   packedBytes(op.dot.b), columns, int(stride), chosen);
    decodeA(op.dot, &own.a[uint32_t(row + r) * kRowBytes], kRowBytes, 1, &tileA);
    decodeB(op.dot, chosen, stride, &tileB);
    dotTile(op.dot, tileA, tileB, 1, tile + r * kTileColumns);
  }
}

// Multiplies the columns of D that belong to `part`. Returns false if an old D was never written.
bool multiplyPart(const Tcgen05Mma &op, const Tcgen05Operands &operands, int part,
                  const CtaOperands &own, const MatrixB &b, TensorMemory &memory) {
  int width = op.n / op.parts();
  bool initialised = true;
  TileA tileA;
  for (int row = 0; row < op.rows(); row += kTileRows) {
    if (!op.isSparse)
      decodeA(op.dot, &own.a[uint32_t(row) * kRowBytes], kRowBytes, kTileRows, &tileA);
    for (int column = part * width; column < (part + 1) * width; column += kTileColumns) {
      AccumulatorTile d = {op, operands, memory, row, column};
      alignas(32) uint32_t tile[kTileRows * kTileColumns] = {};
      if (operands.accumulate)
        initialised &= d.load(tile);
      if (op.isSparse)
        multiplySparse(op, own, row, &b.packed[uint32_t(column) * b.stride], b.stride, tile);
      else if (op.scales.block != 0)
        dotScaled(op.dot, op.scales.count(op.dot.k), tileA, b.tiles[size_t(column / kTileColumns)],
                  kTileRows, &own.scales.rows[size_t(row)], &own.scales.columns[size_t(column)],
                  reinterpret_cast<float *>(tile));
      else
        dotTile(op.dot, tileA, b.tiles[size_t(column / kTileColumns)], kTileRows, tile);
      d.store(tile);
    }
  }
  return initialised;
}

// Gathers all columns of B, of a pair half from either CTA.
bool gatherB(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta *ctas,
             MatrixB *b, SharedFault *outside) {
  b->stride = op.isSparse ? 2 * kRowBytes : kRowBytes;
  b->packed.resize(size_t(op.n) * b->stride);
  SharedOperand operand = tcgen05OperandB(op, operands);
  for (int c = 0; c < (op.pair ? 2 : 1); ++c)
    if (!gatherOperand(ctas[c].shared, operand, op.negateB,
                       &b->packed[uint32_t(c * operand.rows) * b->stride], b->stride, outside))
      return false;
  b->tiles.resize(op.isSparse ? 0 : size_t(op.n) / kTileColumns);
  for (size_t i = 0; i < b->tiles.size(); ++i)
    decodeB(op.dot, &b->packed[i * kTileColumns * b->stride], b->stride, &b->tiles[i]);
  return true;
}

// Reads what one CTA has besides B, but for A in tensor memory. Returns false where it could not,
// with `fault` filled.
bool gatherOwn(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta &cta,
               CtaOperands *own, Tcgen05Fault *fault) {
  own->a.resize(size_t(op.rows()) * kRowBytes);
  SharedFault outside = {};
  if (!operands.aInTensorMemory && !gatherOperand(cta.shared, tcgen05OperandA(op, operands.a),
                                                  op.negateA, own->a.data(), kRowBytes, &outside)) {
    *fault = {TmemFault::None, outside.address, true};
    return false;
  }
  if (op.isSparse) {
    TmemFault metadata = readPlaces(op, operands.metadata, *cta.memory, &own->sparse);
    if (metadata != TmemFault::None || !own->sparse.initialised)
      *fault = {metadata != TmemFault::None ? metadata : TmemFault::Uninitialised,
                operands.metadata, false};
    if (metadata != TmemFault::None)
      return false;
  }
  own->scales = readScales(op, operands, *cta.memory);
  if (!own->scales.initialised)
    *fault = {TmemFault::Uninitialised, operands.scaleA, false};
  return true;
}

// Multiplies the rows of one CTA. Returns false where it could not, with `fault` filled.
bool multiplyCta(const Tcgen05Mma &op, const Tcgen05Operands &operands, CtaOperands &own,
                 const MatrixB &b, TensorMemory &memory, Tcgen05Fault *fault) {
  for (int part = 0; part < op.parts(); ++part) {
    if (operands.aInTensorMemory) {
      TmemFault aFault = gatherTensorA(op, operands, part, memory, own.a.data());
      if (aFault != TmemFault::None)
        *fault = {aFault, operands.aAddress, false};
      if (aFault != TmemFault::None && aFault != TmemFault::Uninitialised)
        return false;
    }
    if (!multiplyPart(op, operands, part, own, b, memory))
      *fault = {TmemFault::Uninitialised, operands.d, false};
  }
  return true;
}

// Checks the columns of tensor memory that D and the scales take in one CTA.
bool checkColumns(const Tcgen05Mma &op, const Tcgen05Operands &operands, const TensorMemory &memory,
                  Tcgen05Fault *fault) {
  *fault = {checkD(op, operands.d, memory), operands.d, false};
  if (fault->tensorMemory == TmemFault::None)
    *fault = {checkScales(op, operands, memory), operands.scaleA, false};
  return fault->tensorMemory == TmemFault::None;
}
} // namespace

bool tcgen05Mma(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta *ctas,
                Tcgen05Fault *fault) {
  int count = op.pair ? 2 : 1;
  for (int c = 0; c < count; ++c)
    if (!checkColumns(op, operands, *ctas[c].memory, fault))
      return false;
  MatrixB b;
  CtaOperands own[2];
  SharedFault outside = {};
  if (!gatherB(op, operands, ctas, &b, &outside)) {
    *fault = {TmemFault::None, outside.address, true};
    return false;
  }
  for (int c = 0; c < count; ++c)
    if (!gatherOwn(op, operands, ctas[c], &own[c], fault))
      return false;
  for (int c = 0; c < count; ++c) {
    Tcgen05Operands ofCta = operands;
    if (ofCta.disableLanes != nullptr)
      ofCta.disableLanes += 4 * c;
    if (!multiplyCta(op, ofCta, own[c], b, *ctas[c].memory, fault))
      return false;
  }
  return fault->tensorMemory == TmemFault::None;
}

} // namespace azulejo::sim::tc
