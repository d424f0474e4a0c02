// This file implements the parsing of operands: registers, numbers, addresses and lists.
#include "ptx/ParserImpl.h"

namespace azulejo::sim::ptx {

bool Parser::parseOperands(Instruction &instruction) {
  std::string_view opcode = instruction.opcode;
  bool isBranch = opcode == "bra" || opcode == "bra.uni";
  bool isIndexed = opcode == "brx.idx" || opcode == "brx.idx.uni";
  isVideo = isVideoOpcode(opcode);
  for (bool more = true; more;) {
    uint32_t position = static_cast<uint32_t>(instruction.ops.size());
    bool wantsLabel = (isBranch && position == 0) || (isIndexed && position == 1);
    Token at = token;
    Operand operand;
    if (!parseOperand(operand, wantsLabel, 0))
      return false;
    if (wantsLabel)
      labelUses.push_back(
          {at, scope, static_cast<uint32_t>(function->body.size()), position, 0, 0});
    instruction.ops.push_back(std::move(operand));
    if (!acceptPunct(',', more))
      return false;
  }
  return true;
}

bool Parser::parseNumber(Operand &operand) {
  bool negative;
  if (!acceptPunct('-', negative))
    return false;
  if (!negative) {
    bool plus;
    if (!acceptPunct('+', plus))
      return false;
  }
  operand.bits = token.bits;
  if (token.kind == Tok::Int) {
    operand.kind = Operand::Int;
    if (negative)
      operand.bits = 0 - operand.bits;
  } else if (token.kind == Tok::Float32) {
    operand.kind = Operand::F32;
    operand.bits ^= negative ? 0x80000000u : 0;
  } else if (token.kind == Tok::Float64) {
    operand.kind = Operand::F64;
    operand.bits ^= negative ? uint64_t{1} << 63 : 0;
  } else {
    return failHere("expected an operand, got " + describe(token));
  }
  return advance();
}

bool Parser::parseName(Operand &operand, bool wantsLabel) {
  operand.text = token.text;
  if (wantsLabel) {
    operand.kind = Operand::Label;
    return advance();
  }
  if (token.text == "_") {
    operand.kind = Operand::Sink;
    return advance();
  }
  uint32_t reg = kNone;
  const Entity *entity = lookup(token.text, reg);
  if (entity == nullptr && isVideo)
    entity = lookUpSelected(operand, reg);
  if (entity != nullptr && entity->kind <= Entity::Range) {
    operand.kind = Operand::Reg;
    operand.index = reg;
    return advance();
  }
  if (entity != nullptr && entity->kind == Entity::Variable) {
    operand.kind = Operand::Symbol;
    operand.index = entity->index;
    return advance();
  }
  // Special registers start with '%'; any other name is a function's, checked by the decoder.
  operand.kind = token.text[0] == '%' || token.text == "WARP_SZ" ? Operand::Special : Operand::Name;
  return advance();
}

// [base], [base+offset], [base, {x, y}], name[offset]
bool Parser::parseAddress(Operand &operand, unsigned depth) {
  operand.kind = Operand::Address;
  if (!advance())
    return false;
  operand.subs.emplace_back();
  if (!parseOperand(operand.subs[0], false, depth + 1))
    return false;
  Operand &base = operand.subs[0];
  if (base.kind != Operand::Reg && base.kind != Operand::Symbol && base.kind != Operand::Int)
    return failHere("an address must start with a register, a variable or a number");
  operand.bits = base.kind == Operand::Symbol ? base.bits : 0;
  if (base.kind == Operand::Symbol)
    base.bits = 0;
  while (isPunct('+') || isPunct('-')) {
    bool negative = isPunct('-');
    uint64_t value;
    if (!advance())
      return false;
    if (isPunct('-')) { // [%r1+-4]
      negative = !negative;
      if (!advance())
        return false;
    }
    if (!expectInt(value))
      return false;
    operand.bits += negative ? 0 - value : value;
  }
  for (bool more = isPunct(','); more; more = isPunct(',')) {
    Operand extra;
    if (!advance() || !parseOperand(extra, false, depth + 1))
      return false;
    operand.subs.push_back(std::move(extra));
  }
  return expectPunct(']');
}

bool Parser::parseList(Operand &operand, char close, unsigned depth) {
  if (!advance())
    return false;
  while (!isPunct(close)) {
    Operand element;
    bool comma;
    if (!parseOperand(element, false, depth + 1) || !acceptPunct(',', comma))
      return false;
    operand.subs.push_back(std::move(element));
    if (!comma && !isPunct(close))
      return failHere(std::string("expected ',' or '") + close + "', got " + describe(token));
  }
  return expectPunct(close);
}

bool Parser::parseOperand(Operand &operand, bool wantsLabel, unsigned depth) {
  if (depth > 4)
    return failHere("operands are nested too deeply");
  if (isPunct('[') && depth == 0)
    return parseAddress(operand, depth);
  if (isPunct('{')) {
    operand.kind = Operand::Vector;
    return parseList(operand, '}', depth);
  }
  if (isPunct('(') && depth == 0) {
    operand.kind = Operand::List;
    return parseList(operand, ')', depth);
  }
  if (isPunct('!')) {
    if (!advance() || token.kind != Tok::Ident)
      return failHere("expected a predicate behind '!'");
    operand.negated = true;
    return parseName(operand, false);
  }
  if (isVideo && isPunct('-'))
    return parseNegated(operand, depth);
  if (token.kind != Tok::Ident)
    return parseNumber(operand);
  if (!parseName(operand, wantsLabel))
    return false;
  if (operand.kind == Operand::Symbol && isPunct('[')) { // local0[4]
    uint64_t offset;
    if (!advance() || !expectInt(offset) || !expectPunct(']'))
      return false;
    operand.bits += offset;
  } else if (operand.kind == Operand::Symbol && isPunct('+') && depth == 0) {
    uint64_t offset;
    if (!advance() || !expectInt(offset))
      return false;
    operand.bits += offset;
  }
  if (isPunct('|')) { // %r|%p
    Operand second;
    if (!advance() || !parseOperand(second, false, depth + 1))
      return false;
    if (second.kind == Operand::Reg)
      operand.pair = second.index;
    else if (second.kind != Operand::Sink)
      return failHere("expected a register behind '|'");
  }
  return true;
}

} // namespace azulejo::sim::ptx
