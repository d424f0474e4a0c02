// This file runs every mutant with all checks in three asynchronous orders, and writes or checks
// the page docs/simulator-mutants.md.
//
//   sim-mutants --page            writes the page to standard output
//   sim-mutants --check PAGE      fails where the page differs, a kernel has a false report, a
//   mutant
//                                 without finding has no reason, or less than 95 % are found
//   sim-mutants --only PROGRAM    prints what became of each mutant of a program
#include "test/mutation/Mutants.h"
#include "test/mutation/Programs.h"
#include "test/mutation/Reasons.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace azulejo::sim::test {

namespace {
const char *const kOrders[] = {"lazy", "eager", "random"};

struct Outcome {
  std::string found[3]; // the first line of the error, by order
  bool isWrong = false; // numbers, in any order
  bool isFound() const { return !found[0].empty() || !found[1].empty() || !found[2].empty(); }
};

std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

std::string readFile(const std::string &path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// What a launch of a kernel without a fault makes.
struct Made {
  int buffers = 0, maps = 0;
};

Outcome run(const Program &program, const std::string &original, const Mutant &mutant,
            Made *made = nullptr) {
  const std::string &ptx = mutant.ptx.empty() ? original : mutant.ptx;
  Outcome outcome;
  for (unsigned o = 0; o < 3; ++o) {
    Sim sim("sm=" + std::to_string(program.sm) +
            ",checks=all,threads=1,limit=200000,seed=11,async=" + kOrders[o]);
    std::string error = sim.load(ptx, program.name + ".ptx");
    if (error.empty()) {
      Buffers all(sim, mutant.shrunk, mutant.plainMap);
      bool isRight = false;
      error = program.launch(all, isRight);
      outcome.isWrong |= !isRight;
      // The host has read the results since.
      if (error.empty() && sim.findings() != 0)
        error = "error: initcheck: the host reads what nothing has written";
      if (made != nullptr)
        *made = {all.count(), all.mapCount()};
    }
    outcome.found[o] = firstLine(error);
  }
  return outcome;
}

// What became of the mutants.
struct Tally {
  unsigned made = 0, equal = 0, found = 0, missed = 0;
  void add(const Tally &other) {
    made += other.made;
    equal += other.equal;
    found += other.found;
    missed += other.missed;
  }
};

class Page {
public:
  explicit Page(bool isVerbose) : isVerbose(isVerbose) {}

  // Returns false where the kernel itself has a finding or a wrong number.
  bool add(const Program &program) {
    std::string ptx = readFile(std::string(AZJ_SIM_TEST_FOLDER) + "/" + program.file);
    Made made;
    Outcome clean = run(program, ptx, Mutant(), &made);
    if (clean.isFound() || clean.isWrong) {
      std::cerr << program.name << " without a fault: " << clean.found[0] << clean.found[1]
                << clean.found[2] << (clean.isWrong ? ", wrong numbers" : "") << "\n";
      return false;
    }
    std::vector<Mutant> mutants = mutate(ptx, program.mostShifts);
    for (int b = 0; b < made.buffers; ++b) {
      Mutant shrunk;
      shrunk.kind = "shrink allocation";
      shrunk.text = "buffer " + std::to_string(b);
      shrunk.shrunk = b;
      mutants.push_back(shrunk);
    }
    for (int map = 0; map < made.maps; ++map) {
      Mutant plain;
      plain.kind = "swizzle of the map";
      plain.text = "map " + std::to_string(map);
      plain.plainMap = map;
      mutants.push_back(plain);
    }
    for (const Mutant &mutant : mutants)
      judge(program, mutant, run(program, ptx, mutant));
    return true;
  }

  std::string text() const;
  bool isGood() const {
    Tally all;
    for (const auto &entry : byKind)
      all.add(entry.second);
    return !lacksReason && 100 * all.found >= 95 * (all.found + all.missed);
  }

private:
  void judge(const Program &program, const Mutant &mutant, const Outcome &outcome) {
    Tally tally;
    tally.made = 1;
    std::string place = mutant.line != 0 ? "line " + std::to_string(mutant.line) : mutant.text;
    std::string row = "| " + program.name + " | " + mutant.kind + " | " + place + " | ";
    std::string reason = reasonFor(program.name, mutant.kind, mutant.line);
    if (outcome.isFound()) {
      tally.found = 1;
    } else if (!reason.empty() && !outcome.isWrong) {
      tally.equal = 1;
      equal += row + reason + " |\n";
    } else {
      tally.missed = 1;
      missed +=
          row + (outcome.isWrong ? "wrong numbers" : "right numbers") + " | " + reason + " |\n";
      if (reason.empty()) {
        lacksReason = true;
        std::cerr << "not found and without a reason: " << row << mutant.text
                  << (outcome.isWrong ? " wrong numbers" : " right numbers") << "\n";
      }
    }
    if (isVerbose)
      std::cout << row << mutant.text << " | " << (outcome.isWrong ? "wrong" : "right") << "\n    "
                << outcome.found[0] << "\n    " << outcome.found[1] << "\n    " << outcome.found[2]
                << "\n";
    byProgram[program.name].add(tally);
    byKind[mutant.kind].add(tally);
  }

  bool isVerbose, lacksReason = false;
  std::map<std::string, Tally> byProgram, byKind;
  std::string equal, missed;
};

std::string rows(const std::map<std::string, Tally> &tallies) {
  std::string text;
  Tally sum;
  auto row = [](const std::string &name, const Tally &tally) {
    return "| " + name + " | " + std::to_string(tally.made) + " | " + std::to_string(tally.equal) +
           " | " + std::to_string(tally.found + tally.missed) + " | " +
           std::to_string(tally.found) + " |\n";
  };
  for (const auto &[name, tally] : tallies) {
    text += row(name, tally);
    sum.add(tally);
  }
  return text + row("all", sum);
}

std::string Page::text() const {
  Tally all;
  for (const auto &entry : byKind)
    all.add(entry.second);
  unsigned wrong = all.found + all.missed;
  std::string percent = std::to_string(wrong != 0 ? 100 * all.found / wrong : 100);
  const std::string head = "made | equal | wrong | found |\n|---|---|---|---|---|\n";
  return "# Mutants that the simulator's checks find\n\n"
         "Written by `sim-mutants --page`; a test compares it. Right kernels are given one fault "
         "each and run with all checks\nin lazy, eager and random order. A mutant is found when "
         "any "
         "order reports it. It is equal when it is right by the\nPTX memory model, for the reason "
         "that the last table gives. The kernels without a fault have no report in any order.\n\n"
         "Of " +
         std::to_string(wrong) + " wrong mutants, " + std::to_string(all.found) + " are found (" +
         percent + " %).\n\n| fault | " + head + rows(byKind) + "\n| kernel | " + head +
         rows(byProgram) + "\n## Not found\n\n| kernel | fault | where | numbers | why |\n" +
         "|---|---|---|---|---|\n" + missed + "\n## Equal\n\n| kernel | fault | where | why |\n" +
         "|---|---|---|---|\n" + equal;
}
} // namespace

int mutantsMain(int argc, char **argv) {
  std::string mode = argc > 1 ? argv[1] : "--page", value = argc > 2 ? argv[2] : "";
  Page page(mode == "--only");
  bool isClean = true;
  for (const Program &program : programs())
    if (mode != "--only" || program.name == value)
      isClean &= page.add(program);
  if (mode == "--only")
    return 0;
  if (mode == "--page") {
    std::cout << page.text();
    return 0;
  }
  bool isSame = readFile(value) == page.text();
  if (!isSame)
    std::cerr << "the page differs: write it anew with sim-mutants --page > " << value << "\n";
  if (!page.isGood())
    std::cerr << "less than 95 % are found, or reasons are missing\n";
  return isClean && isSame && page.isGood() ? 0 : 1;
}

} // namespace azulejo::sim::test

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  int code = azulejo::sim::test::mutantsMain(argc, argv);
  return code != 0 || testing::UnitTest::GetInstance()->Failed() ? 1 : 0;
}
