// This file tests the table of instruction forms: that its spellings decode, that no two rows spell
// the same, and that what it does not spell, or the module's target does not have, is refused.
#include "ir/Decoder.h"
#include "ir/SpellingPattern.h"
#include "ptx/Parser.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

constexpr size_t kSpellings = 600; // of a row

// The last type of an opcode, and the one before it.
std::string typeOf(const std::string &opcode, unsigned fromEnd) {
  Modifiers mods(opcode);
  std::vector<std::string> types;
  for (; !mods.done(); mods.next())
    if (parseType(mods.peek()) != Type::None)
      types.emplace_back(mods.peek());
  return types.size() > fromEnd ? types[types.size() - 1 - fromEnd] : "";
}

std::string registerOf(unsigned bytes, unsigned number) {
  const char *prefix = bytes <= 2 ? "%h" : bytes == 4 ? "%r" : bytes == 8 ? "%rd" : "%rq";
  return prefix + std::to_string(number);
}

// The text of an operand of Forms.def's notation; "" if it is (text).
std::string operandText(const std::string &kind, const std::string &opcode, unsigned number) {
  auto has = [&](const char *modifier) { return opcode.find(modifier) != std::string::npos; };
  if (kind == "T" || kind == "S") {
    unsigned bytes = typeBytes(parseType(typeOf(opcode, kind == "T" ? 0 : 1)));
    unsigned lanes = has(".v8.") ? 8 : has(".v4.") ? 4 : has(".v2.") ? 2 : 1;
    std::string text = registerOf(bytes, number);
    for (unsigned lane = 1; lane < lanes; ++lane)
      text += ", " + registerOf(bytes, number + lane);
    return lanes == 1 ? text : "{" + text + "}";
  }
  if (kind[0] == 'r') {
    std::string text = registerOf(unsigned(std::stoul(kind.substr(1))) / 8, number);
    return kind.find("|p") != std::string::npos ? text + "|%p1" : text;
  }
  if (kind == "[a]")
    return has(".param") ? "[parameter]" : "[%rd1]";
  return kind == "p" ? "%p1" : kind == "!p" ? "!%p2" : kind == "p|p" ? "%p1|%p3" : "1";
}

// The instructions that `opcode` can be written as: with and without its optional operands.
std::vector<std::string> instructionsOf(const Form &form, std::string opcode) {
  std::string_view rest = form.operands;
  std::vector<std::string> texts = {opcode};
  unsigned number = 8;
  for (bool isFirst = true; !rest.empty(); isFirst = false) {
    size_t comma = std::min(rest.find(", "), rest.size());
    std::string kind(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 2, rest.size()));
    if (kind[0] == '(')
      return {};
    bool isOptional = kind.back() == '?';
    if (isOptional) {
      kind.pop_back();
      texts.push_back(texts.back());
    }
    std::string &text = isOptional ? texts[texts.size() - 2] : texts.back();
    text += (isFirst ? " " : ", ") + operandText(kind, opcode, number);
    number += 8;
  }
  return texts;
}

std::string targetOf(const Form &form) {
  bool isArch = (form.sm & (kOnlyArch | kFromArch)) != 0;
  return isArch ? "sm_" + std::to_string(form.sm & 0xfff) + "a" : "sm_120";
}

// Decodes a kernel of that body; returns what is wrong with it.
std::string decodeBody(const std::string &body, const std::string &target,
                       const std::string &version = "9.0") {
  std::string text =
      ".version " + version + "\n.target " + target +
      "\n.address_size 64\n.visible .entry k(.param .u64 p)\n{\n.reg .pred %p<8>;\n"
      ".reg .b16 %h<64>;\n.reg .b32 %r<64>;\n.reg .b64 %rd<64>;\n.reg .b128 %rq<64>;\n"
      ".param .align 64 .b8 parameter[64];\n" +
      body + "ret;\n}\n";
  std::string error;
  std::unique_ptr<ptx::Module> module = ptx::parse(text, "forms", error);
  if (module == nullptr)
    return error;
  DecodeOptions options;
  options.sm = std::atoi(target.c_str() + 3);
  if (decodeKernel(*module, module->functions[0], {}, options, error) == nullptr)
    return error;
  return "";
}

TEST(Forms, EverySpellingDecodes) {
  size_t decoded = 0;
  for (const Form *form : allForms()) {
    if (form->alu != nullptr)
      continue;
    std::string body;
    for (const std::string &opcode : spellingsOf(*form, kSpellings))
      for (const std::string &text : instructionsOf(*form, opcode)) {
        body += text + ";\n";
        ++decoded;
      }
    EXPECT_EQ(decodeBody(body, targetOf(*form)), "") << form->name;
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
    if ((form->sm & 0xfff) > 75) {
      EXPECT_NE(decodeBody(texts[0] + ";\n", "sm_75").find("the module's target is sm_75"),
                std::string::npos)
          << texts[0];
      ++refusedTargets;
    }
    if (form->ptx > 60) {
      std::string before =
          std::to_string((form->ptx - 1) / 10) + "." + std::to_string((form->ptx - 1) % 10);
      EXPECT_NE(
          decodeBody(texts[0] + ";\n", targetOf(*form), before).find("the module says " + before),
          std::string::npos)
          << texts[0];
      ++refusedVersions;
    }
  }
  EXPECT_GT(refusedTargets, 20u);
  EXPECT_GT(refusedVersions, 30u);
}

TEST(Forms, AModifierMayAskForMore) {
  EXPECT_EQ(decodeBody("ld.global.L2::128B.b32 %r1, [%rd1];\n", "sm_75", "7.4"), "");
  EXPECT_NE(decodeBody("ld.global.L2::256B.b32 %r1, [%rd1];\n", "sm_75", "7.4")
                .find("with '.L2::256B' needs sm_80"),
            std::string::npos);
  EXPECT_NE(decodeBody("atom.cluster.global.add.u32 %r1, [%rd1], %r2;\n", "sm_80", "8.0")
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
          std::string error = decodeBody(text + " %r1, %r2, %r3;\n", targetOf(*form));
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
