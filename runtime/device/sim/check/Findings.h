// This file declares the findings of the simulator's checks and the set that merges them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_FINDINGS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_FINDINGS_H

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace azulejo::sim {

enum Check : uint32_t {
  kCheckMem = 1,
  kCheckInit = 2,
  kCheckRace = 4,
  kCheckSync = 8,
};
constexpr uint32_t kImplementedChecks = kCheckMem | kCheckInit | kCheckRace | kCheckSync;

// One instruction that has to do with a finding, and who executed it.
struct FindingSite {
  std::string access; // "read", "write", "at"
  std::string module; // file name of the PTX
  uint32_t line = 0, column = 0;
  std::string text; // the instruction
  uint32_t block[3] = {0, 0, 0}, thread[3] = {0, 0, 0};
  uint32_t warp = 0, lane = 0;
  // The model's file and the place of the node in it, from .file and .loc; empty: none. Launches
  // may share a kernel: it names the node that it was made from, Finding::label the one that it
  // runs for.
  std::string modelFile;
  uint32_t modelLine = 0, modelColumn = 0;
  std::string modelNode; // its name; empty: not known
};

struct Finding {
  std::string check;         // mem, init, race, sync
  std::string kind;          // out-of-bounds, misaligned, divergent-barrier, …
  std::string message;       // one line
  std::string kernel, label; // empty: no launch has to do with it
  uint64_t address = 0;
  std::string buffer; // name of the allocation or variable; empty: none
  int64_t offset = 0; // into it
  uint64_t ctaOrder = 0;
  uint64_t count = 1;
  std::vector<FindingSite> sites;
};

// Findings by (check, kind, instruction, other instruction): the first of each with a count.
// "First" is by CTA, so that the set does not depend on how CTAs were spread over threads.
class FindingSet {
public:
  void add(uint32_t instruction, uint32_t other, Finding finding);
  void merge(const FindingSet &from);
  void clear() { found.clear(); }
  bool empty() const { return found.empty(); }
  size_t size() const { return found.size(); }
  // Whether a finding of that key was made by this CTA or an earlier one: only its count changes.
  bool countAgain(const char *check, const char *kind, uint32_t instruction, uint32_t other,
                  uint64_t cta);

  std::vector<const Finding *> list() const;

private:
  using Key = std::tuple<std::string, std::string, uint32_t, uint32_t>;
  std::map<Key, Finding> found;
};

// The finding as text of several lines, as a compiler prints an error.
std::string toText(const Finding &finding);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_FINDINGS_H
