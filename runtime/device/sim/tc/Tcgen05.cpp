// This file decodes tcgen05 instruction descriptors and executes tcgen05.mma.
#include "device/sim/tc/Tcgen05.h"

#include "device/sim/tc/Vec.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace azulejo::sim::tc {

namespace {

constexpr uint32_t kRowBytes = 64; // packed k of one row: elements narrower than a byte take one

bool fail(std::string *error, uint32_t bits, std::string what) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", bits);
  *error = std::string("tcgen05 instruction descriptor ") + text + ": " + std::move(what);
  return false;
}

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

bool checkStationaryShape(int m, int n, uint32_t bits, std::string *error) {
  if (m != 32 && m != 64 && m != 128)
    return fail(error, bits, "m must be 32, 64 or 128 for .ws, got " + std::to_string(m));
  if (n != 64 && n != 128 && n != 256)
    return fail(error, bits, "n must be 64, 128 or 256 for .ws, got " + std::to_string(n));
  return true;
}

bool checkPairShape(Tcgen05Kind kind, int m, int n, uint32_t bits, std::string *error) {
  if (m != 128 && m != 256)
    return fail(error, bits, "m must be 128 or 256 for cta_group::2, got " + std::to_string(m));
  int step = kind == Tcgen05Kind::I8 ? 32 : 16;
  if (n < step || n > 256 || n % step != 0)
    return fail(error, bits,
                "n must be " + std::to_string(step) + " to 256 in steps of " +
                    std::to_string(step) + " for cta_group::2, got " + std::to_string(n));
  return true;
}

bool checkShape(Tcgen05Kind kind, int m, int n, uint32_t bits, std::string *error) {
  if (m != 64 && m != 128)
    return fail(error, bits, "m must be 64 or 128 for cta_group::1, got " + std::to_string(m));
  int step = m == 128 ? 16 : 8;
  if (kind == Tcgen05Kind::I8 && n > 32)
    step = 16;
  if (n < step || n > 256 || n % step != 0)
    return fail(error, bits,
                "n must be " + std::to_string(step) + " to 256 in steps of " +
                    std::to_string(step) + " for m = " + std::to_string(m) + ", got " +
                    std::to_string(n));
  return true;
}

// Parts of D's columns that lie below each other, in lanes of their own.
int partsOf(const Tcgen05Mma &op) { return op.weightStationary || op.pair ? 128 / op.rows() : 1; }

// Whether D takes 16 of each 32 lanes.
bool isHalved(const Tcgen05Mma &op) { return op.m == 64 && !op.weightStationary; }

// Whether elements narrower than a byte lie in chunks of 16. Kinds of 4 bits alone pack them.
bool isPadded(Type type) { return storageBits(type) < 8; }
bool isPadded(const Tcgen05Mma &op, Type type) { return isPadded(type) && op.dot.k != 64; }

bool isStartLane(const Tcgen05Mma &op, uint32_t lane) {
  return lane == 0 || (isHalved(op) && lane == 16);
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
  int firstColumn = part * op.n / partsOf(op);
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

} // namespace

bool decodeInstruction(Tcgen05Kind kind, uint32_t bits, bool aInTensorMemory, Mode mode, int sm,
                       Tcgen05Mma *out, std::string *error, bool weightStationary, bool pair) {
  if (sm < 100 || sm >= 120)
    return fail(error, bits,
                "tcgen05 exists on sm_100 to sm_110 only, got sm_" + std::to_string(sm));
  auto field = [&](int at, int width) { return bits >> at & ((1u << width) - 1); };
  Type a, b, d;
  if (field(2, 1))
    return fail(error, bits, "sparse matrices (bit 2) are not supported");
  if (field(0, 2) || field(6, 1) || field(23, 1) || field(29, 1))
    return fail(error, bits, "reserved bits are set");
  // The greatest shift of B matters to reuse of its buffer only, and there only to speed.
  if (field(30, 2) && !weightStationary)
    return fail(error, bits, "the shift of .ws (bits 30 and 31) is set in another form");
  if (!resultType(kind, field(4, 2), &d))
    return fail(error, bits, "bits 4 and 5 hold no type of d for this kind");
  if (!operandType(kind, field(7, 3), &a))
    return fail(error, bits, "bits 7 to 9 hold no type of a for this kind");
  if (!operandType(kind, field(10, 3), &b))
    return fail(error, bits, "bits 10 to 12 hold no type of b for this kind");
  if (kind == Tcgen05Kind::F16 && (a != b || (a == Type::BF16 && d == Type::F16)))
    return fail(error, bits, "a and b must have one type, and bf16 needs an f32 d");
  bool integers = kind == Tcgen05Kind::I8;
  if (integers ? field(13, 2) != 0 : field(3, 1) != 0)
    return fail(error, bits, "only integers saturate and only floats are negated");
  out->m = int(field(24, 5)) << 4;
  out->n = int(field(17, 6)) << 3;
  out->negateA = field(13, 1);
  out->negateB = field(14, 1);
  out->aMnMajor = field(15, 1);
  out->bMnMajor = field(16, 1);
  out->weightStationary = weightStationary;
  out->pair = pair;
  out->scales = {};
  if (!(weightStationary ? checkStationaryShape(out->m, out->n, bits, error)
        : pair           ? checkPairShape(kind, out->m, out->n, bits, error)
                         : checkShape(kind, out->m, out->n, bits, error)))
    return false;
  if ((out->aMnMajor && isPadded(a)) || (out->bMnMajor && isPadded(b)))
    return fail(error, bits, "transposed operands of 4 and 6 bits are not supported");
  if (aInTensorMemory && (out->aMnMajor || isPadded(a)))
    return fail(error, bits, "a in tensor memory must be K-major and of at least 8 bits");
  int k = kind == Tcgen05Kind::F16 ? 16 : kind == Tcgen05Kind::Tf32 ? 8 : 32;
  return prepareDot(sm, Unit::Tcgen05, mode, a, b, d, k, field(3, 1), &out->dot, error);
}

bool decodeScaledInstruction(Tcgen05Kind kind, int block, uint32_t bits, bool aInTensorMemory,
                             int sm, Tcgen05Mma *out, std::string *error) {
  auto field = [&](int at, int width) { return bits >> at & ((1u << width) - 1); };
  bool isNarrow = kind != Tcgen05Kind::Mxf8f6f4; // 4 bits
  Type a, b;
  if (field(2, 1))
    return fail(error, bits, "sparse matrices (bit 2) are not supported");
  if (isNarrow && field(31, 1))
    return fail(error, bits, "k = 96 (bit 31) is not supported");
  if (field(0, 2) || field(3, 1) || field(6, 1) || field(24, 3) || field(31, 1) ||
      (isNarrow && field(12, 1)))
    return fail(error, bits, "reserved bits are set");
  if (!operandType(kind, field(7, 3), &a) || !operandType(kind, field(10, isNarrow ? 2 : 3), &b))
    return fail(error, bits, "bits 7 to 12 hold no types of a and b for this kind");
  *out = {};
  out->m = int(field(27, 2)) << 7;
  out->n = int(field(17, 6)) << 3;
  out->negateA = field(13, 1);
  out->negateB = field(14, 1);
  out->aMnMajor = field(15, 1);
  out->bMnMajor = field(16, 1);
  if (out->m != 128 || out->n < 8 || out->n > 256)
    return fail(error, bits,
                "m must be 128 and n 8 to 256 for block scales, got " + std::to_string(out->m) +
                    " and " + std::to_string(out->n));
  if ((out->aMnMajor && isPadded(a)) || (out->bMnMajor && isPadded(b)))
    return fail(error, bits, "operands of 4 and 6 bits cannot be transposed");
  if (aInTensorMemory && (out->aMnMajor || isPadded(a)))
    return fail(error, bits, "a in tensor memory must be K-major and of at least 8 bits");
  int k = isNarrow ? 64 : 32, factors = k / block;
  out->scales = {block, field(23, 1) ? Type::UE8M0 : Type::UE4M3, int(field(29, 2)),
                 int(field(4, 2))};
  if (out->scales.type == Type::UE4M3 && (kind != Tcgen05Kind::Mxf4nvf4 || block != 16))
    return fail(error, bits, "scales of ue4m3 (bit 23) are for mxf4nvf4 with blocks of 16");
  if (out->scales.byteA % factors != 0 || out->scales.byteB % factors != 0)
    return fail(error, bits,
                "the scale ids must be multiples of the " + std::to_string(factors) +
                    " factors of a row");
  return prepareDot(sm, Unit::Tcgen05, Mode::Fast, a, b, Type::F32, k, false, &out->dot, error);
}

SharedOperand tcgen05OperandA(const Tcgen05Mma &op, const MatrixDescriptor &descriptor) {
  return {descriptor, {op.dot.a, isPadded(op, op.dot.a)}, op.aMnMajor, op.rows(), op.dot.k};
}

SharedOperand tcgen05OperandB(const Tcgen05Mma &op, const MatrixDescriptor &descriptor) {
  int columns = op.pair ? op.n / 2 : op.n;
  return {descriptor, {op.dot.b, isPadded(op, op.dot.b)}, op.bMnMajor, columns, op.dot.k};
}

bool checkTcgen05Swizzles(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                          std::string *error) {
  bool isWide = storageBits(op.dot.a) == 32;
  auto fits = [&](const MatrixDescriptor &descriptor, bool mnMajor) {
    bool hasWideAtoms = descriptor.swizzle == async::Swizzle::B128Atom32;
    return !mnMajor ? true : hasWideAtoms == isWide;
  };
  if ((operands.aInTensorMemory || fits(operands.a, op.aMnMajor)) && fits(operands.b, op.bMnMajor))
    return true;
  *error = isWide
               ? "a transposed operand of 32 bits must have swizzle 1, 128 bytes in 32-byte atoms"
               : "swizzle 1, 128 bytes in 32-byte atoms, is for transposed operands of 32 bits";
  return false;
}

TmemCell tcgen05Cell(const Tcgen05Mma &op, int row, int column) {
  if (isHalved(op))
    return {uint32_t(row / 16 * 32 + row % 16), uint32_t(column)};
  int width = op.n / partsOf(op);
  return {uint32_t(row + column / width * op.rows()), uint32_t(column % width)};
}

uint32_t tcgen05ScaleColumns(int rows) { return uint32_t(rows + 31) / 32; }

uint32_t tcgen05Columns(const Tcgen05Mma &op) { return uint32_t(op.n / partsOf(op)); }

uint32_t tcgen05Halves(const Tcgen05Mma &op, uint32_t address) {
  return !isHalved(op) ? 0xff : tmemLane(address) == 16 ? 0xaa : 0x55;
}

namespace {
// The factors of row `row` of A, or column of B, for k / block blocks. `lanes` is where the copy
// begins that is read. Returns false if the word was never written.
bool readScales(const Tcgen05Mma &op, const TensorMemory &memory, uint32_t address, int row,
                uint32_t lanes, int byte, float *factors) {
  uint32_t word;
  bool initialised = memory.readRow(lanes + uint32_t(row % 32),
                                    tmemColumn(address) + uint32_t(row / 32), 1, &word);
  for (int block = 0; block < op.dot.k / op.scales.block; ++block)
    factors[block] = decode(op.scales.type, word >> (8 * (byte + block)) & 0xff);
  return initialised;
}

// Scales 16 decoded rows of A from `row` on, and eight decoded columns of B.
bool scaleA(const Tcgen05Mma &op, const Tcgen05Operands &operands, const TensorMemory &memory,
            int row, TileA *tile) {
  bool initialised = true;
  for (int r = 0; r < kTileRows; ++r) {
    float factors[4];
    initialised &= readScales(op, memory, operands.scaleA, row + r, uint32_t(row / 32 * 32),
                              op.scales.byteA, factors);
    for (int k = 0; k < op.dot.k; ++k)
      tile->value[r * kTileMaxK + k] *= factors[k / op.scales.block];
  }
  return initialised;
}

bool scaleB(const Tcgen05Mma &op, const Tcgen05Operands &operands, const TensorMemory &memory,
            int column, TileB *tile) {
  bool initialised = true;
  for (int c = 0; c < kTileColumns; ++c) {
    float factors[4];
    initialised &= readScales(op, memory, operands.scaleB, column + c, 0, op.scales.byteB, factors);
    for (int k = 0; k < op.dot.k; ++k)
      tile->value[k * kTileColumns + c] *= factors[k / op.scales.block];
  }
  return initialised;
}

TmemFault checkScales(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                      const TensorMemory &memory) {
  if (tmemLane(operands.scaleA) != 0 || tmemLane(operands.scaleB) != 0)
    return TmemFault::MisalignedLane;
  TmemFault fault = memory.checkColumns(tmemColumn(operands.scaleA), tcgen05ScaleColumns(op.m));
  return fault != TmemFault::None
             ? fault
             : memory.checkColumns(tmemColumn(operands.scaleB), tcgen05ScaleColumns(op.n));
}

// Multiplies the columns of D that belong to `part`. Returns false if an old D was never written.
bool multiplyPart(const Tcgen05Mma &op, const Tcgen05Operands &operands, int part, const uint8_t *a,
                  const std::vector<TileB> &tilesB, TensorMemory &memory) {
  int width = op.n / partsOf(op);
  bool initialised = true;
  TileA tileA;
  for (int row = 0; row < op.rows(); row += kTileRows) {
    decodeA(op.dot, a + uint32_t(row) * kRowBytes, kRowBytes, kTileRows, &tileA);
    if (op.scales.block != 0)
      initialised &= scaleA(op, operands, memory, row, &tileA);
    for (int column = part * width; column < (part + 1) * width; column += kTileColumns) {
      AccumulatorTile d = {op, operands, memory, row, column};
      alignas(32) uint32_t tile[kTileRows * kTileColumns] = {};
      if (operands.accumulate)
        initialised &= d.load(tile);
      dotTile(op.dot, tileA, tilesB[size_t(column / kTileColumns)], kTileRows, tile);
      d.store(tile);
    }
  }
  return initialised;
}
// Gathers all columns of B, of a pair half from either CTA.
bool gatherB(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta *ctas,
             uint8_t *packed, SharedFault *outside) {
  SharedOperand operand = tcgen05OperandB(op, operands.b);
  for (int c = 0; c < (op.pair ? 2 : 1); ++c)
    if (!gatherOperand(ctas[c].shared, operand, op.negateB,
                       packed + uint32_t(c * operand.rows) * kRowBytes, kRowBytes, outside))
      return false;
  return true;
}

// Multiplies the rows of one CTA. Returns false where it could not, with `fault` filled.
bool multiplyCta(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta &cta,
                 const std::vector<TileB> &tilesB, Tcgen05Fault *fault) {
  std::vector<uint8_t> a(size_t(op.rows()) * kRowBytes);
  SharedFault outside = {};
  if (!operands.aInTensorMemory && !gatherOperand(cta.shared, tcgen05OperandA(op, operands.a),
                                                  op.negateA, a.data(), kRowBytes, &outside)) {
    *fault = {TmemFault::None, outside.address, true};
    return false;
  }
  for (int part = 0; part < partsOf(op); ++part) {
    if (operands.aInTensorMemory) {
      TmemFault aFault = gatherTensorA(op, operands, part, *cta.memory, a.data());
      if (aFault != TmemFault::None)
        *fault = {aFault, operands.aAddress, false};
      if (aFault != TmemFault::None && aFault != TmemFault::Uninitialised)
        return false;
    }
    if (!multiplyPart(op, operands, part, a.data(), tilesB, *cta.memory))
      *fault = {TmemFault::Uninitialised, operands.d, false};
  }
  return true;
}
} // namespace

bool tcgen05Mma(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta *ctas,
                Tcgen05Fault *fault) {
  int count = op.pair ? 2 : 1;
  for (int c = 0; c < count; ++c) {
    *fault = {checkD(op, operands.d, *ctas[c].memory), operands.d, false};
    if (fault->tensorMemory != TmemFault::None)
      return false;
  }
  std::vector<uint8_t> b(size_t(op.n) * kRowBytes);
  SharedFault outside = {};
  if (!gatherB(op, operands, ctas, b.data(), &outside)) {
    *fault = {TmemFault::None, outside.address, true};
    return false;
  }
  if (op.scales.block != 0) {
    *fault = {checkScales(op, operands, *ctas[0].memory), operands.scaleA, false};
    if (fault->tensorMemory != TmemFault::None)
      return false;
  }
  std::vector<TileB> tilesB(size_t(op.n) / kTileColumns);
  for (size_t i = 0; i < tilesB.size(); ++i) {
    decodeB(op.dot, b.data() + i * kTileColumns * kRowBytes, kRowBytes, &tilesB[i]);
    if (op.scales.block != 0 &&
        !scaleB(op, operands, *ctas[0].memory, int(i) * kTileColumns, &tilesB[i]))
      *fault = {TmemFault::Uninitialised, operands.scaleB, false};
  }
  for (int c = 0; c < count; ++c) {
    Tcgen05Operands own = operands;
    if (own.disableLanes != nullptr)
      own.disableLanes += 4 * c;
    if (!multiplyCta(op, own, ctas[c], tilesB, fault))
      return false;
  }
  return fault->tensorMemory == TmemFault::None;
}

} // namespace azulejo::sim::tc
