// This file is the shared library's own translation unit; everything else comes from the static
// parts.
#include "azulejo/runtime/api.h"
