// This file parses what only the operands of video instructions have: selectors and signs.
#include "ptx/ParserImpl.h"

namespace azulejo::sim::ptx {

bool isVideoOpcode(std::string_view opcode) {
  for (std::string_view start :
       {"vadd", "vsub", "vabsdiff", "vmin", "vmax", "vshl", "vshr", "vmad", "vset", "vavrg"})
    if (opcode.substr(0, start.size()) == start)
      return true;
  return false;
}

// "%r2.b0": the register in front of the last dot.
const Entity *Parser::lookUpSelected(Operand &operand, uint32_t &reg) const {
  size_t dot = token.text.rfind('.');
  if (dot == std::string_view::npos || dot == 0)
    return nullptr;
  const Entity *entity = lookup(token.text.substr(0, dot), reg);
  if (entity == nullptr || entity->kind > Entity::Range)
    return nullptr;
  operand.selector = token.text.substr(dot + 1);
  return entity;
}

// -%r3, or a number.
bool Parser::parseNegated(Operand &operand, unsigned depth) {
  if (!advance())
    return false;
  if (token.kind == Tok::Ident) {
    operand.negated = true;
    return parseName(operand, false);
  }
  if (isPunct('-') || isPunct('!') || !parseOperand(operand, false, depth + 1))
    return failHere("expected a register or a number behind '-'");
  if (operand.kind != Operand::Int)
    return failHere("expected a register or a whole number behind '-'");
  operand.bits = 0 - operand.bits;
  return true;
}

} // namespace azulejo::sim::ptx
