// This file declares the printing of the simulator's lower bounds of the time on a GPU.
#ifndef AZULEJO_TOOLS_RUN_ROOFLINE_H
#define AZULEJO_TOOLS_RUN_ROOFLINE_H

#include <nlohmann/json.hpp>

namespace azulejo::run {

// Prints the bounds that the report of a device has: in all, and of the kernels that take longest.
// Prints nothing where it has none.
void printRoofline(const nlohmann::ordered_json &report);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_ROOFLINE_H
