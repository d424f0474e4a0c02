// This file makes the mutants of a kernel, line by line.
#include "test/mutation/Mutants.h"

#include <map>
#include <sstream>

namespace azulejo::sim::test {

namespace {
using Lines = std::vector<std::string>;

Lines split(const std::string &text) {
  Lines lines;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::string join(const Lines &lines) {
  std::string text;
  for (const std::string &line : lines)
    text += line + "\n";
  return text;
}

std::string trim(const std::string &line) {
  size_t first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t\r");
  return first == std::string::npos ? "" : line.substr(first, last - first + 1);
}

// The line without its guard.
std::string body(const std::string &line) {
  std::string text = trim(line);
  return text[0] == '@' ? trim(text.substr(text.find_first_of(" \t"))) : text;
}

bool startsWith(const std::string &text, const char *start) { return text.rfind(start, 0) == 0; }
bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

// What is lost where the instruction is removed; empty: it is not one to remove.
std::string removalOf(const std::string &text) {
  struct Row {
    const char *start, *kind;
  };
  static const Row kRows[] = {{"bar.sync", "remove barrier"},
                              {"barrier.sync", "remove barrier"},
                              {"bar.arrive", "remove barrier arrival"},
                              {"bar.warp.sync", "remove warp barrier"},
                              {"barrier.cluster", "remove cluster barrier"},
                              {"tcgen05.fence", "remove tcgen05 fence"},
                              {"tcgen05.wait", "remove wait"},
                              {"tcgen05.commit", "remove commit"},
                              {"tcgen05.dealloc", "remove tcgen05.dealloc"},
                              {"membar", "remove fence"},
                              {"fence.proxy", "remove proxy fence"},
                              {"fence.mbarrier_init", "remove mbarrier fence"},
                              {"fence", "remove fence"},
                              {"cp.async.wait", "remove wait"},
                              {"cp.async.commit", "remove commit"},
                              {"cp.async.bulk.wait", "remove wait"},
                              {"cp.async.bulk.commit", "remove commit"},
                              {"wgmma.wait", "remove wait"},
                              {"wgmma.commit", "remove commit"},
                              {"wgmma.fence", "remove wgmma fence"},
                              {"mbarrier.init", "remove mbarrier.init"},
                              {"mbarrier.arrive", "remove mbarrier arrival"}};
  for (const Row &row : kRows)
    if (startsWith(text, row.start))
      return row.kind;
  return "";
}

class Maker {
public:
  Maker(const std::string &ptx, unsigned most) : lines(split(ptx)), most(most) {}

  std::vector<Mutant> run() {
    for (at = 0; at < lines.size(); ++at) {
      std::string text = body(lines[at]);
      if (std::string kind = removalOf(text); !kind.empty())
        add(kind, "");
      mutateWait(text);
      mutateSpace(text);
      mutateBytes(text);
      mutateKept(text);
      mutateIndex(text);
      mutateSwizzle(text);
    }
    return std::move(made);
  }

private:
  // A mutant whose line is `line`; declarations of registers come with it.
  void add(const std::string &kind, const std::string &line) {
    if (++counts[kind] > most)
      return;
    Lines changed = lines;
    changed[at] = line;
    Mutant mutant;
    mutant.kind = kind;
    mutant.line = unsigned(at + 1);
    mutant.text = trim(lines[at]).substr(0, 60);
    mutant.ptx = join(changed);
    made.push_back(std::move(mutant));
  }

  std::string guardOf() const {
    std::string text = trim(lines[at]);
    return text[0] == '@' ? text.substr(0, text.find_first_of(" \t") + 1) : "";
  }

  // mbarrier waits: passed at once, or with the other parity.
  void mutateWait(const std::string &text) {
    size_t comma = text.find(',');
    if (!startsWith(text, "mbarrier.try_wait.parity") || comma == std::string::npos)
      return;
    size_t space = text.find_first_of(" \t");
    std::string predicate = trim(text.substr(space, comma - space));
    add("remove mbarrier wait", guardOf() + "setp.eq.u32 " + predicate + ", 0, 0;");
    size_t bracket = text.find("],");
    size_t end = text.find_first_of(",;", bracket + 2);
    std::string parity = trim(text.substr(bracket + 2, end - bracket - 2));
    add("change parity", "{ .reg .b32 %mutant; xor.b32 %mutant, " + parity + ", 1; " +
                             text.substr(0, bracket + 2) + " %mutant" + text.substr(end) + " }");
  }

  // A proxy fence for the other memory.
  void mutateSpace(const std::string &text) {
    if (startsWith(text, "fence.proxy.async."))
      add("change proxy fence",
          guardOf() + (contains(text, ".global") ? "fence.proxy.async.shared::cta;"
                                                 : "fence.proxy.async.global;"));
  }

  void mutateBytes(const std::string &text) {
    if (!contains(text, ".expect_tx"))
      return;
    size_t comma = text.rfind(','), end = text.rfind(';');
    std::string bytes = trim(text.substr(comma + 1, end - comma - 1));
    add("halve expect_tx", guardOf() + "{ .reg .b32 %mutant; shr.u32 %mutant, " + bytes + ", 1; " +
                               text.substr(0, comma) + ", %mutant; }");
  }

  // wait_group N: one group more is left under way.
  void mutateKept(const std::string &text) {
    if (!contains(text, "wait_group"))
      return;
    size_t digit = text.find_first_of("0123456789", text.find_first_of(" \t"));
    add("wait for less",
        text.substr(0, digit) + std::to_string(std::stoi(text.substr(digit)) + 1) + ";");
  }

  // Loads and stores at the next element of what they access.
  void mutateIndex(const std::string &text) {
    bool isShared = contains(text, ".shared") && !contains(text, "mbarrier");
    bool isGlobal = contains(text, ".global");
    bool isAccess = startsWith(text, "ld.") || startsWith(text, "st.") ||
                    startsWith(text, "red.") || startsWith(text, "atom.") ||
                    startsWith(text, "cp.async.c");
    size_t bracket = text.find(']');
    if (!isAccess || (!isShared && !isGlobal) || bracket == std::string::npos)
      return;
    unsigned bytes = contains(text, "8 ") && contains(text, ".u8") ? 1 : 4;
    bytes = contains(text, ".v4") || startsWith(text, "cp.async") ? 16 : bytes;
    add(isShared ? "shift shared index" : "shift global index",
        guardOf() + text.substr(0, bracket) + "+" + std::to_string(bytes) + text.substr(bracket));
  }

  // Swizzles by hand: the row's number is shifted by another amount before it is combined.
  void mutateSwizzle(const std::string &text) {
    if (at + 1 >= lines.size() || !startsWith(text, "and.b32") || !contains(text, ", 48;"))
      return;
    add("swap swizzle bits", text.substr(0, text.rfind(',')) + ", 16;");
  }

  Lines lines;
  unsigned most;
  size_t at = 0;
  std::map<std::string, unsigned> counts;
  std::vector<Mutant> made;
};
} // namespace

std::vector<Mutant> mutate(const std::string &ptx, unsigned most) { return Maker(ptx, most).run(); }

} // namespace azulejo::sim::test
