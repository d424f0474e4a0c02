// This file tests every spelling of setp and set, and selp, slct, testp and the logic of
// predicates, against comparisons by definition.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim::test {
namespace {

const Form *rowOf(const std::string &name) {
  for (const Form *form : allForms())
    if (form->name == name)
      return form;
  return nullptr;
}

std::vector<std::string> piecesOf(const std::string &opcode) {
  std::vector<std::string> pieces;
  for (Modifiers mods(opcode); !mods.done();)
    pieces.emplace_back(mods.next());
  return pieces;
}

unsigned bytesOf(const std::string &type) { return std::max(2u, bitsOfName(type) / 8); }

// A comparison of two values of one type.
bool holds(const std::string &relation, const std::string &type, bool ftz, uint64_t a, uint64_t b) {
  Quad x, y;
  bool isNumber = isFloatName(type) && type[0] != 'b';
  if (isNumber || type == "bf16") {
    FloatFormat format = formatOf(type);
    uint64_t sign = uint64_t{1} << (format.exponentBits + format.fractionBits);
    x = valueOf(format, ftz && isSubnormal(format, a) ? a & sign : a);
    y = valueOf(format, ftz && isSubnormal(format, b) ? b & sign : b);
  } else {
    x = integerValue(type, a);
    y = integerValue(type, b);
  }
  bool isUnordered = x != x || y != y;
  if (relation == "num")
    return !isUnordered;
  if (relation == "nan")
    return isUnordered;
  // Two letters say how; a third, u, that NaN satisfies it. lo, ls, hi and hs are unsigned.
  if (isUnordered)
    return relation.size() == 3;
  std::string how = relation.substr(0, 2);
  if (how == "eq")
    return x == y;
  if (how == "ne")
    return x != y;
  if (how == "lt" || how == "lo")
    return x < y;
  if (how == "le" || how == "ls")
    return x <= y;
  return how == "gt" || how == "hi" ? x > y : x >= y;
}

bool joined(const std::string &op, bool value, bool with) {
  return op == "and"   ? value && with
         : op == "or"  ? value || with
         : op == "xor" ? value != with
                       : value;
}

struct Comparison {
  std::string opcode, relation, boolOp, type, result;
  bool ftz = false, isNegated = false;
};

Comparison takeApart(const std::string &opcode) {
  std::vector<std::string> pieces = piecesOf(opcode);
  Comparison c;
  c.opcode = opcode;
  c.relation = pieces[1];
  if (pieces[2] == "and" || pieces[2] == "or" || pieces[2] == "xor")
    c.boolOp = pieces[2];
  c.ftz = std::find(pieces.begin(), pieces.end(), "ftz") != pieces.end();
  c.type = pieces.back();
  if (pieces[0] == "set")
    c.result = pieces[pieces.size() - 2];
  return c;
}

LaneInputs comparedInputs() {
  LaneInputs inputs = {laneValues(11), laneValues(12), laneValues(13)};
  // Equal values, and values that differ in the last bit, in every size.
  for (size_t lane = 0; lane < kLanes; lane += 3)
    inputs.b[lane] = inputs.a[lane] ^ (lane % 2);
  return inputs;
}

// Whether setp may write the complement to a second predicate.
bool hasComplement(const Comparison &c) { return c.type != "f16" && c.type != "bf16"; }

void testComparisons(const std::string &row) {
  const Form *form = rowOf(row);
  ASSERT_NE(form, nullptr) << row;
  std::vector<Comparison> comparisons;
  std::vector<LaneOp> ops;
  for (const std::string &opcode : spellingsOf(*form, 4000)) {
    comparisons.push_back(takeApart(opcode));
    Comparison &c = comparisons.back();
    c.isNegated = comparisons.size() % 2 != 0;
    std::string n = std::to_string(bytesOf(c.type));
    std::string operands = laneRegister(bytesOf(c.type), 10) + ", " +
                           laneRegister(bytesOf(c.type), 11) +
                           (c.boolOp.empty() ? "" : (c.isNegated ? ", !%p5" : ", %p5")) + ";";
    ops.push_back({!c.result.empty() ? opcode + " %r20, " + operands
                   : hasComplement(c)
                       ? opcode + " %p1|%p2, " + operands +
                             "\nselp.b32 %r20, 1, 0, %p1;\n@%p2 or.b32 %r20, "
                             "%r20, 2;"
                       : opcode + " %p1, " + operands + "\nselp.b32 %r20, 1, 0, %p1;",
                   4});
  }
  LaneInputs inputs = comparedInputs();
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t k = 0; k < ops.size(); ++k) {
    const Comparison &c = comparisons[k];
    uint64_t mask =
        bitsOfName(c.type) == 64 ? ~uint64_t{0} : (uint64_t{1} << bitsOfName(c.type)) - 1;
    std::string type = c.type[0] == 'b' && c.type != "bf16" ? "u" + c.type.substr(1) : c.type;
    unsigned wrong = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      bool with = (inputs.c[lane] & 1) != (c.isNegated ? 1u : 0u);
      bool value = holds(c.relation, type, c.ftz, inputs.a[lane] & mask, inputs.b[lane] & mask);
      uint64_t expected;
      if (c.result.empty())
        expected = (joined(c.boolOp, value, with) ? 1 : 0) |
                   (hasComplement(c) && joined(c.boolOp, !value, with) ? 2 : 0);
      else
        expected = !joined(c.boolOp, value, with) ? 0 : c.result == "f32" ? 0x3f800000 : 0xffffffff;
      if (results[k][lane] != expected && wrong++ < 3)
        ADD_FAILURE() << std::hex << c.opcode << " of " << inputs.a[lane] << ", " << inputs.b[lane]
                      << " gave " << results[k][lane] << ", expected " << expected;
    }
  }
}

TEST(CompareForms, EverySpellingOfSetp) {
  for (const char *row : {"setp_int", "setp_unsigned", "setp_bits", "setp_float", "setp_f16",
                          "setp_bf16", "setp_int_bool", "setp_unsigned_bool", "setp_bits_bool",
                          "setp_float_bool", "setp_f16_bool", "setp_bf16_bool"})
    testComparisons(row);
}

TEST(CompareForms, EverySpellingOfSet) {
  for (const char *row :
       {"set_int", "set_unsigned", "set_bits", "set_float", "set_int_bool", "set_float_bool"})
    testComparisons(row);
}

TEST(CompareForms, SelectByPredicateAndBySign) {
  std::vector<std::string> opcodes;
  for (const char *row : {"selp", "slct", "slct_f32"})
    for (const std::string &opcode : spellingsOf(*rowOf(row), 1000))
      opcodes.push_back(opcode);
  std::vector<LaneOp> ops;
  for (const std::string &opcode : opcodes) {
    std::vector<std::string> pieces = piecesOf(opcode);
    bool isSelp = pieces[0] == "selp";
    unsigned bytes = bytesOf(isSelp ? pieces.back() : pieces[pieces.size() - 2]);
    ops.push_back({opcode + " " + laneRegister(bytes, 20) + ", " + laneRegister(bytes, 10) + ", " +
                       laneRegister(bytes, 11) + (isSelp ? ", %p5;" : ", %r12;"),
                   bytes});
  }
  LaneInputs inputs = {laneValues(14), laneValues(15), laneValues(16)};
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t k = 0; k < ops.size(); ++k)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      uint32_t c = uint32_t(inputs.c[lane]);
      bool isFirst;
      if (opcodes[k].substr(0, 4) == "selp") {
        isFirst = c & 1;
      } else if (opcodes[k].substr(opcodes[k].size() - 3) == "s32") {
        isFirst = int32_t(c) >= 0;
      } else {
        // -0 is not below 0, and a flushed number is 0; NaN takes the second.
        float f;
        std::memcpy(&f, &c, 4);
        bool isFlushed = opcodes[k].find(".ftz") != std::string::npos && (c & 0x7f800000) == 0;
        isFirst = isFlushed || f >= 0;
      }
      uint64_t mask = ops[k].bytes == 8 ? ~uint64_t{0} : (uint64_t{1} << ops[k].bytes * 8) - 1;
      EXPECT_EQ(results[k][lane], (isFirst ? inputs.a[lane] : inputs.b[lane]) & mask)
          << opcodes[k] << std::hex << " by " << c;
    }
}

TEST(CompareForms, TestOfAProperty) {
  std::vector<std::string> opcodes = spellingsOf(*rowOf("testp"), 100);
  std::vector<LaneOp> ops;
  for (const std::string &opcode : opcodes)
    ops.push_back({opcode + " %p1, " + (opcode.back() == '2' ? "%r10" : "%rd10") +
                       ";\nselp.b32 %r20, 1, 0, %p1;",
                   4});
  LaneInputs inputs = {laneValues(17), laneValues(18), laneValues(19)};
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t k = 0; k < ops.size(); ++k)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<std::string> pieces = piecesOf(opcodes[k]);
      FloatFormat format = formatOf(pieces[2]);
      uint64_t bits = format.bytes == 4 ? inputs.a[lane] & 0xffffffff : inputs.a[lane];
      Quad value = valueOf(format, bits);
      bool isNan = value != value, isInfinite = !isNan && value - value != 0;
      bool isSmall = isSubnormal(format, bits);
      bool expected = pieces[1] == "finite"       ? !isNan && !isInfinite
                      : pieces[1] == "infinite"   ? isInfinite
                      : pieces[1] == "number"     ? !isNan
                      : pieces[1] == "notanumber" ? isNan
                      : pieces[1] == "normal"     ? !isNan && !isInfinite && !isSmall
                                                  : isSmall && value != 0;
      EXPECT_EQ(results[k][lane], expected ? 1u : 0u) << opcodes[k] << std::hex << " of " << bits;
    }
}

TEST(CompareForms, LogicOfPredicates) {
  LaneInputs inputs = {laneValues(20), laneValues(21), laneValues(22)};
  std::string start = "setp.lt.s32 %p1, %r10, 0;\nsetp.lt.s32 %p2, %r11, 0;\n";
  std::vector<LaneOp> ops;
  for (const char *text : {"and.pred %p3, %p1, %p2;", "or.pred %p3, %p1, %p2;",
                           "xor.pred %p3, %p1, %p2;", "not.pred %p3, %p1;", "mov.pred %p3, %p1;"})
    ops.push_back({start + text + "\nselp.b32 %r20, 1, 0, %p3;", 4});
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    unsigned a = uint32_t(inputs.a[lane]) >> 31, b = uint32_t(inputs.b[lane]) >> 31;
    unsigned expected[] = {a & b, a | b, a ^ b, 1 - a, a};
    for (size_t k = 0; k < ops.size(); ++k)
      EXPECT_EQ(results[k][lane], expected[k]) << ops[k].text;
  }
}

} // namespace
} // namespace azulejo::sim::test
