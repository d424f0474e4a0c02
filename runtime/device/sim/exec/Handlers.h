// This file declares the handlers that are compiled once, for any CPU.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_HANDLERS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_HANDLERS_H

#include "exec/Context.h"

namespace azulejo::sim {

// Does nothing: prefetches and hints.
void doNothing(WarpContext &w, const Inst &i, uint32_t mask);

// Fences, whose effect on values the simulator's memory order includes: the race check hears of
// them.
void threadFence(WarpContext &w, const Inst &i, uint32_t mask); // sub: 1 CTA scope
// sub: the memory it is for.
enum : unsigned { kProxyFenceBoth, kProxyFenceShared, kProxyFenceGlobal };
void proxyFence(WarpContext &w, const Inst &i, uint32_t mask);
void mbarrierFence(WarpContext &w, const Inst &i, uint32_t mask);
void warpBarrier(WarpContext &w, const Inst &i, uint32_t mask);

// Predicates.
enum PredicateOp : uint8_t { kPredMove, kPredNot, kPredAnd, kPredOr, kPredXor };
void predicateOp(WarpContext &w, const Inst &i, uint32_t mask); // sub: PredicateOp

// mov between one register and the registers that make it up; n pieces in ops.
Handler packHandler(unsigned wholeBytes, unsigned pieceBytes);
Handler unpackHandler(unsigned wholeBytes, unsigned pieceBytes);
void move128(WarpContext &w, const Inst &i, uint32_t mask);

// Extended precision. flags: 1 read the carry, 2 write it; sub: 0 add, 1 subtract; n: bytes.
void addCarry(WarpContext &w, const Inst &i, uint32_t mask);
// d = part of a * b, plus c. sub: 0 low, 1 high; flags as above; n: bytes; space: 1 if signed.
void madCarry(WarpContext &w, const Inst &i, uint32_t mask);

// slct: d = c >= 0 ? a : b. n: bytes; sub: 1 if c is f32, 2 if its subnormals are zero.
void selectBySign(WarpContext &w, const Inst &i, uint32_t mask);
// testp.op: sub: TestOp; n: bytes of the float.
enum TestOp : uint8_t { kFinite, kInfinite, kNumber, kNotANumber, kNormal, kSubnormal };
void testProperty(WarpContext &w, const Inst &i, uint32_t mask);

// cvt.tf32.f32. sub: rounding; flags: CvtFlag.
void convertTf32(WarpContext &w, const Inst &i, uint32_t mask);

// Conversions of narrow floats. data: NarrowConversion; c: random bits.
void convertNarrow(WarpContext &w, const Inst &i, uint32_t mask);

// Video instructions. data: VideoForm; c: the third source.
void videoOp(WarpContext &w, const Inst &i, uint32_t mask);

// cvta: imm is added, or subtracted where `sub` is 1; n: 4 where the address register has 32 bits.
void shiftWindow(WarpContext &w, const Inst &i, uint32_t mask);
// mapa: the address of the same place in the CTA of rank `b`; n: bytes of the address. sub: 1 if it
// is generic. getctarank: the rank of the CTA that an address belongs to.
void mapToRank(WarpContext &w, const Inst &i, uint32_t mask);
void rankOfAddress(WarpContext &w, const Inst &i, uint32_t mask);
// isspacep. space: Space.
void isSpace(WarpContext &w, const Inst &i, uint32_t mask);
// mov from %clock and %clock64: the steps of the warp. n: bytes.
void readClock(WarpContext &w, const Inst &i, uint32_t mask);

// Warp-wide operations; the lanes that take part have arrived.
enum ShuffleMode : uint8_t { kShflUp, kShflDown, kShflBfly, kShflIdx };
void shuffle(WarpContext &w, const Inst &i,
             uint32_t mask); // sub: ShuffleMode; ops[0]: predicate or 0
enum VoteMode : uint8_t { kVoteAll, kVoteAny, kVoteUni, kVoteBallot };
void vote(WarpContext &w, const Inst &i, uint32_t mask); // sub: VoteMode; flags 1: negate a
void activeMask(WarpContext &w, const Inst &i, uint32_t mask);
void matchLanes(WarpContext &w, const Inst &i, uint32_t mask); // sub: 1 all; n: bytes
enum ReduxOp : uint8_t { kReduxAdd, kReduxMin, kReduxMax, kReduxAnd, kReduxOr, kReduxXor };
void reduceLanes(WarpContext &w, const Inst &i,
                 uint32_t mask); // sub: ReduxOp; flags 1 signed, 2 f32, 4 abs, 8 NaN
void electLane(WarpContext &w, const Inst &i, uint32_t mask);

// Atomics. sub: AtomicOp; n: Type; flags 1: wide address; d 0: no result; b, c operands.
enum AtomicOp : uint8_t {
  kAtomAdd,
  kAtomMin,
  kAtomMax,
  kAtomAnd,
  kAtomOr,
  kAtomXor,
  kAtomExch,
  kAtomCas,
  kAtomInc,
  kAtomDec
};
void atomic(WarpContext &w, const Inst &i, uint32_t mask);

// Calls of functions of the driver. ops: places in local memory of what is passed, and returned.
void printText(WarpContext &w, const Inst &i, uint32_t mask);
void failAssertion(WarpContext &w, const Inst &i, uint32_t mask);

// Tensor cores. data: MmaInstruction.
void mmaSync(WarpContext &w, const Inst &i, uint32_t mask);
// ldmatrix and stmatrix: n matrices in ops; sub: 1 transposed; flags: 1 wide address.
void loadMatrix(WarpContext &w, const Inst &i, uint32_t mask);
void storeMatrix(WarpContext &w, const Inst &i, uint32_t mask);
// movmatrix: d is the transposed matrix of a.
void transposeMatrix(WarpContext &w, const Inst &i, uint32_t mask);

// wmma. data: WmmaMove or WmmaMultiply; ops: registers, of mma those of d, a, b, c; b: stride or 0.
void wmmaLoad(WarpContext &w, const Inst &i, uint32_t mask);
void wmmaStore(WarpContext &w, const Inst &i, uint32_t mask);
void wmmaMultiply(WarpContext &w, const Inst &i, uint32_t mask);

// cp.async: see decodeCpAsync() for the fields.
void copyIssue(WarpContext &w, const Inst &i, uint32_t mask);
void copyCommit(WarpContext &w, const Inst &i, uint32_t mask);
void copyWait(WarpContext &w, const Inst &i, uint32_t mask); // sub: 1 all; imm: groups to keep

// setmaxnreg. sub: 1 .inc; imm: registers of a thread.
void setMaxRegisters(WarpContext &w, const Inst &i, uint32_t mask);

// mbarrier: sub: MbarrierOp; d: token or 0; b: operand or 0; flags: MbarrierFlag. Waits: sub: 1 by
// parity; d: predicate.
enum MbarrierFlag : uint8_t {
  kMbarWide = 1,    // the address register has 64 bits
  kMbarGeneric = 2, // the address is generic
  kMbarCluster = 4, // …or in shared::cluster
  kMbarRelaxed = 8, // orders nothing
};
enum MbarrierOp : uint8_t {
  kMbarInit,
  kMbarInval,
  kMbarExpectTx,
  kMbarCompleteTx,
  kMbarArrive,
  kMbarArriveExpectTx,
  kMbarArriveNoComplete,
  kMbarArriveDrop,
  kMbarArriveDropExpectTx,
  kMbarArriveDropNoComplete,
};
void mbarrierUpdate(WarpContext &w, const Inst &i, uint32_t mask);
void mbarrierWait(WarpContext &w, const Inst &i, uint32_t mask);
void mbarrierPendingCount(WarpContext &w, const Inst &i, uint32_t mask);
// cp.async.mbarrier.arrive. sub: 1 .noinc.
void arriveForCopies(WarpContext &w, const Inst &i, uint32_t mask);

// Bulk copies, st.async, red.async and try_cancel. data: BulkForm; ops: BulkOperand; bulkWait: sub:
// 1 .read; imm: groups to keep.
void bulkLoad(WarpContext &w, const Inst &i, uint32_t mask);
void bulkStore(WarpContext &w, const Inst &i, uint32_t mask);
void bulkPrefetch(WarpContext &w, const Inst &i, uint32_t mask);
void bulkCommit(WarpContext &w, const Inst &i, uint32_t mask);
void bulkWait(WarpContext &w, const Inst &i, uint32_t mask);

// tensormap.replace. a and imm: the map; b: the value; sub: async::MapField; n: ordinal. The copy
// to global memory: a and imm: where to; b and ops[0]: where from; n: FenceScope. The fence: a and
// imm: the map; sub: 1 acquire; n: FenceScope.
enum MapFlag : uint8_t {
  kMapWide = 1,      // the (source's) address register has 64 bits
  kMapWideValue = 2, // the value has
};
void replaceMapField(WarpContext &w, const Inst &i, uint32_t mask);
void copyMap(WarpContext &w, const Inst &i, uint32_t mask);
void mapFence(WarpContext &w, const Inst &i, uint32_t mask);

// clusterlaunchcontrol.query_cancel. a: 128 bits; d: predicate, or ops: n numbers from `imm` on.
enum QueryCancel : uint8_t { kQueryIsCanceled, kQueryFirstCta }; // sub
void queryCancel(WarpContext &w, const Inst &i, uint32_t mask);

// Inst::sub of Flow::Wait: where the wait fails the instruction itself is executed again. Otherwise
// the program sees that it failed.
constexpr uint8_t kWaitAgain = 2;

// wgmma. data: tc::WgmmaOp; ops: registers of d, of a, metadata; b: descriptor; imm: predicate
// scale-d; sub: selector of the lanes that have the metadata.
void wgmmaIssue(WarpContext &w, const Inst &i, uint32_t mask);
// Checks accesses to registers of wgmma, imm of them. ops: number of the register * 2 + 1 for
// writes.
void wgmmaTouch(WarpContext &w, const Inst &i, uint32_t mask);
void wgmmaFence(WarpContext &w, const Inst &i, uint32_t mask);
void wgmmaCommit(WarpContext &w, const Inst &i, uint32_t mask);
void wgmmaWait(WarpContext &w, const Inst &i, uint32_t mask);

// tcgen05. Tensor memory addresses: a and imm; data: tc::TmemAccess, TensorMmaForm or tc::TmemCopy.
void tcgen05Alloc(WarpContext &w, const Inst &i, uint32_t mask); // a: where to; b: columns
void tcgen05Dealloc(WarpContext &w, const Inst &i, uint32_t mask);
void tcgen05Relinquish(WarpContext &w, const Inst &i, uint32_t mask);
void tcgen05Load(WarpContext &w, const Inst &i, uint32_t mask);  // ops: registers
void tcgen05Store(WarpContext &w, const Inst &i, uint32_t mask); // ops: registers
void tcgen05Wait(WarpContext &w, const Inst &i, uint32_t mask);  // sub: 1 st
void tcgen05Fence(WarpContext &w, const Inst &i, uint32_t mask); // sub: 1 before
void tcgen05Mma(WarpContext &w, const Inst &i, uint32_t mask);
void tcgen05Copy(WarpContext &w, const Inst &i, uint32_t mask); // b: descriptor
void tcgen05Shift(WarpContext &w, const Inst &i, uint32_t mask);
void tcgen05Commit(WarpContext &w, const Inst &i, uint32_t mask);
// Finds loads whose registers are used before their wait. ops: slots; imm: their number.
void tcgen05TouchPending(WarpContext &w, const Inst &i, uint32_t mask);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_HANDLERS_H
