// This file implements the instructions of bulk copies: it reads their operands, checks them and
// issues the copies.
#include "check/ChangedMaps.h"
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/LaunchControl.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
const BulkForm &formOf(const Inst &i) { return *static_cast<const BulkForm *>(i.data); }

uint64_t readAddress(WarpContext &w, const Inst &i, BulkOperand which, bool isWide, unsigned lane) {
  uint64_t offset = uint64_t(int64_t(int32_t(i.ops[which + 1])));
  return isWide ? w.reg<uint64_t>(i.ops[which])[lane] + offset
                : uint32_t(w.reg<uint32_t>(i.ops[which])[lane] + uint32_t(offset));
}

// The CTA of the cluster that a shared address belongs to; null after reporting. A generic address
// is one of the shared window.
Cta *sharedOwner(const BulkCopy &copy, uint64_t address, const char *what) {
  Cta *owner = ownerOf(*copy.warp, address - (address >> 56 << 56));
  if (owner == nullptr) {
    failCopy(copy, "mem", "out-of-bounds",
             std::string(what) + " is in the shared memory of no block of the cluster");
    return nullptr;
  }
  if (owner->liveThreads != 0)
    return owner;
  failCopy(copy, "mem", "exited-block",
           std::string(what) + " is in the shared memory of rank " + std::to_string(owner->rank) +
               " of the cluster, which has exited");
  return nullptr;
}

// Whether the range is inside a shared variable and aligned.
bool checkShared(const BulkCopy &copy, uint32_t offset, uint32_t alignment) {
  if (offset % alignment != 0) {
    failCopy(copy, "mem", "misaligned",
             "bulk copy at shared address " + std::to_string(offset) +
                 ", which is not a multiple of " + std::to_string(alignment));
    return false;
  }
  for (const SharedVariable &variable : copy.warp->worker->launch->shared)
    if (offset >= variable.offset && copy.bytes <= variable.bytes &&
        offset - variable.offset <= variable.bytes - copy.bytes)
      return true;
  failCopy(copy, "mem", "out-of-bounds",
           "bulk copy of " + std::to_string(copy.bytes) + " bytes at shared address " +
               std::to_string(offset) + " is not inside a shared variable");
  return false;
}

// The 128 bytes of a tensor map, in parameters or in global or constant memory; null if unreadable.
const uint8_t *findMap(const BulkCopy &copy, uint64_t address) {
  const Launch &launch = *copy.warp->worker->launch;
  uint64_t window = address >> 56 << 56, offset = address - window;
  if (window == kParamWindow && offset + 128 <= launch.params.size())
    return launch.params.data() + offset;
  if (window == 0 && launch.memory->contains(address, 128))
    return reinterpret_cast<const uint8_t *>(address);
  return nullptr;
}

Type elementType(azj_tensor_map_type type) {
  switch (type) {
  case AZJ_TENSOR_MAP_U32:
    return Type::U32;
  case AZJ_TENSOR_MAP_I32:
    return Type::S32;
  case AZJ_TENSOR_MAP_U64:
    return Type::U64;
  case AZJ_TENSOR_MAP_I64:
    return Type::S64;
  case AZJ_TENSOR_MAP_F16:
    return Type::F16;
  case AZJ_TENSOR_MAP_BF16:
    return Type::BF16;
  case AZJ_TENSOR_MAP_F32:
    return Type::F32;
  case AZJ_TENSOR_MAP_F64:
    return Type::F64;
  default:
    return Type::None;
  }
}

const char *nameOf(async::TensorMapKind kind) {
  static const char *const kNames[] = {"tile", "im2col", "im2col::w", "im2col::w::128"};
  return kNames[static_cast<unsigned>(kind)];
}

async::TensorMapKind kindOf(BulkMode mode) {
  switch (mode) {
  case BulkMode::Im2col:
    return async::TensorMapKind::Im2col;
  case BulkMode::Im2colW:
    return async::TensorMapKind::Im2colW;
  case BulkMode::Im2colW128:
    return async::TensorMapKind::Im2colW128;
  default:
    return async::TensorMapKind::Tiled;
  }
}

bool checkMap(const BulkCopy &copy, uint64_t address, std::string &why) {
  const BulkForm &form = *copy.form;
  const async::TensorMap &map = copy.map;
  if (address % 64 != 0)
    why = "a tensor map's address must be a multiple of 64, got " + std::to_string(address);
  else if (map.rank != form.rank)
    why = "the instruction copies " + std::to_string(form.rank) +
          " dimensions, the tensor map has " + std::to_string(map.rank);
  else if (map.kind != kindOf(form.mode))
    why = std::string("the instruction is of mode ") + nameOf(kindOf(form.mode)) +
          ", the tensor map of mode " + nameOf(map.kind);
  else if (form.mode == BulkMode::Gather4 && map.box[1] != 1)
    why = "four rows are copied one by one: box[1] of the tensor map must be 1, got " +
          std::to_string(map.box[1]);
  else if (form.reduction.isUsed && !isReducible(form.reduction.op, elementType(map.type)))
    why = "the reduction is not defined for elements of the tensor map's type";
  else
    return true;
  return false;
}

// Offsets of im2col. Of the modes W it is one along W, as the ISA defines wOffset.
bool readOffsets(BulkCopy &copy) {
  const BulkForm &form = *copy.form;
  uint16_t values[3] = {};
  for (unsigned d = 0; d < 3; ++d)
    if (copy.inst->ops[kBulkIm2col + d] != 0)
      values[d] = copy.warp->reg<uint16_t>(copy.inst->ops[kBulkIm2col + d])[copy.lane];
  if (form.mode == BulkMode::Im2col)
    std::copy(values, values + 3, copy.im2col);
  if (form.mode != BulkMode::Im2colW && form.mode != BulkMode::Im2colW128)
    return true;
  copy.im2col[0] = values[1];
  if (values[0] == 0)
    return true;
  failCopy(copy, "mem", "unsupported",
           "copies with a wHalo are not simulated, as the ISA does not say where halo pixels lie; "
           "it must be 0, got " +
               std::to_string(values[0]));
  return false;
}

// Reads the map, the coordinates and the offsets of a tensor copy.
bool readTensor(BulkCopy &copy, uint64_t address) {
  WarpContext &w = *copy.warp;
  const Inst &i = *copy.inst;
  const uint8_t *bytes = findMap(copy, address);
  std::string why = "the address of the tensor map is not readable";
  if (bytes == nullptr || !async::decodeTensorMap(bytes, &copy.map, &why) ||
      !checkMap(copy, address, why)) {
    failCopy(copy, "mem", "tensor-map", why);
    return false;
  }
  if (w.worker->checks & kCheckRace)
    checkMapUse(w, i, copy.lane, address);
  for (unsigned d = 0; d < coordinatesOf(*copy.form); ++d)
    copy.coordinates[d] = w.reg<int32_t>(i.ops[kBulkCoordinates + d])[copy.lane];
  copy.bytes = async::copyBytes(copy.map, placeOf(copy));
  copy.element = elementType(copy.map.type);
  return readOffsets(copy);
}

// Reads the size and the global address of a row of bytes.
bool readRow(BulkCopy &copy, uint64_t global) {
  copy.global = global;
  copy.bytes = copy.warp->reg<uint32_t>(copy.inst->ops[kBulkBytes])[copy.lane];
  if (copy.bytes % 16 == 0 && global % 16 == 0)
    return true;
  failCopy(copy, "mem", "misaligned",
           "a bulk copy needs addresses and sizes that are multiples of 16, got " +
               std::to_string(copy.bytes) + " bytes");
  return false;
}

bool readGlobalSide(BulkCopy &copy, BulkOperand which) {
  uint64_t address = readAddress(*copy.warp, *copy.inst, which, true, copy.lane);
  return copy.form->rank != 0 ? readTensor(copy, address) : readRow(copy, address);
}

bool readTarget(BulkCopy &copy, uint32_t alignment) {
  uint64_t address = readAddress(*copy.warp, *copy.inst, kBulkTarget,
                                 copy.inst->flags & kBulkWideTarget, copy.lane);
  copy.owner = sharedOwner(copy, address, "the target");
  copy.shared = windowOffset(address);
  return copy.owner != nullptr && checkShared(copy, copy.shared, alignment);
}

// The shared side that is read: of the own CTA.
bool readSharedSource(BulkCopy &copy, uint32_t &offset, uint32_t alignment) {
  uint64_t address = readAddress(*copy.warp, *copy.inst, kBulkSource,
                                 copy.inst->flags & kBulkWideSource, copy.lane);
  offset = windowOffset(address);
  Cta *owner = sharedOwner(copy, address, "the source");
  if (owner != nullptr && owner != copy.warp->cta)
    failCopy(copy, "mem", "out-of-bounds", "the source is in the shared memory of another block");
  return owner == copy.warp->cta && checkShared(copy, offset, alignment);
}

bool readBarrier(BulkCopy &copy) {
  uint64_t address = readAddress(*copy.warp, *copy.inst, kBulkBarrier,
                                 copy.inst->flags & kBulkWideBarrier, copy.lane);
  copy.signalled = sharedOwner(copy, address, "the mbarrier");
  copy.mbarrier = windowOffset(address);
  if (copy.signalled == nullptr)
    return false;
  bool isPeers = copy.form->isPair && copy.signalled->rank / 2 == copy.owner->rank / 2;
  if (copy.form->isMulticast || copy.signalled == copy.owner || isPeers)
    return true;
  failCopy(copy, "sync", "mbarrier",
           "the mbarrier must be in the block of the target, rank " +
               std::to_string(copy.owner->rank) + " of the cluster, got rank " +
               std::to_string(copy.signalled->rank));
  return false;
}

BulkCopy startCopy(WarpContext &w, const Inst &i, unsigned lane) {
  BulkCopy copy;
  copy.warp = &w;
  copy.inst = &i;
  copy.form = &formOf(i);
  copy.lane = lane;
  copy.element = copy.form->reduction.type;
  return copy;
}

// The same copy for every CTA of the mask: the target and the mbarrier at the same offsets. Of a
// pair, the mbarrier is in the CTA of the same place in its pair as that of the operand.
void issueMulticast(const BulkCopy &copy) {
  const Inst &i = *copy.inst;
  const auto &ctas = copy.warp->cta->cluster->ctas;
  bool isAll = copy.form->kind == BulkKind::Cancel;
  uint32_t mask =
      isAll ? (1u << ctas.size()) - 1 : copy.warp->reg<uint16_t>(i.ops[kBulkMask])[copy.lane];
  if (mask == 0 || mask >> ctas.size() != 0)
    return failCopy(copy, "mem", "cluster-rank",
                    "the mask of a multicast names blocks of the cluster of " +
                        std::to_string(ctas.size()) + ", got " + std::to_string(mask));
  for (uint32_t m = mask; m != 0 && !copy.warp->cta->failed; m &= m - 1) {
    uint32_t rank = uint32_t(__builtin_ctz(m));
    BulkCopy one = copy;
    one.owner = ctas[rank].get();
    one.signalled = one.owner;
    if (copy.form->isPair && ((rank & ~1u) | (copy.signalled->rank & 1)) < ctas.size())
      one.signalled = ctas[(rank & ~1u) | (copy.signalled->rank & 1)].get();
    if (one.owner->liveThreads == 0 || one.signalled->liveThreads == 0)
      return failCopy(copy, "mem", "exited-block",
                      "the mask of a multicast names rank " + std::to_string(rank) +
                          " of the cluster, which has exited");
    issueLoad(one);
  }
}

bool readWords(BulkCopy &copy) {
  const BulkForm &form = *copy.form;
  copy.bytes = uint32_t(form.wordBytes) * form.wordCount;
  for (unsigned k = 0; k < form.wordCount; ++k)
    std::memcpy(copy.words + k * form.wordBytes,
                copy.warp->regs + copy.inst->ops[kBulkWords + k] + copy.lane * form.wordBytes,
                form.wordBytes);
  return true;
}

// The response of try_cancel and its mbarrier are in the own block; with multicast, at the same
// places in all others.
bool readRequest(BulkCopy &copy) {
  copy.bytes = 16;
  if (!readTarget(copy, 16) || !readBarrier(copy))
    return false;
  if (copy.owner != copy.warp->cta || copy.signalled != copy.warp->cta) {
    failCopy(copy, "mem", "out-of-bounds",
             "the response and the mbarrier of try_cancel must be in shared memory of the block "
             "that executes it");
    return false;
  }
  requestCancel(copy);
  return true;
}

// Reads the operands of a copy that signals an mbarrier. Returns false after reporting.
bool readLoad(BulkCopy &copy) {
  const BulkForm &form = *copy.form;
  switch (form.kind) {
  case BulkKind::Word:
    return readWords(copy) && readTarget(copy, copy.bytes) && readBarrier(copy);
  case BulkKind::Cancel:
    return readRequest(copy);
  case BulkKind::ToCluster:
    return readRow(copy, 0) && readSharedSource(copy, copy.source, 16) && readTarget(copy, 16) &&
           readBarrier(copy);
  default:
    return readGlobalSide(copy, kBulkSource) && readTarget(copy, form.rank != 0 ? 128 : 16) &&
           readBarrier(copy);
  }
}

async::Groups<BulkCopy> &groupsOf(WarpContext &w, unsigned lane) {
  auto &groups = asyncOf(w).stores[lane];
  if (groups == nullptr)
    groups = std::make_unique<async::Groups<BulkCopy>>();
  return *groups;
}

// In random order a store that has been issued may happen at any time: its source is read, or its
// target written.
void performSome(WarpContext &w, unsigned lane) {
  async::Groups<BulkCopy> &groups = groupsOf(w, lane);
  groups.visitAll([&](BulkCopy &copy) {
    if (!copy.isRead && drawRandom(w) % 3 == 0)
      readSource(copy);
  });
  if (drawRandom(w) % 3 == 0)
    groups.performOne(drawRandom(w), [](BulkCopy &copy) { writeTarget(copy); });
}
} // namespace

void bulkLoad(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    BulkCopy copy = startCopy(w, i, unsigned(__builtin_ctz(m)));
    if (!readLoad(copy))
      return;
    w.worker->asyncBytes += copy.bytes;
    if (copy.form->isMulticast)
      issueMulticast(copy);
    else
      issueLoad(copy);
  }
}

void bulkStore(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    BulkCopy copy = startCopy(w, i, lane);
    copy.owner = w.cta;
    if (!readGlobalSide(copy, kBulkTarget) ||
        !readSharedSource(copy, copy.shared, copy.form->rank != 0 ? 128 : 16))
      return;
    w.worker->asyncBytes += copy.bytes;
    bookStore(copy, asyncOf(w).committedStores[lane]);
    if (w.worker->launch->asyncMode == kEager)
      writeTarget(copy);
    else
      groupsOf(w, lane).issue(std::move(copy));
    if (w.worker->launch->asyncMode == kRandom)
      performSome(w, lane);
  }
}

// A prefetch moves nothing that a program could see; its operands must be right all the same.
void bulkPrefetch(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    BulkCopy copy = startCopy(w, i, unsigned(__builtin_ctz(m)));
    if (!readGlobalSide(copy, kBulkSource))
      return;
  }
}

void bulkCommit(WarpContext &w, const Inst &, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    ++asyncOf(w).committedStores[lane];
    groupsOf(w, lane).commit();
  }
}

// wait_group.read guarantees that the sources have been read, no more.
void bulkWait(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    async::Groups<BulkCopy> &groups = groupsOf(w, lane);
    size_t keep = size_t(i.imm);
    uint32_t committed = asyncOf(w).committedStores[lane];
    if (w.worker->checks & kCheckRace)
      raceStoreWaited(w, committed - std::min(committed, uint32_t(keep)), i.sub != 0);
    if (i.sub != 0)
      groups.visit(keep, [](BulkCopy &copy) {
        if (!copy.isRead)
          readSource(copy);
      });
    else
      groups.wait(keep, [](BulkCopy &copy) { writeTarget(copy); });
  }
}

} // namespace azulejo::sim
