// This file computes tiles of products, eight columns at a time: by fused multiply-adds, by the
// exact block model, or in integers.
#include "device/sim/tc/Tile.h"

#include "device/sim/tc/Vec.h"

#include <algorithm>
#include <limits>

namespace azulejo::sim::tc {

namespace {

// The exponent given to zeros, so that they never set the largest one.
constexpr int kZeroExponent = -100000;

// Eight neighbouring packed elements, one pattern per lane; lanes from `count` on are zero.
V8u loadPatterns(Type type, const uint8_t *packed, int count) {
  int bytes = packedBytes(type);
  alignas(32) uint8_t padded[32] = {};
  const uint8_t *buffer = packed;
  if (count < 8) {
    std::memcpy(padded, packed, size_t(bytes * count));
    buffer = padded;
  }
  if (bytes == 4)
    return load<V8u>(buffer);
  typedef uint16_t V8h __attribute__((vector_size(16)));
  typedef uint8_t V8b __attribute__((vector_size(8)));
  if (bytes == 2)
    return __builtin_convertvector(load<V8h>(buffer), V8u);
  return __builtin_convertvector(load<V8b>(buffer), V8u);
}

// The values of all patterns of the types that fit a byte.
const float *byteValues(Type type) {
  struct Table {
    float values[256];
    explicit Table(Type type) {
      for (uint32_t i = 0; i < 256; ++i)
        values[i] = decode(type, i);
    }
  };
  static const Table tables[] = {Table(Type::E4M3), Table(Type::E5M2), Table(Type::E3M2),
                                 Table(Type::E2M3), Table(Type::E2M1)};
  return tables[size_t(type) - size_t(Type::E4M3)].values;
}

V8f loadValues(Type type, const uint8_t *packed, int count) {
  if (type == Type::F16 && count >= 8)
    return loadHalf(packed);
  V8u bits = loadPatterns(type, packed, count);
  if (type == Type::BF16)
    return (V8f)(bits << 16);
  if (type == Type::TF32)
    return (V8f)(bits & ~0x1fffu);
  V8f values;
  if (type == Type::F16) {
    for (int i = 0; i < 8; ++i)
      values[i] = decode(type, bits[i]);
    return values;
  }
  const float *table = byteValues(type);
  for (int i = 0; i < 8; ++i)
    values[i] = table[bits[i]];
  return values;
}

V8i loadIntegers(Type type, const uint8_t *packed, int count) {
  V8u bits = loadPatterns(type, packed, count);
  if (type == Type::U8)
    return (V8i)bits;
  return (V8i)(bits << 24) >> 24;
}

// Fields of eight patterns as the exact adder needs them.
struct Decoded {
  V8i significand; // signed
  V8i exponent;    // raised to the format's least; kZeroExponent for zeros
  V8i special;     // all ones where infinite or NaN
};

inline Decoded decodeFields(V8u bits, int exponentBits, int fractionBits, int bias) {
  int magnitudeBits = exponentBits + fractionBits;
  V8i magnitude = (V8i)(bits & ((1u << magnitudeBits) - 1));
  V8i field = magnitude >> fractionBits;
  V8i fraction = magnitude & ((1 << fractionBits) - 1);
  V8i significand = fraction | ((field != 0) & (1 << fractionBits));
  Decoded result;
  result.exponent = magnitude == 0 ? splat(kZeroExponent) : maximum(field, splat(1)) - bias;
  V8i sign = -(V8i)((bits >> magnitudeBits) & 1u);
  result.significand = (significand ^ sign) - sign;
  result.special = field == (1 << exponentBits) - 1;
  return result;
}

Decoded decodeExact(Type type, const FormatInfo &format, V8u bits) {
  if (type == Type::F16)
    return decodeFields(bits, 5, 10, 15); // the common case, with constants
  if (type == Type::TF32)
    bits >>= 13;
  Decoded result = decodeFields(bits, format.exponentBits, format.fractionBits, format.bias);
  int magnitudeBits = format.exponentBits + format.fractionBits;
  if (!format.hasInfinity)
    result.special = format.hasNan
                         ? (V8i)(bits & ((1u << magnitudeBits) - 1)) == (1 << magnitudeBits) - 1
                         : splat(0);
  return result;
}

// The order in which the emulation of fp8 takes k: first k % 4 in {0, 1}, then {2, 3}.
int emulatedOrder(int i, int k) {
  int half = k / 2, part = i / half, rest = i % half;
  return rest / 2 * 4 + rest % 2 + part * 2;
}

// Converts fp8 rows to f16 rows in the order of the emulation.
void widen(Type type, int k, const uint8_t *packed, size_t stride, int rows, uint8_t *half) {
  const float *table = byteValues(type);
  for (int row = 0; row < rows; ++row)
    for (int i = 0; i < k; i += 8) {
      V8f values;
      for (int j = 0; j < 8; ++j)
        values[j] = table[packed[size_t(row) * stride + size_t(emulatedOrder(i + j, k))]];
      storeHalf(half + (row * kTileMaxK + i) * 2, values);
    }
}

bool isExact(const DotOp &op) { return op.mode == Mode::Exact && op.d != Type::S32; }

bool isEmulated(const DotOp &op) { return isExact(op) && op.model.emulatedFp8; }

// A row of eight results of the exact model as the plain formulation has it.
void plainRow(const DotOp &op, const BlockModel &model, Type typeA, Type typeB, const uint8_t *a,
              const TileB &b, float *c) {
  uint32_t x[kTileMaxK], y[kTileMaxK];
  auto read = [&](Type type, const uint8_t *packed, uint32_t *out) {
    int bytes = packedBytes(type);
    for (int i = 0; i < op.k; ++i) {
      out[i] = 0;
      std::memcpy(&out[i], packed + i * bytes, size_t(bytes));
    }
  };
  read(typeA, a, x);
  for (int column = 0; column < kTileColumns; ++column) {
    read(typeB, b.packed + size_t(column) * b.stride, y);
    uint32_t bits;
    std::memcpy(&bits, &c[column], sizeof bits);
    if (model.halfResult)
      bits = encode(Type::F16, double(c[column]));
    bits = dotExact(model, typeA, typeB, x, y, op.k, bits);
    c[column] = decode(model.halfResult ? Type::F16 : Type::F32, bits);
    if (std::isnan(c[column])) {
      bits = 0x7fffffff;
      std::memcpy(&c[column], &bits, sizeof bits);
    }
  }
}

// sum * 2^scale, for four lanes: truncated to `keep` bits, or made odd where bits are lost so that
// a later rounding to f16 is the only one.
V4f scaleAndTruncate(V4d sum, V4i scale, bool halfResult, int keep) {
  V4l power = (__builtin_convertvector(scale, V4l) + 1023) << 52;
  V4l bits = (V4l)(sum * (V4d)power);
  if (halfResult) {
    V4l lost = bits & ((int64_t(1) << 29) - 1);
    bits = (bits - lost) | ((lost != 0) & (int64_t(1) << 29));
  } else {
    bits &= -(int64_t(1) << (53 - keep));
  }
  return __builtin_convertvector((V4d)bits, V4f);
}

template <int half> V4i halfOf(V8i v) {
  if (half)
    return __builtin_shufflevector(v, v, 4, 5, 6, 7);
  return __builtin_shufflevector(v, v, 0, 1, 2, 3);
}

// value / 2^distance toward zero. A distance of 32 or more gives 0.
inline V8i shiftTowardZero(V8i value, V8i distance) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  __m256i magnitude = _mm256_abs_epi32((__m256i)value);
  return (V8i)_mm256_sign_epi32(_mm256_srlv_epi32(magnitude, (__m256i)distance), (__m256i)value);
#else
  V8i sign = value >> 31;
  V8i magnitude = (value ^ sign) - sign;
  return ((magnitude >> minimum(distance, splat(31))) ^ sign) - sign;
#endif
}

// Products of significands that fit 16 bits with sign; `a` has its upper half cleared.
inline V8i multiplyShort(int32_t a, V8i b) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  return (V8i)_mm256_madd_epi16(_mm256_set1_epi32(a), (__m256i)b);
#else
  return splat(int32_t(int16_t(a))) * b;
#endif
}

struct BlockSum {
  V8i largest;   // the common exponent
  V4d low, high; // the sum in units of 2^(largest - 23 - g)
};

// Aligns and sums the products of a block and c. `fixed` is the block's size where the compiler is
// to know it, else 0.
template <int fixed>
inline BlockSum sumBlock(const BlockModel &model, const int32_t *sigA, const int32_t *expA,
                         const int32_t *sigB, const int32_t *expB, int size, V8f c) {
  const int n = fixed ? fixed : size;
  Decoded addend = decodeFields((V8u)c, 8, 23, 127);
  BlockSum block;
  V8i largest = maximum(addend.exponent, splat(std::max(model.minExponent, -500)));
  for (int i = 0; i < n; ++i)
    largest = maximum(largest, load<V8i>(expB + 8 * i) + expA[i]);
  V8i cDistance = largest - addend.exponent;
  V8i cTerm = model.guardBits >= 0
                  ? shiftTowardZero(addend.significand << model.guardBits, cDistance)
                  : shiftTowardZero(addend.significand, cDistance - model.guardBits);
  block.low = __builtin_convertvector(halfOf<0>(cTerm), V4d);
  block.high = __builtin_convertvector(halfOf<1>(cTerm), V4d);
  // Sixteen products are below 2^31 in sum; with c, or with 32, they need not be.
  for (int start = 0; start < n; start += 16) {
    V8i sum = splat(0);
    for (int i = start, end = std::min(n, start + 16); i < end; ++i) {
      V8i product = multiplyShort(sigA[i], load<V8i>(sigB + 8 * i));
      sum += shiftTowardZero(product, largest - (load<V8i>(expB + 8 * i) + expA[i]));
    }
    block.low += __builtin_convertvector(halfOf<0>(sum), V4d);
    block.high += __builtin_convertvector(halfOf<1>(sum), V4d);
  }
  block.largest = largest;
  return block;
}

// Computes one row; false where a result is infinite, NaN or subnormal and the plain formulation
// has to decide.
template <int fixed>
bool exactRow(const BlockModel &model, int k, const int32_t *sigA, const int32_t *expA,
              const TileB &b, float *c) {
  V8f value = load<V8f>(c);
  int keep = model.guardBits < 0 ? 24 + model.guardBits : 24;
  V8i rare = ((V8i)value & 0x7f800000) == 0x7f800000;
  for (int start = 0; start < k; start += model.products) {
    int n = std::min(model.products, k - start);
    BlockSum block = sumBlock<fixed>(model, sigA + start, expA + start, b.significand + 8 * start,
                                     b.exponent + 8 * start, n, value);
    V8i scale = block.largest - 23 - model.guardBits;
    V4f low = scaleAndTruncate(block.low, halfOf<0>(scale), model.halfResult, keep);
    V4f high = scaleAndTruncate(block.high, halfOf<1>(scale), model.halfResult, keep);
    value = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    if (model.halfResult) {
      uint16_t bits[8];
      storeHalf(bits, value);
      value = loadHalf(bits);
    }
    V8i magnitude = (V8i)value & 0x7fffffff;
    rare |= (magnitude >= 0x7f800000) | ((magnitude != 0) & (magnitude <= 0x00800000));
  }
  if (anyLane(rare))
    return false;
  store(c, value);
  return true;
}

using RowFunction = bool (*)(const BlockModel &, int, const int32_t *, const int32_t *,
                             const TileB &, float *);

RowFunction rowFunction(const BlockModel &model, int k) {
  if (k % model.products == 0) {
    if (model.products == 4)
      return exactRow<4>;
    if (model.products == 8)
      return exactRow<8>;
    if (model.products == 16)
      return exactRow<16>;
    if (model.products == 32)
      return exactRow<32>;
  }
  return exactRow<0>;
}

void exactTile(const DotOp &op, const TileA &a, const TileB &b, int rows, float *c) {
  bool emulated = isEmulated(op);
  Type typeA = emulated ? Type::F16 : op.a, typeB = emulated ? Type::F16 : op.b;
  BlockModel model = op.model;
  model.emulatedFp8 = false;
  if (emulated) // each half is a block of its own
    model.products = std::min(model.products, op.k / 2);
  RowFunction exact = rowFunction(model, op.k);
  for (int row = 0; row < rows; ++row, c += kTileColumns) {
    float sum[kTileColumns] = {};
    float *target = emulated ? sum : c;
    if (a.special || b.special ||
        !exact(model, op.k, a.significand + row * kTileMaxK, a.exponent + row * kTileMaxK, b,
               target))
      plainRow(op, model, typeA, typeB, a.packed + size_t(row) * a.stride, b, target);
    if (!emulated)
      continue;
    V8f result = load<V8f>(sum) + load<V8f>(c);
    V8i isNan = result != result;
    store(c, (V8f)(isNan ? splat(0x7fffffff) : (V8i)result));
  }
}

// Eight rows at once keep eight sums in registers.
void fastRows(const float *a, const TileB &b, int k, int rows, float *c) {
  V8f sum[8];
  for (int row = 0; row < rows; ++row)
    sum[row] = load<V8f>(c + row * kTileColumns);
  if (rows == 8) {
    for (int i = 0; i < k; ++i) {
      V8f column = load<V8f>(b.value + i * kTileColumns);
#pragma GCC unroll 8
      for (int row = 0; row < 8; ++row)
        sum[row] = fusedMultiplyAdd(splat(a[row * kTileMaxK + i]), column, sum[row]);
    }
  } else {
    for (int i = 0; i < k; ++i)
      for (int row = 0; row < rows; ++row)
        sum[row] = fusedMultiplyAdd(splat(a[row * kTileMaxK + i]),
                                    load<V8f>(b.value + i * kTileColumns), sum[row]);
  }
  for (int row = 0; row < rows; ++row)
    store(c + row * kTileColumns, sum[row]);
}

void integerTile(const DotOp &op, const TileA &a, const TileB &b, int rows, int32_t *c) {
  for (int row = 0; row < rows; ++row, c += kTileColumns) {
    V8u sum = (V8u)splat(0);
    for (int i = 0; i < op.k; ++i)
      sum +=
          (V8u)(load<V8i>(b.significand + i * kTileColumns) * a.significand[row * kTileMaxK + i]);
    for (int j = 0; j < kTileColumns; ++j) {
      int64_t total = int64_t(c[j]) + int32_t(sum[j]);
      if (op.saturate)
        total = std::clamp<int64_t>(total, std::numeric_limits<int32_t>::min(),
                                    std::numeric_limits<int32_t>::max());
      c[j] = int32_t(uint32_t(uint64_t(total)));
    }
  }
}

// How far products are shifted up so that a unit is 2^(e - 23 - g). A takes half of it and B the
// rest: then both fit 16 bits with their sign, and a product 28 bits.
int productShift(const DotOp &op, Type typeA, Type typeB) {
  return 23 + op.model.guardBits - formatOf(typeA).fractionBits - formatOf(typeB).fractionBits;
}

} // namespace

bool prepareDot(int sm, Unit unit, Mode mode, Type a, Type b, Type d, int k, bool saturate,
                DotOp *op, std::string *error) {
  *op = {a, b, d, k, mode, saturate, {}};
  if (k < 4 || k > kTileMaxK || k % 4 != 0) {
    *error = "expected k to be a multiple of 4 up to 64, got " + std::to_string(k);
    return false;
  }
  if (!isInteger(a))
    return blockModel(sm, unit, a, b, d, &op->model, error);
  bool integers = (a == Type::S8 || a == Type::U8) && (b == Type::S8 || b == Type::U8);
  if (!integers || d != Type::S32) {
    *error = std::string("expected s8 or u8 operands and an s32 result, got ") + typeName(a) +
             ", " + typeName(b) + " and " + typeName(d);
    return false;
  }
  if (sm < 72) {
    *error = "integer tensor cores start at sm_72, got sm_" + std::to_string(sm);
    return false;
  }
  return true;
}

void decodeA(const DotOp &op, const uint8_t *packed, size_t stride, int rows, TileA *tile) {
  Type type = op.a;
  if (isEmulated(op)) {
    widen(op.a, op.k, packed, stride, rows, tile->half);
    packed = tile->half;
    stride = kTileMaxK * 2;
    type = Type::F16;
  }
  tile->packed = packed;
  tile->stride = stride;
  V8i special = splat(0);
  int bytes = packedBytes(type);
  const FormatInfo &format = formatOf(type);
  int shift = isExact(op) ? productShift(op, type, isEmulated(op) ? type : op.b) / 2 : 0;
  for (int row = 0; row < rows; ++row)
    for (int i = 0; i < op.k; i += 8) {
      const uint8_t *from = packed + size_t(row) * stride + size_t(i * bytes);
      int at = row * kTileMaxK + i;
      if (op.d == Type::S32) {
        store(tile->significand + at, loadIntegers(type, from, op.k - i));
      } else if (op.mode == Mode::Fast) {
        store(tile->value + at, loadValues(type, from, op.k - i));
      } else {
        Decoded decoded = decodeExact(type, format, loadPatterns(type, from, op.k - i));
        store(tile->significand + at, (V8i)(((V8u)decoded.significand << shift) & 0xffffu));
        store(tile->exponent + at, decoded.exponent);
        special |= decoded.special;
      }
    }
  tile->special = anyLane(special);
}

void decodeB(const DotOp &op, const uint8_t *packed, size_t stride, TileB *tile) {
  Type type = op.b;
  if (isEmulated(op)) {
    widen(op.b, op.k, packed, stride, kTileColumns, tile->half);
    packed = tile->half;
    stride = kTileMaxK * 2;
    type = Type::F16;
  }
  tile->packed = packed;
  tile->stride = stride;
  V8i special = splat(0);
  int bytes = packedBytes(type);
  const FormatInfo &format = formatOf(type);
  bool exact = isExact(op);
  int shift = exact ? productShift(op, isEmulated(op) ? type : op.a, type) : 0;
  shift -= shift / 2;
  for (int i = 0; i < op.k; i += 8) {
    V8u columns[8];
    for (int column = 0; column < kTileColumns; ++column) {
      const uint8_t *from = packed + size_t(column) * stride + size_t(i * bytes);
      columns[column] = op.d == Type::S32 ? (V8u)loadIntegers(type, from, op.k - i)
                        : exact           ? loadPatterns(type, from, op.k - i)
                                          : (V8u)loadValues(type, from, op.k - i);
    }
    transpose8(columns);
    for (int j = 0; j < 8; ++j) {
      int at = (i + j) * kTileColumns;
      if (!exact) {
        store(tile->value + at, columns[j]);
        continue;
      }
      Decoded decoded = decodeExact(type, format, columns[j]);
      store(tile->significand + at, (V8i)((V8u)decoded.significand << shift));
      store(tile->exponent + at, decoded.exponent);
      special |= decoded.special;
    }
  }
  tile->special = anyLane(special);
}

void dotTile(const DotOp &op, const TileA &a, const TileB &b, int rows, void *c) {
  if (op.d == Type::S32)
    return integerTile(op, a, b, rows, static_cast<int32_t *>(c));
  float *sums = static_cast<float *>(c);
  if (op.mode == Mode::Exact)
    return exactTile(op, a, b, rows, sums);
  for (int row = 0; row < rows; row += 8)
    fastRows(a.value + row * kTileMaxK, b, op.k, std::min(8, rows - row),
             sums + row * kTileColumns);
}

} // namespace azulejo::sim::tc
