// This file declares the shape of a warp's access: the runs of consecutive bytes that its lanes
// touch together. An instruction mostly repeats its shape, so that finding the runs costs little
// and the checks look at runs instead of lanes.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_ACCESSRUNS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_ACCESSRUNS_H

#include <cstdint>
#include <vector>

namespace azulejo::sim {

// Lane codes beside 0 … 31.
constexpr uint8_t kSeveralLanes = 32; // of one instruction
constexpr uint8_t kWholeWarp = 33;    // the warp as a whole

class AccessRuns {
public:
  // Bytes from `offset` on, relative to the address of the lowest lane.
  struct Run {
    int64_t offset;
    uint32_t bytes;
    uint32_t firstCell; // of the run, in `lanes`
  };

  // Whether an access has the shape that is kept.
  bool isSame(const uint64_t *addresses, uint32_t mask, unsigned bytes) const;
  // Takes the shape of an access.
  void take(const uint64_t *addresses, uint32_t mask, unsigned bytes);

  const std::vector<Run> &list() const { return runs; }
  // The lane that touches each word of the runs, one run behind the other.
  const uint8_t *lanesOf(const Run &run) const { return lanes.data() + run.firstCell; }
  // The words themselves, counted from the lowest lane's, where lanes access whole words.
  const std::vector<int32_t> &words() const { return cells; }
  const uint8_t *lanesOfWords() const { return lanes.data(); }
  // Whether they come in fours, and whether there are many runs for what they hold.
  bool isInFours() const { return bytes % 16 == 0; }
  bool isScattered() const {
    return runs.size() > 1 && runs.size() * (isInFours() ? 32 : 8) > cells.size();
  }
  // Whether they are of four words at most, more or less.
  bool areShort() const { return runs.size() * 4 >= cells.size(); }
  // Lanes whose bytes another lane of lower number touches too.
  uint32_t repeated() const { return repeats; }

  // Set by the race check: reads of the shape have been noted, and refer to it.
  bool isNoted = false;
  // MemCache::changes of the pattern that has the shape of all 32 lanes; 0: of none that is known.
  uint32_t pattern = 0;

private:
  void build();

  uint32_t mask = 0, repeats = 0;
  unsigned bytes = 0;
  int64_t relative[32] = {};
  std::vector<Run> runs;
  std::vector<int32_t> cells;
  std::vector<uint8_t> lanes;
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_ACCESSRUNS_H
