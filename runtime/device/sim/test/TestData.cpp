// This file implements the data that the simulator's tests of whole kernels share.
#include "test/TestData.h"

#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

namespace azulejo::sim::test {

std::string readKernel(const std::string &file) {
  std::ifstream in(std::string(AZJ_SIM_TEST_KERNELS) + "/" + file);
  EXPECT_TRUE(in.good()) << "cannot read " << file;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

uint16_t doubleToHalf(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return sign;
  int exponent = std::max(std::ilogb(magnitude), -14);
  // nearbyint rounds to even; a carry out of the fraction moves the exponent up by itself.
  auto steps = uint32_t(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
  uint32_t bits = steps < 1024 ? steps : (uint32_t(exponent + 15) << 10) + (steps - 1024);
  return uint16_t(sign | std::min(bits, 0x7c00u));
}

double halfToDouble(uint16_t bits) {
  int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  double magnitude = exponent == 31  ? (fraction != 0 ? NAN : INFINITY)
                     : exponent == 0 ? std::ldexp(fraction, -24)
                                     : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::vector<uint16_t> randomHalves(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint16_t> values(count);
  for (uint16_t &value : values)
    value = doubleToHalf((int(random() % 17) - 8) / 8.0);
  return values;
}

azj_tensor_map matrixMap(Sim &sim, azj_tensor_map_type type, unsigned elementBytes,
                         azj_device_ptr base, uint32_t rows, uint32_t columns, uint32_t boxRows,
                         uint32_t boxColumns, uint32_t swizzle) {
  azj_tensor_map_desc desc = {};
  desc.type = type;
  desc.rank = 2;
  desc.base = base;
  desc.dims[0] = columns;
  desc.dims[1] = rows;
  desc.strides[1] = columns * elementBytes;
  desc.box[0] = boxColumns;
  desc.box[1] = boxRows;
  desc.element_strides[0] = desc.element_strides[1] = 1;
  desc.swizzle = swizzle;
  azj_tensor_map map;
  azj_status status = sim.device->vtable->encode_tensor_map(sim.device, &desc, &map);
  EXPECT_EQ(status, nullptr);
  azj_status_free(status);
  return map;
}

azj_tensor_map halfMap(Sim &sim, azj_device_ptr base, uint32_t rows, uint32_t columns,
                       uint32_t boxRows, uint32_t boxColumns, uint32_t swizzle) {
  return matrixMap(sim, AZJ_TENSOR_MAP_F16, 2, base, rows, columns, boxRows, boxColumns, swizzle);
}

} // namespace azulejo::sim::test
