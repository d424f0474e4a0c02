// This file declares the inner engine of mma.sync, wgmma and tcgen05.mma: products of packed
// operands in tiles of 16 rows and 8 columns.
#ifndef AZULEJO_SIM_TC_TILE_H
#define AZULEJO_SIM_TC_TILE_H

#include "device/sim/tc/Model.h"

#include <cstddef>

namespace azulejo::sim::tc {

constexpr int kTileRows = 16;
constexpr int kTileColumns = 8;
constexpr int kTileMaxK = 64;

// What one instruction computes: D = A * B + C with k products per result.
struct DotOp {
  Type a, b;
  Type d; // F32, F16 or S32
  int k;  // a multiple of 4, up to kTileMaxK
  Mode mode;
  bool saturate;    // S32: clamp the sum with c instead of wrapping
  BlockModel model; // where d is not S32
};

// Checks types and fills `op`. Returns false and says why in `error` where `sm` has no such
// operation.
bool prepareDot(int sm, Unit unit, Mode mode, Type a, Type b, Type d, int k, bool saturate,
                DotOp *op, std::string *error);

// Bytes of one element of a packed operand: 4 (tf32), 2, or 1 (8 bits and narrower ones, which lie
// in the low bits of a byte).
inline int packedBytes(Type type) {
  return storageBits(type) == 32 ? 4 : storageBits(type) == 16 ? 2 : 1;
}

// Up to 16 rows of A, decoded. Large (12 KiB): keep it on the stack of a leaf or reuse it.
struct TileA {
  union {
    alignas(32) float value[kTileRows * kTileMaxK];         // Fast, and Exact in floats
    alignas(32) int32_t significand[kTileRows * kTileMaxK]; // other Exact, and integers: signed
  };
  alignas(32) int32_t exponent[kTileRows * kTileMaxK]; // Exact
  alignas(32) uint8_t half[kTileRows * kTileMaxK * 2]; // operands of emulated fp8
  const uint8_t *packed;
  size_t stride;
  bool special; // holds a NaN or an infinity
};

// Eight columns of B, decoded: [k][8].
struct TileB {
  union {
    alignas(32) float value[kTileMaxK * kTileColumns];
    alignas(32) int32_t significand[kTileMaxK * kTileColumns];
  };
  alignas(32) int32_t exponent[kTileMaxK * kTileColumns];
  alignas(32) uint8_t half[kTileColumns * kTileMaxK * 2];
  const uint8_t *packed;
  size_t stride;
  bool special;
};

// Decodes `rows` rows (at most 16) of op.k packed elements; row i starts at packed + i * stride.
// The packed bytes must live as long as the tile is used.
void decodeA(const DotOp &op, const uint8_t *packed, size_t stride, int rows, TileA *tile);

// Decodes eight columns of op.k packed elements; column j starts at packed + j * stride.
void decodeB(const DotOp &op, const uint8_t *packed, size_t stride, TileB *tile);

// Adds A * B to c, [rows][8]: int32_t where op.d is S32, else float. For an F16 result c holds
// values of f16 on entry; on exit values that storing rounds to f16 to nearest even (exact mode:
// already rounded).
void dotTile(const DotOp &op, const TileA &a, const TileB &b, int rows, void *c);

// D = A * B + C of 16 rows and 8 columns in the fragments of mma.sync, registers of 32 lanes. For
// the forms that canMultiplyRegisters() names. Returns false, with nothing written, where an
// operand or a result is special and the functions above have to compute it. d may be registers of
// the others.
bool multiplyRegisters(const DotOp &op, const uint32_t *const *a, const uint32_t *const *b,
                       const uint32_t *const *c, uint32_t *const *d);

// Both operands f16 or bf16; k is 8 or 16.
inline bool canMultiplyRegisters(const DotOp &op) {
  return (op.a == Type::F16 || op.a == Type::BF16) && op.b == op.a && (op.k == 8 || op.k == 16);
}

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TILE_H
