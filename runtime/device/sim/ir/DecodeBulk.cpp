// This file decodes bulk copies and reductions, their groups, st.async and red.async.
#include "ir/Decoder.h"

#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

namespace {
bool acceptReduction(Modifiers &mods, AtomicOp &op) {
  struct Row {
    std::string_view name;
    AtomicOp op;
  };
  static const Row kRows[] = {{"add", kAtomAdd}, {"min", kAtomMin}, {"max", kAtomMax},
                              {"inc", kAtomInc}, {"dec", kAtomDec}, {"and", kAtomAnd},
                              {"or", kAtomOr},   {"xor", kAtomXor}};
  for (const Row &row : kRows)
    if (mods.accept(row.name)) {
      op = row.op;
      return true;
    }
  return false;
}

// add.noftz.f16, min.u32 …: what a row of bytes is combined by.
bool acceptRowReduction(Modifiers &mods, BulkReduction &reduction) {
  if (!acceptReduction(mods, reduction.op))
    return false;
  bool isNoftz = mods.accept("noftz");
  Type type = reduction.type = mods.acceptType();
  bool isHalf = type == Type::F16 || type == Type::BF16;
  bool isBitwise = reduction.op >= kAtomAnd && reduction.op <= kAtomXor;
  bool isBits = type == Type::B32 || type == Type::B64;
  return isReducible(reduction.op, type) && isBits == isBitwise &&
         isNoftz == (isHalf && reduction.op == kAtomAdd);
}

// tensor.1d … tensor.5d; nothing for a row of bytes.
bool acceptRank(Modifiers &mods, BulkForm &form) {
  if (!mods.accept("tensor"))
    return true;
  std::string_view text = mods.next();
  if (text.size() != 2 || text[0] < '1' || text[0] > '5' || text[1] != 'd')
    return false;
  form.rank = static_cast<uint8_t>(text[0] - '0');
  return true;
}

bool acceptSpaces(Modifiers &mods, BulkForm &form) {
  if (form.kind == BulkKind::Prefetch)
    return mods.accept("L2") && mods.accept("global");
  if (mods.accept("global")) {
    form.kind = BulkKind::Store;
    return mods.accept("shared::cta");
  }
  bool isCluster = mods.accept("shared::cluster");
  if (!isCluster && !mods.accept("shared::cta"))
    return false;
  form.kind = BulkKind::Load;
  if (mods.accept("global"))
    return true;
  form.kind = BulkKind::ToCluster;
  return isCluster && form.rank == 0 && mods.accept("shared::cta");
}

bool acceptMode(Modifiers &mods, BulkForm &form) {
  struct Row {
    std::string_view name;
    bool isStore;
    BulkMode mode;
  };
  static const Row kRows[] = {
      {"tile::gather4", false, BulkMode::Gather4}, {"tile::scatter4", true, BulkMode::Gather4},
      {"im2col", false, BulkMode::Im2col},         {"im2col_no_offs", true, BulkMode::Im2col},
      {"im2col::w", false, BulkMode::Im2colW},     {"im2col::w::128", false, BulkMode::Im2colW128}};
  if (form.rank == 0 || mods.accept("tile"))
    return true;
  for (const Row &row : kRows)
    if (row.isStore == (form.kind == BulkKind::Store) && mods.accept(row.name))
      form.mode = row.mode;
  bool isImage = form.mode != BulkMode::Tile && form.mode != BulkMode::Gather4;
  return form.mode == BulkMode::Gather4 ? form.rank == 2 : !isImage || form.rank >= 3;
}

// Whether the reduction gives the same result in any order of CTAs.
bool isCommutative(const BulkForm &form) {
  const BulkReduction &reduction = form.reduction;
  return !reduction.isUsed || (form.rank == 0 && !isFloat(reduction.type) &&
                               reduction.op != kAtomInc && reduction.op != kAtomDec);
}
} // namespace

// The modifiers of a bulk copy, behind "cp.async.bulk" or "cp.reduce.async.bulk".
bool Decoder::bulkModifiers(Modifiers &mods, BulkForm &bulk, bool &hasHint) {
  bool isReduction = bulk.reduction.isUsed;
  if (!isReduction && mods.accept("prefetch"))
    bulk.kind = BulkKind::Prefetch;
  if (!acceptRank(mods, bulk) || !acceptSpaces(mods, bulk) ||
      (isReduction && bulk.kind != BulkKind::Store && bulk.kind != BulkKind::ToCluster))
    return unsupported();
  if (isReduction && bulk.rank != 0 && !acceptReduction(mods, bulk.reduction.op))
    return unsupported();
  bool signals = bulk.kind == BulkKind::Load || bulk.kind == BulkKind::ToCluster;
  if (!acceptMode(mods, bulk) || (signals && !mods.accept("mbarrier::complete_tx::bytes")) ||
      (bulk.kind == BulkKind::Store && !mods.accept("bulk_group")))
    return unsupported();
  bulk.isMulticast = bulk.kind == BulkKind::Load && mods.accept("multicast::cluster");
  if (bulk.kind == BulkKind::Load && bulk.rank != 0) {
    bulk.isPair = mods.accept("cta_group::2");
    mods.accept("cta_group::1");
  }
  hasHint = bulk.kind != BulkKind::ToCluster && mods.accept("L2::cache_hint");
  if (isReduction && bulk.rank == 0 && !acceptRowReduction(mods, bulk.reduction))
    return unsupported();
  return mods.done() || unsupported();
}

// [map, {coordinates}] or [address].
bool Decoder::bulkGlobalOperand(const Operand &op, const BulkForm &bulk, BulkOperand which,
                                uint32_t *operands) {
  Operand plain = op;
  Space space = bulk.rank != 0 ? Space::Generic : Space::Global;
  if (bulk.rank != 0) {
    bool isList = op.kind == Operand::Address && op.subs.size() == 2 &&
                  op.subs[1].kind == Operand::Vector &&
                  op.subs[1].subs.size() == coordinatesOf(bulk);
    if (!isList)
      return fail("expected a tensor map and " + std::to_string(coordinatesOf(bulk)) +
                  " coordinates");
    for (unsigned d = 0; d < coordinatesOf(bulk); ++d)
      if (!source(op.subs[1].subs[d], 4, operands[kBulkCoordinates + d]))
        return false;
    plain.subs.pop_back();
  }
  Inst at;
  if (!address(plain, space, at))
    return false;
  operands[which] = at.a;
  operands[which + 1] = static_cast<uint32_t>(at.imm);
  return true;
}

bool Decoder::bulkSharedOperand(const Operand &op, BulkOperand which, BulkFlag wide,
                                uint32_t *operands, uint8_t &flags) {
  Space space = Space::SharedCluster;
  Inst at;
  if (!address(op, space, at))
    return false;
  operands[which] = at.a;
  operands[which + 1] = static_cast<uint32_t>(at.imm);
  flags |= (at.flags & 1) != 0 ? wide : 0;
  return true;
}

// {offsets} of im2col: one for each spatial dimension; of the modes W wHalo and wOffset.
bool Decoder::bulkOffsets(const Operand &op, const BulkForm &bulk, uint32_t *operands) {
  size_t count = bulk.mode == BulkMode::Im2col ? bulk.rank - 2u : 2u;
  if (op.kind != Operand::Vector || op.subs.size() != count)
    return fail("expected " + std::to_string(count) + " im2col offsets");
  for (size_t d = 0; d < count; ++d)
    if (!source(op.subs[d], 2, operands[kBulkIm2col + d]))
      return false;
  return true;
}

bool Decoder::decodeBulk() {
  Modifiers mods(inst->opcode);
  mods.next();
  auto bulk = std::make_shared<BulkForm>();
  bulk->reduction.isUsed = mods.accept("reduce");
  mods.next();
  mods.next();
  if (!bulk->reduction.isUsed && (mods.peek() == "commit_group" || mods.peek() == "wait_group"))
    return decodeBulkGroup(mods);
  bool hasHint = false;
  if (!bulkModifiers(mods, *bulk, hasHint))
    return false;
  BulkKind kind = bulk->kind;
  bool signals = kind == BulkKind::Load || kind == BulkKind::ToCluster;
  bool hasOffsets = bulk->mode >= BulkMode::Im2col && kind != BulkKind::Store;
  size_t count = (kind == BulkKind::Prefetch ? 1u : 2u) + (bulk->rank == 0 ? 1u : 0u) +
                 (signals ? 1u : 0u) + (hasOffsets ? 1u : 0u) + (bulk->isMulticast ? 1u : 0u) +
                 (hasHint ? 1u : 0u);
  if (!need(count))
    return false;
  uint32_t *operands = list(kBulkOperands), policy;
  std::fill(operands, operands + kBulkOperands, 0u);
  uint8_t flags = 0;
  const Operand *next = inst->ops.data();
  bool ok = true;
  if (kind == BulkKind::Store)
    ok = bulkGlobalOperand(*next++, *bulk, kBulkTarget, operands);
  else if (kind != BulkKind::Prefetch)
    ok = bulkSharedOperand(*next++, kBulkTarget, kBulkWideTarget, operands, flags);
  if (kind == BulkKind::Store || kind == BulkKind::ToCluster)
    ok = ok && bulkSharedOperand(*next++, kBulkSource, kBulkWideSource, operands, flags);
  else
    ok = ok && bulkGlobalOperand(*next++, *bulk, kBulkSource, operands);
  ok = ok && (bulk->rank != 0 || source(*next++, 4, operands[kBulkBytes])) &&
       (!signals || bulkSharedOperand(*next++, kBulkBarrier, kBulkWideBarrier, operands, flags)) &&
       (!hasOffsets || bulkOffsets(*next++, *bulk, operands)) &&
       (!bulk->isMulticast || source(*next++, 2, operands[kBulkMask])) &&
       (!hasHint || source(*next++, 8, policy));
  if (!ok)
    return false;
  if (!isCommutative(*bulk) && kind == BulkKind::Store)
    kernel->isOrdered = true;
  emitBulk(kind == BulkKind::Store      ? bulkStore
           : kind == BulkKind::Prefetch ? bulkPrefetch
                                        : bulkLoad,
           bulk, operands, flags);
  return true;
}

void Decoder::emitBulk(Handler fn, std::shared_ptr<BulkForm> bulk, uint32_t *operands,
                       uint8_t flags) {
  Inst &out = emitGuarded(fn, OpClass::Async);
  out.ops = operands;
  out.flags = flags;
  out.data = bulk.get();
  kernel->data.push_back(std::move(bulk));
}

// cp.async.bulk.commit_group; cp.async.bulk.wait_group{.read} n
bool Decoder::decodeBulkGroup(Modifiers &mods) {
  if (mods.accept("commit_group")) {
    if (!mods.done())
      return unsupported();
    emitGuarded(bulkCommit, OpClass::Async);
    return need(0);
  }
  mods.next();
  bool isRead = mods.accept("read");
  uint64_t keep;
  if (!mods.done())
    return unsupported();
  if (!need(1) || !immediate(inst->ops[0], keep))
    return false;
  Inst &out = emitGuarded(bulkWait, OpClass::Async);
  out.imm = static_cast<int64_t>(keep);
  out.sub = isRead;
  return true;
}

// st.async{.weak}{.shared::cluster}.mbarrier::complete_tx::bytes{.v2,.v4}.type [a], b, [mbar];
// red.async.relaxed.cluster{.shared::cluster}.mbarrier::complete_tx::bytes.op.type [a], b, [mbar]
bool Decoder::decodeWordAsync() {
  Modifiers mods(inst->opcode);
  auto bulk = std::make_shared<BulkForm>();
  bulk->kind = BulkKind::Word;
  bulk->reduction.isUsed = mods.next() == "red";
  mods.next();
  if (bulk->reduction.isUsed && (!mods.accept("relaxed") || !mods.accept("cluster")))
    return unsupported();
  if (!bulk->reduction.isUsed)
    mods.accept("weak");
  mods.accept("shared::cluster");
  if (!mods.accept("mbarrier::complete_tx::bytes"))
    return unsupported();
  bulk->wordCount = 1;
  Type type = Type::None;
  if (bulk->reduction.isUsed) {
    if (!acceptRowReduction(mods, bulk->reduction))
      return unsupported();
    type = bulk->reduction.type;
  } else {
    bulk->wordCount = mods.accept("v2") ? 2 : (mods.accept("v4") ? 4 : 1);
    type = mods.acceptType();
  }
  bool isWord = typeBytes(type) == 4 || typeBytes(type) == 8;
  bool isPacked = type == Type::F16x2 || type == Type::BF16x2 || type == Type::TF32 ||
                  type == Type::F32x2 || (bulk->reduction.isUsed && isFloat(type));
  if (!isWord || isPacked || !mods.done())
    return unsupported();
  bulk->wordBytes = static_cast<uint8_t>(typeBytes(type));
  if (!need(3))
    return false;
  uint32_t *operands = list(kBulkOperands);
  std::fill(operands, operands + kBulkOperands, 0u);
  uint8_t flags = 0;
  const Operand &value = inst->ops[1];
  if (bulk->wordCount > 1 &&
      (value.kind != Operand::Vector || value.subs.size() != bulk->wordCount))
    return fail("expected a vector of " + std::to_string(bulk->wordCount) + " values");
  for (unsigned k = 0; k < bulk->wordCount; ++k)
    if (!source(bulk->wordCount > 1 ? value.subs[k] : value, bulk->wordBytes,
                operands[kBulkWords + k], isFloat(type)))
      return false;
  if (!bulkSharedOperand(inst->ops[0], kBulkTarget, kBulkWideTarget, operands, flags) ||
      !bulkSharedOperand(inst->ops[2], kBulkBarrier, kBulkWideBarrier, operands, flags))
    return false;
  emitBulk(bulkLoad, bulk, operands, flags);
  return true;
}

} // namespace azulejo::sim
