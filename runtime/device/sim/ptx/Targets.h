// This file declares what versions of PTX know a target.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_TARGETS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_TARGETS_H

#include <string>
#include <string_view>

namespace azulejo::sim::ptx {

// Returns the least version, ten times major and minor, in which `target` may stand; 0 where that
// is not known.
unsigned leastVersionOf(std::string_view target);

// "8.7" of 87.
std::string versionText(unsigned version);

} // namespace azulejo::sim::ptx

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_TARGETS_H
