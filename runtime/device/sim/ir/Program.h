// This file defines the executable form of a kernel: pre-decoded instruction records and what a
// launch has to set up before they run.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_PROGRAM_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_PROGRAM_H

#include "ptx/Ast.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace azulejo::sim {

struct WarpContext;
struct Inst;

// Executes one instruction for the lanes in `mask` (never empty).
using Handler = void (*)(WarpContext &warp, const Inst &inst, uint32_t mask);

// How an instruction moves the program counter, or waits.
enum class Flow : uint8_t {
  None,          // falls through inside its block
  Fall,          // end of a block whose successor is `target`
  Branch,        // guarded lanes go to `target`, the others to `imm`
  BranchIndexed, // lane goes to ops[a]; n targets
  Exit,
  Trap,
  Barrier,  // CTA barrier (check `sub`)
  WarpSync, // waits for the lanes named in register `c`, then runs `fn`
  Wait,     // runs `fn`, which tells whether the group may go on
};

// Inst::sub of Flow::Barrier.
enum BarrierKind : uint8_t {
  kBarrierSync,
  kBarrierArrive,
  kBarrierClusterArrive, // flags: bit 0 aligned, bit 3 releases
  kBarrierClusterWait,   // flags: bit 0 aligned
};

// What an instruction counts as in the mix.
enum class OpClass : uint8_t {
  Move,
  Int,
  Fp16,
  Fp32,
  Fp64,
  Special, // approximate functions: the special function units
  Convert,
  Predicate,
  Load,
  Store,
  Atomic,
  Warp, // shuffles, votes
  Barrier,
  Control,
  Tensor,
  Async,
  Other,
  Count,
};
const char *className(OpClass opClass);

constexpr uint32_t kNoGuard = 0; // offset 0 holds the carry flags, never a guard

// One instruction, pre-decoded. Register operands are byte offsets into the warp's register file.
struct Inst {
  Handler fn = nullptr;
  uint32_t d = 0, a = 0, b = 0, c = 0;
  int64_t imm = 0;
  const uint32_t *ops = nullptr; // further operands
  const void *data = nullptr;    // owned by Kernel::data; what it is belongs to the handler
  uint32_t guard = kNoGuard;
  uint32_t target = 0; // block-ending instructions: index of the next instruction
  uint32_t id = 0;     // index into Kernel::info
  uint32_t mem = 0;    // index of its memory cache
  uint32_t block = 0;  // block it belongs to
  Flow flow = Flow::None;
  bool guardNegated = false;
  uint8_t n = 0;
  uint8_t flags = 0; // meaning belongs to the handler
  uint8_t sub = 0;
  uint8_t space = 0;
};

// What messages say about an instruction.
struct InstInfo {
  const ptx::Instruction *source = nullptr;
  OpClass opClass = OpClass::Other;
  const struct Form *form = nullptr; // null where `source` is
};

enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NwarpId,
  SmId,
  NsmId,
  GridId,
  LanemaskEq,
  LanemaskLt,
  LanemaskLe,
  LanemaskGt,
  LanemaskGe,
  ClusterIdX,
  ClusterIdY,
  ClusterIdZ,
  NclusterIdX,
  NclusterIdY,
  NclusterIdZ,
  ClusterCtaidX,
  ClusterCtaidY,
  ClusterCtaidZ,
  ClusterNctaidX,
  ClusterNctaidY,
  ClusterNctaidZ,
  ClusterCtarank,
  ClusterNctarank,
  DynamicSmemSize,
  TotalSmemSize,
  GridWorkspaceHigh,
  GridWorkspaceLow,
  Zero,
  Clock,
  Clock64,
  Count,
};

// A slot of the register file that holds the same kind of value during a whole launch or CTA.
struct ConstSlot {
  uint32_t offset;
  uint8_t bytes;
  uint64_t value;
};
struct SpecialSlot {
  uint32_t offset;
  uint8_t bytes;
  Special special;
};
struct ParamSlot {
  uint32_t offset;     // of the register file
  uint8_t bytes;       // of the slot: 2, 4 or 8
  uint8_t memoryBytes; // of the parameter's element
  bool isSigned;
  uint32_t paramOffset; // in the parameter block
};

struct Param {
  std::string name;
  uint32_t offset, bytes, align;
};

// A .shared variable and its place in the CTA's window.
struct SharedVariable {
  std::string name;
  uint32_t offset = 0;
  uint32_t bytes = 0;
  bool isDynamic = false; // takes the dynamic part; `bytes` is set by the launch
};

// Where execution may enter, and what one pass through it counts.
struct Block {
  uint32_t first = 0, count = 0; // instructions
  uint32_t classCounts[static_cast<unsigned>(OpClass::Count)] = {};
};

// Registers of a wgmma, by their number among those that any wgmma of the kernel uses.
struct WgmmaUse {
  std::vector<uint32_t> accumulators, inputs;
};

struct Kernel {
  std::string name;
  const ptx::Function *function = nullptr;
  std::vector<Inst> code;
  std::vector<InstInfo> info;
  std::deque<ptx::Instruction> made; // sources in `info` that the module has not: parts of calls
  std::vector<Block> blocks;
  std::vector<std::unique_ptr<uint32_t[]>> operandLists;
  std::vector<std::shared_ptr<const void>> data;
  std::vector<ConstSlot> constants;
  std::vector<ConstSlot> sharedAddresses; // of variables: the CTA's place in its cluster is added
  std::vector<SpecialSlot> specials;
  std::vector<ParamSlot> paramSlots;
  std::vector<std::pair<uint32_t, uint32_t>> poison; // offset, bytes: read before any write
  std::vector<Param> params;
  std::vector<SharedVariable> shared;
  uint32_t paramBytes = 0;
  uint32_t fileBytes = 0;
  uint32_t staticShared = 0;  // bytes that count against the limit of 48 KiB
  uint32_t sharedEnd = 0;     // window offset behind the static variables
  uint32_t dynamicShared = 0; // window offset of the dynamic part
  uint32_t localBytes = 0;
  uint32_t memCount = 0; // memory instructions
  uint32_t requiredThreads[3] = {0, 0, 0}, maxThreads[3] = {0, 0, 0},
           requiredCluster[3] = {0, 0, 0};
  uint32_t maxClusterRank = 0;    // most CTAs of a cluster; 0: not stated
  bool needsCluster = false;      // .explicitcluster: the launch or the kernel gives the size
  bool usesGridWorkspace = false; // has a barrier of the whole grid
  bool cancelsClusters = false;   // has clusterlaunchcontrol.try_cancel
  bool isOrdered = false;         // its result depends on the order of CTAs: run them on one thread
  std::vector<WgmmaUse> wgmmaUses; // by Inst::d of wgmma; empty where races are not checked
  uint32_t wgmmaRegisters = 0;
};

// Shared windows start here, so that address 0 is never valid.
constexpr uint32_t kSharedBase = 1024;
// Bytes kept free behind every shared variable, so that an overrun meets nothing.
constexpr uint32_t kSharedGap = 64;

// Generic addresses of the windows, above any allocation.
constexpr uint64_t kSharedWindow = uint64_t{0x10} << 56;
constexpr uint64_t kLocalWindow = uint64_t{0x11} << 56;
constexpr uint64_t kParamWindow = uint64_t{0x12} << 56;
// Shared addresses have the rank of their CTA in its cluster from this bit on, as on hardware: the
// windows of the CTAs of a cluster lie side by side.
constexpr unsigned kRankShift = 24;

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_PROGRAM_H
