// This file declares how the inputs of a run are found: from files, at random, as zeros.
#ifndef AZULEJO_TOOLS_RUN_INPUTS_H
#define AZULEJO_TOOLS_RUN_INPUTS_H

#include "Options.h"
#include "Tensor.h"
#include "azulejo/runtime/bundle.h"

namespace azulejo::run {

// Returns "f32 [batch, 4]" of an input or output.
std::string describe(const azj_tensor_info &info);

// Returns one tensor per input of the bundle. Throws ToolError for an input that is not given
// (naming its dtype and shape), is given twice, or does not exist.
std::vector<Tensor> makeInputs(azj_bundle bundle, const Options &options);

// Splits "NAME=FILE" at the first '=' whose left side is one of `names`; a text without one belongs
// to the only name. Throws ToolError where neither holds.
std::pair<size_t, std::string>
splitAssignment(const std::string &text, const std::vector<std::string> &names, const char *what);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_INPUTS_H
