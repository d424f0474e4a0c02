// This file decodes video instructions.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/VideoForm.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

namespace {
struct OpName {
  std::string_view name;
  VideoForm::Op op;
};
constexpr OpName kOps[] = {{"vadd", VideoForm::Add},         {"vsub", VideoForm::Sub},
                           {"vabsdiff", VideoForm::AbsDiff}, {"vmin", VideoForm::Min},
                           {"vmax", VideoForm::Max},         {"vavrg", VideoForm::Average},
                           {"vshl", VideoForm::ShiftLeft},   {"vshr", VideoForm::ShiftRight},
                           {"vmad", VideoForm::Mad},         {"vset", VideoForm::Compare}};

// The row of the table has only names and modifiers that exist.
VideoForm parseForm(std::string_view opcode) {
  Modifiers mods(opcode);
  VideoForm form;
  std::string_view name = mods.next();
  if (name.back() == '2' || name.back() == '4') {
    form.parts = uint8_t(name.back() - '0');
    name.remove_suffix(1);
  }
  form.op = std::find_if(std::begin(kOps), std::end(kOps), [&](const OpName &op) {
              return op.name == name;
            })->op;
  if (form.op != VideoForm::Compare)
    form.resultIsSigned = mods.next() == "s32";
  form.aIsSigned = mods.next() == "s32";
  form.bIsSigned = mods.next() == "s32";
  if (form.op == VideoForm::Compare) {
    static const std::string_view names[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    form.comparison = VideoForm::Comparison(
        std::find(std::begin(names), std::end(names), mods.next()) - std::begin(names));
  }
  form.plusOne = mods.take("po");
  form.saturates = mods.take("sat");
  form.wraps = mods.take("wrap");
  form.scale = mods.take("shr7") ? 7 : mods.take("shr15") ? 15 : 0;
  form.second = mods.take("add")   ? VideoForm::SecondAdd
                : mods.take("min") ? VideoForm::SecondMin
                : mods.take("max") ? VideoForm::SecondMax
                                   : VideoForm::None;
  return form;
}

// "b0" … "b3", "h0", "h1"; nothing is the whole register.
bool parsePart(std::string_view text, VideoPart &part) {
  if (text.empty())
    return true;
  bool isByte = text[0] == 'b';
  if (text.size() != 2 || (!isByte && text[0] != 'h') || text[1] < '0' ||
      text[1] > (isByte ? '3' : '1'))
    return false;
  part.width = isByte ? 8 : 16;
  part.shift = uint8_t((text[1] - '0') * part.width);
  return true;
}

// "b3210": for each part, the last one first, which of both sources'.
bool parseChoice(std::string_view text, unsigned parts, uint8_t *choice) {
  if (text.empty()) {
    for (unsigned i = 0; i < parts; ++i)
      choice[i] = uint8_t(choice[i] < 4 ? i : parts + i);
    return true;
  }
  if (text.size() != parts + 1 || text[0] != (parts == 4 ? 'b' : 'h'))
    return false;
  for (unsigned i = 0; i < parts; ++i) {
    char digit = text[parts - i];
    if (digit < '0' || unsigned(digit - '0') >= 2 * parts)
      return false;
    choice[i] = uint8_t(digit - '0');
  }
  return true;
}

// "b310": the parts of the result that are kept, the last one first.
bool parseKept(std::string_view text, unsigned parts, uint8_t &keeps) {
  if (text.empty())
    return true;
  if (text.size() < 2 || text[0] != (parts == 4 ? 'b' : 'h'))
    return false;
  keeps = 0;
  char before = char('0' + parts);
  for (char digit : text.substr(1)) {
    if (digit < '0' || digit >= before)
      return false;
    keeps = uint8_t(keeps | 1u << (digit - '0'));
    before = digit;
  }
  return true;
}
} // namespace

// A register without its selector and sign, or a constant.
bool Decoder::videoSource(const Operand &op, uint32_t &slot) {
  Operand plain = op;
  plain.selector = {};
  plain.negated = false;
  return source(plain, 4, slot);
}

bool Decoder::videoSelectors(VideoForm &form) {
  const std::vector<Operand> &ops = inst->ops;
  bool isKnown = form.parts > 1
                     ? parseKept(ops[0].selector, form.parts, form.keeps) &&
                           parseChoice(ops[1].selector, form.parts, form.selectA) &&
                           parseChoice(ops[2].selector, form.parts, form.selectB)
                     : parsePart(ops[0].selector, form.result) &&
                           parsePart(ops[1].selector, form.a) && parsePart(ops[2].selector, form.b);
  if (!isKnown || (ops.size() > 3 && !ops[3].selector.empty()))
    return fail("a selector of an operand does not exist for this form");
  bool isMerged = form.parts == 1 && form.result.width != 32;
  if (isMerged && (form.second != VideoForm::None || form.op == VideoForm::Mad))
    return fail("a selector of the result does not go with this form");
  if (isMerged && ops.size() < 4)
    return fail("a selector of the result needs a fourth operand to merge with");
  form.negatesProduct = ops[1].negated != ops[2].negated;
  form.negatesC = ops.size() > 3 && ops[3].negated;
  bool isNegated = ops[1].negated || ops[2].negated || form.negatesC;
  if (ops[0].negated || (isNegated && (form.op != VideoForm::Mad || form.plusOne)) ||
      (form.negatesProduct && form.negatesC))
    return fail("operands cannot be negated so in this form");
  return true;
}

bool Decoder::decodeVideo() {
  auto form = std::make_shared<VideoForm>(parseForm(inst->opcode));
  bool mayLackThird =
      form->parts == 1 && form->op != VideoForm::Mad && form->second == VideoForm::None;
  uint32_t a, b, c = 0, d;
  if (!need(mayLackThird ? 3 : 4, 4) || !videoSelectors(*form) || !videoSource(inst->ops[1], a) ||
      !videoSource(inst->ops[2], b) || (inst->ops.size() > 3 && !videoSource(inst->ops[3], c)))
    return false;
  for (size_t s = 1; form->parts > 1 && s < 3; ++s)
    if (inst->ops[s].kind != Operand::Reg)
      return fail("the sources must be registers: their parts are chosen of both");
  if (inst->ops.size() == 3)
    c = constant(4, 0);
  Operand target = inst->ops[0];
  target.selector = {};
  if (!result(target, 4, d))
    return false;
  kernel->data.push_back(form);
  Inst &out = emitGuarded(videoOp, OpClass::Int);
  out.d = d;
  out.a = a;
  out.b = b;
  out.c = c;
  out.data = form.get();
  return true;
}

} // namespace azulejo::sim
