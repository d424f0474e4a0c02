// This file declares the data that the simulator's tests of whole kernels share: files of PTX,
// numbers of f16, and tensor maps of matrices.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_TESTDATA_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_TESTDATA_H

#include "test/SimHarness.h"

#include <cstdint>
#include <string>
#include <vector>

namespace azulejo::sim::test {

// The text of a file in test/kernels.
std::string readKernel(const std::string &file);

// f16 by the definition of the format, apart from the simulator's conversions. Rounds to nearest.
uint16_t doubleToHalf(double value);
double halfToDouble(uint16_t bits);

// Multiples of 1/8 in [-1, 1], the same for the same seed.
std::vector<uint16_t> randomHalves(size_t count, uint32_t seed);

// The map of a matrix without gaps, loaded in boxes of boxRows x boxColumns.
azj_tensor_map matrixMap(Sim &sim, azj_tensor_map_type type, unsigned elementBytes,
                         azj_device_ptr base, uint32_t rows, uint32_t columns, uint32_t boxRows,
                         uint32_t boxColumns, uint32_t swizzle);

// The same of f16, with the 128-byte swizzle or another.
azj_tensor_map halfMap(Sim &sim, azj_device_ptr base, uint32_t rows, uint32_t columns,
                       uint32_t boxRows, uint32_t boxColumns, uint32_t swizzle = 3);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_TESTDATA_H
