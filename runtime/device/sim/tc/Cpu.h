// This file declares which of the two compilations of the hot loops runs.
#ifndef AZULEJO_SIM_TC_CPU_H
#define AZULEJO_SIM_TC_CPU_H

namespace azulejo::sim::tc {

// Whether this CPU has AVX2, FMA and F16C, which the faster compilation needs.
// AZULEJO_SIM_PORTABLE=1 in the environment answers no, so that a test can run what other CPUs run.
// Decided once.
bool runsAvx2();

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_CPU_H
