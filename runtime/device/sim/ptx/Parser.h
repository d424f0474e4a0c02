// This file declares the parser of PTX text.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSER_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSER_H

#include "ptx/Ast.h"

#include <memory>
#include <string>

namespace azulejo::sim::ptx {

// Parses PTX ISA 6.0 to 9.0 text called `name` in messages. Returns null and sets `error` to
// "name:line:column: reason" where the text is not understood. Any text is safe to give.
std::unique_ptr<Module> parse(std::string_view text, std::string_view name, std::string &error);

} // namespace azulejo::sim::ptx

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSER_H
