// This file inlines the calls of a kernel, so that later steps see one list of instructions.
#include "ir/Flat.h"

#include <algorithm>
#include <set>

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
         reason + ": '" + lineOf(inst) + "'";
}

bool isBranch(const Instruction &inst) { return inst.opcode == "bra" || inst.opcode == "bra.uni"; }
bool isIndexedBranch(const Instruction &inst) {
  return inst.opcode == "brx.idx" || inst.opcode == "brx.idx.uni";
}
bool isReturn(const Instruction &inst) { return inst.opcode == "ret" || inst.opcode == "ret.uni"; }
bool isExit(const Instruction &inst) { return inst.opcode == "exit" || inst.opcode == "trap"; }

bool isSystemCall(const Instruction &inst) {
  auto isNamed = [](const Operand &op) {
    return op.kind == Operand::Name && (op.text == "vprintf" || op.text == "__assertfail");
  };
  return inst.opcode.substr(0, 4) == "call" &&
         std::any_of(inst.ops.begin(), inst.ops.end(), isNamed);
}

const Function *findFunction(const Module &module, std::string_view name) {
  for (const Function &function : module.functions)
    if (function.name == name && !function.isEntry && function.isDefined)
      return &function;
  return nullptr;
}

uint64_t addressOf(const Module &module, const Function &function) {
  constexpr uint64_t kFunctionWindow = uint64_t{0x13} << 56;
  return kFunctionWindow + 16 * (static_cast<uint64_t>(&function - module.functions.data()) + 1);
}

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
      : module(module), flat(flat), error(error) {
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
    for (uint32_t v : function.locals) {
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

  // What a call passes: variables of its function.
  struct Call {
    const Instruction &inst;
    uint32_t caller;
    const Operand *callee = nullptr, *returns = nullptr, *params = nullptr;
    unsigned depth;
  };

  bool inlineCall(const Instruction &inst, uint32_t caller, unsigned depth) {
    // call (ret), name, (params){, prototype}; either list may be absent.
    Call call{inst, caller, nullptr, nullptr, nullptr, depth};
    for (const Operand &op : inst.ops) {
      if (op.kind == Operand::List)
        (call.callee == nullptr ? call.returns : call.params) = &op;
      else if (call.callee == nullptr)
        call.callee = &op;
    }
    if (call.callee == nullptr)
      return fail(inst, "expected the name of a function");
    if (isSystemCall(inst) && callees.count(call.callee->text) == 0)
      return systemCall(call);
    uint32_t after = newLabel();
    if (inst.guard != kNone)
      pushBranch(call, after, inst.guard, !inst.guardNegated);
    bool isDirect = call.callee->kind == Operand::Name;
    if (!(isDirect ? inlineNamed(call, after) : inlineAny(call, after)))
      return false;
    flat.labels[after] = static_cast<uint32_t>(flat.insts.size());
    return true;
  }

  bool inlineNamed(const Call &call, uint32_t after) {
    auto found = callees.find(call.callee->text);
    if (found == callees.end())
      return fail(call.inst, "function '" + std::string(call.callee->text) +
                                 "' is not defined in this module; link it before PTX is emitted");
    return inlineBody(call, *found->second, after);
  }

  bool inlineBody(const Call &call, const Function &callee, uint32_t after) {
    if (call.depth >= kMaxCallDepth)
      return fail(call.inst, "calls are nested more than 64 deep; recursion is not supported");
    std::unordered_map<uint32_t, uint32_t> bound;
    return bind(call.inst, call.returns, callee.returns, call.caller, bound) &&
           bind(call.inst, call.params, callee.params, call.caller, bound) &&
           append(callee, after, bound, call.depth + 1);
  }

  // A call through a register compares it with every function whose address the module takes and
  // that takes as many bytes.
  bool inlineAny(const Call &call, uint32_t after) {
    if (call.callee->kind != Operand::Reg)
      return fail(call.inst, "expected the name of a function or a register");
    for (const Function *candidate : takenFunctions()) {
      if (!fits(call.returns, candidate->returns) || !fits(call.params, candidate->params))
        continue;
      uint32_t next = newLabel(), isOther = newPredicate(call.caller);
      Instruction &compare = make(call, "setp.ne.u64");
      compare.ops.resize(3);
      compare.ops[0].kind = Operand::Reg;
      compare.ops[0].index = isOther;
      compare.ops[1] = *call.callee;
      compare.ops[2].kind = Operand::Int;
      compare.ops[2].bits = addressOf(module, *candidate);
      pushBranch(call, next, isOther, false);
      if (!inlineBody(call, *candidate, after))
        return false;
      flat.labels[next] = static_cast<uint32_t>(flat.insts.size());
    }
    // It is the address of none of them.
    make(call, "trap");
    return true;
  }

  bool fits(const Operand *list, const std::vector<uint32_t> &formals) const {
    if ((list != nullptr ? list->subs.size() : 0) != formals.size())
      return false;
    for (size_t i = 0; i < formals.size(); ++i)
      if (list->subs[i].kind != Operand::Symbol ||
          module.variables[list->subs[i].index].bytes != module.variables[formals[i]].bytes)
        return false;
    return true;
  }

  // Functions that are named elsewhere than in a call, in the order of the text.
  const std::vector<const Function *> &takenFunctions() {
    if (!taken.empty())
      return taken;
    std::set<std::string_view> names;
    for (const Variable &variable : module.variables)
      for (const Relocation &relocation : variable.relocations)
        names.insert(relocation.symbol);
    for (const Function &function : module.functions)
      for (const Instruction &inst : function.body)
        for (const Operand &op : inst.ops)
          if (op.kind == Operand::Name && inst.opcode.substr(0, 4) != "call")
            names.insert(op.text);
    for (const Function &function : module.functions)
      if (function.isDefined && !function.isEntry && names.count(function.name) != 0)
        taken.push_back(&function);
    return taken;
  }

  // Stays a call, which the decoder turns into a service of the simulator.
  bool systemCall(const Call &call) {
    bool isPrint = call.callee->text == "vprintf";
    const std::vector<uint64_t> printed = {8, 8}, asserted = {8, 8, 4, 8, 8}, returned = {4};
    if (call.inst.ops.size() != (isPrint ? 3 : 2) ||
        !passes(call.params, call.caller, isPrint ? printed : asserted) ||
        !passes(call.returns, call.caller, isPrint ? returned : std::vector<uint64_t>()))
      return fail(call.inst, "the call passes other values than '" +
                                 std::string(call.callee->text) + "' takes");
    flat.insts.push_back({&call.inst, call.caller, kNone});
    return true;
  }

  bool passes(const Operand *list, uint32_t caller, const std::vector<uint64_t> &bytes) const {
    if ((list != nullptr ? list->subs.size() : 0) != bytes.size())
      return false;
    for (size_t i = 0; i < bytes.size(); ++i)
      if (list->subs[i].kind != Operand::Symbol ||
          module.variables[list->subs[i].index].bytes != bytes[i] ||
          flat.instances[caller].localOffsets.count(list->subs[i].index) == 0)
        return false;
    return true;
  }

  uint32_t newLabel() {
    flat.labels.push_back(kNone);
    return static_cast<uint32_t>(flat.labels.size()) - 1;
  }
  uint32_t newPredicate(uint32_t instance) {
    flat.registers.push_back({Type::Pred});
    return static_cast<uint32_t>(flat.registers.size()) - 1 - flat.instances[instance].registerBase;
  }
  // Appends an instruction that stands at the call's place in the text.
  Instruction &make(const Call &call, std::string_view opcode) {
    flat.made.push_back(call.inst);
    Instruction &inst = flat.made.back();
    inst.opcode = opcode;
    inst.ops.clear();
    inst.guard = kNone;
    inst.guardNegated = false;
    flat.insts.push_back({&inst, call.caller, kNone});
    return inst;
  }
  void pushBranch(const Call &call, uint32_t label, uint32_t guard, bool negated) {
    Instruction &branch = make(call, "bra");
    branch.guard = guard;
    branch.guardNegated = negated;
    branch.ops.resize(1);
    branch.ops[0].kind = Operand::Label;
    branch.ops[0].index = label - flat.instances[call.caller].labelBase;
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
  std::unordered_map<std::string_view, const Function *> callees;
  std::vector<const Function *> taken; // see takenFunctions()
};
} // namespace

bool flatten(const Module &module, const Function &function, Flat &flat, std::string &error) {
  flat.module = &module;
  flat.function = &function;
  flat.localBytes = 16; // so that local address 0 is never valid
  return Flattener(module, flat, error).append(function, kNone, {}, 0);
}

} // namespace azulejo::sim
