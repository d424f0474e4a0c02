// This file computes lower bounds of launches.
#include "prof/Roofline.h"

#include <algorithm>
#include <iterator>

namespace azulejo::sim {

const char *boundName(Bound bound) {
  static const char *const kNames[] = {"launch", "tensor", "fp32", "fp64", "special",
                                       "issue",  "shared", "l1",   "l2",   "dram"};
  return kNames[static_cast<unsigned>(bound)];
}

namespace {
// Bytes that a multiprocessor gets from its first-level cache, and from the second level, per
// clock.
constexpr double kL1Bytes = 128, kL2Bytes = 64;
constexpr double kSchedulers = 4;

// Peak TFLOP/s of the operands that countMacs() numbers.
double tensorPeak(const Gpu &gpu, size_t kind) {
  const double peaks[] = {gpu.f16, gpu.f16, gpu.tf32, gpu.int8, gpu.fp8, gpu.f64, gpu.fp8, gpu.fp4};
  return kind < std::size(peaks) ? peaks[kind] : 0;
}

double tensorSeconds(const Gpu &gpu, const LaunchWork &work, uint64_t &unknown) {
  double seconds = 0;
  for (size_t kind = 0; kind < kMacKinds; ++kind) {
    double peak = tensorPeak(gpu, kind);
    if (peak > 0)
      seconds += 2 * double(work.tensorMacs[kind]) / (peak * 1e12);
    else
      unknown += work.tensorMacs[kind];
  }
  return seconds;
}
} // namespace

LowerBound boundLaunch(const Gpu &gpu, const LaunchWork &work) {
  LowerBound bound;
  double clocks = gpu.multiprocessors * gpu.clockGhz * 1e9; // of all multiprocessors, per second
  auto set = [&](Bound kind, double seconds) {
    bound.seconds[static_cast<unsigned>(kind)] = seconds;
  };
  // The busiest multiprocessor has this much more than the mean: CTAs are not divided.
  uint64_t ctas = std::max<uint64_t>(work.ctas, 1), all = gpu.multiprocessors;
  uint64_t rounds = (ctas + all - 1) / all;
  double uneven = double(rounds) * double(all) / double(ctas);
  set(Bound::Tensor, uneven * tensorSeconds(gpu, work, bound.unknownMacs));
  set(Bound::Fp32, uneven * 64 * double(work.fp32) / (gpu.fp32 * 1e12));
  set(Bound::Fp64, uneven * 64 * double(work.fp64) / (gpu.fp64 * 1e12));
  set(Bound::Special, uneven * 32 * double(work.special) / (gpu.specialLanes * clocks));
  set(Bound::Issue, uneven * double(work.issued) / (kSchedulers * clocks));
  set(Bound::Shared, uneven * double(work.wavefronts) / clocks);
  set(Bound::L1, uneven * 32 * double(work.l1Sectors) / (kL1Bytes * clocks));
  set(Bound::L2, 32 * double(work.l2Sectors) / (kL2Bytes * clocks));
  set(Bound::Dram, 32 * double(work.dramSectors) / (gpu.dramGbs * 1e9));
  double longest = 0;
  for (unsigned k = static_cast<unsigned>(Bound::Tensor); k < static_cast<unsigned>(Bound::Count);
       ++k)
    if (bound.seconds[k] > longest) {
      longest = bound.seconds[k];
      bound.limiter = static_cast<Bound>(k);
    }
  set(Bound::Launch, kLaunchSeconds);
  if (longest < kLaunchSeconds)
    bound.limiter = Bound::Launch;
  bound.total = kLaunchSeconds + longest;
  return bound;
}

void BoundSums::add(const LowerBound &launch) {
  for (size_t k = 0; k < std::size(seconds); ++k)
    seconds[k] += launch.seconds[k];
  limited[static_cast<unsigned>(launch.limiter)] += launch.total;
  total += launch.total;
  unknownMacs += launch.unknownMacs;
}

void BoundSums::add(const BoundSums &other) {
  for (size_t k = 0; k < std::size(seconds); ++k) {
    seconds[k] += other.seconds[k];
    limited[k] += other.limited[k];
  }
  total += other.total;
  unknownMacs += other.unknownMacs;
}

Bound BoundSums::limiter() const {
  return static_cast<Bound>(std::max_element(std::begin(limited), std::end(limited)) - limited);
}

} // namespace azulejo::sim
