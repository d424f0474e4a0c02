// This file declares a plain formulation of the number formats, for tests: values in binary128,
// rounded by definition. It shares nothing with the simulator's own code.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_NUMBERS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_NUMBERS_H

#include <cstdint>
#include <string>

namespace azulejo::sim::test {

// A float format of the IEEE 754 kind.
struct FloatFormat {
  unsigned exponentBits, fractionBits;
  unsigned bytes;
};

// The format or the integer type that a name such as "f16" or "s32" means.
bool isFloatName(const std::string &type);
FloatFormat formatOf(const std::string &type);
bool isSignedName(const std::string &type);
unsigned bitsOfName(const std::string &type);

// IEEE binary128.
#if __LDBL_MANT_DIG__ == 113
using Quad = long double;
#else
using Quad = __float128;
#endif

enum class RoundTo { Nearest, Zero, Down, Up, NearestAway };
// "rn" and "rni", "rz", "rm", "rp", "rna".
RoundTo roundingOf(const std::string &modifier);

Quad valueOf(FloatFormat format, uint64_t bits);
// Rounds once; NaN becomes all ones but the sign.
uint64_t bitsOf(FloatFormat format, Quad value, RoundTo rounding);
bool isNanBits(FloatFormat format, uint64_t bits);
bool isSubnormal(FloatFormat format, uint64_t bits);

// To a whole number.
Quad roundWhole(Quad value, RoundTo rounding);
// The value of an integer of that type in the low bits.
Quad integerValue(const std::string &type, uint64_t bits);
// The nearest value of the type to a whole number.
uint64_t saturated(const std::string &type, Quad whole);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_NUMBERS_H
