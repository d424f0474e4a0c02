// This file implements the table of instruction forms: its rows and their lookup.
#include "ir/Forms.h"

#include "ir/SpellingPattern.h"
#include "ptx/Targets.h"

#include <algorithm>
#include <unordered_map>

namespace azulejo::sim {

void (*formObserver)(const Form &form) = nullptr;

namespace {
// The size of a type tag, from its name: digits, and x2 for a pair.
constexpr unsigned tagBytes(std::string_view tag) {
  unsigned bits = 0;
  size_t i = 0;
  while (i < tag.size() && (tag[i] < '0' || tag[i] > '9'))
    ++i;
  for (; i < tag.size() && tag[i] >= '0' && tag[i] <= '9'; ++i)
    bits = bits * 10 + static_cast<unsigned>(tag[i] - '0');
  bool isPair = tag.size() >= 2 && tag.substr(tag.size() - 2) == "x2";
  return bits / 8 * (isPair ? 2 : 1);
}
constexpr bool tagIsFloat(std::string_view tag) { return tag[0] == 'F' || tag[0] == 'B'; }

#define T(tag) uint8_t(tagBytes(#tag))
#define F(tag) tagIsFloat(#tag)
#define ROW(id, forms, cls, ptx, sm)                                                               \
  {#id, "(" forms ")", nullptr, OpClass::cls, ptx, sm, TestLevel::HandTest, 0}, kAlu_##id
enum AluId : uint32_t {
#define UN(id, ...) kAlu_##id,
#define BIN(id, ...) kAlu_##id,
#define TER(id, ...) kAlu_##id,
#define QUA(id, ...) kAlu_##id,
#include "ir/AluForms.def"
#undef UN
#undef BIN
#undef TER
#undef QUA
};

AluForm kAluForms[] = {
#define UN(id, forms, D, A, cls, ptx, sm, ...)                                                     \
  {ROW(id, forms, cls, ptx, sm), 1, T(D), {T(A), 0, 0, 0}, {F(A), false, false, false}},
#define BIN(id, forms, D, A, B, cls, ptx, sm, ...)                                                 \
  {ROW(id, forms, cls, ptx, sm), 2, T(D), {T(A), T(B), 0, 0}, {F(A), F(B), false, false}},
#define TER(id, forms, D, A, B, C, cls, ptx, sm, ...)                                              \
  {ROW(id, forms, cls, ptx, sm), 3, T(D), {T(A), T(B), T(C), 0}, {F(A), F(B), F(C), false}},
#define QUA(id, forms, D, A, B, C, E, cls, ptx, sm, ...)                                           \
  {ROW(id, forms, cls, ptx, sm), 4, T(D), {T(A), T(B), T(C), T(E)}, {F(A), F(B), F(C), F(E)}},
#include "ir/AluForms.def"
#undef UN
#undef BIN
#undef TER
#undef QUA
};
#undef ROW
#undef F
#undef T

enum FormId : uint32_t {
#define FORM(id, ...) kForm_##id,
#include "ir/Forms.def"
};

const Form kForms[] = {
#define FORM(id, spellings, operands, decode, opClass, ptx, sm, level)                             \
  {#id, spellings, operands, OpClass::opClass, ptx, sm, TestLevel::level, kForm_##id},
#include "ir/Forms.def"
};

// What `pieces` of an opcode that starts with `start` ask for, of targets before `below` alone
// where that is not 0.
struct Modifier {
  std::string_view start, pieces;
  uint8_t ptx;
  uint16_t sm;
  uint16_t below;
};
const Modifier kModifiers[] = {
#define MODIFIER(start, pieces, ptx, sm) {start, pieces, ptx, sm, 0},
#define MODIFIER_BELOW(below, start, pieces, ptx) {start, pieces, ptx, 0, below},
#include "ir/Forms.def"
};

std::string_view firstPiece(std::string_view opcode) { return opcode.substr(0, opcode.find('.')); }

using AluMap = std::unordered_map<std::string_view, const AluForm *>;

const AluMap &aluMap() {
  static const AluMap map = [] {
    AluMap built;
    for (AluForm &row : kAluForms) {
      row.form.alu = &row;
      std::string_view rest(row.form.spellings);
      for (rest = rest.substr(1, rest.size() - 2); !rest.empty();) {
        size_t bar = rest.find('|');
        built.emplace(rest.substr(0, bar), &row);
        rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
      }
    }
    return built;
  }();
  return map;
}

using FamilyMap = std::unordered_map<std::string_view, std::vector<const Form *>>;

// The rows of Forms.def by the part of the opcode before its first dot.
const FamilyMap &familyMap() {
  static const FamilyMap map = [] {
    FamilyMap built;
    for (const Form &form : kForms)
      for (std::string_view family : familiesOf(form.spellings))
        built[family].push_back(&form);
    return built;
  }();
  return map;
}
} // namespace

const AluForm *findAluForm(std::string_view opcode) {
  auto it = aluMap().find(opcode);
  return it == aluMap().end() ? nullptr : it->second;
}

const Form *findForm(std::string_view opcode) {
  if (const AluForm *alu = findAluForm(opcode))
    return &alu->form;
  auto rows = familyMap().find(firstPiece(opcode));
  if (rows == familyMap().end())
    return nullptr;
  for (const Form *form : rows->second)
    if (matchesPattern(form->spellings, opcode))
      return form;
  return nullptr;
}

const std::vector<const Form *> &allForms() {
  static const std::vector<const Form *> all = [] {
    std::vector<const Form *> rows;
    for (const Form &form : kForms)
      rows.push_back(&form);
    aluMap(); // sets Form::alu
    for (const AluForm &row : kAluForms)
      rows.push_back(&row.form);
    return rows;
  }();
  return all;
}

std::vector<std::string> spellingsOf(const Form &form, size_t limit) {
  std::vector<std::string> spelled;
  size_t count = spellingCount(form.spellings), groups = (count + limit - 1) / limit;
  // The step is odd, and in most cases no divisor of the count of any group of alternatives.
  size_t step = groups <= 1 ? 1 : groups | 1;
  for (size_t i = 0; i < count; i += step)
    spelled.push_back(spellingAt(form.spellings, i));
  return spelled;
}

namespace {
unsigned numberOf(std::string_view target) {
  unsigned number = 0;
  for (char c : target.substr(std::min<size_t>(3, target.size())))
    if (c >= '0' && c <= '9')
      number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

bool hasTarget(uint16_t targets, std::string_view target) {
  unsigned least = leastTarget(targets), has = numberOf(target);
  char suffix = target.empty() ? ' ' : target.back();
  if (has < least || ((targets & kSuffixed) && suffix != 'a' && suffix != 'f'))
    return false;
  return !((targets & kSuffixA) && suffix != 'a') && !((targets & kChip) && has != least) &&
         !((targets & kTens) && has / 10 != least / 10) &&
         !((targets & kFamily) && has >= least + 20);
}

std::string missingVersion(unsigned least, unsigned ptx) {
  // Modules before 6.0 are not read, so that an older form needs no check.
  return least <= ptx ? ""
                      : "needs PTX ISA " + ptx::versionText(least) + ", the module says " +
                            ptx::versionText(ptx);
}

std::string missingTarget(uint16_t targets, std::string_view target) {
  if (hasTarget(targets, target))
    return "";
  return "needs sm_" + std::to_string(leastTarget(targets)) + (targets & kSuffixed ? "a" : "") +
         (targets & (kTens | kFamily) ? " or its family" : "") + ", the module's target is " +
         std::string(target);
}

// Whether `pieces` stand in the opcode between dots; with a + between them, both do.
bool hasPieces(std::string_view opcode, std::string_view pieces) {
  if (size_t plus = pieces.find('+'); plus != std::string_view::npos)
    return hasPieces(opcode, pieces.substr(0, plus)) && hasPieces(opcode, pieces.substr(plus + 1));
  for (size_t at = opcode.find(pieces); at != std::string_view::npos;
       at = opcode.find(pieces, at + 1)) {
    size_t end = at + pieces.size();
    if (at > 0 && opcode[at - 1] == '.' && (end == opcode.size() || opcode[end] == '.'))
      return true;
  }
  return false;
}

// Of the modifiers with the same pieces, the one with the longest start stands.
bool isOverridden(const Modifier &modifier, std::string_view opcode) {
  for (const Modifier &other : kModifiers)
    if (other.pieces == modifier.pieces && other.start.size() > modifier.start.size() &&
        opcode.substr(0, other.start.size()) == other.start)
      return true;
  return false;
}

std::string missingForModifier(const Modifier &modifier, std::string_view opcode, unsigned ptx,
                               std::string_view target) {
  if (opcode.substr(0, modifier.start.size()) != modifier.start ||
      !hasPieces(opcode, modifier.pieces) || isOverridden(modifier, opcode) ||
      (modifier.below != 0 && numberOf(target) >= modifier.below))
    return "";
  std::string missing = missingVersion(modifier.ptx, ptx);
  if (missing.empty())
    missing = missingTarget(modifier.sm, target);
  return missing.empty() ? "" : "with '." + std::string(modifier.pieces) + "' " + missing;
}
} // namespace

std::string missingFor(const Form &form, std::string_view opcode, unsigned ptx,
                       std::string_view target) {
  std::string missing = missingVersion(form.ptx, ptx);
  if (missing.empty())
    missing = missingTarget(form.sm, target);
  for (const Modifier &modifier : kModifiers)
    if (missing.empty())
      missing = missingForModifier(modifier, opcode, ptx, target);
  return missing;
}

} // namespace azulejo::sim
