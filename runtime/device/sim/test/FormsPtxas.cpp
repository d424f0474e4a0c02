// This program compares which instruction forms ptxas and the simulator take, by PTX ISA version
// and target.
//
// Usage: sim-forms-ptxas [--full] [--row=NAME]
// It writes spellings of each row as kernels of a module, for every target in the row's least
// version, the one before and the latest, and reads from ptxas's errors which of them it refuses.
// Without --full, the spellings are a sample with every alternative of every group. Exit code 0:
// the same; 1: not; 77: there is no ptxas.
#include "ir/Decoder.h"
#include "ir/SpellingPattern.h"
#include "ptx/Parser.h"
#include "test/FormText.h"
#include "test/Ptxas.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

namespace azulejo::sim::test {
namespace {

// A row, an instruction of it, and where the two differ.
struct Candidate {
  const Form *form;
  std::string opcode, text;
  std::vector<std::string> differences;
};

// Decodes kernels of one module as of any version and target.
class Loader {
public:
  explicit Loader(const std::vector<Candidate> &candidates) {
    for (size_t start = 0; start < candidates.size(); start += kKernels)
      parse(candidates, start);
  }

  // Returns why candidate `index` is refused; empty if it is taken.
  std::string refusal(size_t index, const Combination &with) {
    ptx::Module &module = *modules[index / kKernels];
    module.version = with.version;
    module.target = with.target;
    module.sm = unsigned(std::stoul(with.target.substr(3)));
    DecodeOptions options;
    options.sm = int(module.sm);
    std::string why;
    decodeKernel(module, *functions[index], {}, options, why);
    return why;
  }

private:
  // Few, as each kernel looks at the parameters of all.
  static constexpr size_t kKernels = 32;

  void parse(const std::vector<Candidate> &candidates, size_t start) {
    std::vector<std::string> texts;
    for (size_t i = start; i < std::min(start + kKernels, candidates.size()); ++i)
      texts.push_back(candidates[i].text);
    std::string error;
    sources.push_back(std::make_unique<std::string>(formModule("9.0", "sm_90", texts)));
    modules.push_back(ptx::parse(*sources.back(), "forms", error));
    if (modules.back() == nullptr)
      throw std::runtime_error(error);
    for (const ptx::Function &function : modules.back()->functions)
      if (function.isEntry)
        functions.push_back(&function);
  }

  std::vector<std::unique_ptr<std::string>> sources;
  std::vector<std::unique_ptr<ptx::Module>> modules;
  std::vector<const ptx::Function *> functions;
};

// The least version that we take the instruction with, for any target.
unsigned leastVersion(const Candidate &candidate) {
  std::string opcode = candidate.opcode.substr(0, candidate.opcode.find_first_of("{%"));
  unsigned least = 90;
  for (const Combination &with : allCombinations())
    if (with.version < least &&
        missingFor(*candidate.form, opcode, with.version, with.target).empty())
      least = with.version;
  return least;
}

// The version before that one; 0 if there is none.
unsigned versionBefore(unsigned version) {
  unsigned before = 0;
  for (const Combination &with : allCombinations())
    if (with.version < version)
      before = std::max(before, with.version);
  return before;
}

std::vector<Candidate> collect(const std::string &row, size_t limit) {
  std::vector<Candidate> candidates;
  for (const Form *form : allForms())
    if (row.empty() || row == form->name)
      for (const std::string &opcode : sampleOf(form->spellings, limit))
        for (const std::string &text : instructionsOf(*form, opcode))
          candidates.push_back({form, opcode, text, {}});
  return candidates;
}

void compare(const std::string &ptxas, std::vector<Candidate> &candidates) {
  Loader loader(candidates);
  std::vector<unsigned> least;
  for (const Candidate &candidate : candidates)
    least.push_back(leastVersion(candidate));
  for (const Combination &with : allCombinations()) {
    std::vector<size_t> asked;
    std::vector<std::string> texts;
    for (size_t i = 0; i < candidates.size(); ++i)
      if (with.version == 90 || with.version == least[i] ||
          with.version == versionBefore(least[i])) {
        asked.push_back(i);
        texts.push_back(candidates[i].text);
      }
    if (asked.empty())
      continue;
    std::map<size_t, std::string> refused = refusedByPtxas(ptxas, with, texts);
    for (size_t k = 0; k < asked.size(); ++k) {
      std::string why = loader.refusal(asked[k], with);
      auto theirs = refused.find(k);
      if (why.empty() == (theirs == refused.end()))
        continue;
      candidates[asked[k]].differences.push_back(
          versionText(with.version) + "/" + with.target + ": " +
          (why.empty() ? "ptxas refuses it: " + theirs->second
                       : "we refuse it: " + why.substr(why.find(' ') + 1)));
    }
  }
}
} // namespace
} // namespace azulejo::sim::test

using namespace azulejo::sim::test;

int main(int argc, char **argv) {
  std::string row;
  size_t limit = 8;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg.substr(0, 6) == "--row=")
      row = arg.substr(6);
    else if (arg == "--full")
      limit = 20000;
    else
      return std::cerr << "usage: sim-forms-ptxas [--full] [--row=NAME]\n", 2;
  }
  std::string ptxas = findPtxas();
  if (ptxas.empty())
    return std::cout << "skipped: ptxas was not found\n", 77;
  std::vector<Candidate> candidates = collect(row, limit);
  compare(ptxas, candidates);
  size_t wrong = 0;
  for (const Candidate &candidate : candidates) {
    wrong += candidate.differences.empty() ? 0 : 1;
    if (!candidate.differences.empty())
      std::cout << candidate.form->name << ": '" << candidate.text << "' "
                << candidate.differences.size() << " differences, first "
                << candidate.differences.front() << ", last " << candidate.differences.back()
                << "\n";
  }
  std::cout << candidates.size() << " instructions, " << wrong << " of them differ from ptxas\n";
  return wrong == 0 ? 0 : 1;
}
