// This file tests spellings of every row of ld and st: each space, order and hint, vector and type,
// by the bytes that arrive.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

constexpr unsigned kLaneBytes = 32; // of memory that each lane has

struct Access {
  std::string opcode, type, space;
  unsigned lanes = 1;
  bool hasHint = false;
  unsigned bytes() const { return bitsOfName(type) / 8; }
};

Access takeApart(const std::string &opcode) {
  Access access;
  access.opcode = opcode;
  access.space = "generic";
  for (Modifiers mods(opcode); !mods.done();) {
    std::string piece(mods.next());
    access.hasHint |= piece == "L2::cache_hint";
    if (piece == "v2" || piece == "v4" || piece == "v8")
      access.lanes = unsigned(piece[1] - '0');
    for (const char *space : {"global", "shared", "local", "const", "param"})
      if (piece.substr(0, piece.find("::")) == space)
        access.space = space;
    access.type = piece;
  }
  return access;
}

std::string registerName(unsigned bytes, unsigned number) { return laneRegister(bytes, number); }

std::string vectorText(const Access &access, unsigned first) {
  std::string text;
  for (unsigned lane = 0; lane < access.lanes; ++lane)
    text += (lane != 0 ? ", " : "") + registerName(access.bytes(), first + lane);
  return access.lanes == 1 ? text : "{" + text + "}";
}

std::string addressIn(const std::string &space) {
  return space == "global" || space == "generic" ? "[%rd3]"
         : space == "shared"                     ? "[%r3]"
         : space == "local"                      ? "[mine]"
         : space == "const"                      ? "[%rd6]"
                                                 : "[parameter]";
}

// Registers of 64 bits to memory of that space, or back; constants cannot be written.
std::string copyWords(bool isLoad, const std::string &space, unsigned first) {
  std::string text;
  for (unsigned word = 0; word < kLaneBytes / 8; ++word) {
    std::string at = addressIn(space);
    at.insert(at.size() - 1, "+" + std::to_string(8 * word));
    std::string reg = "%rd" + std::to_string(first + word);
    text += (isLoad ? "ld." : "st.") + (space == "generic" ? "global" : space) + ".b64 " +
            (isLoad ? reg + ", " + at : at + ", " + reg) + ";\n";
  }
  return text;
}

// The constant table repeats, so that every lane reads the same words.
std::string prologue() {
  return ".shared .align 32 .b8 words[8192];\n.local .align 32 .b8 mine[32];\n"
         ".param .align 32 .b8 parameter[32];\nmov.u32 %r3, words;\nshl.b32 %r4, %r1, 5;\n"
         "add.u32 %r3, %r3, %r4;\ncvt.u64.u32 %rd4, %r4;\nld.param.u64 %rd3, [pm];\n"
         "add.s64 %rd3, %rd3, %rd4;\nmov.u64 %rd6, table;\n"
         "createpolicy.fractional.L2::evict_first.b64 %rd7, 0f3F800000;\n";
}

std::string kernelOf(const std::string &body) {
  return ".version 9.0\n.target sm_120\n.address_size 64\n"
         ".const .align 32 .b64 table[4] = {0x8182838485868788, 0x0102030405060708, "
         "0xf0f1f2f3f4f5f6f7, 0x7fff8000ffff0001};\n"
         ".visible .entry k(.param .u64 pin, .param .u64 pm, .param .u64 po)\n{\n"
         ".reg .pred %p<4>;\n.reg .b16 %h<64>;\n.reg .b32 %r<64>;\n.reg .b64 %rd<128>;\n"
         "mov.u32 %r1, %tid.x;\n" +
         prologue() + body + "ret;\n}\n";
}

const uint64_t kTable[4] = {0x8182838485868788, 0x0102030405060708, 0xf0f1f2f3f4f5f6f7,
                            0x7fff8000ffff0001};

// The value of a register of that many bytes, extended from the access's type.
uint64_t extended(const Access &access, const uint64_t *words, unsigned lane) {
  unsigned bytes = access.bytes(), at = lane * bytes;
  uint64_t raw = words[at / 8] >> (at % 8 * 8);
  unsigned registerBits = std::max(16u, bytes * 8);
  uint64_t mask = registerBits == 64 ? ~uint64_t{0} : (uint64_t{1} << registerBits) - 1;
  Quad value =
      integerValue((isSignedName(access.type) ? "s" : "u") + std::to_string(bytes * 8), raw);
  return (value < 0 ? uint64_t(int64_t(value)) : uint64_t(value)) & mask;
}

std::vector<Access> accessesOf(const std::vector<const char *> &rows, size_t limit) {
  std::vector<Access> accesses;
  for (const char *name : rows) {
    size_t before = accesses.size();
    for (const Form *form : allForms())
      if (form->name == std::string(name))
        for (const std::string &opcode : spellingsOf(*form, limit))
          accesses.push_back(takeApart(opcode));
    EXPECT_GT(accesses.size(), before) << name;
  }
  return accesses;
}

// Launches one CTA; memory of `pm` starts with `start`.
std::vector<uint64_t> launch(const std::string &body, const std::vector<uint64_t> &in,
                             const std::vector<uint64_t> &start, size_t outWords) {
  Sim sim("sm=120,checks=mem+init+sync");
  EXPECT_EQ(sim.load(kernelOf(body)), "");
  azj_device_ptr out = sim.upload(std::vector<uint64_t>(outWords));
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {kLanes, 1, 1},
                       {Arg::of(sim.upload(in)), Arg::of(sim.upload(start)), Arg::of(out)}),
            "");
  return sim.download<uint64_t>(out, outWords);
}

std::vector<uint64_t> manyWords(unsigned seed) {
  std::vector<uint64_t> words;
  for (unsigned part = 0; part < kLaneBytes / 8; ++part)
    for (uint64_t value : laneValues(seed + part))
      words.push_back(value);
  return words;
}

// 128-bit registers go through all spaces, in one instruction each way.
TEST(LoadStoreForms, EveryRowOf128Bits) {
  std::vector<Access> loads = accessesOf({"ld_b128"}, 200), stores = accessesOf({"st_b128"}, 200);
  std::vector<uint64_t> memory = manyWords(71);
  std::string body = ".reg .b128 %rq<2>;\nld.param.u64 %rd8, [po];\nshl.b32 %r5, %r1, 4;\n"
                     "cvt.u64.u32 %rd9, %r5;\nadd.s64 %rd8, %rd8, %rd9;\n" +
                     copyWords(true, "global", 20) + copyWords(false, "shared", 20) +
                     copyWords(false, "local", 20) + copyWords(false, "param", 20);
  auto keep = [&](size_t k) {
    return "st.global.b128 [%rd8+" + std::to_string(k * kLanes * 16) + "], %rq1;\n";
  };
  for (size_t k = 0; k < loads.size(); ++k)
    body += loads[k].opcode + " %rq1, " + addressIn(loads[k].space) + ";\n" + keep(k);
  body += "mov.b128 %rq1, {%rd22, %rd23};\n";
  for (size_t k = 0; k < stores.size(); ++k)
    body += copyWords(false, stores[k].space, 20) + stores[k].opcode + " " +
            addressIn(stores[k].space) + ", %rq1;\n" + copyWords(true, stores[k].space, 40) +
            "mov.b128 %rq1, {%rd40, %rd41};\n" + keep(loads.size() + k);
  std::vector<uint64_t> out =
      launch(body, {0}, memory, (loads.size() + stores.size()) * kLanes * 2);
  for (size_t k = 0; k < loads.size() + stores.size(); ++k)
    for (size_t word = 0; word < kLanes * 2; ++word) {
      bool isLoad = k < loads.size(), isConst = isLoad && loads[k].space == "const";
      uint64_t expected =
          isConst ? kTable[word % 2] : memory[word / 2 * 4 + word % 2 + !isLoad * 2];
      ASSERT_EQ(out[k * kLanes * 2 + word], expected)
          << (isLoad ? loads[k] : stores[k - loads.size()]).opcode << " word " << word;
    }
}

TEST(LoadStoreForms, EveryRowOfLd) {
  std::vector<Access> accesses = accessesOf(
      {"ld", "ld_hint", "ld_nc", "ld_volatile", "ld_ordered", "ld_mmio", "ld_wide", "ldu"}, 120);
  std::vector<uint64_t> memory = manyWords(41);
  std::string body =
      "ld.param.u64 %rd8, [po];\nmul.wide.u32 %rd9, %r1, 64;\nadd.s64 %rd8, %rd8, %rd9;\n" +
      copyWords(true, "global", 20) + copyWords(false, "shared", 20) +
      copyWords(false, "local", 20) + copyWords(false, "param", 20);
  for (size_t k = 0; k < accesses.size(); ++k) {
    const Access &access = accesses[k];
    body += access.opcode + " " + vectorText(access, 30) + ", " + addressIn(access.space) +
            (access.hasHint ? ", %rd7;\n" : ";\n");
    unsigned bytes = std::max(2u, access.bytes());
    for (unsigned lane = 0; lane < access.lanes; ++lane)
      body += "st.global.b" + std::to_string(bytes * 8) + " [%rd8+" +
              std::to_string(k * kLanes * 64 + lane * 8) + "], " + registerName(bytes, 30 + lane) +
              ";\n";
  }
  std::vector<uint64_t> out = launch(body, {0}, memory, accesses.size() * kLanes * 8);
  for (size_t k = 0; k < accesses.size(); ++k) {
    const Access &access = accesses[k];
    unsigned wrong = 0;
    for (unsigned thread = 0; thread < kLanes; ++thread)
      for (unsigned lane = 0; lane < access.lanes; ++lane) {
        const uint64_t *words = access.space == "const" ? kTable : &memory[thread * 4];
        uint64_t expected = extended(access, words, lane);
        uint64_t got = out[(k * kLanes + thread) * 8 + lane];
        if (got != expected && wrong++ < 3)
          ADD_FAILURE() << std::hex << access.opcode << " element " << lane << " of thread "
                        << thread << " gave " << got << ", expected " << expected;
      }
  }
}

TEST(LoadStoreForms, EveryRowOfSt) {
  std::vector<Access> accesses =
      accessesOf({"st", "st_hint", "st_volatile", "st_ordered", "st_mmio", "st_wide"}, 120);
  std::vector<uint64_t> values = manyWords(51);
  std::string body =
      "ld.param.u64 %rd8, [po];\nadd.s64 %rd8, %rd8, %rd4;\nld.param.u64 %rd9, [pin];\n"
      "add.s64 %rd9, %rd9, %rd4;\nmov.b64 %rd20, 0x5555555555555555;\n"
      "mov.b64 %rd21, %rd20;\nmov.b64 %rd22, %rd20;\nmov.b64 %rd23, %rd20;\n";
  for (unsigned n = 0; n < 8; ++n) {
    std::string number = std::to_string(30 + n);
    body += n < 4 ? "ld.global.b64 %rd" + number + ", [%rd9+" + std::to_string(8 * n) + "];\n"
                  : "mov.b64 %rd" + number + ", %rd" + std::to_string(26 + n) + ";\n";
    body += "cvt.u32.u64 %r" + number + ", %rd" + number + ";\ncvt.u16.u64 %h" + number + ", %rd" +
            number + ";\n";
  }
  for (size_t k = 0; k < accesses.size(); ++k) {
    const Access &access = accesses[k];
    body += copyWords(false, access.space, 20) + access.opcode + " " + addressIn(access.space) +
            ", " + vectorText(access, 30) + (access.hasHint ? ", %rd7;\n" : ";\n") +
            copyWords(true, access.space, 40);
    for (unsigned word = 0; word < 4; ++word)
      body += "st.global.b64 [%rd8+" + std::to_string(k * kLanes * kLaneBytes + word * 8) +
              "], %rd" + std::to_string(40 + word) + ";\n";
  }
  std::vector<uint64_t> out = launch(body, values, manyWords(61), accesses.size() * kLanes * 4);
  for (size_t k = 0; k < accesses.size(); ++k) {
    const Access &access = accesses[k];
    unsigned wrong = 0;
    for (unsigned thread = 0; thread < kLanes; ++thread) {
      uint8_t expected[kLaneBytes];
      std::fill(expected, expected + kLaneBytes, uint8_t{0x55});
      for (unsigned lane = 0; lane < access.lanes; ++lane)
        for (unsigned byte = 0; byte < access.bytes(); ++byte)
          expected[lane * access.bytes() + byte] =
              uint8_t(values[thread * 4 + lane % 4] >> (8 * byte));
      if (__builtin_memcmp(expected, &out[(k * kLanes + thread) * 4], kLaneBytes) != 0 &&
          wrong++ < 3)
        ADD_FAILURE() << access.opcode << " of thread " << thread << " left other bytes";
    }
  }
}

} // namespace
} // namespace azulejo::sim::test
