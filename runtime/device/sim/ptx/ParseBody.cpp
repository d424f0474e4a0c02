// This file implements the parsing of function bodies: registers, labels and instructions.
#include "ptx/ParserImpl.h"

namespace azulejo::sim::ptx {

bool Parser::declare(const Token &at, std::string_view name, Entity entity) {
  // An extern variable, and a function's declaration, may be repeated.
  auto [it, isNew] = scopes[scope].names.emplace(name, entity);
  if (!isNew && scope != 0)
    return fail(at, "'" + std::string(name) + "' is declared twice in one scope");
  if (!isNew)
    it->second = entity;
  return true;
}

// Finds what `name` means here; a register's index goes to `reg`.
const Entity *Parser::lookup(std::string_view name, uint32_t &reg) const {
  size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
    --digits;
  uint64_t number = 0;
  bool hasNumber = digits < name.size() && name.size() - digits <= 9;
  for (size_t i = digits; hasNumber && i < name.size(); ++i)
    number = number * 10 + static_cast<unsigned>(name[i] - '0');
  for (uint32_t s = scope; s != kNone; s = scopes[s].parent) {
    auto exact = scopes[s].names.find(name);
    if (exact != scopes[s].names.end()) {
      reg = exact->second.index;
      return &exact->second;
    }
    if (!hasNumber)
      continue;
    auto range = scopes[s].ranges.find(name.substr(0, digits));
    if (range != scopes[s].ranges.end() && number < range->second.count) {
      reg = range->second.index + static_cast<uint32_t>(number);
      return &range->second;
    }
  }
  return nullptr;
}

bool Parser::parseBody() {
  unsigned depth = 1;
  while (depth > 0) {
    if (token.kind == Tok::End)
      return failHere("function '" + std::string(function->name) + "' has no closing '}'");
    if (isPunct('{')) {
      if (++depth > kMaxDepth)
        return failHere("blocks are nested too deeply");
      Scope inner;
      inner.parent = scope;
      scope = static_cast<uint32_t>(scopes.size());
      scopes.push_back(std::move(inner));
      if (!advance())
        return false;
    } else if (isPunct('}')) {
      --depth;
      scope = scopes[scope].parent;
      if (!advance())
        return false;
    } else if (!parseStatement()) {
      return false;
    }
  }
  scope = 0;
  return true;
}

bool Parser::parseStatement() {
  if (isPunct(';'))
    return advance();
  if (token.kind == Tok::Directive)
    return parseBodyDirective();
  if (token.kind == Tok::Ident || isPunct('@'))
    return parseInstruction();
  return failHere("expected an instruction, got " + describe(token));
}

bool Parser::parseBodyDirective() {
  if (isDirective(".reg"))
    return advance() && parseRegisters();
  if (isDirective(".loc"))
    return parseLoc();
  if (isDirective(".file"))
    return parseFile();
  if (isDirective(".pragma"))
    return skipLine(token.line);
  Space space;
  if (isDirective(".shared"))
    space = Space::Shared;
  else if (isDirective(".local"))
    space = Space::Local;
  else if (isDirective(".param"))
    space = Space::Param;
  else if (isDirective(".global"))
    space = Space::Global;
  else if (isDirective(".const"))
    space = Space::Const;
  else
    return failHere("directive " + describe(token) + " is not supported in a function");
  return advance() && parseVariables(space, false, false, nullptr);
}

bool Parser::parseRegisters() {
  Type type = token.kind == Tok::Directive ? parseType(token.text.substr(1)) : Type::None;
  if (type == Type::None)
    return failHere("expected the type of a register, got " + describe(token));
  if (!advance())
    return false;
  for (bool more = true; more;) {
    Token name = token;
    if (token.kind != Tok::Ident)
      return failHere("expected the name of a register, got " + describe(token));
    bool isRange;
    uint64_t count = 1;
    if (!advance() || !acceptPunct('<', isRange) ||
        (isRange && (!expectInt(count) || !expectPunct('>'))))
      return false;
    if (count > kMaxRegisters || function->registers.size() + count > kMaxRegisters)
      return fail(name, "function has more than " + std::to_string(kMaxRegisters) + " registers");
    registerCount += count;
    if (registerCount > kMaxModuleRegisters)
      return fail(name,
                  "the module has more than " + std::to_string(kMaxModuleRegisters) + " registers");
    uint32_t first = static_cast<uint32_t>(function->registers.size());
    function->registers.resize(first + count, {type});
    if (isRange)
      scopes[scope].ranges[name.text] = {Entity::Range, first, static_cast<uint32_t>(count)};
    else if (!declare(name, name.text, {Entity::Register, first}))
      return false;
    if (!acceptPunct(',', more))
      return false;
  }
  return expectPunct(';');
}

bool Parser::parseLoc() {
  uint32_t line = token.line;
  uint64_t values[3];
  if (!advance())
    return false;
  for (uint64_t &value : values)
    if (!expectInt(value))
      return false;
  loc = {static_cast<uint32_t>(values[0]), static_cast<uint32_t>(values[1]),
         static_cast<uint32_t>(values[2])};
  return skipLine(line);
}

bool Parser::defineLabel(const Token &name) {
  uint32_t index = static_cast<uint32_t>(function->labels.size());
  function->labels.emplace_back();
  function->labels.back().name = name.text;
  function->labels.back().instruction = static_cast<uint32_t>(function->body.size());
  function->labels.back().line = name.line;
  return declare(name, name.text, {Entity::Label, index});
}

// `name: .branchtargets a, b, c;` — the label has been defined already.
bool Parser::parseBranchTargets(std::string_view name, uint32_t line) {
  (void)name;
  (void)line;
  uint32_t list = static_cast<uint32_t>(function->labels.size() - 1);
  function->labels[list].isTargetList = true;
  for (bool more = true; more;) {
    if (!advance())
      return false;
    if (token.kind != Tok::Ident)
      return failHere("expected a label, got " + describe(token));
    uint32_t slot = static_cast<uint32_t>(function->labels[list].targets.size());
    function->labels[list].targets.push_back(kNone);
    labelUses.push_back({token, scope, kNone, 0, list, slot});
    if (!advance())
      return false;
    more = isPunct(',');
  }
  return expectPunct(';');
}

bool Parser::resolveLabels() {
  for (const LabelUse &use : labelUses) {
    const Entity *found = nullptr;
    for (uint32_t s = use.scope; s != kNone && found == nullptr; s = scopes[s].parent) {
      auto it = scopes[s].names.find(use.token.text);
      if (it != scopes[s].names.end() && it->second.kind == Entity::Label)
        found = &it->second;
    }
    if (found == nullptr)
      return fail(use.token, "no label '" + std::string(use.token.text) + "' in function '" +
                                 std::string(function->name) + "'");
    if (use.instruction == kNone)
      function->labels[use.list].targets[use.slot] = found->index;
    else
      function->body[use.instruction].ops[use.operand].index = found->index;
  }
  return true;
}

bool Parser::parseInstruction() {
  Instruction instruction;
  const char *start = token.text.data();
  if (token.kind == Tok::Punct) { // @p or @!p
    bool negated;
    if (!advance() || !acceptPunct('!', negated))
      return false;
    uint32_t reg = kNone;
    const Entity *entity = token.kind == Tok::Ident ? lookup(token.text, reg) : nullptr;
    if (entity == nullptr || entity->kind > Entity::Range ||
        function->registers[reg].type != Type::Pred)
      return failHere("expected a predicate, got " + describe(token));
    instruction.guard = reg;
    instruction.guardNegated = negated;
    if (!advance())
      return false;
  }
  Token opcode = token;
  if (token.kind != Tok::Ident)
    return failHere("expected an instruction, got " + describe(token));
  if (!advance())
    return false;
  if (isPunct(':') && instruction.guard == kNone) {
    if (!defineLabel(opcode) || !advance())
      return false;
    if (isDirective(".branchtargets"))
      return parseBranchTargets(opcode.text, opcode.line);
    // A call passes as many bytes as its variables have: the prototype says nothing more.
    if (isDirective(".callprototype") || isDirective(".calltargets"))
      return skipStatement();
    return true;
  }
  instruction.opcode = opcode.text;
  instruction.line = opcode.line;
  instruction.column = opcode.column;
  instruction.loc = loc;
  if (!isPunct(';') && !parseOperands(instruction))
    return false;
  instruction.text = std::string_view(start, static_cast<size_t>(token.text.data() - start));
  if (!expectPunct(';'))
    return false;
  function->body.push_back(std::move(instruction));
  return true;
}

bool Parser::skipStatement() {
  while (!isPunct(';') && token.kind != Tok::End)
    if (!advance())
      return false;
  return expectPunct(';');
}

} // namespace azulejo::sim::ptx
