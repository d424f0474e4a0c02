// This file chooses the handlers of the best instruction set that this CPU has.
#include "exec/Context.h"

namespace azulejo::sim {

const IsaTable &isaTable() {
#ifdef AZJ_SIM_HAS_AVX2
  static const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                              __builtin_cpu_supports("f16c");
  if (hasAvx2)
    return kAvx2Isa;
#endif
  return kBaseIsa;
}

} // namespace azulejo::sim
