// This file tests wmma on the simulator: every shape, type and layout against plain loops.
#include "test/SimHarness.h"
#include "test/TestData.h"

#include <cstring>

namespace azulejo::sim::test {
namespace {

struct Shape {
  int m, n, k;
  const char *d, *a, *c; // types; b has that of a
  int aRegisters, bRegisters, cRegisters, dRegisters;
  std::string name() const {
    return "m" + std::to_string(m) + "n" + std::to_string(n) + "k" + std::to_string(k);
  }
};

const Shape kShapes[] = {
    {16, 16, 16, "f32", "f16", "f32", 8, 8, 8, 8},  {16, 16, 16, "f16", "f16", "f16", 8, 8, 4, 4},
    {32, 8, 16, "f16", "f16", "f32", 8, 8, 8, 4},   {8, 32, 16, "f32", "f16", "f16", 8, 8, 4, 8},
    {16, 16, 16, "f32", "bf16", "f32", 4, 4, 8, 8}, {32, 8, 16, "f32", "bf16", "f32", 8, 2, 8, 8},
    {8, 32, 16, "f32", "bf16", "f32", 2, 8, 8, 8},  {16, 16, 8, "f32", "tf32", "f32", 4, 4, 8, 8},
    {16, 16, 16, "s32", "s8", "s32", 2, 2, 8, 8},   {32, 8, 16, "s32", "u8", "s32", 4, 1, 8, 8},
    {8, 32, 16, "s32", "s8", "s32", 1, 4, 8, 8},    {8, 8, 4, "f64", "f64", "f64", 1, 1, 2, 2},
};

unsigned bytesOf(const std::string &type) {
  return type == "f64"                     ? 8
         : type == "f16" || type == "bf16" ? 2
         : type == "s8" || type == "u8"    ? 1
                                           : 4;
}

// The pattern of a small whole number, and back.
uint64_t patternOf(const std::string &type, int value) {
  if (type == "f64") {
    double wide = value;
    uint64_t bits;
    std::memcpy(&bits, &wide, 8);
    return bits;
  }
  if (type == "f16")
    return doubleToHalf(value);
  if (type[0] == 's' || type[0] == 'u')
    return uint64_t(int64_t(value));
  float narrow = float(value);
  uint32_t bits;
  std::memcpy(&bits, &narrow, 4);
  return type == "bf16" ? bits >> 16 : bits;
}

int valueOf(const std::string &type, const uint8_t *from) {
  if (type == "f64") {
    double wide;
    std::memcpy(&wide, from, 8);
    return int(wide);
  }
  if (type == "f16") {
    uint16_t half;
    std::memcpy(&half, from, 2);
    return int(halfToDouble(half));
  }
  int32_t word;
  std::memcpy(&word, from, 4);
  float narrow;
  std::memcpy(&narrow, from, 4);
  return type == "s32" ? word : int(narrow);
}

// A matrix in memory, with `leading` elements from one row, or column, to the next.
struct Matrix {
  std::string type;
  int rows, columns, leading;
  bool isRowMajor;
  std::vector<int> values;
  std::vector<uint8_t> bytes;

  Matrix(const std::string &type, int rows, int columns, bool isRowMajor, int extra, int seed)
      : type(type), rows(rows), columns(columns), leading((isRowMajor ? columns : rows) + extra),
        isRowMajor(isRowMajor),
        bytes(size_t(leading) * size_t(isRowMajor ? rows : columns) * bytesOf(type)) {
    for (int i = 0; i < rows * columns; ++i) {
      int value = (i * 7 + i / 5 * 3 + seed) % 5 - (type == "u8" ? 0 : 2);
      values.push_back(value);
      uint64_t bits = patternOf(type, value);
      std::memcpy(&bytes[offset(i / columns, i % columns)], &bits, bytesOf(type));
    }
  }
  size_t offset(int row, int column) const {
    return size_t(isRowMajor ? row * leading + column : column * leading + row) * bytesOf(type);
  }
};

std::string registers(const char *prefix, int first, int count) {
  std::string list = "{";
  for (int r = 0; r < count; ++r)
    list += (r ? ", " : "") + std::string(prefix) + std::to_string(first + r);
  return list + "}";
}

std::string layoutOf(const Matrix &matrix) { return matrix.isRowMajor ? "row" : "col"; }

// `space` is how A is loaded: from global, generic or shared memory.
std::string kernelOf(const Shape &shape, const Matrix &a, const Matrix &b, const Matrix &c,
                     const Matrix &d, const std::string &space) {
  bool isDouble = std::string(shape.a) == "f64", isInt = std::string(shape.d) == "s32";
  const char *prefix = isDouble ? "%rd" : "%r";
  std::string da = registers(prefix, 8, shape.aRegisters),
              db = registers(prefix, 16, shape.bRegisters),
              dc = registers(prefix, 24, shape.cRegisters),
              dd = registers(prefix, 32, shape.dRegisters);
  std::string name = shape.name(), body = ".shared .align 32 .b8 tile[2048];\n";
  for (const char *parameter : {"a", "b", "c", "d"})
    body += std::string("ld.param.u64 %rd") + char('1' + (parameter[0] - 'a')) + ", [" + parameter +
            "];\n";
  auto load = [&](const char *operand, const Matrix &matrix, const std::string &from,
                  const std::string &list, const std::string &address) {
    body += std::string("wmma.load.") + operand + ".sync.aligned." + layoutOf(matrix) + "." + name +
            from + "." + matrix.type + " " + list + ", [" + address + "], " +
            std::to_string(matrix.leading) + ";\n";
  };
  if (space == ".shared")
    body += "mov.u32 %r1, %tid.x;\nmul.lo.u32 %r2, %r1, 64;\ncvt.u64.u32 %rd5, %r2;\n"
            "add.u64 %rd5, %rd1, %rd5;\nmov.b32 %r3, tile;\nadd.u32 %r3, %r3, %r2;\n"
            "ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%rd5];\n"
            "st.shared.v4.b32 [%r3], {%r4, %r5, %r6, %r7};\n"
            "ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%rd5+16];\n"
            "st.shared.v4.b32 [%r3+16], {%r4, %r5, %r6, %r7};\n"
            "ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%rd5+32];\n"
            "st.shared.v4.b32 [%r3+32], {%r4, %r5, %r6, %r7};\n"
            "ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%rd5+48];\n"
            "st.shared.v4.b32 [%r3+48], {%r4, %r5, %r6, %r7};\nbar.sync 0;\n";
  load("a", a, space, da, space == ".shared" ? "tile" : "%rd1");
  load("b", b, "", db, "%rd2");
  load("c", c, ".global", dc, "%rd3");
  std::string types = std::string(shape.a) == "f16"
                          ? std::string(shape.d) + "." + shape.c
                          : std::string(shape.d) + "." + shape.a + "." + shape.a + "." + shape.c;
  body += "wmma.mma.sync.aligned." + layoutOf(a) + "." + layoutOf(b) + "." + name + "." + types +
          (isInt ? ".satfinite " : " ") + dd + ", " + da + ", " + db + ", " + dc +
          ";\nwmma.store.d.sync.aligned." + layoutOf(d) + "." + name + ".global." + shape.d +
          " [%rd4], " + dd + ", " + std::to_string(d.leading) + ";\n";
  return wrapKernel(".param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d", body, "sm_80",
                    "8.0");
}

void runShape(const Shape &shape, unsigned layouts, int extra, const std::string &space,
              const std::string &mode) {
  Matrix a(shape.a, shape.m, shape.k, layouts & 1, extra, 1),
      b(shape.a, shape.k, shape.n, layouts & 2, extra, 2),
      c(shape.c, shape.m, shape.n, layouts & 4, extra, 3),
      d(shape.d, shape.m, shape.n, layouts & 8, extra, 0);
  Sim sim("sm=80,checks=all,tc=" + mode);
  ASSERT_EQ(sim.load(kernelOf(shape, a, b, c, d, space)), "");
  // The copy into shared memory takes 2 KiB.
  a.bytes.resize(std::max<size_t>(a.bytes.size(), 2048));
  azj_device_ptr pa = sim.upload(a.bytes, "a"), pb = sim.upload(b.bytes, "b"),
                 pc = sim.upload(c.bytes, "c"), pd = sim.allocate(d.bytes.size(), "d");
  ASSERT_EQ(
      sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(pa), Arg::of(pb), Arg::of(pc), Arg::of(pd)}),
      "")
      << shape.name() << shape.a << layouts;
  std::vector<uint8_t> got = sim.download<uint8_t>(pd, d.bytes.size());
  for (int row = 0; row < shape.m; ++row)
    for (int column = 0; column < shape.n; ++column) {
      int sum = c.values[size_t(row * shape.n + column)];
      for (int k = 0; k < shape.k; ++k)
        sum += a.values[size_t(row * shape.k + k)] * b.values[size_t(k * shape.n + column)];
      ASSERT_EQ(valueOf(shape.d, &got[d.offset(row, column)]), sum)
          << shape.name() << " " << shape.d << "." << shape.a << "." << shape.c << " layouts "
          << layouts << " at " << row << "," << column;
    }
}

TEST(WmmaExec, EveryShapeTypeAndLayout) {
  for (const Shape &shape : kShapes)
    for (unsigned layouts = 0; layouts < 16; ++layouts)
      runShape(shape, layouts, layouts % 3 == 0 ? 0 : 32, layouts % 2 ? ".global" : "",
               layouts % 4 == 1 ? "exact" : "fast");
}

TEST(WmmaExec, LoadsFromSharedMemory) {
  for (const Shape &shape : kShapes)
    for (unsigned layouts : {14u, 15u})
      runShape(shape, layouts, 0, ".shared", "fast");
}

// Operands of less than a byte, packed along k. A is row-major and B column-major always.
struct NarrowCase {
  const char *multiply, *type; // types of mma; of the loads
  int k, bits;
  bool isSigned, isAnd;
};

int narrowElement(const NarrowCase &c, const std::vector<uint32_t> &words, int leading, int line,
                  int k) {
  int at = (line * leading + k) * c.bits;
  int bits = int(words[size_t(at / 32)] >> (at % 32) & ((1u << c.bits) - 1));
  return c.isSigned && bits >= 8 ? bits - 16 : bits;
}

void runNarrow(const NarrowCase &c, int extra, bool isRowMajor) {
  int leading = c.k + extra, words = 8 * leading * c.bits / 32;
  std::string shape = "m8n8k" + std::to_string(c.k), stride = std::to_string(leading);
  std::string layout = isRowMajor ? "row" : "col";
  std::string body = "ld.param.u64 %rd1, [a];\nld.param.u64 %rd2, [b];\nld.param.u64 %rd3, [c];\n"
                     "wmma.load.a.sync.aligned.row." +
                     shape + ".global." + c.type + " {%r1}, [%rd1], " + stride +
                     ";\nwmma.load.b.sync.aligned.col." + shape + "." + c.type +
                     " {%r2}, [%rd2], " + stride + ";\nwmma.load.c.sync.aligned." + layout + "." +
                     shape + ".global.s32 {%r3, %r4}, [%rd3], 8;\nwmma.mma" + c.multiply +
                     " {%r5, %r6}, {%r1}, {%r2}, {%r3, %r4};\nwmma.store.d.sync.aligned." + layout +
                     "." + shape + ".global.s32 [%rd3], {%r5, %r6}, 8;\n";
  std::vector<uint32_t> a(static_cast<size_t>(words)), b(a.size()), sums(64);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = uint32_t(i + 1) * 2654435761u;
    b[i] = uint32_t(i + 9) * 2246822519u;
  }
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = uint32_t(i * 100);
  Sim sim("sm=80,checks=all");
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 a, .param .u64 b, .param .u64 c", body, "sm_80")), "");
  azj_device_ptr pa = sim.upload(a), pb = sim.upload(b), pc = sim.upload(sums);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(pa), Arg::of(pb), Arg::of(pc)}), "");
  std::vector<uint32_t> got = sim.download<uint32_t>(pc, 64);
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 8; ++column) {
      size_t at = size_t(isRowMajor ? row * 8 + column : column * 8 + row);
      int sum = int(sums[at]);
      for (int k = 0; k < c.k; ++k) {
        int x = narrowElement(c, a, leading, row, k), y = narrowElement(c, b, leading, column, k);
        sum += c.bits == 1 && !c.isAnd ? x != y : x * y;
      }
      EXPECT_EQ(int(got[at]), sum) << c.multiply << " at " << row << "," << column;
    }
}

TEST(WmmaExec, OperandsOfFourBitsAndOfOne) {
  const NarrowCase cases[] = {
      {".sync.aligned.row.col.m8n8k32.s32.s4.s4.s32", "s4", 32, 4, true, false},
      {".sync.aligned.row.col.m8n8k32.s32.u4.u4.s32.satfinite", "u4", 32, 4, false, false},
      {".xor.popc.sync.aligned.row.col.m8n8k128.s32.b1.b1.s32", "b1", 128, 1, false, false},
      {".and.popc.sync.aligned.row.col.m8n8k128.s32.b1.b1.s32", "b1", 128, 1, false, true},
  };
  for (const NarrowCase &c : cases)
    for (bool isRowMajor : {false, true}) {
      runNarrow(c, 0, isRowMajor);
      runNarrow(c, 128, isRowMajor);
    }
}

// Runs the instruction with %rd1 the address of 1024 bytes, and gives what is wrong.
std::string errorOf(const std::string &body) {
  Sim sim("sm=80,checks=all");
  std::string error = sim.load(wrapKernel(".param .u64 a", "ld.param.u64 %rd1, [a];\n" + body));
  if (!error.empty())
    return error;
  azj_device_ptr a = sim.upload(std::vector<uint8_t>(1024), "a");
  return sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(a)});
}

TEST(WmmaExec, WrongUsesAreFound) {
  std::string load = "wmma.load.a.sync.aligned.row.m16n16k16.f16 "
                     "{%r0, %r1, %r2, %r3, %r4, %r5, %r6, %r7}, [%rd1";
  EXPECT_EQ(errorOf(load + "];\n"), "");
  EXPECT_NE(errorOf(load + "+16];\n").find("a multiple of the fragment's 32 bytes"),
            std::string::npos);
  EXPECT_NE(errorOf(load + "], 20;\n").find("a multiple of the fragment's 32 bytes"),
            std::string::npos);
  EXPECT_NE(errorOf(load + "], 64;\n").find("'a'"), std::string::npos);
  EXPECT_NE(errorOf("mov.u32 %r9, %tid.x;\nsetp.lt.u32 %p1, %r9, 16;\n@%p1 " + load + "];\n")
                .find("executed by 16 lanes"),
            std::string::npos);
  EXPECT_NE(
      errorOf("mov.u32 %r9, %tid.x;\nmul.wide.u32 %rd2, %r9, 32;\nadd.u64 %rd1, %rd1, %rd2;\n" +
              load + "];\n")
          .find("different addresses"),
      std::string::npos);
  EXPECT_NE(errorOf("wmma.load.a.sync.aligned.row.m16n16k16.f16 {%r0, %r1}, [%rd1];\n")
                .find("expected 8 registers, got 2"),
            std::string::npos);
  EXPECT_NE(
      errorOf("wmma.load.a.sync.aligned.col.m8n8k32.s4 {%r0}, [%rd1];\n").find("not implemented"),
      std::string::npos);
  EXPECT_EQ(errorOf("wmma.load.a.sync.aligned.row.m8n8k32.s4 {%r0}, [%rd1], 64;\n"), "");
  EXPECT_NE(errorOf("wmma.load.a.sync.aligned.row.m8n8k32.s4 {%r0}, [%rd1], 36;\n")
                .find("a stride of whole words, multiples of 8 elements, got 36"),
            std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
