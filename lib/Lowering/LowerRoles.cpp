// This file lowers roles of warps to branches.
#include "lib/Lowering/LowerTiles.h"

#include "lib/Lowering/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::lowering {
#define GEN_PASS_DEF_LOWERROLESPASS
#include "lib/Lowering/Passes.h.inc"
} // namespace azulejo::lowering

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

/// 32-bit registers of a multiprocessor, and those that a thread may have.
static constexpr int64_t kRegisters = 65536, kMostRegisters = 255;

/// The number of the running warp, the same for all its threads as far as the compiler can see.
static Value uniformWarp(OpBuilder &builder, Location loc) {
  Value thread = NVVM::ThreadIdXOp::create(builder, loc, builder.getI32Type());
  Value warp = arith::ShRUIOp::create(builder, loc, thread, constantI32(builder, loc, 5));
  return NVVM::ShflOp::create(builder, loc, builder.getI32Type(), constantI32(builder, loc, -1),
                              warp, constantI32(builder, loc, 0), constantI32(builder, loc, 31),
                              NVVM::ShflKind::idx, /*return_value_and_is_valid=*/UnitAttr());
}

/// Moves the operations of `region` before `position`, without its terminator.
static void inlineRegion(Region &region, Operation *position) {
  Block &block = region.front();
  block.getTerminator()->erase();
  position->getBlock()->getOperations().splice(position->getIterator(), block.getOperations());
}

static void lowerOneThread(OneThreadOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto roles = op->getParentOfType<RolesOp>();
  unsigned role = op->getParentRegion()->getRegionNumber();
  for (Operation *parent = op->getParentOp(); parent != roles; parent = parent->getParentOp())
    role = parent->getParentRegion()->getRegionNumber();
  Value elected = NVVM::ElectSyncOp::create(builder, loc, builder.getI1Type(), Value());
  if (roles.getWarps()[role] > 1) {
    Value first = constantI32(builder, loc, roles.firstWarp(role));
    Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                          uniformWarp(builder, loc), first);
    elected = arith::AndIOp::create(builder, loc, elected, isFirst);
  }
  auto branch = scf::IfOp::create(builder, loc, elected, /*withElseRegion=*/false);
  inlineRegion(op.getBody(), branch.thenBlock()->getTerminator());
  // The warp is whole again: what follows may be aligned, such as the barrier of all roles.
  NVVM::SyncWarpOp::create(builder, loc, constantI32(builder, loc, -1));
  op.erase();
}

/// `setmaxnreg` counts from what the kernel starts with: the registers of the multiprocessor,
/// divided among the threads.
static void setRegisters(OpBuilder &builder, RolesOp op, unsigned role, int64_t threads) {
  if (!op.getRegisters())
    return;
  int64_t atFirst = std::min(kMostRegisters, kRegisters / threads) / 8 * 8;
  int32_t wanted = (*op.getRegisters())[role];
  auto action = wanted > atFirst ? NVVM::SetMaxRegisterAction::increase
                                 : NVVM::SetMaxRegisterAction::decrease;
  NVVM::SetMaxRegisterOp::create(builder, op.getLoc(), uint32_t(wanted), action);
}

static void lowerRoles(RolesOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  unsigned count = op.getBodies().size();
  int64_t threads = 32 * int64_t(op.firstWarp(count));
  Value warp = uniformWarp(builder, loc);
  // Barriers that were initialised before are seen by all after it.
  NVVM::Barrier0Op::create(builder, loc);
  Operation *position = op;
  for (unsigned role = 0; role < count; ++role) {
    builder.setInsertionPoint(position);
    if (role + 1 < count) {
      Value end = constantI32(builder, loc, op.firstWarp(role + 1));
      Value here = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, warp, end);
      auto branch = scf::IfOp::create(builder, loc, here, /*withElseRegion=*/true);
      builder.setInsertionPointToStart(branch.thenBlock());
      setRegisters(builder, op, role, threads);
      inlineRegion(op.getBodies()[role], branch.thenBlock()->getTerminator());
      position = branch.elseBlock()->getTerminator();
      continue;
    }
    setRegisters(builder, op, role, threads);
    inlineRegion(op.getBodies()[role], position);
  }
  // ptxas ignores setmaxnreg where it does not know how many registers there are, and spills to
  // make room for CTAs that the rings leave no room for.
  op->getParentOfType<gpu::GPUModuleOp>()->setAttr("tile.min_ctas", builder.getI32IntegerAttr(1));
  op.erase();
}

namespace {
struct LowerRolesPass : azulejo::lowering::impl::LowerRolesPassBase<LowerRolesPass> {
  void runOnOperation() override {
    // While roles are whole, what is in them can ask which warps run it.
    getOperation().walk([](OneThreadOp op) { lowerOneThread(op); });
    getOperation().walk([](RolesOp op) { lowerRoles(op); });
  }
};
} // namespace
