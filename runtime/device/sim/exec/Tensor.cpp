// This file implements mma.sync, ldmatrix and stmatrix on the registers of a warp.
#include "exec/Handlers.h"
#include "exec/MmaForms.h"
#include "exec/Pattern.h"

#include "device/sim/tc/LdMatrix.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
constexpr uint32_t kAllLanes = 0xffffffffu;

// What counters call the operand type.
unsigned macKind(tc::Type type) {
  switch (type) {
  case tc::Type::F16:
    return 0;
  case tc::Type::BF16:
    return 1;
  case tc::Type::TF32:
    return 2;
  case tc::Type::S8:
  case tc::Type::U8:
    return 3;
  case tc::Type::E4M3:
  case tc::Type::E5M2:
    return 4;
  case tc::Type::F64:
    return 5;
  case tc::Type::E3M2:
  case tc::Type::E2M3:
    return 6;
  case tc::Type::S4:
  case tc::Type::U4:
    return 8;
  case tc::Type::B1:
    return 9;
  default:
    return 7;
  }
}
} // namespace

bool isWholeWarp(WarpContext &w, const Inst &i, uint32_t mask, const char *what) {
  if (mask == kAllLanes)
    return true;
  Finding finding = makeFinding(w, i, unsigned(__builtin_ctz(mask)), "sync", "partial-warp");
  finding.message = std::string(what) + " is executed by " +
                    std::to_string(__builtin_popcount(mask)) +
                    " lanes; all 32 of the warp must execute it together";
  report(w, i, std::move(finding));
  return false;
}

void countMacs(Worker &worker, unsigned type, uint64_t macs) {
  worker.tensorMacs[macKind(static_cast<tc::Type>(type))] += macs;
}

bool isMetadataValid(WarpContext &w, const Inst &i, const tc::SparseRows &rows,
                     const tc::SparseMetadata &metadata) {
  tc::MetadataFault fault;
  if (tc::checkMetadata(rows, metadata, &fault))
    return true;
  failCta(w, i, unsigned(fault.lane), "mem", "metadata",
          "the metadata place no half of chunk " + std::to_string(fault.chunk) + " of row " +
              std::to_string(fault.row) + ": the indices are " + std::to_string(fault.bits & 3) +
              " and " + std::to_string(fault.bits >> 2));
  return false;
}

namespace {
// Reads a selector of scales for the whole warp. Returns false after a finding.
bool readScales(WarpContext &w, const Inst &i, const tc::MmaForm &form, bool ofA,
                const uint32_t *slots, tc::ScaleOperand *operand) {
  const uint16_t *byte = w.reg<uint16_t>(slots[1]), *thread = w.reg<uint16_t>(slots[2]);
  std::string why;
  if (!std::equal(byte + 1, byte + 32, byte) || !std::equal(thread + 1, thread + 32, thread))
    why = "the lanes of the warp give different selectors of scales";
  else if (tc::checkSelectors(form, ofA, byte[0], thread[0], &why))
    why.clear();
  *operand = {w.reg<uint32_t>(slots[0]), byte[0], thread[0]};
  if (why.empty())
    return true;
  failCta(w, i, 0, "mem", "selector", why);
  return false;
}

// Metadata and scales, from the slots behind the matrices. Returns false after a finding.
bool readExtras(WarpContext &w, const Inst &i, const MmaInstruction &mma, const uint32_t *slots,
                tc::MmaExtras *extras) {
  if (mma.op.form.isSparse) {
    extras->metadata = {w.reg<uint32_t>(*slots++), mma.sparsitySelector};
    if (!isMetadataValid(w, i, mma.op.sparse, extras->metadata))
      return false;
  }
  return mma.op.form.factors == 0 ||
         (readScales(w, i, mma.op.form, true, slots, &extras->scaleA) &&
          readScales(w, i, mma.op.form, false, slots + 3, &extras->scaleB));
}
} // namespace

void mmaSync(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "a matrix instruction"))
    return;
  const MmaInstruction &mma = *static_cast<const MmaInstruction *>(i.data);
  const tc::MmaOp &op = mma.op;
  // The largest forms have 8 registers of a kind.
  uint32_t *d[16];
  const uint32_t *a[16], *b[16], *c[16];
  const uint32_t *slot = i.ops;
  for (int r = 0; r < op.dRegisters; ++r)
    d[r] = w.reg<uint32_t>(*slot++);
  for (int r = 0; r < op.aRegisters; ++r)
    a[r] = w.reg<uint32_t>(*slot++);
  for (int r = 0; r < op.bRegisters; ++r)
    b[r] = w.reg<uint32_t>(*slot++);
  for (int r = 0; r < op.cRegisters; ++r)
    c[r] = w.reg<uint32_t>(*slot++);
  tc::MmaExtras extras;
  if (!readExtras(w, i, mma, slot, &extras))
    return;
  tc::mmaWarp(op, a, b, c, d, extras);
  countMacs(*w.worker, unsigned(op.form.a), op.macs);
}

namespace {
// Shared offsets of the rows; lanes from 8 n on give none. Checks and counts them. Returns the
// lanes whose row may be used.
uint32_t rowOffsets(WarpContext &w, const Inst &i, Access access, uint64_t *offsets) {
  bool isWide = i.flags & kWideAddress, isLoad = access == Access::Load;
  MemCache &cache = w.worker->caches[i.mem];
  uint64_t imm = uint64_t(i.imm);
  if (static_cast<Space>(i.space) == Space::Generic)
    imm -= kSharedWindow;
  uint32_t used = i.n == 4 ? kAllLanes : (1u << (8 * i.n)) - 1;
  readAddressesOf(w, i.a, isWide, imm, offsets);
  uint64_t first;
  constexpr unsigned kBytes = tc::kLdMatrixRowBytes;
  if (used == kAllLanes && repeatsShared(w, i.a, isWide, imm, cache, kBytes, first)) {
    ++cache.hits;
  } else {
    used = checkShared(w, i, used, offsets, kBytes, access);
    if (used != 0)
      countShared(w, i, used, offsets, kBytes,
                  isLoad ? w.worker->matrixLoad : w.worker->matrixStore);
  }
  if (used != 0)
    checkAccess(w, i, used, offsets, kBytes, access, false, w.cta);
  return used;
}
} // namespace

void loadMatrix(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "a matrix instruction"))
    return;
  static const uint8_t kZeroRow[tc::kLdMatrixRowBytes] = {};
  uint64_t offsets[32];
  uint32_t ok = rowOffsets(w, i, Access::Load, offsets);
  for (unsigned m = 0; m < i.n; ++m) {
    const uint8_t *rows[8];
    for (unsigned r = 0; r < 8; ++r) {
      unsigned lane = unsigned(tc::ldMatrixAddressLane(int(m), int(r)));
      rows[r] = ((ok >> lane) & 1) ? w.shared + offsets[lane] : kZeroRow;
    }
    tc::ldMatrix(rows, i.sub != 0, w.reg<uint32_t>(i.ops[m]));
  }
}

void storeMatrix(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "a matrix instruction"))
    return;
  uint64_t offsets[32];
  uint8_t sink[tc::kLdMatrixRowBytes];
  uint32_t ok = rowOffsets(w, i, Access::Store, offsets);
  for (unsigned m = 0; m < i.n; ++m) {
    uint8_t *rows[8];
    for (unsigned r = 0; r < 8; ++r) {
      unsigned lane = unsigned(tc::ldMatrixAddressLane(int(m), int(r)));
      rows[r] = ((ok >> lane) & 1) ? w.shared + offsets[lane] : sink;
    }
    tc::stMatrix(w.reg<uint32_t>(i.ops[m]), i.sub != 0, rows);
  }
}

// Lane 4 r + c holds the elements of row r in columns 2 c and 2 c + 1.
void transposeMatrix(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "a matrix instruction"))
    return;
  uint16_t from[64], to[64];
  std::memcpy(from, w.reg<uint32_t>(i.a), sizeof(from));
  for (unsigned row = 0; row < 8; ++row)
    for (unsigned column = 0; column < 8; ++column)
      to[8 * column + row] = from[8 * row + column];
  std::memcpy(w.reg<uint32_t>(i.d), to, sizeof(to));
}

} // namespace azulejo::sim
