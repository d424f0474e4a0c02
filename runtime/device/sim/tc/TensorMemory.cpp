// This file holds the allocation of tensor memory and the layouts of its loads and stores.
#include "device/sim/tc/TensorMemory.h"

#include <algorithm>

namespace azulejo::sim::tc {

const char *describe(TmemFault fault) {
  switch (fault) {
  case TmemFault::None:
    return "no fault";
  case TmemFault::BadColumnCount:
    return "tensor memory is allocated in 32, 64, 128, 256 or 512 columns";
  case TmemFault::NoSpace:
    return "tcgen05.alloc waits: too few neighbouring columns are free";
  case TmemFault::Relinquished:
    return "tcgen05.alloc after tcgen05.relinquish_alloc_permit";
  case TmemFault::NotAllocated:
    return "tensor memory columns are not allocated";
  case TmemFault::PartOfAllocation:
    return "tcgen05.dealloc must name the columns of one tcgen05.alloc";
  case TmemFault::OutOfRange:
    return "tensor memory has 128 lanes and 512 columns";
  case TmemFault::ForeignLanes:
    return "a warp reaches only the 32 tensor memory lanes of its place in the warpgroup";
  case TmemFault::MisalignedLane:
    return "the tensor memory address starts at a lane that this instruction does not allow";
  case TmemFault::WrongMetadata:
    return "the metadata of a sparse matrix place no half of some chunk";
  case TmemFault::Uninitialised:
    return "tensor memory is read that was never written";
  }
  return "unknown tensor memory fault";
}

TensorMemory::TensorMemory()
    : cells(kTmemLanes * kTmemColumns, 0xffffffffu), written(kTmemLanes * kTmemColumns, 0) {}

TmemFault TensorMemory::alloc(uint32_t columns, uint32_t *address) {
  if (columns < kGranule || columns > kTmemColumns || (columns & (columns - 1)) != 0)
    return TmemFault::BadColumnCount;
  if (relinquished)
    return TmemFault::Relinquished;
  uint32_t granules = columns / kGranule;
  for (uint32_t first = 0; first + granules <= kGranules; first += granules) {
    if (std::any_of(owner + first, owner + first + granules, [](uint8_t o) { return o != 0; }))
      continue;
    std::fill(owner + first, owner + first + granules, uint8_t(first + 1));
    for (uint32_t lane = 0; lane < kTmemLanes; ++lane)
      for (uint32_t i = 0; i < columns; ++i) { // what an earlier owner left is undefined
        cells[lane * kTmemColumns + first * kGranule + i] = 0xffffffffu;
        written[lane * kTmemColumns + first * kGranule + i] = 0;
      }
    *address = first * kGranule;
    return TmemFault::None;
  }
  return TmemFault::NoSpace;
}

TmemFault TensorMemory::dealloc(uint32_t address, uint32_t columns) {
  if (columns < kGranule || columns > kTmemColumns || (columns & (columns - 1)) != 0)
    return TmemFault::BadColumnCount;
  uint32_t column = tmemColumn(address);
  if (tmemLane(address) != 0 || column % kGranule != 0)
    return TmemFault::PartOfAllocation;
  if (column + columns > kTmemColumns)
    return TmemFault::OutOfRange;
  uint32_t first = column / kGranule, granules = columns / kGranule;
  if (owner[first] == 0)
    return TmemFault::NotAllocated;
  uint32_t size = uint32_t(std::count(owner, owner + kGranules, uint8_t(first + 1)));
  if (owner[first] != first + 1 || size != granules)
    return TmemFault::PartOfAllocation;
  std::fill(owner + first, owner + first + granules, uint8_t(0));
  return TmemFault::None;
}

TmemFault TensorMemory::relinquish() {
  relinquished = true;
  return TmemFault::None;
}

uint32_t TensorMemory::allocatedColumns() const {
  return kGranule * uint32_t(std::count_if(owner, owner + kGranules, [](uint8_t o) { return o; }));
}

TmemFault TensorMemory::checkColumns(uint32_t column, uint32_t columns) const {
  if (column >= kTmemColumns || columns > kTmemColumns - column)
    return TmemFault::OutOfRange;
  for (uint32_t i = column / kGranule; i * kGranule < column + columns; ++i)
    if (owner[i] == 0)
      return TmemFault::NotAllocated;
  return TmemFault::None;
}

bool checkTmemAccess(const TmemAccess &access, std::string *error) {
  int most = access.shape == TmemShape::S16x256b   ? 32
             : access.shape == TmemShape::S16x128b ? 64
                                                   : 128;
  bool power = access.repeat > 0 && (access.repeat & (access.repeat - 1)) == 0;
  if (power && access.repeat <= most)
    return true;
  *error = "tcgen05.ld/st repeat must be a power of two up to " + std::to_string(most) + ", got " +
           std::to_string(access.repeat);
  return false;
}

int tmemRegisters(const TmemAccess &access) {
  int perRepeat = access.shape == TmemShape::S16x128b   ? 2
                  : access.shape == TmemShape::S16x256b ? 4
                                                        : 1;
  return perRepeat * access.repeat;
}

TmemCell tmemCell(const TmemAccess &access, int lane, int reg) {
  auto cell = [](int row, int column) { return TmemCell{uint32_t(row), uint32_t(column)}; };
  switch (access.shape) {
  case TmemShape::S32x32b:
    return cell(lane, reg);
  case TmemShape::S16x64b: // rows 8 apart in neighbouring lanes
    return cell(lane / 4 + 8 * (lane % 2), 2 * reg + lane / 2 % 2);
  case TmemShape::S16x128b:
    return cell(lane / 4 + 8 * (reg % 2), 4 * (reg / 2) + lane % 4);
  case TmemShape::S16x256b: // the accumulator layout of mma.sync
    return cell(lane / 4 + 8 * (reg / 2 % 2), 8 * (reg / 4) + 2 * (lane % 4) + reg % 2);
  case TmemShape::S16x32bx2:
    return cell(lane % 16, reg + lane / 16 * access.split);
  }
  return cell(0, 0);
}

namespace {

// Checks lanes and columns of an access.
TmemFault checkAccess(const TensorMemory &memory, const TmemAccess &access, uint32_t address,
                      int warp) {
  uint32_t lane = tmemLane(address), rows = access.shape == TmemShape::S32x32b ? 32 : 16;
  if (lane >= kTmemLanes)
    return TmemFault::OutOfRange;
  if (lane / 32 != uint32_t(warp))
    return TmemFault::ForeignLanes;
  if (lane % rows != 0)
    return TmemFault::MisalignedLane;
  uint32_t last = 0;
  for (int l = 0; l < 32; ++l)
    for (int reg = 0; reg < tmemRegisters(access); ++reg)
      last = std::max(last, tmemCell(access, l, reg).column);
  uint32_t perCell = access.packed ? 2 : 1;
  return memory.checkColumns(tmemColumn(address), (last + 1) * perCell);
}

} // namespace

TmemFault tmemLoad(const TensorMemory &memory, const TmemAccess &access, uint32_t address, int warp,
                   uint32_t *const *registers) {
  if (TmemFault fault = checkAccess(memory, access, address, warp); fault != TmemFault::None)
    return fault;
  TmemFault result = TmemFault::None;
  auto read = [&](uint32_t lane, uint32_t column) {
    if (!memory.isWritten(lane, column))
      result = TmemFault::Uninitialised;
    return memory.read(lane, column);
  };
  for (int reg = 0; reg < tmemRegisters(access); ++reg)
    for (int l = 0; l < 32; ++l) {
      TmemCell cell = tmemCell(access, l, reg);
      uint32_t lane = tmemLane(address) + cell.lane, base = tmemColumn(address);
      registers[reg][l] = access.packed ? (read(lane, base + 2 * cell.column) & 0xffff) |
                                              read(lane, base + 2 * cell.column + 1) << 16
                                        : read(lane, base + cell.column);
    }
  return result;
}

TmemFault tmemStore(TensorMemory &memory, const TmemAccess &access, uint32_t address, int warp,
                    const uint32_t *const *registers) {
  if (TmemFault fault = checkAccess(memory, access, address, warp); fault != TmemFault::None)
    return fault;
  for (int reg = 0; reg < tmemRegisters(access); ++reg)
    for (int l = 0; l < 32; ++l) {
      TmemCell cell = tmemCell(access, l, reg);
      uint32_t lane = tmemLane(address) + cell.lane, base = tmemColumn(address);
      uint32_t value = registers[reg][l];
      if (!access.packed) {
        memory.write(lane, base + cell.column, value);
        continue;
      }
      memory.write(lane, base + 2 * cell.column, value & 0xffff);
      memory.write(lane, base + 2 * cell.column + 1, value >> 16);
    }
  return TmemFault::None;
}

} // namespace azulejo::sim::tc
