// This file tests the mode approx=adversarial: errors stay within the ISA's bounds, are there,
// depend on the operands and the seed alone, and spare what is special.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <cmath>

namespace azulejo::sim::test {
namespace {

// The true result in the 64 bits of long double's fraction.
long double truthOf(const std::string &op, long double a, long double b) {
  return op == "div"     ? a / b
         : op == "rcp"   ? 1 / a
         : op == "sqrt"  ? std::sqrt(a)
         : op == "rsqrt" ? 1 / std::sqrt(a)
         : op == "ex2"   ? std::exp2(a)
         : op == "lg2"   ? std::log2(a)
         : op == "sin"   ? std::sin(a)
         : op == "cos"   ? std::cos(a)
                         : std::tanh(a);
}

// The tables of the ISA; negative: none stated for these operands.
long double boundOf(const std::string &op, const std::string &type, long double a, long double b,
                    long double y) {
  long double size = std::fabs(y), ulp = std::ldexp(1.0L, std::ilogb(y) - 23);
  if (type == "f16")
    return op == "ex2" ? size * std::exp2(-9.9L) : std::exp2(-10.987L);
  if (type == "bf16")
    return op == "ex2" ? size * 0x1p-7L : 0x1p-8L;
  if (op == "div")
    return std::fabs(b) >= 0x1p-126L && std::fabs(b) <= 0x1p126L ? 2 * ulp : -1;
  if (op == "rcp")
    return ulp;
  if (op == "ex2")
    return 2 * ulp;
  if (op == "sqrt")
    return size * 0x1p-23L;
  if (op == "rsqrt")
    return size * std::exp2(-22.9L);
  if (op == "lg2")
    return a > 0.5L && a < 2 ? 0x1p-22L : size * 0x1p-22L;
  if (op == "tanh")
    return size * 0x1p-11L;
  long double m = std::fabs(a), pi = 3.14159265358979323846L;
  return m <= 2 * pi ? std::exp2(-20.5L) : m <= 100 * pi ? std::exp2(-14.7L) : -1;
}

// Operands in ranges where the functions are of interest, and special ones.
LaneInputs operandsFor(const std::string &type) {
  LaneInputs inputs = {laneValues(101), laneValues(102), laneValues(103)};
  FloatFormat format = formatOf(type);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    if (lane % 8 == 0)
      continue;
    uint64_t draw = inputs.a[lane] * 0x9e3779b97f4a7c15u;
    double range = lane % 8 < 4 ? 4 : lane % 8 < 6 ? 0.7 : 12;
    double value = (double(draw >> 11) * 0x1p-53 - (lane % 2 != 0 ? 0.0 : 0.5)) * range + 0.01;
    uint64_t bits = bitsOf(format, value, RoundTo::Nearest);
    inputs.a[lane] = bits | bitsOf(format, value * 0.75, RoundTo::Nearest) << (format.bytes * 8);
    inputs.b[lane] = bitsOf(format, 1.5 + double(draw & 0xffff) * 0x1p-14, RoundTo::Nearest);
  }
  return inputs;
}

bool isOrdinary(FloatFormat format, uint64_t bits) {
  Quad value = valueOf(format, bits);
  return value == value && value - value == 0 && !isSubnormal(format, bits);
}

void testForm(const std::string &opcode) {
  std::string op = opcode.substr(0, opcode.find('.')), type = opcode.substr(opcode.rfind('.') + 1);
  bool isPair = type.size() > 3 && type.substr(type.size() - 2) == "x2";
  type = isPair ? type.substr(0, type.size() - 2) : type;
  FloatFormat format = formatOf(type);
  unsigned bytes = format.bytes * (isPair ? 2 : 1);
  LaneInputs inputs = operandsFor(type);
  std::vector<LaneOp> ops = {{opcode + " " + laneRegister(bytes, 20) + ", " +
                                  laneRegister(bytes, 10) +
                                  (op == "div" ? ", " + laneRegister(bytes, 11) : "") + ";",
                              bytes}};
  auto run = [&](const std::string &options) {
    return runOps(ops, inputs, "sm_90", "", options)[0];
  };
  std::vector<uint64_t> nearest = run(""), first = run(",approx=adversarial,seed=1"),
                        again = run(",seed=1,approx=adversarial"),
                        second = run(",approx=adversarial,seed=2");
  EXPECT_EQ(first, again) << opcode;
  EXPECT_NE(first, second) << opcode;
  size_t ordinary = 0, different = 0;
  for (size_t lane = 0; lane < kLanes; ++lane)
    for (unsigned at = 0; at < bytes * 8; at += format.bytes * 8) {
      uint64_t mask = (uint64_t{1} << format.bytes * 8) - 1, a = inputs.a[lane] >> at & mask,
               near = nearest[lane] >> at & mask, got = first[lane] >> at & mask;
      long double x = static_cast<long double>(valueOf(format, a));
      long double z = static_cast<long double>(valueOf(format, inputs.b[lane] & mask));
      long double truth = truthOf(op, x, z);
      bool isSpecial = !isOrdinary(format, near) || x == 0 || truth == 0;
      long double bound = isSpecial ? -1 : boundOf(op, type, x, z, truth);
      if (bound < 0) {
        EXPECT_EQ(got, near) << opcode << std::hex << " of " << a;
        continue;
      }
      ++ordinary;
      different += got != near;
      // The nearest number itself may be further off than a bound below half a unit.
      long double error = std::fabs(static_cast<long double>(valueOf(format, got)) - truth);
      EXPECT_TRUE(error <= bound * (1 + 1e-15L) || got == near)
          << opcode << " of " << double(x) << ": error " << double(error) << ", bound "
          << double(bound);
    }
  EXPECT_GT(ordinary, 100u) << opcode;
  EXPECT_GT(different * 4, ordinary) << opcode << ": " << different << " of " << ordinary;
}

TEST(Approximate, AdversarialResultsAreWithinTheBounds) {
  size_t forms = 0;
  for (const Form *form : allForms())
    if (form->alu != nullptr && form->opClass == OpClass::Special)
      for (const std::string &opcode : spellingsOf(*form, 10)) {
        testForm(opcode);
        ++forms;
      }
  EXPECT_GT(forms, 25u);
}

TEST(Approximate, TheModeIsAnOption) {
  azj_device *device = nullptr;
  azj_status status = azj_sim_device_create("sm=80,approx=wild", &device);
  EXPECT_NE(std::string(azj_status_message(status)).find("nearest or adversarial"),
            std::string::npos);
  azj_status_free(status);
}

} // namespace
} // namespace azulejo::sim::test
