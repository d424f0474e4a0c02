// This file declares exact conversions between f32 and the 16-bit floats, for code that is compiled
// once, for any CPU.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SOFTFLOAT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SOFTFLOAT_H

#include <cstdint>

namespace azulejo::sim {

float f16ToFloat(uint16_t bits);
float bf16ToFloat(uint16_t bits);
// Rounds to nearest even, or toward zero; NaN becomes 0x7fff.
uint16_t floatToF16(float value, bool towardZero = false);
uint16_t floatToBf16(float value, bool towardZero = false);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SOFTFLOAT_H
