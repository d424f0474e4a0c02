// This file tests the forms of mma.sync beside the plain ones: of 4 bits and single bits, of the
// kinds of sm_100 and sm_120, with block scales, sparse, and m8n8k4 of f16. Values are chosen so
// that every sum is exact: the expected ones are plain sums over the ISA's formulas.
#include "ir/Forms.h"
#include "test/MmaLayouts.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace azulejo::sim::test {
namespace {

// Matrices of one of four products at most.
struct Problem {
  MmaText form;
  std::vector<double> a, b, c;               // [row][k], [k][column], [row][column] of each product
  std::vector<double> scaleA, scaleB;        // [row][factor], [column][factor]
  std::vector<std::vector<uint32_t>> stored; // of a sparse A: the columns of a row's elements
  std::vector<uint32_t> metadata;            // [row][chunk]: four bits

  int products() const { return form.isQuads() ? 4 : 1; }
  double &atA(int product, int row, int k) {
    return a[size_t((product * form.m + row) * form.k + k)];
  }
  double &atB(int product, int k, int column) {
    return b[size_t((product * form.k + k) * form.n + column)];
  }
  double &atC(int product, int row, int column) {
    return c[size_t((product * form.m + row) * form.n + column)];
  }
};

double drawValue(std::mt19937 &random, const std::string &type, bool isSmall) {
  static const double kFloats[] = {0, 1, -1, 2, -2, 0.5, -1.5, 3, -6, 4};
  switch (type[0]) {
  case 's':
    return double(int64_t(random() % (1u << widthOf(type))) - (1 << (widthOf(type) - 1)));
  case 'u':
    return random() % (1u << widthOf(type));
  case 'b':
    if (type == "b1")
      return random() % 2;
    break;
  default:
    break;
  }
  return kFloats[random() % (isSmall ? 5 : std::size(kFloats))];
}

// Chooses which elements of each chunk of a sparse row are stored; the others become zero.
void makeSparse(Problem &problem, std::mt19937 &random) {
  const MmaText &form = problem.form;
  problem.stored.resize(16);
  for (int row = 0; row < 16; ++row)
    for (int first = 0; first < form.k; first += chunkOf(form)) {
      SparseChunk chunk = drawChunk(form, random);
      problem.metadata.push_back(chunk.bits);
      for (int e = 0; e < chunkOf(form); ++e)
        if (std::count(chunk.places.begin(), chunk.places.end(), e) == 0)
          problem.atA(0, row, first + e) = 0;
      for (int place : chunk.places)
        problem.stored[size_t(row)].push_back(uint32_t(first + place));
    }
}

Problem drawProblem(const MmaText &form, std::mt19937 &random) {
  Problem problem;
  problem.form = form;
  bool isSmall = form.d == "f16";
  auto fill = [&](std::vector<double> &values, int count, const std::string &type) {
    for (int i = 0; i < count * problem.products(); ++i)
      values.push_back(drawValue(random, type, isSmall));
  };
  fill(problem.a, form.m * form.k, form.a);
  fill(problem.b, form.k * form.n, form.b);
  fill(problem.c, form.m * form.n, form.d == "s32" ? "s8" : "f32");
  if (form.d == "s32") // near either end, where sums wrap or saturate
    for (size_t i = 0; i < problem.c.size(); i += 3)
      problem.c[i] += i % 2 ? 2147483500.0 : -2147483500.0;
  for (int i = 0; i < form.m * form.factors; ++i)
    problem.scaleA.push_back(form.scale == "ue8m0" ? std::ldexp(1, int(random() % 5) - 2)
                                                   : 0.25 * double(1 + random() % 7));
  for (int i = 0; i < form.n * form.factors; ++i)
    problem.scaleB.push_back(form.scale == "ue8m0" ? std::ldexp(1, int(random() % 5) - 2)
                                                   : 0.25 * double(1 + random() % 7));
  for (double *c = problem.c.data(); c != problem.c.data() + problem.c.size(); ++c)
    if (form.d == "s32" && *c > 2147483647.0)
      *c = 2147483647.0;
  if (form.isSparse)
    makeSparse(problem, random);
  return problem;
}

// The bits of an element of D.
uint32_t expectedAt(Problem &problem, int product, int row, int column) {
  const MmaText &form = problem.form;
  double sum = problem.atC(product, row, column);
  for (int k = 0; k < form.k; ++k) {
    double a = problem.atA(product, row, k), b = problem.atB(product, k, column);
    if (form.factors != 0) {
      int factor = k / (form.k / form.factors);
      a *= problem.scaleA[size_t(row * form.factors + factor)];
      b *= problem.scaleB[size_t(column * form.factors + factor)];
    }
    sum += form.a == "b1" && !form.isAnd ? double(a != b) : a * b;
  }
  if (form.saturates)
    sum = std::clamp(sum, -2147483648.0, 2147483647.0);
  return form.d == "s32" ? uint32_t(int64_t(sum)) : patternOf(form.d, sum);
}

// The words of a lane: registers of a, b, c, then metadata and scales.
struct Words {
  std::vector<std::vector<uint32_t>> lanes = std::vector<std::vector<uint32_t>>(32);
  size_t a = 0, b = 0, c = 0, d = 0;
};

template <typename At> size_t packFragment(Words &words, int perLane, int bits, At bitsAt) {
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < perLane; ++i) {
      int at = i * bits;
      if (at % 32 == 0)
        words.lanes[size_t(lane)].push_back(0);
      words.lanes[size_t(lane)].back() |= bitsAt(lane, i) << (at % 32);
    }
  return size_t((perLane * bits + 31) / 32);
}

// e2m1 stands in the middle of a byte.
uint32_t inRegister(const MmaText &form, const std::string &type, double value) {
  return patternOf(type, value) << (form.inBytes && type == "e2m1" ? 2 : 0);
}

struct Selectors {
  int sparsity = 0, byteA = 0, threadA = 0, byteB = 0, threadB = 0;
};

void packScales(Problem &problem, Words &words, const Selectors &chosen) {
  const MmaText &form = problem.form;
  for (int lane = 0; lane < 32; ++lane) {
    uint32_t a = 0xffffffff, b = 0xffffffff; // ue8m0 of NaN, so that a wrong byte shows
    auto set = [&](uint32_t &word, int byte, const std::vector<double> &scales, int line) {
      for (int f = 0; f < form.factors; ++f) {
        uint32_t bits = patternOf(form.scale, scales[size_t(line * form.factors + f)]);
        word = (word & ~(255u << (8 * (byte + f)))) | bits << (8 * (byte + f));
      }
    };
    if (lane % 4 / 2 == chosen.threadA)
      set(a, chosen.byteA, problem.scaleA, lane / 4 + lane % 2 * 8);
    if (lane % 4 == chosen.threadB)
      set(b, chosen.byteB, problem.scaleB, lane / 4);
    words.lanes[size_t(lane)].push_back(a);
    words.lanes[size_t(lane)].push_back(b);
  }
}

Words packProblem(Problem &problem, const Selectors &chosen) {
  const MmaText &form = problem.form;
  Words words;
  int elementsA = problem.products() * form.m * form.k / 32 / (form.isSparse ? 2 : 1);
  auto productOf = [&](int lane) { return form.isQuads() ? quadOf(lane) : 0; };
  words.a = packFragment(words, elementsA, form.bitsOfA(), [&](int lane, int i) {
    Place at = placeOfA(form, lane, i);
    int column = form.isSparse ? int(problem.stored[size_t(at.row)][size_t(at.column)]) : at.column;
    return inRegister(form, form.a, problem.atA(productOf(lane), at.row, column));
  });
  words.b = packFragment(
      words, problem.products() * form.k * form.n / 32, form.bitsOfB(), [&](int lane, int i) {
        Place at = placeOfB(form, lane, i);
        return inRegister(form, form.b, problem.atB(productOf(lane), at.row, at.column));
      });
  int perLane = problem.products() * form.m * form.n / 32;
  words.c = packFragment(words, perLane, widthOf(form.c), [&](int lane, int i) {
    Place at = placeOfC(form, form.c, lane, i);
    return patternOf(form.c, problem.atC(productOf(lane), at.row, at.column));
  });
  words.d = size_t(perLane * widthOf(form.d) / 32);
  if (form.isSparse) {
    size_t at = words.lanes[0].size();
    for (std::vector<uint32_t> &lane : words.lanes)
      lane.push_back(0); // places nothing, where it is looked at
    int chunks = int(problem.metadata.size()) / 16;
    for (int i = 0; i < 16 * chunks; ++i) {
      MetadataPlace place = metadataOf(form, chosen.sparsity, i / chunks, i % chunks);
      words.lanes[size_t(place.lane)][at] |= problem.metadata[size_t(i)] << place.bit;
    }
  }
  if (form.factors != 0)
    packScales(problem, words, chosen);
  return words;
}

std::string registers(size_t first, size_t count) {
  std::string text = "{";
  for (size_t i = 0; i < count; ++i)
    text += (i != 0 ? ", %r" : "%r") + std::to_string(first + i);
  return text + "}";
}

// A kernel that loads a lane's words, 64 a lane, and stores D over them.
std::string kernelFor(const std::string &opcode, const MmaText &form, const Words &words,
                      const Selectors &chosen) {
  std::string body = "ld.param.u64 %rd1, [p];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %rd2, %r1, 256;\n"
                     "add.s64 %rd1, %rd1, %rd2;\n";
  size_t extras = words.a + words.b + words.c;
  for (size_t i = 0; i < words.lanes[0].size(); ++i)
    body +=
        "ld.global.b32 %r" + std::to_string(10 + i) + ", [%rd1+" + std::to_string(4 * i) + "];\n";
  body += opcode + " " + registers(50, words.d) + ", " + registers(10, words.a) + ", " +
          registers(10 + words.a, words.b) + ", " + registers(10 + words.a + words.b, words.c);
  if (form.isSparse)
    body += ", %r" + std::to_string(10 + extras++) + ", " + std::to_string(chosen.sparsity);
  for (bool ofA : {true, false}) {
    if (form.factors == 0)
      break;
    body += ", %r" + std::to_string(10 + extras++) + ", {" +
            std::to_string(ofA ? chosen.byteA : chosen.byteB) + ", " +
            std::to_string(ofA ? chosen.threadA : chosen.threadB) + "}";
  }
  body += ";\n";
  for (size_t i = 0; i < words.d; ++i)
    body +=
        "st.global.b32 [%rd1+" + std::to_string(4 * i) + "], %r" + std::to_string(50 + i) + ";\n";
  return body;
}

std::string targetOf(const Form &form) {
  unsigned sm = std::max<unsigned>(leastTarget(form.sm), 75); // the least that is simulated
  return "sm_" + std::to_string(sm) + (form.sm & kSuffixed ? "a" : "");
}

void testForm(const Form &row, const std::string &opcode, const std::string &mode,
              const Selectors &chosen, std::mt19937 &random) {
  MmaText form = readMma(opcode);
  Problem problem = drawProblem(form, random);
  Words words = packProblem(problem, chosen);
  std::string target = targetOf(row);
  Sim sim("sm=" + target.substr(3, target.find('a') - 3) + ",tc=" + mode + ",checks=all");
  ASSERT_EQ(
      sim.load(wrapKernel(".param .u64 p", kernelFor(opcode, form, words, chosen), target, "9.0")),
      "")
      << opcode;
  std::vector<uint32_t> memory(32 * 64);
  for (size_t lane = 0; lane < 32; ++lane)
    std::copy(words.lanes[lane].begin(), words.lanes[lane].end(), memory.begin() + long(lane * 64));
  azj_device_ptr p = sim.upload(memory);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(p)}), "") << opcode << sim.report();
  std::vector<uint32_t> got = sim.download<uint32_t>(p, memory.size());
  int bits = widthOf(form.d), perLane = problem.products() * form.m * form.n / 32;
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < perLane; ++i) {
      Place at = placeOfC(form, form.d, lane, i);
      uint32_t word = got[size_t(lane * 64 + i * bits / 32)] >> (i * bits % 32);
      uint32_t expected = expectedAt(problem, form.isQuads() ? quadOf(lane) : 0, at.row, at.column);
      ASSERT_EQ(word & uint32_t((uint64_t(1) << bits) - 1), expected)
          << opcode << " " << mode << " lane " << lane << " element " << i;
    }
}

bool isTestedHere(const Form &form) {
  static const char *const kPlain[] = {
      "mma",     "mma_int8_turing", "mma_bf16", "mma_tf32",    "mma_int8",
      "mma_f64", "mma_f64_hopper",  "mma_fp8",  "mma_fp8_k16", "mma_fp8_f16"};
  return std::string(form.name).substr(0, 3) == "mma" &&
         std::find(std::begin(kPlain), std::end(kPlain), std::string(form.name)) ==
             std::end(kPlain);
}

TEST(MmaForms, EverySpelling) {
  std::mt19937 random(11);
  size_t count = 0;
  for (const Form *form : allForms())
    if (isTestedHere(*form))
      for (const std::string &opcode : spellingsOf(*form, 24)) {
        MmaText text = readMma(opcode);
        int step = text.factors == 0 ? 1 : text.factors;
        Selectors chosen = {int(random() % unsigned(selectorsOf(text))),
                            int(random() % 4) / step * step, int(random() % 2),
                            int(random() % 4) / step * step, int(random() % 4)};
        testForm(*form, opcode, count % 2 ? "exact" : "fast", chosen, random);
        if (HasFatalFailure())
          return;
        ++count;
      }
  EXPECT_GT(count, 180u);
}

TEST(MmaForms, EverySelector) {
  std::mt19937 random(12);
  for (const Form *form : allForms()) {
    if (!isTestedHere(*form))
      continue;
    std::string opcode = spellingsOf(*form, 1)[0];
    MmaText text = readMma(opcode);
    for (int selector = 0; text.isSparse && selector < selectorsOf(text); ++selector)
      testForm(*form, opcode, "fast", {selector, 0, 0, 0, 0}, random);
    for (int byte = 0; text.factors != 0 && byte < 4; byte += text.factors)
      for (int thread = 0; thread < 4; ++thread)
        testForm(*form, opcode, "fast", {0, byte, thread / 2, byte, thread}, random);
  }
}

} // namespace
} // namespace azulejo::sim::test
