// This file chooses the handlers of the best instruction set that this CPU has.
#include "exec/Context.h"

#include "device/sim/tc/Cpu.h"

namespace azulejo::sim {

const IsaTable &isaTable() {
#ifdef AZJ_SIM_HAS_AVX2
  if (tc::runsAvx2())
    return kAvx2Isa;
#endif
  return kBaseIsa;
}

} // namespace azulejo::sim
