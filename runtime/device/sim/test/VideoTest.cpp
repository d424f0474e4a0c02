// This file tests video instructions against the ISA's stages, formulated from the text of the
// instruction and a bit at a time.
#include "ir/Forms.h"
#include "test/LaneOps.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <random>
#include <sstream>

namespace azulejo::sim::test {
namespace {

using Wide = __int128;

// An instruction and its selectors, without the dots; a sign in front of those of sources.
struct Instruction {
  std::string opcode, d, a, b;
  bool minusA = false, minusB = false, minusC = false;

  std::vector<std::string> pieces() const {
    std::vector<std::string> parts;
    std::istringstream text(opcode);
    for (std::string piece; std::getline(text, piece, '.');)
      parts.push_back(piece);
    return parts;
  }
  bool has(const std::string &modifier) const {
    std::vector<std::string> parts = pieces();
    return std::find(parts.begin(), parts.end(), modifier) != parts.end();
  }
  std::string text() const {
    auto with = [](bool minus, const char *name, const std::string &selector) {
      return (minus ? "-" : "") + std::string(name) + (selector.empty() ? "" : ".") + selector;
    };
    return opcode + " " + with(false, "%r20", d) + ", " + with(minusA, "%r10", a) + ", " +
           with(minusB, "%r11", b) + ", " + with(minusC, "%r12", "") + ";";
  }
};

// Bits `first` to before `first + count` of a word, as a number.
Wide fieldOf(uint64_t word, int first, int count, bool isSigned) {
  Wide value = 0;
  for (int i = 0; i < count; ++i)
    if (word >> (first + i) & 1)
      value += (isSigned && i == count - 1 ? -1 : 1) * (Wide(1) << i);
  return value;
}

Wide limited(Wide value, int bits, bool isSigned) {
  Wide span = Wide(1) << bits, least = isSigned ? -span / 2 : 0, most = least + span - 1;
  return value < least ? least : value > most ? most : value;
}

// "b2" is 16 and 8.
void readPart(const std::string &selector, int &first, int &count) {
  first = 0;
  count = 32;
  if (selector.empty())
    return;
  count = selector[0] == 'b' ? 8 : 16;
  first = (selector[1] - '0') * count;
}

Wide half(Wide value) { return value >= 0 ? value / 2 : -((1 - value) / 2); }

Wide operate(const Instruction &inst, const std::string &op, Wide a, Wide b) {
  if (op == "vadd")
    return a + b;
  if (op == "vsub")
    return a - b;
  if (op == "vabsdiff")
    return a > b ? a - b : b - a;
  if (op == "vmin")
    return a < b ? a : b;
  if (op == "vmax")
    return a < b ? b : a;
  if (op == "vavrg")
    return a + b >= 0 ? half(a + b + 1) : half(a + b);
  if (op == "vshl" || op == "vshr") {
    Wide distance = inst.has("wrap") ? b % 32 : b > 32 ? Wide(32) : b;
    for (; distance > 0; --distance)
      a = op == "vshl" ? 2 * a : half(a);
    return a;
  }
  return inst.has("eq")   ? a == b
         : inst.has("ne") ? a != b
         : inst.has("lt") ? a < b
         : inst.has("le") ? a <= b
         : inst.has("gt") ? a > b
                          : a >= b;
}

// Which of the types is signed: of the result (none of vset), a and b.
struct Signs {
  bool d, a, b;
  explicit Signs(const Instruction &inst) {
    std::vector<std::string> parts = inst.pieces();
    size_t first = parts[0].substr(0, 4) == "vset" ? 0 : 1;
    d = first == 1 && parts[1] == "s32";
    a = parts[first + 1] == "s32";
    b = parts[first + 2] == "s32";
  }
};

uint32_t expectedMad(const Instruction &inst, uint32_t a, uint32_t b, uint32_t c) {
  Signs signs(inst);
  int firstA, countA, firstB, countB;
  readPart(inst.a, firstA, countA);
  readPart(inst.b, firstB, countB);
  bool minusProduct = inst.minusA != inst.minusB;
  bool isSigned = signs.a || signs.b || minusProduct || inst.minusC;
  Wide product = fieldOf(a, firstA, countA, signs.a) * fieldOf(b, firstB, countB, signs.b);
  // Of a negated c the complement is extended, and one added to the sum.
  Wide addend = inst.minusC ? fieldOf(uint32_t(~c), 0, 32, true) + 1 : fieldOf(c, 0, 32, isSigned);
  Wide sum = (minusProduct ? -product : product) + addend + (inst.has("po") ? 1 : 0);
  for (int i = inst.has("shr7") ? 7 : inst.has("shr15") ? 15 : 0; i > 0; --i)
    sum = half(sum);
  return uint32_t(inst.has("sat") ? limited(sum, 32, isSigned) : sum);
}

uint32_t expectedOne(const Instruction &inst, uint32_t a, uint32_t b, uint32_t c) {
  Signs signs(inst);
  int firstA, countA, firstB, countB, firstD, countD;
  readPart(inst.a, firstA, countA);
  readPart(inst.b, firstB, countB);
  readPart(inst.d, firstD, countD);
  Wide value = operate(inst, inst.pieces()[0], fieldOf(a, firstA, countA, signs.a),
                       fieldOf(b, firstB, countB, signs.b));
  if (inst.has("sat"))
    value = limited(value, countD, signs.d);
  Wide third = fieldOf(c, 0, 32, signs.d);
  if (inst.has("add"))
    value += third;
  if (inst.has("min"))
    value = std::min(value, third);
  if (inst.has("max"))
    value = std::max(value, third);
  uint32_t result = c;
  for (int i = 0; i < countD; ++i)
    result = (result & ~(1u << (firstD + i))) | uint32_t(value >> i & 1) << (firstD + i);
  return result;
}

uint32_t expectedParts(const Instruction &inst, uint32_t a, uint32_t b, uint32_t c) {
  Signs signs(inst);
  std::string name = inst.pieces()[0];
  int parts = name.back() - '0', width = 32 / parts;
  std::string chosenA = inst.a, chosenB = inst.b, kept = inst.d;
  if (chosenA.empty())
    chosenA = parts == 4 ? "b3210" : "h10";
  if (chosenB.empty())
    chosenB = parts == 4 ? "b7654" : "h32";
  if (kept.empty())
    kept = parts == 4 ? "b3210" : "h10";
  uint64_t both = uint64_t(b) << 32 | a;
  uint32_t result = c;
  for (int i = 0; i < parts; ++i) {
    if (kept.find(char('0' + i)) == std::string::npos)
      continue;
    Wide value = operate(inst, name.substr(0, name.size() - 1),
                         fieldOf(both, (chosenA[size_t(parts - i)] - '0') * width, width, signs.a),
                         fieldOf(both, (chosenB[size_t(parts - i)] - '0') * width, width, signs.b));
    if (inst.has("sat"))
      value = limited(value, width, signs.d);
    if (inst.has("add"))
      result += uint32_t(value);
    for (int bit = 0; !inst.has("add") && bit < width; ++bit)
      result = (result & ~(1u << (i * width + bit))) | uint32_t(value >> bit & 1)
                                                           << (i * width + bit);
  }
  return result;
}

std::string pick(std::mt19937 &random, const std::vector<std::string> &choices) {
  return choices[random() % choices.size()];
}

// Draws selectors and signs that the form has.
Instruction drawInstruction(const std::string &opcode, std::mt19937 &random) {
  static const std::vector<std::string> kOne = {"", "", "b0", "b1", "b2", "b3", "h0", "h1"};
  static const std::vector<std::string> kBytes = {"",    "b0",  "b1",   "b2",   "b3",   "b10",
                                                  "b21", "b31", "b310", "b320", "b210", "b3210"};
  Instruction inst;
  inst.opcode = opcode;
  char last = opcode.substr(0, opcode.find('.')).back();
  if (last != '2' && last != '4') {
    inst.a = pick(random, kOne);
    inst.b = pick(random, kOne);
    bool isMad = opcode.substr(0, 4) == "vmad";
    bool hasSecond = inst.has("add") || inst.has("min") || inst.has("max");
    if (!isMad && !hasSecond)
      inst.d = pick(random, kOne);
    if (isMad && !inst.has("po")) {
      inst.minusA = random() % 4 == 0;
      inst.minusB = random() % 4 == 0;
      inst.minusC = inst.minusA == inst.minusB && random() % 3 == 0;
    }
    return inst;
  }
  unsigned parts = unsigned(last - '0');
  inst.d = parts == 4 ? pick(random, kBytes) : pick(random, {"", "h0", "h1", "h10"});
  for (std::string *selector : {&inst.a, &inst.b}) {
    if (random() % 3 == 0)
      continue;
    *selector = parts == 4 ? "b" : "h";
    for (unsigned i = 0; i < parts; ++i)
      *selector += char('0' + random() % (2 * parts));
  }
  return inst;
}

TEST(Video, EveryFormWithSelectors) {
  std::mt19937 random(41);
  for (const Form *form : allForms()) {
    if (std::string(form->name).substr(0, 5) != "video")
      continue;
    std::vector<Instruction> instructions;
    std::vector<LaneOp> ops;
    for (const std::string &opcode : spellingsOf(*form, 70)) {
      instructions.push_back(drawInstruction(opcode, random));
      ops.push_back({instructions.back().text(), 4});
    }
    LaneInputs inputs = {laneValues(1), laneValues(2), laneValues(3)};
    std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
    for (size_t k = 0; k < ops.size(); ++k)
      for (size_t lane = 0; lane < kLanes; ++lane) {
        auto a = uint32_t(inputs.a[lane]), b = uint32_t(inputs.b[lane]),
             c = uint32_t(inputs.c[lane]);
        std::string name = instructions[k].pieces()[0];
        uint32_t expected = name == "vmad" ? expectedMad(instructions[k], a, b, c)
                            : name.back() == '2' || name.back() == '4'
                                ? expectedParts(instructions[k], a, b, c)
                                : expectedOne(instructions[k], a, b, c);
        ASSERT_EQ(results[k][lane], expected)
            << ops[k].text << std::hex << " of " << a << ", " << b << ", " << c;
      }
  }
}

TEST(Video, WrongOperandsAreRefused) {
  auto errorOf = [](const std::string &instruction) {
    return Sim().load(wrapKernel("", instruction + ";\n"));
  };
  EXPECT_EQ(errorOf("vadd.u32.u32.u32 %r1, %r2.b3, -5"), "");
  EXPECT_EQ(errorOf("vabsdiff4.u32.u32.u32.add %r1, %r2, %r3, %r4"), "");
  struct Case {
    const char *instruction, *error;
  };
  const Case cases[] = {
      {"vadd.u32.u32.u32 %r1, %r2.b4, %r3", "a selector of an operand does not exist"},
      {"vadd.u32.u32.u32 %r1, %r2.h2, %r3", "a selector of an operand does not exist"},
      {"vadd.u32.u32.u32 %r1.b0, %r2, %r3", "needs a fourth operand to merge with"},
      {"vadd.u32.u32.u32.add %r1.b0, %r2, %r3, %r4", "does not go with this form"},
      {"vadd.u32.u32.u32 %r1, -%r2, %r3", "operands cannot be negated so"},
      {"vmad.u32.u32.u32.po %r1, -%r2, %r3, %r4", "operands cannot be negated so"},
      {"vadd4.u32.u32.u32 %r1.b01, %r2, %r3, %r4", "a selector of an operand does not exist"},
      {"vadd4.u32.u32.u32 %r1, %r2.b3218, %r3, %r4", "a selector of an operand does not exist"},
      {"vadd2.u32.u32.u32 %r1, %r2.h14, %r3, %r4", "a selector of an operand does not exist"},
      {"vadd2.u32.u32.u32 %r1, %r2, 7, %r4", "the sources must be registers"},
      {"vadd4.u32.u32.u32 %r1, %r2, %r3", "expected 4 operands, got 3"},
      {"add.u32 %r1, %r2.b0, %r3", "%r2.b0"},
      {"add.u32 %r1, -%r2, %r3", "expected an operand"},
      {"vadd.u32.u32.u32 %r1, -[%rd1], %r3", "expected an operand, got '['"},
      {"vadd.u32.u32.u32 %r1, -0f3f800000, %r3", "expected a register or a whole number"},
  };
  for (const Case &c : cases)
    EXPECT_NE(errorOf(c.instruction).find(c.error), std::string::npos)
        << c.instruction << ": " << errorOf(c.instruction);
}

} // namespace
} // namespace azulejo::sim::test
