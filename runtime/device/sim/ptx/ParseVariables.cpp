// This file implements the parsing of PTX variables and their initialisers.
#include "ptx/ParserImpl.h"

#include <cstring>

namespace azulejo::sim::ptx {

// Reads what may stand between the state space and the name: alignment, pointer hints, vector,
// type.
bool Parser::parseVariableAttributes(Variable &variable, uint64_t &lanes) {
  uint64_t ignored;
  bool isPointerHint = false;
  lanes = 1;
  while (token.kind == Tok::Directive) {
    Token at = token;
    if (!advance())
      return false;
    if (at.text == ".align") {
      uint64_t align;
      if (!expectInt(align))
        return false;
      if (align == 0 || (align & (align - 1)) != 0 || align > 1u << 20)
        return fail(at, "alignment must be a power of two, got " + std::to_string(align));
      // The alignment behind .ptr is that of the memory pointed to.
      if (!isPointerHint)
        variable.align = align;
    } else if (at.text == ".ptr") {
      isPointerHint = true;
    } else if (at.text == ".attribute") {
      while (!isPunct(')') && token.kind != Tok::End)
        if (!advance())
          return false;
      if (!expectPunct(')'))
        return false;
    } else if (at.text == ".v2" || at.text == ".v4") {
      lanes = at.text == ".v2" ? 2 : 4;
    } else if (isPointerHint && (at.text == ".global" || at.text == ".shared" ||
                                 at.text == ".local" || at.text == ".const")) {
      continue;
    } else if (Type type = parseType(at.text.substr(1)); type != Type::None && type != Type::Pred) {
      variable.type = type;
      ignored = typeBytes(type) * lanes;
      if (variable.align < ignored)
        variable.align = ignored;
    } else {
      return fail(at, "'" + std::string(at.text) + "' is not supported in a declaration");
    }
  }
  return true;
}

bool Parser::parseVariableShape(Variable &variable, uint64_t lanes) {
  variable.bytes = typeBytes(variable.type) * lanes;
  while (isPunct('[')) {
    variable.isScalar = false;
    if (!advance())
      return false;
    uint64_t count = 0;
    if (!isPunct(']') && !expectInt(count))
      return false;
    if (count > kMaxVariableBytes || variable.bytes * count > kMaxVariableBytes)
      return failHere("variable '" + std::string(variable.name) + "' is larger than 2 GiB");
    variable.bytes *= count;
    if (!expectPunct(']'))
      return false;
  }
  return true;
}

bool Parser::parseInitializerValue(Variable &variable, uint64_t elementBytes, uint64_t &offset) {
  bool negative;
  if (!acceptPunct('-', negative))
    return false;
  uint64_t bits = token.bits;
  if (offset + elementBytes > variable.bytes)
    return failHere("initialiser of '" + std::string(variable.name) + "' is longer than its " +
                    std::to_string(variable.bytes) + " bytes");
  if (token.kind == Tok::Ident) {
    std::string_view name = token.text;
    if (!advance())
      return false;
    if (name == "generic") {
      if (!expectPunct('('))
        return false;
      name = token.text;
      if (token.kind != Tok::Ident)
        return failHere("expected a variable, got " + describe(token));
      if (!advance() || !expectPunct(')'))
        return false;
    }
    bool plus;
    uint64_t addend = 0;
    if (!acceptPunct('+', plus) || (plus && !expectInt(addend)))
      return false;
    if (elementBytes != 8)
      return failHere("an address in an initialiser needs 8 bytes, got elements of " +
                      std::to_string(elementBytes));
    variable.relocations.push_back({offset, name, addend});
    bits = 0;
  } else if (token.kind == Tok::Int || token.kind == Tok::Float32 || token.kind == Tok::Float64) {
    if (token.kind == Tok::Float64 && elementBytes == 4) {
      double wide;
      std::memcpy(&wide, &bits, sizeof(wide));
      float narrow = static_cast<float>(negative ? -wide : wide);
      uint32_t word;
      std::memcpy(&word, &narrow, sizeof(word));
      bits = word;
    } else if (negative) {
      bits = token.kind == Tok::Int       ? 0 - bits
             : token.kind == Tok::Float32 ? bits ^ 0x80000000u
                                          : bits ^ (uint64_t{1} << 63);
    }
    if (!advance())
      return false;
  } else {
    return failHere("expected a constant, got " + describe(token));
  }
  if (isPunct('('))
    return failHere("masked addresses in an initialiser are not supported");
  if (variable.init.size() < offset + elementBytes)
    variable.init.resize(offset + elementBytes);
  std::memcpy(variable.init.data() + offset, &bits, elementBytes < 8 ? elementBytes : 8);
  offset += elementBytes;
  return true;
}

bool Parser::parseInitializerList(Variable &variable, uint64_t elementBytes, uint64_t &offset,
                                  unsigned depth) {
  if (depth > kMaxDepth)
    return failHere("initialiser is nested too deeply");
  if (!expectPunct('{'))
    return false;
  while (!isPunct('}')) {
    bool ok = isPunct('{') ? parseInitializerList(variable, elementBytes, offset, depth + 1)
                           : parseInitializerValue(variable, elementBytes, offset);
    bool comma;
    if (!ok || !acceptPunct(',', comma))
      return false;
    if (!comma && !isPunct('}'))
      return failHere("expected ',' or '}', got " + describe(token));
  }
  return expectPunct('}');
}

bool Parser::parseInitializer(Variable &variable) {
  if (variable.space != Space::Global && variable.space != Space::Const)
    return failHere("only .global and .const variables may have an initialiser");
  uint64_t offset = 0, elementBytes = typeBytes(variable.type);
  // An array whose size is left open takes it from the initialiser.
  bool isOpen = variable.bytes == 0;
  if (isOpen)
    variable.bytes = kMaxVariableBytes;
  bool ok = isPunct('{') ? parseInitializerList(variable, elementBytes, offset, 0)
                         : parseInitializerValue(variable, elementBytes, offset);
  if (isOpen)
    variable.bytes = offset;
  return ok;
}

bool Parser::parseVariables(Space space, bool isExtern, bool isParam,
                            std::vector<uint32_t> *added) {
  Variable common;
  common.space = space;
  common.isExtern = isExtern;
  uint64_t lanes;
  if (!parseVariableAttributes(common, lanes))
    return false;
  for (bool more = true; more;) {
    Variable variable = common;
    if (token.kind != Tok::Ident)
      return failHere("expected the name of a variable, got " + describe(token));
    Token name = token;
    variable.name = token.text;
    variable.line = token.line;
    bool hasInit;
    if (!advance() || !parseVariableShape(variable, lanes) || !acceptPunct('=', hasInit) ||
        (hasInit && !parseInitializer(variable)))
      return false;
    // `.shared .b8 x[]` of any linkage but extern is one static byte: LLVM prints a zero-length
    // array without brackets, and ptxas then allots the byte.
    uint32_t index = static_cast<uint32_t>(module.variables.size());
    module.variables.push_back(std::move(variable));
    if (added != nullptr)
      added->push_back(index);
    if (scope != 0 && (space == Space::Local || space == Space::Param))
      function->locals.push_back(index);
    if (!declare(name, name.text, {Entity::Variable, index}))
      return false;
    if (isParam)
      return true;
    if (!acceptPunct(',', more))
      return false;
  }
  return expectPunct(';');
}

} // namespace azulejo::sim::ptx
