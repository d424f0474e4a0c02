// This file declares the state of the PTX parser, shared by its source files.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSERIMPL_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSERIMPL_H

#include "ptx/Ast.h"
#include "ptx/Lexer.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace azulejo::sim::ptx {

// Limits that keep a hostile text from using unreasonable memory.
constexpr uint64_t kMaxRegisters = 1u << 20;       // of a function
constexpr uint64_t kMaxModuleRegisters = 1u << 24; // of all
constexpr uint64_t kMaxVariableBytes = uint64_t{1} << 31;
constexpr unsigned kMaxDepth = 64;

// What a name means inside a scope.
struct Entity {
  enum Kind : uint8_t { Register, Range, Variable, Label } kind;
  uint32_t index;     // first register, variable or label
  uint32_t count = 1; // of a Range
};

// A { } block of a function: it has its own registers, variables and labels.
struct Scope {
  uint32_t parent = kNone;
  std::unordered_map<std::string_view, Entity> names;
  std::unordered_map<std::string_view, Entity> ranges; // %r<10> by its text
};

// Whether the operands of the opcode may have selectors and signs.
bool isVideoOpcode(std::string_view opcode);

class Parser {
public:
  Parser(Module &module, std::string &error) : module(module), error(error), lexer(module.text) {}

  bool parseModule();

private:
  // Tokens.
  bool advance();
  bool fail(const Token &at, const std::string &reason);
  bool failHere(const std::string &reason) { return fail(token, reason); }
  bool isPunct(char c) const { return token.kind == Tok::Punct && token.punct == c; }
  bool isDirective(std::string_view text) const {
    return token.kind == Tok::Directive && token.text == text;
  }
  bool expectPunct(char c);
  bool acceptPunct(char c, bool &accepted);
  bool expectInt(uint64_t &value);
  std::string describe(const Token &at) const;

  // Module level.
  bool parseVersion();
  bool parseTarget();
  bool parseFile();
  bool skipSection();
  bool skipLine(uint32_t line);
  bool parseDeclaration();
  bool parseFunction(bool isEntry, bool isExtern);
  bool parseParams(Function &function, std::vector<uint32_t> &params);
  bool parsePerformance(Function &function, bool &found);
  bool parseDimensions(uint32_t (&dims)[3]);

  // Variables.
  bool parseVariables(Space space, bool isExtern, bool isParam, std::vector<uint32_t> *added);
  bool parseVariableAttributes(Variable &variable, uint64_t &lanes);
  bool parseVariableShape(Variable &variable, uint64_t lanes);
  bool parseInitializer(Variable &variable);
  bool parseInitializerList(Variable &variable, uint64_t elementBytes, uint64_t &offset,
                            unsigned depth);
  bool parseInitializerValue(Variable &variable, uint64_t elementBytes, uint64_t &offset);

  // Function bodies.
  bool parseBody();
  bool parseStatement();
  bool parseBodyDirective();
  bool parseRegisters();
  bool parseLoc();
  bool parseBranchTargets(std::string_view name, uint32_t line);
  bool parseInstruction();
  bool parseOperands(Instruction &instruction);
  bool skipStatement();
  bool parseOperand(Operand &operand, bool wantsLabel, unsigned depth);
  bool parseName(Operand &operand, bool wantsLabel);
  const Entity *lookUpSelected(Operand &operand, uint32_t &reg) const;
  bool parseNegated(Operand &operand, unsigned depth);
  bool parseAddress(Operand &operand, unsigned depth);
  bool parseList(Operand &operand, char close, unsigned depth);
  bool parseNumber(Operand &operand);
  bool defineLabel(const Token &name);
  bool resolveLabels();

  const Entity *lookup(std::string_view name, uint32_t &reg) const;
  bool declare(const Token &at, std::string_view name, Entity entity);
  uint32_t useLabel(std::string_view name);

  // A mention of a label, resolved when its function ends.
  struct LabelUse {
    Token token;
    uint32_t scope;
    uint32_t instruction, operand; // where to put it; instruction kNone: a target list
    uint32_t list, slot;
  };

  Module &module;
  std::string &error;
  Lexer lexer;
  Token token;
  Function *function = nullptr;
  std::vector<Scope> scopes; // 0 is the module's
  uint32_t scope = 0;
  std::vector<LabelUse> labelUses;
  SourceLoc loc;
  uint64_t registerCount = 0; // of all functions so far
  bool isVideo = false;       // the instruction's registers may have selectors and signs
};

} // namespace azulejo::sim::ptx

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_PARSERIMPL_H
