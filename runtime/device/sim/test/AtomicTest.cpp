// This file tests every spelling of atom and red on values of their own lane, against plain
// formulations, and what many threads do to one word.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

struct Operation {
  std::string opcode, op, type, space;
  bool isAtom = false, hasHint = false;
};

Operation takeApart(const std::string &opcode) {
  std::vector<std::string> pieces;
  for (Modifiers mods(opcode); !mods.done();)
    pieces.emplace_back(mods.next());
  Operation o;
  o.opcode = opcode;
  o.isAtom = pieces[0] == "atom";
  o.type = pieces.back();
  for (const std::string &piece : pieces) {
    o.hasHint |= piece == "L2::cache_hint";
    if (piece == "global" || piece.substr(0, 6) == "shared")
      o.space = piece;
    for (const char *op : {"add", "min", "max", "and", "or", "xor", "inc", "dec", "exch", "cas"})
      if (piece == op)
        o.op = piece;
  }
  return o;
}

unsigned bytesOf(const std::string &type) {
  return type == "f16x2" || type == "bf16x2" ? 4 : bitsOfName(type) / 8;
}

// One value of a float type: the sum, rounded once; f32 in global memory flushes.
uint64_t sumOf(const std::string &type, uint64_t a, uint64_t b, bool flushes) {
  FloatFormat format = formatOf(type);
  auto flushed = [&](uint64_t bits) {
    return flushes && isSubnormal(format, bits) ? bits & 0x80000000 : bits;
  };
  Quad sum = valueOf(format, flushed(a)) + valueOf(format, flushed(b));
  return flushed(bitsOf(format, sum, RoundTo::Nearest));
}

uint64_t afterwards(const Operation &o, uint64_t old, uint64_t b, uint64_t c) {
  if (o.op == "exch")
    return b;
  if (o.op == "cas")
    return old == b ? c : old;
  if (o.op == "and")
    return old & b;
  if (o.op == "or")
    return old | b;
  if (o.op == "xor")
    return old ^ b;
  if (o.op == "inc")
    return old >= b ? 0 : old + 1;
  if (o.op == "dec")
    return old == 0 || old > b ? b : old - 1;
  if (o.type == "f16x2" || o.type == "bf16x2") {
    std::string half = o.type.substr(0, o.type.size() - 2);
    return sumOf(half, old & 0xffff, b & 0xffff, false) | sumOf(half, old >> 16, b >> 16, false)
                                                              << 16;
  }
  if (isFloatName(o.type) && o.type[0] != 'b')
    return sumOf(o.type, old, b, o.type == "f32" && o.space.substr(0, 6) != "shared");
  if (o.type == "bf16")
    return sumOf(o.type, old, b, false);
  Quad x = integerValue(o.type, old), y = integerValue(o.type, b);
  if (o.op == "min")
    return x < y ? old : b;
  if (o.op == "max")
    return x > y ? old : b;
  return old + b;
}

bool sameValue(const Operation &o, uint64_t expected, uint64_t got) {
  std::string type = o.type.size() > 4 && o.type.find("x2") != std::string::npos
                         ? o.type.substr(0, o.type.size() - 2)
                         : o.type;
  bool isFloat = type[0] == 'f' || type == "bf16";
  if (!isFloat || expected == got)
    return expected == got;
  FloatFormat format = formatOf(type);
  uint64_t mask = format.bytes == 8 ? ~uint64_t{0} : (uint64_t{1} << format.bytes * 8) - 1;
  for (unsigned at = 0; at < bytesOf(o.type) * 8; at += format.bytes * 8) {
    uint64_t x = expected >> at & mask, y = got >> at & mask;
    if (x != y && !(isNanBits(format, x) && isNanBits(format, y)))
      return false;
  }
  return true;
}

// Lane a's value is put into memory, combined with b and c, and read back; the old value is mixed
// in.
void testOperations(const std::vector<Operation> &operations) {
  std::vector<LaneOp> ops;
  for (const Operation &o : operations) {
    unsigned bytes = bytesOf(o.type);
    std::string width = std::to_string(bytes * 8);
    std::string at = o.space.substr(0, 6) == "shared" ? "%r3" : "%rd3";
    std::string space = o.space.substr(0, 6) == "shared" ? "shared" : "global";
    std::string text =
        "st." + space + ".b" + width + " [" + at + "], " + laneRegister(bytes, 10) + ";\nmov.b" +
        width + " " + laneRegister(bytes, 21) + ", " + laneRegister(bytes, 10) + ";\n" + o.opcode +
        " " + (o.isAtom ? laneRegister(bytes, 21) + ", " : "") + "[" + at + "], " +
        laneRegister(bytes, 11) + (o.op == "cas" ? ", " + laneRegister(bytes, 12) : "") +
        (o.hasHint ? ", %rd4;\n" : ";\n") + "ld." + space + ".b" + width + " " +
        laneRegister(bytes, 20) + ", [" + at + "];";
    ops.push_back({text, bytes});
    // The same again for the old value.
    ops.push_back(
        {"mov.b" + width + " " + laneRegister(bytes, 20) + ", " + laneRegister(bytes, 21) + ";",
         bytes});
  }
  LaneInputs inputs = {laneValues(31), laneValues(32), laneValues(33)};
  for (size_t lane = 0; lane < kLanes; lane += 5)
    inputs.b[lane] = inputs.a[lane];
  std::string prologue = ".shared .align 8 .b64 words[256];\nmov.u32 %r3, words;\n"
                         "cvt.u32.u64 %r4, %rd9;\nadd.u32 %r3, %r3, %r4;\nmov.b64 %rd3, %rd1;\n"
                         "createpolicy.fractional.L2::evict_first.b64 %rd4, 0f3F800000;\n";
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs, "sm_90", prologue);
  for (size_t k = 0; k < operations.size(); ++k) {
    const Operation &o = operations[k];
    unsigned bits = bytesOf(o.type) * 8, wrong = 0;
    uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      uint64_t a = inputs.a[lane] & mask, b = inputs.b[lane] & mask, c = inputs.c[lane] & mask;
      uint64_t expected = afterwards(o, a, b, c) & mask;
      bool isRight = sameValue(o, expected, results[2 * k][lane]) && results[2 * k + 1][lane] == a;
      if (!isRight && wrong++ < 3)
        ADD_FAILURE() << std::hex << o.opcode << " of " << a << ", " << b << ", " << c << " left "
                      << results[2 * k][lane] << ", expected " << expected << "; returned "
                      << results[2 * k + 1][lane];
    }
  }
}

TEST(AtomicForms, EverySpelling) {
  size_t rows = 0;
  for (const char *name : {"add", "add_f64", "add_f16", "add_f16x2", "add_bf16", "minmax", "logic",
                           "count", "exch", "cas", "cas_b16"})
    for (const Form *form : allForms())
      for (std::string prefix : {"atom_", "red_"})
        if (form->name == prefix + name) {
          std::vector<Operation> operations;
          for (const std::string &opcode : spellingsOf(*form, 150))
            operations.push_back(takeApart(opcode));
          testOperations(operations);
          ++rows;
        }
  EXPECT_EQ(rows, 19u);
}

// All 256 threads apply an atomic to one word.
uint64_t runAtomic(const std::string &op, uint64_t start, unsigned bytes) {
  Sim sim("sm=90,checks=all");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 p",
                                "ld.param.u64 %rd1, [p];\nmov.u32 %r1, %tid.x;\n"
                                "cvt.u64.u32 %rd2, %r1;\ncvt.rn.f32.u32 %r2, %r1;\n"
                                "cvt.rn.f64.u32 %rd3, %r1;\nmov.b32 %r5, 0x3c003c00;\n" +
                                    op,
                                "sm_90", "8.0")),
            "");
  azj_device_ptr p = sim.upload(std::vector<uint64_t>{start});
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {256, 1, 1}, {Arg::of(p)}), "") << op;
  uint64_t result = sim.download<uint64_t>(p, 1)[0];
  return bytes == 8 ? result : result & 0xffffffffu;
}

TEST(Atomic, OfManyThreadsOnOneWord) {
  EXPECT_EQ(runAtomic("red.global.add.u32 [%rd1], %r1;", 1, 4), 1u + 255 * 128);
  EXPECT_EQ(runAtomic("atom.global.add.u64 %rd4, [%rd1], %rd2;", 1, 8), 1u + 255 * 128);
  EXPECT_EQ(runAtomic("red.global.min.s32 [%rd1], %r1;", 0xfffffff0u, 4), 0xfffffff0u);
  EXPECT_EQ(runAtomic("red.global.max.u32 [%rd1], %r1;", 5, 4), 255u);
  EXPECT_EQ(runAtomic("red.global.and.b32 [%rd1], %r1;", 0xff, 4), 0u);
  EXPECT_EQ(runAtomic("red.global.or.b64 [%rd1], %rd2;", 0x100, 8), 0x1ffu);
  EXPECT_EQ(runAtomic("red.global.xor.b32 [%rd1], %r1;", 7, 4), 7u);
  EXPECT_EQ(runAtomic("red.global.inc.u32 [%rd1], 99;", 0, 4), 256u % 100);
  EXPECT_EQ(runAtomic("red.global.dec.u32 [%rd1], 99;", 0, 4), (100 * 3 - 256) % 100u);
  EXPECT_EQ(runAtomic("red.global.add.f32 [%rd1], %r2;", 0, 4), 0x46ff0000);
  EXPECT_EQ(runAtomic("red.global.add.f64 [%rd1], %rd3;", 0, 8), 0x40dfe00000000000);
  EXPECT_EQ(runAtomic("red.global.add.noftz.f16x2 [%rd1], %r5;", 0, 4), 0x5c005c00u);
  EXPECT_EQ(runAtomic("atom.global.cas.b32 %r3, [%rd1], %r1, 77;", 3, 4), 77u);
  EXPECT_EQ(runAtomic("atom.global.exch.b32 %r3, [%rd1], 42;", 3, 4), 42u);
  // The order may stand behind the operation.
  EXPECT_EQ(runAtomic("atom.add.release.gpu.u32 %r3, [%rd1], %r1;", 1, 4), 1u + 255 * 128);
  EXPECT_EQ(runAtomic("red.global.or.release.cta.b32 [%rd1], %r1;", 0x100, 4), 0x1ffu);
  EXPECT_EQ(runAtomic("atom.global.cas.acq_rel.gpu.b32 %r3, [%rd1], %r1, 77;", 3, 4), 77u);
}

} // namespace
} // namespace azulejo::sim::test
