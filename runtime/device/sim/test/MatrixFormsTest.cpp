// This file tests every shape and type of mma.sync, and wgmma and stmatrix, on small whole numbers,
// whose products are exact in every type and model.
#include "ir/Decoder.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim::test {
namespace {

// A small whole number as bits of a type.
uint64_t bitsOf(const std::string &type, int value) {
  uint32_t word;
  float f = float(value);
  std::memcpy(&word, &f, 4);
  if (type == "f64") {
    double d = value;
    uint64_t wide;
    std::memcpy(&wide, &d, 8);
    return wide;
  }
  if (type == "f32" || type == "tf32")
    return word;
  if (type == "bf16")
    return word >> 16;
  if (type[0] == 's' || type[0] == 'u')
    return uint32_t(value) & (type.size() == 2 ? 0xff : 0xffffffff);
  // Other floats: sign, exponent with another bias, the top of the fraction.
  unsigned exponentBits = type == "e4m3" ? 4 : 5, fractionBits = type == "e4m3"   ? 3
                                                                 : type == "e5m2" ? 2
                                                                                  : 10;
  if (value == 0)
    return 0;
  uint32_t exponent = (word >> 23 & 255) - 127 + (1u << (exponentBits - 1)) - 1;
  uint32_t sign = word >> 31 << (exponentBits + fractionBits);
  return sign | exponent << fractionBits | (word & 0x7fffff) >> (23 - fractionBits);
}

unsigned widthOf(const std::string &type) {
  return type == "e4m3" || type == "e5m2" || type == "s8" || type == "u8" ? 8
         : type == "f16" || type == "bf16"                                ? 16
         : type == "f64"                                                  ? 64
                                                                          : 32;
}

struct Shape {
  int m, n, k;
  std::string d, a, b;
};

int elementA(const Shape &s, int row, int k) {
  return s.a == "u8" ? (row + 2 * k) % 4 : (row + 2 * k) % 5 - 2;
}
int elementB(const Shape &s, int k, int n) {
  return s.b == "u8" ? (3 * k + n) % 4 : (3 * k + n) % 4 - 2;
}
int elementC(int row, int n) { return row - 2 * n; }

// The registers of a lane, by the ISA's figures: g is the row in a quad, t the place in it.
struct Fragments {
  std::vector<uint64_t> a, b, c, d;
};

Fragments fragmentsOf(const Shape &s, int lane) {
  int g = lane / 4, t = lane % 4;
  Fragments f;
  int ea = std::max(1, 32 / int(widthOf(s.a)));
  int halves = s.m / 8, columns = s.k / (4 * ea);
  for (int r = 0; r < halves * columns; ++r) {
    uint64_t word = 0;
    for (int i = 0; i < ea; ++i)
      word |= bitsOf(s.a, elementA(s, g + 8 * (r % halves), r / halves * 4 * ea + t * ea + i))
              << (i * int(widthOf(s.a)) % 64);
    f.a.push_back(word);
  }
  for (int r = 0; r < columns; ++r) {
    uint64_t word = 0;
    for (int i = 0; i < ea; ++i)
      word |= bitsOf(s.b, elementB(s, r * 4 * ea + t * ea + i, g)) << (i * int(widthOf(s.b)) % 64);
    f.b.push_back(word);
  }
  for (int half = 0; half < halves; ++half) {
    uint64_t pairC = 0, pairD = 0;
    for (int i = 0; i < 2; ++i) {
      int row = g + 8 * half, n = 2 * t + i, sum = elementC(row, n);
      uint64_t c = bitsOf(s.d, sum);
      for (int k = 0; k < s.k; ++k)
        sum += elementA(s, row, k) * elementB(s, k, n);
      uint64_t d = bitsOf(s.d, sum);
      pairC |= c << (16 * i);
      pairD |= d << (16 * i);
      if (s.d != "f16") {
        f.c.push_back(c);
        f.d.push_back(d);
      }
    }
    if (s.d == "f16") {
      f.c.push_back(pairC);
      f.d.push_back(pairD);
    }
  }
  return f;
}

Shape shapeOf(const std::string &opcode) {
  Shape s = {};
  std::vector<std::string> pieces;
  for (Modifiers mods(opcode); !mods.done();)
    pieces.emplace_back(mods.next());
  EXPECT_EQ(sscanf(pieces[3].c_str(), "m%dn%dk%d", &s.m, &s.n, &s.k), 3);
  size_t last = pieces.size() - 1;
  s.d = pieces[last - 3];
  s.a = pieces[last - 2];
  s.b = pieces[last - 1];
  return s;
}

std::string registers(const std::string &prefix, size_t first, size_t count) {
  std::string text = "{";
  for (size_t i = 0; i < count; ++i)
    text += (i != 0 ? ", " : "") + prefix + std::to_string(first + i);
  return text + "}";
}

void testMma(const std::string &opcode, const std::string &target, const std::string &mode) {
  Shape s = shapeOf(opcode);
  Fragments first = fragmentsOf(s, 0);
  bool is64 = s.a == "f64";
  std::string reg = is64 ? "%rd" : "%r", width = is64 ? "64" : "32";
  size_t a = first.a.size(), b = first.b.size(), c = first.c.size();
  std::string body = "ld.param.u64 %rd1, [p];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %rd2, %r1, 256;\n"
                     "add.s64 %rd1, %rd1, %rd2;\n";
  for (size_t i = 0; i < a + b + c; ++i)
    body += "ld.global.b" + width + " " + reg + std::to_string(10 + i) + ", [%rd1+" +
            std::to_string(8 * i) + "];\n";
  body += opcode + " " + registers(reg, 40, c) + ", " + registers(reg, 10, a) + ", " +
          registers(reg, 10 + a, b) + ", " + registers(reg, 10 + a + b, c) + ";\n";
  for (size_t i = 0; i < c; ++i)
    body += "st.global.b" + width + " [%rd1+" + std::to_string(8 * i) + "], " + reg +
            std::to_string(40 + i) + ";\n";
  Sim sim("sm=" + target.substr(3) + ",tc=" + mode);
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 p", body, target, "9.0")), "") << opcode;
  std::vector<uint64_t> words(32 * 32);
  for (int lane = 0; lane < 32; ++lane) {
    Fragments f = fragmentsOf(s, lane);
    auto at = std::copy(f.a.begin(), f.a.end(), words.begin() + lane * 32);
    std::copy(f.c.begin(), f.c.end(), std::copy(f.b.begin(), f.b.end(), at));
  }
  azj_device_ptr p = sim.upload(words);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(p)}), "") << opcode;
  std::vector<uint64_t> got = sim.download<uint64_t>(p, words.size());
  for (int lane = 0; lane < 32; ++lane) {
    Fragments f = fragmentsOf(s, lane);
    for (size_t i = 0; i < c; ++i) {
      uint64_t bits = is64 ? got[size_t(lane) * 32 + i] : got[size_t(lane) * 32 + i] & 0xffffffff;
      EXPECT_EQ(bits, f.d[i]) << opcode << " " << mode << " lane " << lane << " register " << i;
    }
  }
}

// The other forms of mma.sync are those of MmaFormsTest.cpp.
TEST(MatrixForms, EveryPlainShapeAndTypeOfMma) {
  const std::vector<std::string> rows = {
      "mma",     "mma_int8_turing", "mma_bf16", "mma_tf32",    "mma_int8",
      "mma_f64", "mma_f64_hopper",  "mma_fp8",  "mma_fp8_k16", "mma_fp8_f16"};
  size_t count = 0;
  for (const Form *form : allForms())
    if (std::find(rows.begin(), rows.end(), form->name) != rows.end())
      for (const std::string &opcode : spellingsOf(*form, 100)) {
        unsigned sm = form->sm & 0xfff;
        for (const char *mode : {"fast", "exact"})
          testMma(opcode,
                  "sm_" + std::to_string(
                              sm == 75 && opcode.find("k16.row") != std::string::npos ? 80 : sm),
                  mode);
        ++count;
      }
  EXPECT_GT(count, 30u);
}

// Ones in all of A and twos in all of B, so that each result is twice k, whatever the layout; that
// is the concern of WgmmaTest.cpp.
TEST(MatrixForms, EveryTypeOfWgmma) {
  for (const Form *form : allForms()) {
    std::string name = form->name;
    if (name != "wgmma_f16" && name != "wgmma_tf32" && name != "wgmma_fp8" &&
        name != "wgmma_int8" && name != "wgmma_int8_mixed")
      continue;
    for (const std::string &opcode : spellingsOf(*form, 5000)) {
      if (opcode.find("m64n16k") == std::string::npos)
        continue;
      std::vector<std::string> pieces;
      for (Modifiers mods(opcode); !mods.done();)
        pieces.emplace_back(mods.next());
      std::string a = pieces.back(), b = pieces.back(), d = pieces[pieces.size() - 3];
      a = pieces[pieces.size() - 2];
      unsigned width = widthOf(a);
      auto splat = [&](const std::string &type, int value) {
        uint64_t word = 0;
        for (unsigned at = 0; at < 32; at += width)
          word |= bitsOf(type, value) << at;
        return std::to_string(uint32_t(word));
      };
      size_t count = d == "f16" ? 4 : 8;
      std::string extra = a[0] == 's' || a[0] == 'u' ? "" : width == 16 ? ", 1, 1, 0, 0" : ", 1, 1";
      std::string body = ".shared .align 128 .b8 s[4096];\nmov.u32 %r1, %tid.x;\nshl.b32 %r2, %r1, "
                         "5;\nmov.u32 %r3, s;\n"
                         "add.u32 %r3, %r3, %r2;\nsetp.lt.u32 %p1, %r1, 64;\nmov.b32 %r4, " +
                         splat(a, 1) + ";\nmov.b32 %r5, " + splat(b, 2) +
                         ";\nselp.b32 %r6, %r4, %r5, %p1;\n";
      for (int word = 0; word < 8; ++word)
        body += "st.shared.b32 [%r3+" + std::to_string(4 * word) + "], %r6;\n";
      // Start, leading offset 128 and stride 256 in units of 16 bytes.
      body += "fence.proxy.async.shared::cta;\nbar.sync 0;\nmov.u32 %r3, s;\nshr.u32 %r3, %r3, 4;\n"
              "cvt.u64.u32 %rd1, %r3;\nor.b64 %rd1, %rd1, 0x1000080000;\nadd.u64 %rd2, %rd1, 128;\n"
              "setp.ne.u32 %p2, 0, 0;\nwgmma.fence.sync.aligned;\n" +
              opcode + " " + registers("%r", 20, count) + ", %rd1, %rd2, %p2" + extra +
              ";\nwgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\n"
              "ld.param.u64 %rd3, [p];\nmul.wide.u32 %rd4, %r1, 32;\nadd.s64 %rd3, %rd3, %rd4;\n";
      for (size_t i = 0; i < count; ++i)
        body += "st.global.b32 [%rd3+" + std::to_string(4 * i) + "], %r" + std::to_string(20 + i) +
                ";\n";
      Sim sim("sm=90,checks=all");
      ASSERT_EQ(sim.load(wrapKernel(".param .u64 p", body, "sm_90a", "8.4")), "") << opcode;
      azj_device_ptr p = sim.upload(std::vector<uint32_t>(128 * 8));
      ASSERT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(p)}), "") << opcode;
      uint64_t one = bitsOf(d, int(2 * 256 / width));
      uint32_t expected = uint32_t(d == "f16" ? one | one << 16 : one);
      std::vector<uint32_t> got = sim.download<uint32_t>(p, 128 * 8);
      for (uint32_t thread = 0; thread < 128; ++thread)
        for (size_t i = 0; i < count; ++i)
          ASSERT_EQ(got[thread * 8 + i], expected) << opcode << " thread " << thread;
    }
  }
}

// Lane l holds row l / 4 and columns 2 * (l % 4) and the next of each matrix, or the transposed.
TEST(MatrixForms, StoredMatrices) {
  for (unsigned count : {1u, 2u, 4u})
    for (bool isTransposed : {false, true}) {
      std::string body = ".shared .align 16 .b8 s[512];\nmov.u32 %r1, %tid.x;\nmov.u32 %r2, "
                         "s;\nshl.b32 %r3, %r1, 4;\n"
                         "add.u32 %r3, %r3, %r2;\nmov.b32 %r4, 0;\n";
      for (int word = 0; word < 4; ++word)
        body += "st.shared.b32 [%r3+" + std::to_string(4 * word) + "], %r4;\n";
      for (unsigned j = 0; j < count; ++j)
        body += "mad.lo.u32 %r" + std::to_string(10 + j) + ", %r1, 0x00020002, " +
                std::to_string(0x00010000 + 0x01000100 * (j + 1)) + ";\n";
      body += "bar.sync 0;\nstmatrix.sync.aligned.m8n8.x" + std::to_string(count) +
              (isTransposed ? ".trans" : "") + ".shared.b16 [%r3], " + registers("%r", 10, count) +
              ";\nbar.sync 0;\nld.param.u64 %rd1, [p];\nmul.wide.u32 %rd2, %r1, 16;\nadd.s64 %rd1, "
              "%rd1, %rd2;\n"
              "ld.shared.v2.b64 {%rd3, %rd4}, [%r3];\nst.global.v2.b64 [%rd1], {%rd3, %rd4};";
      Sim sim("sm=90,checks=all");
      ASSERT_EQ(sim.load(wrapKernel(".param .u64 p", body, "sm_90", "8.0")), "");
      azj_device_ptr p = sim.allocate(512);
      ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(p)}), "");
      std::vector<uint16_t> got = sim.download<uint16_t>(p, 256);
      for (unsigned j = 0; j < 4; ++j)
        for (unsigned row = 0; row < 8; ++row)
          for (unsigned column = 0; column < 8; ++column) {
            unsigned r = isTransposed ? column : row, c = isTransposed ? row : column;
            unsigned lane = r * 4 + c / 2;
            unsigned expected = j < count ? 0x100 * (j + 1) + 2 * lane + c % 2 : 0;
            EXPECT_EQ(got[j * 64 + row * 8 + column], expected) << count << " " << isTransposed;
          }
    }
}

} // namespace
} // namespace azulejo::sim::test
