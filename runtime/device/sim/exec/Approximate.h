// This file declares approximate operations with an error: the mode approx=adversarial.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_APPROXIMATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_APPROXIMATE_H

#include "exec/Context.h"

#include <memory>
#include <string_view>

namespace azulejo::sim {

// What approximate() needs to know of an instruction: Inst::data.
struct Approximation;

// Returns what `opcode`, a form of class Special, needs, for errors drawn by `seed`; `nearest` is
// the handler that gives the number nearest to the truth. Null where the ISA states no bound.
std::shared_ptr<const Approximation> makeApproximation(std::string_view opcode, Handler nearest,
                                                       uint64_t seed);

// Gives numbers that differ from the true result by up to the ISA's bound. The error of a value
// depends on the opcode, the operands and the seed alone. What is special (zero, infinity, NaN,
// subnormal numbers, arguments outside of the bound's range) is what `nearest` gives.
void approximate(WarpContext &w, const Inst &i, uint32_t mask);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_APPROXIMATE_H
