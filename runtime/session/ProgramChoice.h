// This file declares the rule by which a program of a bundle is chosen for a device.
#ifndef AZULEJO_RUNTIME_SESSION_PROGRAMCHOICE_H
#define AZULEJO_RUNTIME_SESSION_PROGRAMCHOICE_H

#include "azulejo/runtime/device.h"
#include "bundle/Plan.h"

namespace azulejo::runtime {

// Chooses as docs/bundle-format.md states: the exact `a` target, the best `f` target of the family,
// then the greatest plain target; programs that need a newer PTX than the device loads are passed
// over. AZJ_UNSUPPORTED names what the bundle has, or the driver that would do.
[[nodiscard]] azj_status chooseProgram(const Plan &plan, const azj_device_info &device,
                                       uint32_t &out);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_PROGRAMCHOICE_H
