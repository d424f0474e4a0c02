// This file tests wgmma with a sparse A: every type, A in registers and in shared memory, against
// plain sums; and its metadata and descriptors.
#include "ir/Forms.h"
#include "test/MmaLayouts.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

constexpr int kColumns = 16; // n

// 64 rows of A, each with its stored elements and where they lie, and B.
struct Problem {
  MmaText form; // of one warp: the mma.sp of the same types
  bool aInRegisters = false;
  int selector = 0;
  std::vector<std::vector<double>> stored;
  std::vector<std::vector<int>> places;
  std::vector<std::vector<uint32_t>> metadata; // [row][chunk]
  std::vector<std::vector<double>> b;          // [column][k]
};

// From "wgmma.mma_async.sp.sync.aligned.m64n16k32.f32.f16.f16".
MmaText formOf(const std::string &opcode) {
  std::string text = opcode.substr(opcode.find("m64n"));
  std::string types = text.substr(text.find('.'));
  std::string k = text.substr(text.find('k') + 1, text.find('.') - text.find('k') - 1);
  MmaText form = readMma("mma.sp.sync.aligned.m16n8k" + k + ".row.col" + types + ".f32");
  form.c = form.d;
  return form;
}

Problem drawProblem(const std::string &opcode, bool aInRegisters, std::mt19937 &random) {
  static const double kValues[] = {0, 1, 2, 3, 1, -1, -2, -3};
  Problem problem;
  problem.form = formOf(opcode);
  const MmaText &form = problem.form;
  problem.aInRegisters = aInRegisters;
  problem.selector = int(random() % unsigned(selectorsOf(form)));
  auto draw = [&](const std::string &type) { return kValues[random() % (type == "u8" ? 5 : 8)]; };
  for (int row = 0; row < 64; ++row) {
    problem.stored.emplace_back();
    problem.places.emplace_back();
    problem.metadata.emplace_back();
    for (int first = 0; first < form.k; first += chunkOf(form)) {
      SparseChunk chunk = drawChunk(form, random);
      problem.metadata.back().push_back(chunk.bits);
      for (int place : chunk.places) {
        problem.places.back().push_back(first + place);
        problem.stored.back().push_back(draw(form.a));
      }
    }
  }
  for (int column = 0; column < kColumns; ++column) {
    problem.b.emplace_back();
    for (int k = 0; k < form.k; ++k)
      problem.b.back().push_back(draw(form.b));
  }
  return problem;
}

void putBits(std::vector<uint32_t> &words, size_t bit, uint32_t bits) {
  words[bit / 32] |= bits << (bit % 32);
}

// Rows without a swizzle: eight rows of 16 bytes, 128 bytes further the next 16 bytes of them, and
// behind those the next eight rows.
void putRows(std::vector<uint32_t> &words, size_t base, const std::string &type,
             const std::vector<std::vector<double>> &rows) {
  size_t width = size_t(widthOf(type)), chunks = rows[0].size() * width / 128;
  for (size_t row = 0; row < rows.size(); ++row)
    for (size_t k = 0; k < rows[row].size(); ++k) {
      size_t bit = k * width;
      size_t byte = base + row / 8 * chunks * 128 + row % 8 * 16 + bit / 128 * 128 + bit % 128 / 8;
      putBits(words, 8 * byte, patternOf(type, rows[row][k]));
    }
}

constexpr size_t kSharedBytes = 4096; // A, and B behind its 2 KiB
constexpr size_t kLaneWords = 8;      // four of A and one of metadata

// Shared memory, then the words of each thread.
std::vector<uint32_t> packProblem(const Problem &problem) {
  const MmaText &form = problem.form;
  std::vector<uint32_t> words(kSharedBytes / 4 + 128 * kLaneWords);
  putRows(words, 0, form.a, problem.stored);
  putRows(words, 2048, form.b, problem.b);
  int perRegister = 32 / form.bitsOfA();
  for (int thread = 0; thread < 128; ++thread) {
    size_t at = kSharedBytes / 4 + size_t(thread) * kLaneWords;
    for (int i = 0; i < 4 * perRegister; ++i) {
      Place place = placeOfA(form, thread % 32, i);
      putBits(
          words, 32 * at + size_t(i * form.bitsOfA()),
          patternOf(form.a,
                    problem.stored[size_t(thread / 32 * 16 + place.row)][size_t(place.column)]));
    }
  }
  for (int row = 0; row < 64; ++row)
    for (size_t chunk = 0; chunk < problem.metadata[size_t(row)].size(); ++chunk) {
      MetadataPlace place = metadataOf(form, problem.selector, row % 16, int(chunk));
      size_t at = kSharedBytes / 4 + size_t(row / 16 * 32 + place.lane) * kLaneWords + 4;
      putBits(words, 32 * at + size_t(place.bit), problem.metadata[size_t(row)][chunk]);
    }
  return words;
}

std::string registers(int first, int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i)
    text += (i != 0 ? ", %r" : "%r") + std::to_string(first + i);
  return text + "}";
}

// Thread t copies 32 bytes to shared memory, and has its registers behind what is copied.
std::string kernelFor(const std::string &opcode, const Problem &problem,
                      const std::string &swizzle) {
  const MmaText &form = problem.form;
  int count = form.d == "f16" ? 4 : 8;
  bool isInt = form.d == "s32", is16 = form.bitsOfA() == 16;
  std::string body =
      ".shared .align 1024 .b8 s[4096];\nld.param.u64 %rd1, [p];\nmov.u32 %r1, %tid.x;\n"
      "mov.u32 %r2, s;\nshl.b32 %r3, %r1, 5;\nadd.u32 %r4, %r2, %r3;\ncvt.u64.u32 %rd2, %r3;\n"
      "add.u64 %rd3, %rd1, %rd2;\n";
  for (int i = 0; i < 8; ++i)
    body += "ld.global.b32 %r5, [%rd3+" + std::to_string(4 * i) + "];\nst.shared.b32 [%r4+" +
            std::to_string(4 * i) + "], %r5;\n";
  for (int i = 0; i < 5; ++i)
    body += "ld.global.b32 %r" + std::to_string(10 + i) + ", [%rd3+" +
            std::to_string(4096 + 4 * i) + "];\n";
  // Leading offset 128; stride 256 of A, whose rows have 32 bytes, and 512 of B.
  body += "fence.proxy.async.shared::cta;\nbar.sync 0;\nshr.u32 %r2, %r2, 4;\n"
          "cvt.u64.u32 %rd4, %r2;\nor.b64 %rd5, %rd4, 0x1000080000;\nadd.u64 %rd6, %rd4, 128;\n"
          "or.b64 %rd6, %rd6, 0x2000080000;\n" +
          swizzle + "setp.ne.u32 %p2, 0, 0;\nwgmma.fence.sync.aligned;\n" + opcode + " " +
          registers(20, count) + ", " + (problem.aInRegisters ? registers(10, 4) : "%rd5") +
          ", %rd6, %r14, " + std::to_string(problem.selector) + ", %p2" + (isInt ? "" : ", 1, 1") +
          (!is16                  ? ""
           : problem.aInRegisters ? ", 0"
                                  : ", 0, 0") +
          ";\nwgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\n";
  for (int i = 0; i < count; ++i)
    body +=
        "st.global.b32 [%rd3+" + std::to_string(4 * i) + "], %r" + std::to_string(20 + i) + ";\n";
  return wrapKernel(".param .u64 p", body, "sm_90a", "8.4");
}

void runProblem(const std::string &opcode, const Problem &problem, const std::string &options) {
  const MmaText &form = problem.form;
  Sim sim("sm=90,checks=all," + options);
  ASSERT_EQ(sim.load(kernelFor(opcode, problem, "")), "") << opcode;
  azj_device_ptr p = sim.upload(packProblem(problem));
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(p)}), "") << opcode << sim.report();
  std::vector<uint32_t> got = sim.download<uint32_t>(p, 128 * 8);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < kColumns; ++column) {
      double sum = 0;
      for (size_t i = 0; i < problem.stored[size_t(row)].size(); ++i)
        sum += problem.stored[size_t(row)][i] *
               problem.b[size_t(column)][size_t(problem.places[size_t(row)][i])];
      int thread = row / 16 * 32 + row % 8 * 4 + column % 8 / 2, upper = row / 8 % 2;
      bool isHalf = form.d == "f16";
      int index = column / 8 * (isHalf ? 2 : 4) + (isHalf ? upper : 2 * upper + column % 2);
      uint32_t word = got[size_t(thread * 8 + index)];
      if (isHalf)
        word = word >> (16 * (column % 2)) & 0xffff;
      ASSERT_EQ(word, patternOf(form.d, sum)) << opcode << " at " << row << "," << column;
    }
}

TEST(WgmmaSparse, EveryType) {
  std::mt19937 random(31);
  size_t count = 0;
  for (const Form *form : allForms()) {
    if (std::string(form->name).substr(0, 8) != "wgmma_sp")
      continue;
    for (const std::string &opcode : spellingsOf(*form, 5000))
      if (opcode.find("m64n16k") != std::string::npos)
        for (bool aInRegisters : {false, true}) {
          const char *const options[] = {"tc=fast", "tc=exact", "tc=fast,async=eager"};
          runProblem(opcode, drawProblem(opcode, aInRegisters, random), options[count % 3]);
          ++count;
        }
  }
  EXPECT_EQ(count, 2u * (3 + 1 + 8 + 8));
}

TEST(WgmmaSparse, WrongOperandsAreFound) {
  std::mt19937 random(32);
  std::string opcode = "wgmma.mma_async.sp.sync.aligned.m64n16k32.f32.f16.f16";
  Problem problem = drawProblem(opcode, true, random);
  auto run = [&](const std::string &swizzle) {
    Sim sim("sm=90,checks=all");
    std::string error = sim.load(kernelFor(opcode, problem, swizzle));
    azj_device_ptr p = sim.upload(packProblem(problem));
    return !error.empty() ? error : sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(p)});
  };
  EXPECT_EQ(run(""), "");
  EXPECT_EQ(run("or.b64 %rd6, %rd6, 0x8000000000000000;\n"), ""); // 64 bytes
  EXPECT_NE(run("or.b64 %rd6, %rd6, 0xc000000000000000;\n")
                .find("more than its swizzle of 32 bytes holds"),
            std::string::npos);
  problem.metadata[19][2] = 0b1010;
  EXPECT_NE(run("").find("the metadata place no half of chunk 2 of row 3: the indices are 2 and 2"),
            std::string::npos);
  Sim sim("sm=90");
  problem.selector = 2;
  EXPECT_NE(
      sim.load(kernelFor(opcode, problem, "")).find("the sparsity selector must be 0 to 1, got 2"),
      std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
