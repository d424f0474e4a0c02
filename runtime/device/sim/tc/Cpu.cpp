// This file finds out what the CPU can run.
#include "device/sim/tc/Cpu.h"

#include <cstdlib>
#include <cstring>

namespace azulejo::sim::tc {

namespace {

bool findsAvx2() {
#if defined(__x86_64__)
  const char *portable = std::getenv("AZULEJO_SIM_PORTABLE");
  if (portable && std::strcmp(portable, "1") == 0)
    return false;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
#else
  return false;
#endif
}

} // namespace

bool runsAvx2() {
  static const bool runs = findsAvx2();
  return runs;
}

} // namespace azulejo::sim::tc
