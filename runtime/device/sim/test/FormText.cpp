// This file implements how instructions are written from the notation of Forms.def.
#include "test/FormText.h"

#include "ir/Decoder.h"
#include "test/OperandText.h"

#include <algorithm>

namespace azulejo::sim::test {

namespace {
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
  const char *prefix = bytes == 1   ? "%b"
                       : bytes == 2 ? "%h"
                       : bytes == 4 ? "%r"
                       : bytes == 8 ? "%rd"
                                    : "%rq";
  return prefix + std::to_string(number);
}

// The text of an operand of Forms.def's notation; "" if it is (text).
std::string operandText(const std::string &kind, const std::string &opcode, unsigned number) {
  auto has = [&](const char *modifier) { return opcode.find(modifier) != std::string::npos; };
  if (kind == "T" || kind == "S") {
    unsigned bytes = typeBytes(parseType(typeOf(opcode, kind == "T" ? 0 : 1)));
    // A register may be wider than a byte, but not beside bf16.
    if (bytes == 1 && !has("bf16"))
      bytes = 2;
    unsigned lanes = has(".v8.") ? 8 : has(".v4.") ? 4 : has(".v2.") ? 2 : 1;
    std::string text = registerOf(bytes, number);
    for (unsigned lane = 1; lane < lanes; ++lane)
      text += ", " + registerOf(bytes, number + lane);
    return lanes == 1 ? text : "{" + text + "}";
  }
  if (kind == "policy")
    return registerOf(8, number);
  if (kind[0] == 'r') {
    std::string text = registerOf(unsigned(std::stoul(kind.substr(1))) / 8, number);
    return kind.find("|p") != std::string::npos ? text + "|%p1" : text;
  }
  if (kind == "[a]")
    return !has(".param")                                            ? "[%rd1]"
           : has(".param::func") || opcode.compare(0, 3, "st.") == 0 ? "[argument]"
                                                                     : "[parameter]";
  return kind == "p" ? "%p1" : kind == "!p" ? "!%p2" : kind == "p|p" ? "%p1|%p3" : "1";
}

// Rows of AluForms.def have their operands as sizes.
std::string notationOf(const Form &form) {
  if (form.alu == nullptr)
    return form.operands;
  std::string text = "r" + std::to_string(form.alu->resultBytes * 8);
  for (unsigned s = 0; s < form.alu->operands; ++s)
    text += ", r" + std::to_string(form.alu->sourceBytes[s] * 8);
  return text + (std::string(form.name) == "lop3" ? ", imm" : "");
}
} // namespace

std::vector<std::string> instructionsOf(const Form &form, const std::string &opcode) {
  std::string operands = notationOf(form);
  std::string_view rest = operands;
  // What follows a brace or % is no part of the opcode but says what operands it takes.
  std::string plain = opcode.substr(0, opcode.find_first_of("{%"));
  if (operands[0] == '(') {
    std::vector<std::string> texts;
    for (const std::string &list : operandLists(operands, opcode))
      texts.push_back(plain + " " + list);
    return texts;
  }
  std::vector<std::string> texts = {plain};
  unsigned number = 8;
  for (bool isFirst = true; !rest.empty(); isFirst = false) {
    size_t comma = std::min(rest.find(", "), rest.size());
    std::string kind(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 2, rest.size()));
    if (kind == "policy" && opcode.find(".L2::cache_hint") == std::string::npos)
      continue;
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

std::string formModule(const std::string &version, const std::string &target,
                       const std::vector<std::string> &instructions) {
  std::string text = ".version " + version + "\n.target " + target +
                     "\n.address_size 64\n"
                     ".func helper() { ret; }\n"
                     ".func (.param .b32 d) helperOf1(.param .b32 a) { ret; }\n";
  for (size_t i = 0; i < instructions.size(); ++i) {
    // Registers of 128 bits need a version of their own.
    bool isWide = instructions[i].find("%rq") != std::string::npos;
    text += ".visible .entry k" + std::to_string(i) +
            "(.param .align 64 .b8 parameter[64]) { .reg .pred %p<4>; .reg .b16 %h<64>; "
            ".reg .b8 %b<64>; .reg .b32 %r<320>; .reg .b64 %rd<64>; " +
            (isWide ? ".reg .b128 %rq<64>; " : "") +
            ".param .align 64 .b8 argument[64]; .param .b32 given; .param .b32 taken; "
            "targets: .branchtargets done; " +
            instructions[i] + "; done: ret; }\n";
  }
  return text;
}

} // namespace azulejo::sim::test
