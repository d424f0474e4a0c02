// This file tests shuffles, votes, matches, reductions and barriers of a warp and of a CTA, each
// spelling with random operands and masks, against the ISA's text.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace azulejo::sim::test {
namespace {

std::string hex(uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof(text), "0x%x", value);
  return text;
}

// The ISA's formulas for a lane; returns the source lane, and whether it is in range.
uint32_t shuffleSource(const std::string &mode, uint32_t lane, uint32_t b, uint32_t c,
                       bool &inRange) {
  uint32_t clamp = c & 31, segment = c >> 8 & 31;
  b &= 31;
  uint32_t maxLane = (lane & segment) | (clamp & ~segment), minLane = lane & segment;
  int32_t source;
  if (mode == "up") {
    source = int32_t(lane) - int32_t(b);
    inRange = source >= int32_t(maxLane);
  } else if (mode == "down") {
    source = int32_t(lane + b);
    inRange = source <= int32_t(maxLane);
  } else if (mode == "bfly") {
    source = int32_t(lane ^ b);
    inRange = source <= int32_t(maxLane);
  } else {
    source = int32_t(minLane | (b & ~segment));
    inRange = source <= int32_t(maxLane);
  }
  return inRange ? uint32_t(source) : lane;
}

TEST(WarpForms, ShufflesWithClampsAndSegments) {
  std::mt19937 random(1);
  LaneInputs inputs = {laneValues(71), laneValues(72), laneValues(73)};
  struct Case {
    std::string mode;
    uint32_t c;
  };
  std::vector<Case> cases;
  std::vector<LaneOp> ops;
  for (const char *mode : {"up", "down", "bfly", "idx"})
    for (unsigned width : {1u, 2u, 4u, 8u, 16u, 32u})
      for (unsigned variant = 0; variant < 3; ++variant) {
        // What compilers write, a clamp inside the segment, and anything.
        uint32_t segment = (32 - width) << 8;
        uint32_t c = variant == 0   ? segment | (mode[0] == 'u' ? 0 : 31)
                     : variant == 1 ? segment | random() % width
                                    : random() & 0x1f1f;
        cases.push_back({mode, c});
        ops.push_back({"shfl.sync." + std::string(mode) + ".b32 %r20|%p1, %r10, %r11, " + hex(c) +
                           ", -1;\n@!%p1 xor.b32 %r20, %r20, 0x80000000;",
                       4});
      }
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t k = 0; k < ops.size(); ++k)
    for (uint32_t thread = 0; thread < kLanes; ++thread) {
      bool inRange;
      uint32_t lane = thread % 32;
      uint32_t from =
          shuffleSource(cases[k].mode, lane, uint32_t(inputs.b[thread]), cases[k].c, inRange);
      uint32_t expected = uint32_t(inputs.a[thread - lane + from]) ^ (inRange ? 0 : 0x80000000);
      EXPECT_EQ(results[k][thread], expected)
          << ops[k].text << " lane " << lane << " b " << inputs.b[thread];
    }
}

// Lanes of a mask alone take part; each half of the warp has its own.
TEST(WarpForms, PartialMasks) {
  LaneInputs inputs = {laneValues(74), laneValues(75), laneValues(76)};
  std::string split = "and.b32 %r2, %r1, 1;\nsetp.eq.u32 %p2, %r2, 0;\nmov.b32 %r20, 0;\n";
  auto both = [&](const std::string &op) {
    std::string text = split;
    for (const char *guard : {"@%p2 ", "@!%p2 "})
      text += guard + op + (guard[1] == '!' ? "0xaaaaaaaa;\n" : "0x55555555;\n");
    return text;
  };
  std::vector<std::vector<uint64_t>> results =
      runOps({{both("redux.sync.add.u32 %r20, %r10, "), 4},
              {both("match.any.sync.b32 %r20, %r12, "), 4},
              {both("vote.sync.ballot.b32 %r20, %p5, "), 4},
              {both("bar.warp.sync ") + "@%p2 activemask.b32 %r20;", 4}},
             inputs);
  for (uint32_t thread = 0; thread < kLanes; ++thread) {
    uint32_t lane = thread % 32, warp = thread - lane, sum = 0, same = 0, ballot = 0;
    for (uint32_t other = lane % 2; other < 32; other += 2) {
      sum += uint32_t(inputs.a[warp + other]);
      same |= uint32_t(uint32_t(inputs.c[warp + other]) == uint32_t(inputs.c[thread])) << other;
      ballot |= uint32_t(inputs.c[warp + other] & 1) << other;
    }
    EXPECT_EQ(results[0][thread], sum);
    EXPECT_EQ(results[1][thread], same);
    EXPECT_EQ(results[2][thread], ballot);
    EXPECT_EQ(results[3][thread], lane % 2 == 0 ? 0x55555555u : 0u);
  }
}

TEST(WarpForms, VotesAndMatches) {
  LaneInputs inputs = {laneValues(77), laneValues(78), laneValues(79)};
  // Warps in which all, none and some lanes hold; lanes that match in the whole warp.
  for (uint32_t i = 0; i < kLanes; ++i) {
    if (i / 32 < 3)
      inputs.c[i] = (inputs.c[i] & ~uint64_t{1}) | (i / 32 == 0 ? 1 : 0);
    inputs.a[i] = i / 32 == 1 ? 7 : inputs.a[i] % 3;
    inputs.b[i] = i / 32 == 1 ? ~uint64_t{0} : inputs.b[i] % 2 << 40;
  }
  std::string bit = "\nselp.b32 %r20, 1, 0, %p1;";
  std::vector<std::vector<uint64_t>> results =
      runOps({{"vote.sync.all.pred %p1, %p5, -1;" + bit, 4},
              {"vote.sync.any.pred %p1, !%p5, -1;" + bit, 4},
              {"vote.sync.uni.pred %p1, %p5, -1;" + bit, 4},
              {"vote.sync.ballot.b32 %r20, !%p5, -1;", 4},
              {"match.any.sync.b32 %r20, %r10, -1;", 4},
              {"match.any.sync.b64 %r20, %rd11, -1;", 4},
              {"match.all.sync.b32 %r20|%p1, %r10, -1;\n@%p1 xor.b32 %r20, %r20, 1;", 4},
              {"match.all.sync.b64 %r20, %rd11, -1;", 4},
              {"elect.sync %r20|%p1, -1;\n@%p1 add.u32 %r20, %r20, 100;", 4}},
             inputs);
  for (uint32_t i = 0; i < kLanes; ++i) {
    uint32_t warp = i / 32 * 32, ballot = 0, sameA = 0, sameB = 0;
    for (uint32_t other = 0; other < 32; ++other) {
      ballot |= uint32_t(inputs.c[warp + other] & 1) << other;
      sameA |= uint32_t(inputs.a[warp + other] == inputs.a[i]) << other;
      sameB |= uint32_t(inputs.b[warp + other] == inputs.b[i]) << other;
    }
    uint64_t expected[] = {ballot == ~0u,
                           ballot != ~0u,
                           ballot == ~0u || ballot == 0,
                           uint32_t(~ballot),
                           sameA,
                           sameB,
                           sameA == ~0u ? ~1u : 0u,
                           sameB == ~0u ? ~0u : 0u,
                           i % 32 == 0 ? 100u : 0u};
    for (size_t k = 0; k < 9; ++k)
      EXPECT_EQ(results[k][i], expected[k]) << k << " thread " << i;
  }
}

TEST(WarpForms, Reductions) {
  LaneInputs inputs = {laneValues(80), laneValues(81), laneValues(82)};
  std::vector<std::string> opcodes;
  for (const char *name : {"redux", "redux_f32"})
    for (const Form *form : allForms())
      if (form->name == std::string(name))
        for (const std::string &opcode : spellingsOf(*form, 100))
          opcodes.push_back(opcode);
  std::vector<LaneOp> ops;
  for (const std::string &opcode : opcodes)
    ops.push_back({opcode + " %r20, %r10, -1;", 4});
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs, "sm_100a");
  for (size_t k = 0; k < ops.size(); ++k) {
    std::string op = opcodes[k].substr(11, opcodes[k].find('.', 11) - 11);
    std::string type = opcodes[k].substr(opcodes[k].rfind('.') + 1);
    bool isAbs = opcodes[k].find(".abs") != std::string::npos;
    bool isNan = opcodes[k].find(".NaN") != std::string::npos;
    for (uint32_t warp = 0; warp < kLanes; warp += 32) {
      uint32_t result = uint32_t(inputs.a[warp]);
      float best = __builtin_nanf("");
      bool anyNan = false;
      for (uint32_t lane = 0; lane < 32; ++lane) {
        uint32_t v = uint32_t(inputs.a[warp + lane]);
        float f;
        std::memcpy(&f, &v, 4);
        f = isAbs && f == f ? __builtin_fabsf(f) : f;
        anyNan |= f != f;
        bool isBetter = f == f && (best != best || (op == "min" ? f < best : f > best) ||
                                   (f == best && (op == "min") == bool(__builtin_signbit(f)) &&
                                    bool(__builtin_signbit(f)) != bool(__builtin_signbit(best))));
        best = isBetter ? f : best;
        if (lane == 0)
          continue;
        bool isLess = type == "s32" ? int32_t(v) < int32_t(result) : v < result;
        bool isMore = type == "s32" ? int32_t(v) > int32_t(result) : v > result;
        result = op == "add"                       ? result + v
                 : op == "and"                     ? result & v
                 : op == "or"                      ? result | v
                 : op == "xor"                     ? result ^ v
                 : (op == "min" ? isLess : isMore) ? v
                                                   : result;
      }
      if (type == "f32") {
        bool expectsNan = (isNan && anyNan) || best != best;
        float got;
        uint32_t bits = uint32_t(results[k][warp + 5]);
        std::memcpy(&got, &bits, 4);
        EXPECT_TRUE(expectsNan ? got != got : got == best)
            << opcodes[k] << " " << got << " " << best;
        continue;
      }
      EXPECT_EQ(results[k][warp + 9], result) << opcodes[k];
    }
  }
}

// Predicates of 256 threads, of which some hold, through each spelling of a reducing barrier.
TEST(WarpForms, BarriersThatReduce) {
  LaneInputs inputs = {laneValues(83), laneValues(84), laneValues(85)};
  std::string bit = "\nselp.b32 %r20, 1, 0, %p1;";
  std::vector<LaneOp> ops;
  for (std::string start : {"bar", "bar.cta", "barrier", "barrier.cta"})
    for (std::string aligned : {"", ".aligned"}) {
      if (!aligned.empty() && start[3] != 'r')
        continue;
      ops.push_back({start + ".red" + aligned + ".popc.u32 %r20, 1, %p5;", 4});
      ops.push_back({start + ".red" + aligned + ".and.pred %p1, 2, 256, !%p5;" + bit, 4});
      ops.push_back({start + ".red" + aligned + ".or.pred %p1, 3, %p5;" + bit, 4});
    }
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  uint32_t count = 0;
  for (uint64_t value : inputs.c)
    count += value & 1;
  for (size_t k = 0; k < ops.size(); ++k) {
    uint64_t expected = k % 3 == 0 ? count : k % 3 == 1 ? count == 0 : count != 0;
    for (uint32_t i = 0; i < kLanes; i += 17)
      EXPECT_EQ(results[k][i], expected) << ops[k].text;
  }
}

// Half of the warps arrive and go on, the other half waits for them: what they wrote is seen.
TEST(WarpForms, BarriersOfProducersAndConsumers) {
  LaneInputs inputs = {laneValues(86), laneValues(87), laneValues(88)};
  std::vector<LaneOp> ops;
  for (std::string start : {"bar", "bar.cta", "barrier", "barrier.cta"})
    for (std::string aligned : {"", ".aligned"}) {
      if (!aligned.empty() && start[3] != 'r')
        continue;
      ops.push_back({"mov.b32 %r20, %r10;\n@%p4 st.shared.b32 [%r3], %r10;\n@%p4 " + start +
                         ".arrive" + aligned + " 4, 256;\n@!%p4 " + start + ".sync" + aligned +
                         " 4, 256;\n@!%p4 ld.shared.b32 %r20, [%r3+-512];\n" + start + ".sync" +
                         aligned + " 5;",
                     4});
    }
  std::vector<std::vector<uint64_t>> results =
      runOps(ops, inputs, "sm_90",
             ".shared .align 4 .b32 words[256];\nmov.u32 %r3, words;\nshl.b32 %r4, %r1, 2;\n"
             "add.u32 %r3, %r3, %r4;\nsetp.lt.u32 %p4, %r1, 128;\n");
  for (const std::vector<uint64_t> &result : results)
    for (uint32_t i = 0; i < kLanes; ++i)
      EXPECT_EQ(result[i], uint32_t(inputs.a[i % 128]));
}

} // namespace
} // namespace azulejo::sim::test
