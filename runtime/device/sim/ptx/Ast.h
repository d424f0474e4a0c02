// This file defines the syntax tree of a PTX module: what the parser makes and the decoder reads.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_AST_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_AST_H

#include "ptx/Types.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::sim::ptx {

constexpr uint32_t kNone = ~0u;

struct Operand {
  enum Kind : uint8_t {
    Reg,     // index: register of the function
    Int,     // bits
    F32,     // bits, as f32
    F64,     // bits, as f64
    Symbol,  // index: variable of the module; bits: byte offset
    Special, // text: name of the special register
    Address, // subs[0]: base; bits: byte offset; further subs: coordinates and the like
    Vector,  // subs: elements
    Label,   // index: label of the function, or list of branch targets
    Name,    // text: a function
    List,    // subs: arguments of a call
    Sink,    // _
  };
  Kind kind = Sink;
  bool negated = false; // !%p; -%r of a video instruction
  uint32_t index = kNone;
  uint32_t pair = kNone; // the register after '|' in %r|%p
  uint64_t bits = 0;
  std::string_view text;
  std::string_view selector; // of %r.b0, a register of a video instruction: "b0"
  std::vector<Operand> subs;
};

// The model position that a .loc line gives: file number, line (node index), column (phase).
struct SourceLoc {
  uint32_t file = 0, line = 0, column = 0;
};

struct Instruction {
  std::string_view opcode; // with all modifiers
  std::string_view text;   // as written, for messages
  std::vector<Operand> ops;
  uint32_t guard = kNone;
  bool guardNegated = false;
  uint32_t line = 0, column = 0;
  SourceLoc loc;
};

// The text of an instruction in one line: nvcc writes a call in several.
std::string lineOf(const Instruction &inst);

struct Register {
  Type type = Type::None;
};

struct Relocation {
  uint64_t offset = 0; // byte position of the 8-byte address in the initialiser
  std::string_view symbol;
  uint64_t addend = 0;
};

struct Variable {
  std::string_view name;
  Space space = Space::Global;
  Type type = Type::B8;
  uint64_t bytes = 0;
  uint64_t align = 1;
  bool isExtern = false;
  bool isScalar = true; // declared without brackets
  uint32_t line = 0;
  std::vector<uint8_t> init; // shorter than `bytes`: the rest is zero
  std::vector<Relocation> relocations;
};

struct Label {
  std::string_view name;
  uint32_t instruction = kNone;  // index of the instruction that follows
  std::vector<uint32_t> targets; // of a .branchtargets list: labels
  bool isTargetList = false;
  uint32_t line = 0;
};

struct Function {
  std::string_view name;
  bool isEntry = false;
  bool isDefined = false;
  uint32_t line = 0;
  std::vector<uint32_t> params, returns; // variables
  std::vector<uint32_t> locals;          // all its .local and .param variables
  std::vector<Register> registers;
  std::vector<Instruction> body;
  std::vector<Label> labels;
  uint32_t maxThreads[3] = {0, 0, 0};      // .maxntid; 0: none
  uint32_t requiredThreads[3] = {0, 0, 0}; // .reqntid
  uint32_t requiredCluster[3] = {0, 0, 0}; // .reqnctapercluster
  uint32_t maxClusterRank = 0;             // .maxclusterrank; 0: none
  bool isExplicitCluster = false;
  uint32_t minCtas = 0;      // .minnctapersm; 0: none
  uint32_t maxRegisters = 0; // .maxnreg; 0: none
};

struct Module {
  std::string text; // owns what the string views point into
  std::string name;
  unsigned version = 0; // major * 10 + minor
  std::string_view target;
  unsigned sm = 0;
  std::vector<Variable> variables;
  std::vector<Function> functions;
  std::vector<std::pair<uint32_t, std::string_view>> files; // .file number, name
  std::vector<std::pair<uint32_t, std::string_view>>
      nodes; // line of .loc, name of the model's node
};

} // namespace azulejo::sim::ptx

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_AST_H
