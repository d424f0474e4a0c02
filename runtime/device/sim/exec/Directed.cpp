// This file implements arithmetic in the directed rounding modes by those of the host. It is
// compiled so that the compiler computes nothing in advance.
#include "exec/Directed.h"

#include <cfenv>
#include <cmath>

namespace azulejo::sim {

namespace {
class RoundingMode {
public:
  explicit RoundingMode(Toward mode) : before(std::fegetround()) {
    std::fesetround(mode == Toward::Zero   ? FE_TOWARDZERO
                    : mode == Toward::Down ? FE_DOWNWARD
                                           : FE_UPWARD);
  }
  ~RoundingMode() { std::fesetround(before); }

private:
  int before;
};

// What is read back from memory was computed before the mode is set back.
template <typename T, typename Fn> T inMode(Toward mode, Fn fn) {
  volatile T result;
  {
    RoundingMode set(mode);
    result = fn();
  }
  return result;
}
} // namespace

double addToward(Toward mode, double a, double b) {
  volatile double x = a, y = b;
  return inMode<double>(mode, [&] { return x + y; });
}
double mulToward(Toward mode, double a, double b) {
  volatile double x = a, y = b;
  return inMode<double>(mode, [&] { return x * y; });
}
double fmaToward(Toward mode, double a, double b, double c) {
  volatile double x = a, y = b, z = c;
  return inMode<double>(mode, [&] { return std::fma(x, y, z); });
}
double divToward(Toward mode, double a, double b) {
  volatile double x = a, y = b;
  return inMode<double>(mode, [&] { return x / y; });
}
float divToward(Toward mode, float a, float b) {
  volatile float x = a, y = b;
  return inMode<float>(mode, [&] { return x / y; });
}
double sqrtToward(Toward mode, double a) {
  volatile double x = a;
  return inMode<double>(mode, [&] { return std::sqrt(x); });
}
float sqrtToward(Toward mode, float a) {
  volatile float x = a;
  return inMode<float>(mode, [&] { return std::sqrt(x); });
}

} // namespace azulejo::sim
