// This file implements the lookup of arithmetic instruction forms.
#include "ir/Forms.h"

#include <unordered_map>

namespace azulejo::sim {

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

const AluForm kForms[] = {
#define UN(id, forms, D, A, cls, ptx, sm, ...)                                                     \
  {kAlu_##id, 1, OpClass::cls, ptx, sm, T(D), {T(A), 0, 0, 0}, {F(A), false, false, false}, forms},
#define BIN(id, forms, D, A, B, cls, ptx, sm, ...)                                                 \
  {kAlu_##id, 2, OpClass::cls, ptx, sm, T(D), {T(A), T(B), 0, 0}, {F(A), F(B), false, false},      \
   forms},
#define TER(id, forms, D, A, B, C, cls, ptx, sm, ...)                                              \
  {kAlu_##id, 3, OpClass::cls, ptx, sm, T(D), {T(A), T(B), T(C), 0}, {F(A), F(B), F(C), false},    \
   forms},
#define QUA(id, forms, D, A, B, C, E, cls, ptx, sm, ...)                                           \
  {kAlu_##id, 4, OpClass::cls, ptx, sm, T(D), {T(A), T(B), T(C), T(E)}, {F(A), F(B), F(C), F(E)},  \
   forms},
#include "ir/AluForms.def"
#undef UN
#undef BIN
#undef TER
#undef QUA
};
#undef T
#undef F

using FormMap = std::unordered_map<std::string_view, const AluForm *>;

const FormMap &formMap() {
  static const FormMap map = [] {
    FormMap built;
    for (const AluForm &form : kForms)
      for (std::string_view rest = form.name; !rest.empty();) {
        size_t bar = rest.find('|');
        built.emplace(rest.substr(0, bar), &form);
        rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
      }
    return built;
  }();
  return map;
}
} // namespace

const AluForm *findAluForm(std::string_view opcode) {
  auto it = formMap().find(opcode);
  return it == formMap().end() ? nullptr : it->second;
}

std::vector<std::pair<std::string_view, const AluForm *>> allAluForms() {
  return {formMap().begin(), formMap().end()};
}

} // namespace azulejo::sim
