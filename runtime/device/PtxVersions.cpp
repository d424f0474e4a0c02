// This file holds the table of CUDA versions, PTX versions and driver branches.
#include "device/PtxVersions.h"

namespace azulejo::runtime {
namespace {

struct Row {
  int32_t cuda;   // major * 1000 + minor * 10, as cuDriverGetVersion counts
  int32_t ptx;    // newest PTX of that CUDA version
  int32_t branch; // first driver branch of that CUDA version
};

// From the PTX ISA's release table and the CUDA toolkits' release notes.
constexpr Row table[] = {
    {10000, 63, 410}, {10010, 64, 418}, {10020, 65, 440}, {11000, 70, 450}, {11010, 71, 455},
    {11020, 72, 460}, {11030, 73, 465}, {11040, 74, 470}, {11050, 75, 495}, {11060, 76, 510},
    {11070, 77, 515}, {11080, 78, 520}, {12000, 80, 525}, {12010, 81, 530}, {12020, 82, 535},
    {12030, 83, 545}, {12040, 84, 550}, {12050, 85, 555}, {12060, 85, 560}, {12070, 86, 565},
    {12080, 87, 570}, {12090, 88, 575}, {13000, 90, 580}, {13010, 91, 590},
};

} // namespace

int32_t newestPtxOfDriver(int32_t cudaVersion) {
  int32_t ptx = 0;
  for (const Row &row : table)
    if (row.cuda <= cudaVersion)
      ptx = row.ptx;
  return ptx;
}

DriverNeed driverForPtx(int32_t ptxVersion) {
  for (const Row &row : table)
    if (row.ptx >= ptxVersion)
      return {row.cuda / 1000, row.cuda % 1000 / 10, row.branch};
  return {0, 0, 0};
}

} // namespace azulejo::runtime
