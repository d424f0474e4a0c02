// This file tests the table of instruction forms: that its spellings decode, that no two rows spell
// the same, and that what it does not spell, or the module's target does not have, is refused.
#include "ir/Decoder.h"
#include "ir/SpellingPattern.h"
#include "ptx/Parser.h"
#include "test/FormText.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

constexpr size_t kSpellings = 600; // of a row

std::string targetOf(const Form &form) {
  return form.sm & kSuffixed ? "sm_" + std::to_string(leastTarget(form.sm)) + "a" : "sm_120";
}

// Decodes a kernel for each instruction; returns what is wrong with the first that fails.
std::string decodeAll(const std::vector<std::string> &instructions, const std::string &target,
                      const std::string &version = "9.0") {
  std::string text = formModule(version, target, instructions), error;
  std::unique_ptr<ptx::Module> module = ptx::parse(text, "forms", error);
  if (module == nullptr)
    return error;
  DecodeOptions options;
  options.sm = std::atoi(target.c_str() + 3);
  for (const ptx::Function &function : module->functions)
    if (function.isEntry && decodeKernel(*module, function, {}, options, error) == nullptr)
      return error;
  return "";
}

std::string decodeOne(const std::string &instruction, const std::string &target,
                      const std::string &version = "9.0") {
  return decodeAll({instruction}, target, version);
}

TEST(Forms, EverySpellingDecodes) {
  size_t decoded = 0;
  for (const Form *form : allForms()) {
    std::vector<std::string> all;
    for (const std::string &opcode : spellingsOf(*form, kSpellings)) {
      std::vector<std::string> texts = instructionsOf(*form, opcode);
      EXPECT_FALSE(texts.empty()) << "no text for the operands " << form->operands << " of row "
                                  << form->name << ": see OperandText.cpp";
      all.insert(all.end(), texts.begin(), texts.end());
    }
    EXPECT_EQ(decodeAll(all, targetOf(*form)), "") << form->name;
    decoded += all.size();
  }
  EXPECT_GT(decoded, 8000u);
}

TEST(Forms, NoTwoRowsSpellTheSame) {
  for (const Form *form : allForms())
    for (const std::string &opcode : spellingsOf(*form, kSpellings)) {
      ASSERT_EQ(findForm(opcode), form) << opcode;
      for (const Form *other : allForms())
        if (other != form)
          ASSERT_FALSE(matchesPattern(other->spellings, opcode))
              << opcode << " is spelled by " << form->name << " and " << other->name;
    }
}

TEST(Forms, AFormThatTheTargetLacksIsRefused) {
  unsigned refusedTargets = 0, refusedVersions = 0;
  for (const Form *form : allForms()) {
    if (form->alu != nullptr)
      continue;
    std::string opcode = spellingsOf(*form, 1)[0];
    std::vector<std::string> texts = instructionsOf(*form, opcode);
    if (texts.empty())
      continue;
    if (leastTarget(form->sm) > 75) {
      EXPECT_NE(decodeOne(texts[0], "sm_75").find("the module's target is sm_75"),
                std::string::npos)
          << texts[0];
      ++refusedTargets;
    }
    if (form->ptx > 60) {
      std::string before =
          std::to_string((form->ptx - 1) / 10) + "." + std::to_string((form->ptx - 1) % 10);
      EXPECT_NE(decodeOne(texts[0], targetOf(*form), before).find("the module says " + before),
                std::string::npos)
          << texts[0];
      ++refusedVersions;
    }
  }
  EXPECT_GT(refusedTargets, 20u);
  EXPECT_GT(refusedVersions, 30u);
}

TEST(Forms, AModifierMayAskForMore) {
  EXPECT_EQ(decodeOne("ld.global.L2::128B.b32 %r1, [%rd1]", "sm_75", "7.4"), "");
  EXPECT_NE(decodeOne("ld.global.L2::256B.b32 %r1, [%rd1]", "sm_75", "7.4")
                .find("with '.L2::256B' needs sm_80"),
            std::string::npos);
  EXPECT_NE(decodeOne("atom.cluster.global.add.u32 %r1, [%rd1], %r2", "sm_80", "8.0")
                .find("with '.cluster' needs sm_90"),
            std::string::npos);
}

// Pieces dropped, repeated, swapped and put in: whatever no row spells is refused by name.
TEST(Forms, UnknownSpellingsAreRefused) {
  unsigned refused = 0;
  for (const Form *form : allForms())
    for (const std::string &opcode : spellingsOf(*form, 3)) {
      std::vector<std::string> pieces;
      Modifiers mods(opcode);
      for (; !mods.done(); mods.next())
        pieces.emplace_back(mods.peek());
      for (size_t at = 1; at < pieces.size(); ++at)
        for (unsigned change = 0; change < 4; ++change) {
          std::vector<std::string> other = pieces;
          if (change == 0)
            other.erase(other.begin() + long(at));
          else if (change == 1)
            other.insert(other.begin() + long(at), other[at]);
          else if (change == 2)
            std::swap(other[at], other[at - 1 == 0 ? other.size() - 1 : at - 1]);
          else
            other.insert(other.begin() + long(at), "sparse");
          std::string text = other[0];
          for (size_t i = 1; i < other.size(); ++i)
            text += "." + other[i];
          bool isSpelled = false;
          for (const Form *row : allForms())
            isSpelled |= matchesPattern(row->spellings, text);
          if (isSpelled || text.find_first_of("{%") != std::string::npos)
            continue;
          std::string error = decodeOne(text + " %r1, %r2, %r3", targetOf(*form));
          EXPECT_NE(error.find("instruction form '" + text + "' is not implemented"),
                    std::string::npos)
              << text << ": " << error;
          ++refused;
        }
    }
  EXPECT_GT(refused, 2000u);
}

} // namespace
} // namespace azulejo::sim::test
