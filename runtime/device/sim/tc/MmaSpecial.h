// This file declares the forms of mma.sync that do not go through tiles of 16 rows.
#ifndef AZULEJO_SIM_TC_MMASPECIAL_H
#define AZULEJO_SIM_TC_MMASPECIAL_H

#include "device/sim/tc/Mma.h"

namespace azulejo::sim::tc {

// f64: a chain of fused multiply-adds in k order, in every mode.
void mmaDouble(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
               const uint32_t *const *c, uint32_t *const *d);

// b1: counts the bits of rows of A combined with columns of B.
void mmaBits(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d);

// m8n8k4 of f16: four products, each in lanes 4 q … 4 q + 3 and 16 + 4 q … 16 + 4 q + 3.
void mmaQuads(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
              const uint32_t *const *c, uint32_t *const *d);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_MMASPECIAL_H
