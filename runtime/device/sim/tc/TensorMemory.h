// This file declares the tensor memory of an SM of sm_100: its allocation and the loads and stores
// of warps.
#ifndef AZULEJO_SIM_TC_TENSORMEMORY_H
#define AZULEJO_SIM_TC_TENSORMEMORY_H

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace azulejo::sim::tc {

constexpr uint32_t kTmemLanes = 128;
constexpr uint32_t kTmemColumns = 512; // of 32 bits

// What a wrong use of tensor memory is reported as.
enum class TmemFault : uint8_t {
  None,
  BadColumnCount,   // alloc or dealloc of other than 32, 64, 128, 256 or 512 columns
  NoSpace,          // alloc cannot be met now: the warp waits
  Relinquished,     // alloc after relinquish_alloc_permit
  NotAllocated,     // access to, or dealloc of, columns that are not allocated
  PartOfAllocation, // dealloc of other columns than one alloc gave
  OutOfRange,       // lane or column beyond the memory
  ForeignLanes,     // a warp reaches lanes 32 w … 32 w + 31 only
  MisalignedLane,   // the address' lane is not where the shape or instruction may start
  WrongMetadata,    // of a sparse matrix: a chunk's indices name no half of it
  Uninitialised,    // a cell is read that was never written
};

// A sentence for a report, without the address.
const char *describe(TmemFault fault);

inline uint32_t tmemLane(uint32_t address) { return address >> 16; }
inline uint32_t tmemColumn(uint32_t address) { return address & 0xffff; }

// The memory of one CTA. Addresses are lane << 16 | column. Not for use by several threads at once.
class TensorMemory {
public:
  TensorMemory();

  // tcgen05.alloc: the lowest columns that are free. On a fault `address` is untouched.
  TmemFault alloc(uint32_t columns, uint32_t *address);
  TmemFault dealloc(uint32_t address, uint32_t columns);
  TmemFault relinquish();

  // Columns that are allocated; at exit of the CTA it must be 0.
  uint32_t allocatedColumns() const;

  // Whether all of `columns` columns from `column` on are allocated.
  TmemFault checkColumns(uint32_t column, uint32_t columns) const;

  // A cell; lane and column in range.
  uint32_t read(uint32_t lane, uint32_t column) const {
    return cells[lane * kTmemColumns + column];
  }
  void write(uint32_t lane, uint32_t column, uint32_t value) {
    cells[lane * kTmemColumns + column] = value;
    written[lane * kTmemColumns + column] = 1;
  }
  bool isWritten(uint32_t lane, uint32_t column) const {
    return written[lane * kTmemColumns + column] != 0;
  }

  // The same for `count` neighbouring columns. readRow says whether all of them were written.
  bool readRow(uint32_t lane, uint32_t column, uint32_t count, uint32_t *values) const {
    size_t at = size_t(lane) * kTmemColumns + column;
    std::memcpy(values, &cells[at], count * sizeof(uint32_t));
    return std::memchr(&written[at], 0, count) == nullptr;
  }
  void writeRow(uint32_t lane, uint32_t column, uint32_t count, const uint32_t *values) {
    size_t at = size_t(lane) * kTmemColumns + column;
    std::memcpy(&cells[at], values, count * sizeof(uint32_t));
    std::memset(&written[at], 1, count);
  }

private:
  static constexpr uint32_t kGranule = 32; // columns
  static constexpr uint32_t kGranules = kTmemColumns / kGranule;

  std::vector<uint32_t> cells;
  std::vector<uint8_t> written;
  uint8_t owner[kGranules] = {}; // 0 free, else one more than the first granule of the allocation
  bool relinquished = false;
};

// The shapes of tcgen05.ld and tcgen05.st.
enum class TmemShape : uint8_t { S32x32b, S16x64b, S16x128b, S16x256b, S16x32bx2 };

// A form of tcgen05.ld or tcgen05.st.
struct TmemAccess {
  TmemShape shape;
  int repeat;  // .xN
  bool packed; // .pack::16b or .unpack::16b: a register holds the low halves of two columns
  int split;   // 16x32bx2: immHalfSplitoff, in columns
};

// Checks the form; false and a reason in `error` where it does not exist.
bool checkTmemAccess(const TmemAccess &access, std::string *error);

// Registers per lane of the form.
int tmemRegisters(const TmemAccess &access);

// The cell of a register: lane and column relative to the address. Of `packed` forms the column
// counts pairs.
struct TmemCell {
  uint32_t lane, column;
};
TmemCell tmemCell(const TmemAccess &access, int lane, int reg);

// Execute the form for warp `warp` (its number in the warpgroup, 0…3). Registers are arrays of 32
// lanes. A fault leaves everything untouched, but for Uninitialised: the load is then done.
TmemFault tmemLoad(const TensorMemory &memory, const TmemAccess &access, uint32_t address, int warp,
                   uint32_t *const *registers);
TmemFault tmemStore(TensorMemory &memory, const TmemAccess &access, uint32_t address, int warp,
                    const uint32_t *const *registers);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TENSORMEMORY_H
