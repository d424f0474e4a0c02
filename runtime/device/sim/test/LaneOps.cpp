// This file implements how tests run many instructions over the same lanes of operands at once.
#include "test/LaneOps.h"

#include "test/SimHarness.h"

#include <random>

namespace azulejo::sim::test {

std::string laneRegister(unsigned bytes, unsigned number) {
  return (bytes <= 2 ? "%h" : (bytes == 4 ? "%r" : "%rd")) + std::to_string(number);
}

std::vector<uint64_t> laneValues(unsigned seed) {
  static const uint64_t kBits[] = {0,
                                   1,
                                   2,
                                   31,
                                   32,
                                   33,
                                   127,
                                   128,
                                   255,
                                   0x7f,
                                   0x80,
                                   0x7fff,
                                   0x8000,
                                   0xffff,
                                   0x0001,
                                   0x03ff,
                                   0x0400,
                                   0x7bff,
                                   0x7c00,
                                   0xfc00,
                                   0x7e01,
                                   0x3c00,
                                   0xbc00,
                                   0x3f80,
                                   0xbf80,
                                   0x7f80,
                                   0xff80,
                                   0x0080,
                                   0x3f800000,
                                   0xbf800000,
                                   0x3f000000,
                                   0xbf000000,
                                   0x3fc00000,
                                   0x40200000,
                                   0xc0200000,
                                   0x7f800000,
                                   0xff800000,
                                   0x7fc00000,
                                   0x00000001,
                                   0x80000001,
                                   0x007fffff,
                                   0x00800000,
                                   0x7f7fffff,
                                   0xff7fffff,
                                   0x4f000000,
                                   0xcf000000,
                                   0x4f800000,
                                   0x5f000000,
                                   0x5f800000,
                                   0x477fe000,
                                   0x477ff000,
                                   0x38800000,
                                   0x33000000,
                                   0x33000001,
                                   0x33800000,
                                   0x42ff0000,
                                   0x7fffffff,
                                   0x80000000,
                                   0xffffffff,
                                   0x3f7fffff,
                                   0x3f800001,
                                   0x437f0000,
                                   0xc3000000,
                                   0x3ff0000000000000,
                                   0xbff8000000000000,
                                   0x7ff0000000000000,
                                   0xfff0000000000000,
                                   0x7ff8000000000000,
                                   0x0000000000000001,
                                   0x8000000000000001,
                                   0x000fffffffffffff,
                                   0x0010000000000000,
                                   0x7fefffffffffffff,
                                   0x41e0000000000000,
                                   0x43e0000000000000,
                                   0x43f0000000000000,
                                   0xc3e0000000000000,
                                   0x47efffffefffffff,
                                   0x47effffff0000000,
                                   0x36a0000000000000,
                                   0x3690000000000001,
                                   0x40effe0000000000,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   0xffffffffffffffff,
                                   0x3fe0000000000000,
                                   0x4004000000000000};
  std::mt19937_64 random(seed);
  std::vector<uint64_t> values(kLanes);
  constexpr size_t kCount = sizeof(kBits) / sizeof(kBits[0]);
  for (size_t i = 0; i < kLanes; ++i) {
    uint64_t bits = random();
    switch (i % 4) {
    case 0: // an order of magnitude at random
      bits >>= random() % 64;
      break;
    case 1: // f64 and f32 of moderate size
      bits = (bits & 0x807fffff807fffff) | (0x3f00000000000000 + (random() % 20 << 55)) |
             (0x3f000000 + (random() % 20 << 23));
      break;
    case 2:
      bits = kBits[random() % kCount];
      break;
    default:
      bits = i / 4 < kCount ? kBits[i / 4] : bits;
    }
    values[i] = bits;
  }
  // Every special value once at least, in the first lanes, whatever the seed.
  for (size_t i = 0; i < kCount; ++i)
    values[(i + seed * 37) % kLanes] = kBits[i];
  return values;
}

std::vector<std::vector<uint64_t>> runOps(const std::vector<LaneOp> &ops, const LaneInputs &inputs,
                                          const std::string &target, const std::string &prologue,
                                          const std::string &options) {
  std::string body = "mov.u32 %r1, %tid.x;\nmul.wide.u32 %rd9, %r1, 8;\n";
  for (const char *name : {"pc", "pb", "pa"}) {
    std::string n = name[1] == 'a' ? "10" : (name[1] == 'b' ? "11" : "12");
    body += std::string("ld.param.u64 %rd1, [") + name + "];\nadd.s64 %rd1, %rd1, %rd9;\n" +
            "ld.global.u64 %rd" + n + ", [%rd1];\ncvt.u32.u64 %r" + n + ", %rd" + n +
            ";\ncvt.u16.u64 %h" + n + ", %rd" + n + ";\n";
  }
  body += "and.b32 %r2, %r12, 1;\nsetp.ne.u32 %p5, %r2, 0;\nld.param.u64 %rd5, [po];\n"
          "add.s64 %rd5, %rd5, %rd9;\n" +
          prologue;
  for (size_t k = 0; k < ops.size(); ++k)
    body += ops[k].text + "\nst.global.b" + std::to_string(ops[k].bytes * 8) + " [%rd5+" +
            std::to_string(k * kLanes * 8) + "], " + laneRegister(ops[k].bytes, 20) + ";\n";
  Sim sim("sm=" + target.substr(3, target.find_first_not_of("0123456789", 3) - 3) +
          ",checks=mem+sync" + options);
  std::string name = ops.empty() ? "none" : ops[0].text;
  std::string error =
      sim.load(wrapKernel(".param .u64 pa, .param .u64 pb, .param .u64 pc, .param .u64 po", body,
                          target, "9.0"),
               name);
  EXPECT_EQ(error, "");
  std::vector<std::vector<uint64_t>> results(ops.size(), std::vector<uint64_t>(kLanes));
  if (!error.empty())
    return results;
  azj_device_ptr out = sim.upload(std::vector<uint64_t>(ops.size() * kLanes));
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {kLanes, 1, 1},
                       {Arg::of(sim.upload(inputs.a)), Arg::of(sim.upload(inputs.b)),
                        Arg::of(sim.upload(inputs.c)), Arg::of(out)}),
            "")
      << name;
  std::vector<uint64_t> all = sim.download<uint64_t>(out, ops.size() * kLanes);
  for (size_t k = 0; k < ops.size(); ++k)
    results[k].assign(all.begin() + long(k * kLanes), all.begin() + long((k + 1) * kLanes));
  return results;
}

} // namespace azulejo::sim::test
