// This file executes wgmma.mma_async.
#include "device/sim/tc/Wgmma.h"

#include "device/sim/tc/RegisterTiles.h"

#include <vector>

namespace azulejo::sim::tc {

namespace {

constexpr uint32_t kRowBytes = 32; // what A stores along k spans 32 bytes for every type

// B has twice as much along k where A is sparse.
uint32_t columnBytes(const WgmmaOp &op) { return op.form.isSparse ? 2 * kRowBytes : kRowBytes; }

bool isFp8(Type type) { return type == Type::E4M3 || type == Type::E5M2; }

bool isByteInteger(Type type) { return type == Type::S8 || type == Type::U8; }

std::string formName(const WgmmaForm &form) {
  return std::string("wgmma m64n") + std::to_string(form.n) + "." + typeName(form.d) + "." +
         typeName(form.a) + "." + typeName(form.b);
}

bool typesFit(const WgmmaForm &form) {
  bool wide = form.d == Type::F32, half = form.d == Type::F16;
  if (isFp8(form.a))
    return isFp8(form.b) && (wide || half);
  if (isByteInteger(form.a))
    return isByteInteger(form.b) && form.d == Type::S32;
  if (form.a != form.b)
    return false;
  if (form.a == Type::F16)
    return wide || half;
  return (form.a == Type::BF16 || form.a == Type::TF32) && wide;
}

bool widthFits(const WgmmaForm &form) {
  if (form.n < 8 || form.n > 256 || form.n % 8 != 0)
    return false;
  return !isByteInteger(form.a) || form.n <= 32 ? true : form.n % 16 == 0;
}

bool fail(std::string *error, const WgmmaForm &form, const char *why) {
  *error = formName(form) + " " + why;
  return false;
}

} // namespace

struct WgmmaB::Storage {
  std::vector<uint8_t> packed;
  std::vector<TileB> tiles;
};

WgmmaB::WgmmaB() : storage(new Storage) {}
WgmmaB::~WgmmaB() = default;

bool prepareWgmma(const WgmmaForm &form, Mode mode, int sm, WgmmaOp *op, std::string *error) {
  if (sm != 90)
    return fail(error, form, "exists on sm_90a only");
  if (!typesFit(form))
    return fail(error, form, "is not supported");
  if (!widthFits(form))
    return fail(error, form, "has an n that does not exist for its type");
  bool sixteenBits = storageBits(form.a) == 16;
  if ((form.aMnMajor || form.bMnMajor) && !sixteenBits)
    return fail(error, form, "cannot transpose: only 16-bit types can");
  if (form.aMnMajor && form.aInRegisters)
    return fail(error, form, "cannot transpose a in registers");
  if (isByteInteger(form.a) ? form.negateA || form.negateB : form.saturate)
    return fail(error, form,
                "takes no such qualifier: integers do not scale, floats do not saturate");
  op->form = form;
  int stored = 256 / storageBits(form.a);
  op->k = form.isSparse ? 2 * stored : stored;
  op->sparse = {op->k, storageBits(form.a), false};
  op->dRegisters = accumulatorRegisters(form.d, 2) * form.n / 8;
  return prepareDot(sm, Unit::Wgmma, mode, form.a, form.b, form.d, stored, form.saturate, &op->dot,
                    error);
}

SharedOperand wgmmaOperandA(const WgmmaOp &op, const MatrixDescriptor &descriptor, int warp) {
  SharedOperand operand = {descriptor, {op.form.a, false}, op.form.aMnMajor, 64, op.dot.k};
  // The pattern repeats every 8 rows, or every 16-byte chunk along M; a warp's rows are 16.
  if (!op.form.aMnMajor) {
    operand.descriptor.start += 2 * uint32_t(warp) * descriptor.stride;
    operand.rows = 16;
  }
  return operand;
}

SharedOperand wgmmaOperandB(const WgmmaOp &op, const MatrixDescriptor &descriptor) {
  return {descriptor, {op.form.b, false}, op.form.bMnMajor, op.form.n, op.k};
}

bool WgmmaB::read(const WgmmaOp &op, const SharedView &shared, const MatrixDescriptor &descriptor,
                  SharedFault *fault) {
  uint32_t bytes = columnBytes(op);
  storage->packed.resize(size_t(op.form.n) * bytes);
  if (!gatherOperand(shared, wgmmaOperandB(op, descriptor), op.form.negateB, storage->packed.data(),
                     bytes, fault))
    return false;
  if (op.form.isSparse) // decoded row by row
    return true;
  storage->tiles.resize(size_t(op.form.n) / kTileColumns);
  for (size_t i = 0; i < storage->tiles.size(); ++i)
    decodeB(op.dot, storage->packed.data() + i * kTileColumns * bytes, bytes, &storage->tiles[i]);
  return true;
}

namespace {

// Adds the products of 16 rows of a sparse A with eight columns.
void multiplySparse(const WgmmaOp &op, const SparseMetadata &metadata, const uint8_t *rows,
                    const uint8_t *columns, uint32_t *tile) {
  TileA tileA;
  TileB tileB;
  alignas(32) uint8_t chosen[kTileColumns * 2 * kRowBytes];
  int bytes = packedBytes(op.form.b), stride = int(columnBytes(op));
  for (int row = 0; row < kTileRows; ++row) {
    int places[kTileMaxK];
    placeElements(op.sparse, metadata, row, places);
    chooseElements(places, op.dot.k, bytes, columns, stride, chosen);
    decodeA(op.dot, rows + uint32_t(row) * kRowBytes, kRowBytes, 1, &tileA);
    decodeB(op.dot, chosen, size_t(stride), &tileB);
    dotTile(op.dot, tileA, tileB, 1, tile + row * kTileColumns);
  }
}

} // namespace

bool wgmmaWarp(const WgmmaOp &op, const WgmmaB &b, const SharedView &shared,
               const MatrixDescriptor &descriptorA, const uint32_t *const *a, int warp, bool scaleD,
               const SparseMetadata &metadata, uint32_t *const *d, SharedFault *fault) {
  alignas(32) uint8_t packed[64 * kRowBytes];
  const uint8_t *rows = packed;
  if (op.form.aInRegisters) {
    packRows(a, 4, 2, packed, int(kRowBytes));
    if (op.form.negateA)
      negatePacked(op.form.a, packed, kTileRows * kRowBytes);
  } else {
    SharedOperand operand = wgmmaOperandA(op, descriptorA, warp);
    if (!gatherOperand(shared, operand, op.form.negateA, packed, kRowBytes, fault))
      return false;
    if (operand.rows == 64)
      rows = packed + uint32_t(warp) * kTileRows * kRowBytes;
  }
  TileA tileA;
  if (!op.form.isSparse)
    decodeA(op.dot, rows, kRowBytes, kTileRows, &tileA);
  int registers = accumulatorRegisters(op.form.d, 2);
  for (int slab = 0; slab < op.form.n / kTileColumns; ++slab) {
    alignas(32) uint32_t tile[kTileRows * kTileColumns] = {};
    if (scaleD)
      loadAccumulator(op.form.d, d + slab * registers, 2, tile);
    if (op.form.isSparse)
      multiplySparse(op, metadata, rows,
                     b.storage->packed.data() + uint32_t(slab * kTileColumns) * columnBytes(op),
                     tile);
    else
      dotTile(op.dot, tileA, b.storage->tiles[size_t(slab)], kTileRows, tile);
    storeAccumulator(op.form.d, tile, 2, d + slab * registers);
  }
  return true;
}

} // namespace azulejo::sim::tc
