// This file declares the numeric model of tensor cores: sums of products in blocks, aligned to the
// largest exponent and truncated (the parameters come from recorded hardware results).
#ifndef AZULEJO_SIM_TC_MODEL_H
#define AZULEJO_SIM_TC_MODEL_H

#include "device/sim/tc/Formats.h"

#include <string>

namespace azulejo::sim::tc {

// Fast: a chain of f32 fused multiply-adds in k order. Exact: the model of the chosen chip.
enum class Mode : uint8_t { Fast, Exact };

// Which instruction family computes; the same chip may do them by different arithmetic.
enum class Unit : uint8_t { MmaSync, Wgmma, Tcgen05 };

// One block: N products and c, aligned to the largest exponent e, each truncated toward zero to a
// multiple of 2^(e - 23 - guardBits), summed exactly, rounded once.
struct BlockModel {
  int products;    // N
  int guardBits;   // g; -10 for the reduced fp8 accumulation
  int minExponent; // least e; kNoMinExponent where there is none
  bool halfResult; // the result and every intermediate c are f16, rounded to nearest even
  // fp8 mma.sync of sm_90 and sm_100, as ptxas emits it: two f16 blocks with c = 0, then a rounded
  // addition of c.
  bool emulatedFp8;
};

constexpr int kNoMinExponent = -(1 << 20);

// Chooses the model of `unit` on `sm` (75, 80, … 121) for operands a and b and a result of F32 or
// F16. Returns false and says why in `error` where that chip has no such operation.
bool blockModel(int sm, Unit unit, Type a, Type b, Type result, BlockModel *model,
                std::string *error);

// Whether recorded results of hardware stand behind the model of this chip and type.
bool isRecorded(int sm, Unit unit, Type a);

// The exact result of d = c + sum a[i] * b[i], i < k, as the model has it. `a` and `b` hold one bit
// pattern per word; c and the result are patterns of F32 or F16 (model.halfResult). It is the plain
// formulation, one element at a time; Tile.h has the fast one, which is tested against it.
uint32_t dotExact(const BlockModel &model, Type typeA, Type typeB, const uint32_t *a,
                  const uint32_t *b, int k, uint32_t c);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_MODEL_H
