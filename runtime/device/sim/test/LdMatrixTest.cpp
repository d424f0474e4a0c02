// This file tests the movement of 8x8 matrices between rows and lanes.
#include "device/sim/tc/LdMatrix.h"

#include <gtest/gtest.h>

using namespace azulejo::sim::tc;

namespace {

struct Matrix {
  uint16_t values[8][8];
  const uint8_t *rows[8];
  uint8_t *writable[8];

  Matrix() {
    for (int r = 0; r < 8; ++r) {
      for (int c = 0; c < 8; ++c)
        values[r][c] = uint16_t(0x100 * r + c);
      rows[r] = writable[r] = reinterpret_cast<uint8_t *>(values[r]);
    }
  }
};

TEST(LdMatrix, LanesHoldNeighboursOfARow) {
  Matrix matrix;
  uint32_t lanes[32];
  ldMatrix(matrix.rows, false, lanes);
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t row = lane / 4, column = lane % 4 * 2;
    EXPECT_EQ(lanes[lane], (0x100 * row + column) | (0x100 * row + column + 1) << 16);
  }
}

TEST(LdMatrix, TransposedLanesHoldNeighboursOfAColumn) {
  Matrix matrix;
  uint32_t lanes[32];
  ldMatrix(matrix.rows, true, lanes);
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t column = lane / 4, row = lane % 4 * 2;
    EXPECT_EQ(lanes[lane], (0x100 * row + column) | (0x100 * (row + 1) + column) << 16);
  }
}

TEST(LdMatrix, StoringUndoesLoading) {
  for (bool transposed : {false, true}) {
    Matrix matrix, result;
    uint32_t lanes[32];
    ldMatrix(matrix.rows, transposed, lanes);
    std::fill(&result.values[0][0], &result.values[0][0] + 64, uint16_t(0));
    stMatrix(lanes, transposed, result.writable);
    for (int r = 0; r < 8; ++r)
      for (int c = 0; c < 8; ++c)
        EXPECT_EQ(result.values[r][c], matrix.values[r][c]);
  }
}

TEST(LdMatrix, AddressLanes) {
  EXPECT_EQ(ldMatrixAddressLane(0, 7), 7);
  EXPECT_EQ(ldMatrixAddressLane(3, 2), 26);
}

} // namespace
