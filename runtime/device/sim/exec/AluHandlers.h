// This file declares the handler tables of one instruction set.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ALUHANDLERS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ALUHANDLERS_H

#include "check/RaceRows.h"
#include "exec/Context.h"

namespace azulejo::sim::AZJ_ISA {

extern const Handler kAluHandlers[];
Handler loadHandler(Space space, unsigned bytes, unsigned lanes);
Handler storeHandler(Space space, unsigned bytes, unsigned lanes);
Handler convertHandler(Type to, Type from, unsigned rounding, bool isPlain);
// cvt.{f16x2,bf16x2}.f32: a is the high half, b the low one. flags: kCvtRelu.
Handler convertPairHandler(Type to, unsigned rounding);
Handler compareHandler(Type type, unsigned comparison, bool ftz);
Handler selectHandler(unsigned bytes);
void splatSlot(uint8_t *slot, unsigned bytes, uint64_t value);
extern const RaceRows kRaceRows;

} // namespace azulejo::sim::AZJ_ISA

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ALUHANDLERS_H
