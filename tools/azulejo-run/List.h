// This file declares --list.
#ifndef AZULEJO_TOOLS_RUN_LIST_H
#define AZULEJO_TOOLS_RUN_LIST_H

#include "azulejo/runtime/bundle.h"

namespace azulejo::run {

// Prints inputs, outputs, symbols, programs and kernels of a bundle on stdout.
void listBundle(azj_bundle bundle);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_LIST_H
