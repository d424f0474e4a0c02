// This file inlines the calls of a kernel, so that later steps see one list of instructions.
#include "ir/Flat.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

namespace {
// Inlining may multiply a short text.
constexpr size_t kMaxInstructions = size_t{1} << 20;
constexpr size_t kMaxRegisters = size_t{1} << 21;
constexpr unsigned kMaxCallDepth = 64;

bool startsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
} // namespace

std::string instructionError(const Module &module, const Instruction &inst,
                             const std::string &reason) {
  return module.name + ":" + std::to_string(inst.line) + ":" + std::to_string(inst.column) + ": " +
         reason + ": '" + std::string(inst.text) + "'";
}

bool isBranch(const Instruction &inst) { return inst.opcode == "bra" || inst.opcode == "bra.uni"; }
bool isIndexedBranch(const Instruction &inst) {
  return inst.opcode == "brx.idx" || inst.opcode == "brx.idx.uni";
}
bool isReturn(const Instruction &inst) { return inst.opcode == "ret" || inst.opcode == "ret.uni"; }
bool isExit(const Instruction &inst) { return inst.opcode == "exit" || inst.opcode == "trap"; }

bool isSyncPoint(const Instruction &inst) {
  std::string_view op = inst.opcode;
  for (std::string_view start :
       {"bar.", "barrier.", "shfl.", "vote.", "match.", "redux.", "elect.", "mma.", "wmma.",
        "ldmatrix.", "stmatrix.", "movmatrix.", "wgmma.", "tcgen05.", "mbarrier.try_wait",
        "mbarrier.test_wait", "setmaxnreg.", "griddepcontrol.", "nanosleep"})
    if (startsWith(op, start))
      return true;
  return false;
}

namespace {
class Flattener {
public:
  Flattener(const Module &module, Flat &flat, std::string &error)
      : module(module), flat(flat), error(error), locals(module.functions.size()) {
    for (uint32_t v = 0; v < module.variables.size(); ++v) {
      const Variable &variable = module.variables[v];
      bool isLocal = variable.space == Space::Local || variable.space == Space::Param;
      if (isLocal && variable.function != kNone)
        locals[variable.function].push_back(v);
    }
    for (const Function &candidate : module.functions)
      if (!candidate.isEntry && candidate.isDefined)
        callees[candidate.name] = &candidate;
  }

  // Appends the body of `function`; `bound` gives the places of its parameters, empty for a kernel.
  bool append(const Function &function, uint32_t returnLabel,
              const std::unordered_map<uint32_t, uint32_t> &bound, unsigned depth) {
    uint32_t index = static_cast<uint32_t>(flat.instances.size());
    flat.instances.emplace_back();
    Instance &instance = flat.instances.back();
    instance.function = &function;
    instance.registerBase = static_cast<uint32_t>(flat.registers.size());
    instance.labelBase = static_cast<uint32_t>(flat.labels.size());
    instance.returnLabel = returnLabel;
    instance.localOffsets = bound;
    flat.registers.insert(flat.registers.end(), function.registers.begin(),
                          function.registers.end());
    flat.labels.resize(flat.labels.size() + function.labels.size(), kNone);
    uint32_t labelBase = instance.labelBase;
    placeLocals(function, index);
    // Labels are listed in the order of the text.
    size_t nextLabel = 0;
    for (uint32_t i = 0; i <= function.body.size(); ++i) {
      for (; nextLabel < function.labels.size() && function.labels[nextLabel].instruction == i;
           ++nextLabel)
        flat.labels[labelBase + nextLabel] = static_cast<uint32_t>(flat.insts.size());
      if (i == function.body.size())
        break;
      const Instruction &inst = function.body[i];
      if (flat.insts.size() >= kMaxInstructions)
        return fail(inst, "the kernel has more than 1048576 instructions once calls are inlined");
      if (flat.registers.size() > kMaxRegisters)
        return fail(inst, "the kernel has more than 2097152 registers once calls are inlined");
      if (inst.opcode == "call" || inst.opcode == "call.uni") {
        if (!inlineCall(inst, index, depth))
          return false;
        continue;
      }
      flat.insts.push_back({&inst, index, kNone});
    }
    // A body may end without a `ret`.
    flat.insts.push_back({nullptr, index, returnLabel});
    return true;
  }

private:
  bool fail(const Instruction &inst, const std::string &reason) {
    error = instructionError(module, inst, reason);
    return false;
  }

  // Local variables and the .param variables of call sequences live in local memory.
  void placeLocals(const Function &function, uint32_t index) {
    for (uint32_t v : locals[static_cast<size_t>(&function - module.functions.data())]) {
      const Variable &variable = module.variables[v];
      if (flat.instances[index].localOffsets.count(v) != 0)
        continue;
      bool isParameter =
          function.isEntry &&
          std::find(function.params.begin(), function.params.end(), v) != function.params.end();
      if (isParameter)
        continue;
      uint64_t at = (flat.localBytes + variable.align - 1) & ~(variable.align - 1);
      uint64_t end = at + std::max<uint64_t>(variable.bytes, 1);
      flat.instances[index].localOffsets[v] = static_cast<uint32_t>(at);
      flat.localBytes = static_cast<uint32_t>(std::min<uint64_t>(end, 1u << 30));
    }
  }

  bool inlineCall(const Instruction &inst, uint32_t caller, unsigned depth) {
    // call (ret), name, (params); either list may be absent.
    const Operand *name = nullptr, *returns = nullptr, *params = nullptr;
    for (const Operand &op : inst.ops) {
      if (op.kind == Operand::List)
        (name == nullptr ? returns : params) = &op;
      else if (name == nullptr)
        name = &op;
      else
        return fail(inst, "indirect calls are not supported");
    }
    if (name == nullptr || name->kind != Operand::Name)
      return fail(inst, "indirect calls are not supported");
    auto found = callees.find(name->text);
    const Function *callee = found != callees.end() ? found->second : nullptr;
    if (callee == nullptr)
      return fail(inst, "function '" + std::string(name->text) +
                            "' is not defined in this module; link it before PTX is emitted");
    if (depth >= kMaxCallDepth)
      return fail(inst, "calls are nested more than 64 deep; recursion is not supported");
    if (inst.guard != kNone)
      return fail(inst, "a call with a guard predicate is not supported");
    std::unordered_map<uint32_t, uint32_t> bound;
    if (!bind(inst, returns, callee->returns, caller, bound) ||
        !bind(inst, params, callee->params, caller, bound))
      return false;
    uint32_t after = static_cast<uint32_t>(flat.labels.size());
    flat.labels.push_back(kNone);
    if (!append(*callee, after, bound, depth + 1))
      return false;
    flat.labels[after] = static_cast<uint32_t>(flat.insts.size());
    return true;
  }

  // The callee's parameter is the caller's variable: they share a place in local memory.
  bool bind(const Instruction &inst, const Operand *list, const std::vector<uint32_t> &formals,
            uint32_t caller, std::unordered_map<uint32_t, uint32_t> &bound) {
    size_t count = list != nullptr ? list->subs.size() : 0;
    if (count != formals.size())
      return fail(inst, "the call passes " + std::to_string(count) +
                            " values, the function takes " + std::to_string(formals.size()));
    for (size_t i = 0; i < count; ++i) {
      const Operand &actual = list->subs[i];
      auto it = flat.instances[caller].localOffsets.find(actual.index);
      if (actual.kind != Operand::Symbol || it == flat.instances[caller].localOffsets.end() ||
          module.variables[actual.index].bytes < module.variables[formals[i]].bytes)
        return fail(inst, "an argument must be a .param variable as large as the parameter");
      bound[formals[i]] = it->second;
    }
    return true;
  }

  const Module &module;
  Flat &flat;
  std::string &error;
  std::vector<std::vector<uint32_t>> locals; // by function: its .local and .param variables
  std::unordered_map<std::string_view, const Function *> callees;
};
} // namespace

bool flatten(const Module &module, const Function &function, Flat &flat, std::string &error) {
  flat.module = &module;
  flat.function = &function;
  flat.localBytes = 16; // so that local address 0 is never valid
  return Flattener(module, flat, error).append(function, kNone, {}, 0);
}

} // namespace azulejo::sim
