// This file launches the kernels of test/kernels with every check on, in each asynchronous order,
// and compares their results with plain loops.
#include "test/SimHarness.h"
#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {
namespace {

const char *const kOrders[] = {"lazy", "eager", "random"};

// A Sim with all checks in the given order, and the module of test/kernels loaded.
std::unique_ptr<Sim> open(const std::string &file, int sm, const std::string &order) {
  auto sim =
      std::make_unique<Sim>("sm=" + std::to_string(sm) + ",checks=all,seed=7,async=" + order);
  EXPECT_EQ(sim->load(readKernel(file), file), "");
  return sim;
}

// C = A * B^T in double, A of m x k, B of n x k.
std::vector<double> multiply(const std::vector<uint16_t> &a, const std::vector<uint16_t> &b,
                             uint32_t m, uint32_t n, uint32_t k) {
  std::vector<double> c(size_t(m) * n);
  for (uint32_t i = 0; i < m; ++i)
    for (uint32_t j = 0; j < n; ++j)
      for (uint32_t l = 0; l < k; ++l)
        c[size_t(i) * n + j] +=
            halfToDouble(a[size_t(i) * k + l]) * halfToDouble(b[size_t(j) * k + l]);
  return c;
}

// Counts the elements that differ by more than rounding to f16 explains.
size_t countWrong(const std::vector<uint16_t> &got, const std::vector<double> &expected,
                  double tolerance) {
  size_t wrong = 0;
  for (size_t i = 0; i < got.size(); ++i)
    wrong += !(std::fabs(halfToDouble(got[i]) - expected[i]) <=
               tolerance * (1 + std::fabs(expected[i])));
  return wrong;
}

constexpr uint32_t kM = 256, kN = 256;

TEST(ReferenceKernels, GemmOfSm80) {
  constexpr uint32_t kSteps = 6, kK = 32 * kSteps;
  std::vector<uint16_t> a = randomHalves(kM * kK, 1), b = randomHalves(kN * kK, 2);
  std::vector<double> expected = multiply(a, b, kM, kN, kK);
  for (const char *order : kOrders) {
    auto sim = open("gemm_sm80.ptx", 80, order);
    azj_device_ptr da = sim->upload(a, "A"), db = sim->upload(b, "B"),
                   dc = sim->allocate(kM * kN * 2, "C");
    EXPECT_EQ(sim->launch("gemm80", {kN / 128, kM / 128, 1}, {128, 1, 1},
                          {Arg::of(da), Arg::of(db), Arg::of(dc), Arg::of(kK), Arg::of(kK),
                           Arg::of(kN), Arg::of(kSteps)},
                          65536),
              "")
        << order;
    EXPECT_EQ(countWrong(sim->download<uint16_t>(dc, kM * kN), expected, 1e-3), 0u) << order;
  }
}

struct KernelRun {
  std::string error;
  size_t wrong = 0;
};

KernelRun runGemm90(const std::string &file, const std::string &order) {
  constexpr uint32_t kSteps = 7, kK = 64 * kSteps;
  std::vector<uint16_t> a = randomHalves(kM * kK, 3), b = randomHalves(kN * kK, 4);
  auto sim = open(file, 90, order);
  azj_device_ptr da = sim->upload(a, "A"), db = sim->upload(b, "B"),
                 dc = sim->allocate(kM * kN * 2, "C");
  azj_tensor_map ta = halfMap(*sim, da, kM, kK, 128, 64), tb = halfMap(*sim, db, kN, kK, 128, 64);
  KernelRun run;
  run.error = sim->launch("gemm", {kN / 128, kM / 128, 1}, {384, 1, 1},
                          {Arg::of(ta), Arg::of(tb), Arg::of(dc), Arg::of(kN), Arg::of(kSteps)},
                          4 * 32768 + 64);
  run.wrong = countWrong(sim->download<uint16_t>(dc, kM * kN), multiply(a, b, kM, kN, kK), 1e-3);
  return run;
}

TEST(ReferenceKernels, GemmOfSm90a) {
  for (const char *order : kOrders) {
    KernelRun run = runGemm90("gemm_sm90a.ptx", order);
    EXPECT_EQ(run.error, "") << order;
    EXPECT_EQ(run.wrong, 0u) << order;
  }
}

TEST(ReferenceKernels, GemmAsGivenWritesAccumulatorsBehindTheFence) {
  for (const char *order : kOrders)
    EXPECT_NE(runGemm90("gemm_sm90a_as_given.ptx", order).error.find("no wgmma.fence"),
              std::string::npos)
        << order;
}

struct TensorCoreRun {
  std::string error; // all findings
  size_t wrong = 0;
};

// Launches the kernel in every order; the results by order.
std::vector<TensorCoreRun> runGemmOfSm100a(const std::string &file) {
  constexpr uint32_t kSteps = 7, kK = 64 * kSteps;
  std::vector<uint16_t> a = randomHalves(kM * kK, 8), b = randomHalves(kN * kK, 9);
  std::vector<double> expected = multiply(a, b, kM, kN, kK);
  std::vector<TensorCoreRun> runs;
  for (const char *order : kOrders) {
    auto sim = open(file, 100, order);
    azj_device_ptr da = sim->upload(a, "A"), db = sim->upload(b, "B"),
                   dc = sim->allocate(kM * kN * 2, "C");
    azj_tensor_map ta = halfMap(*sim, da, kM, kK, 128, 64), tb = halfMap(*sim, db, kN, kK, 128, 64);
    TensorCoreRun run;
    run.error = sim->launch("gemm", {kN / 128, kM / 128, 1}, {192, 1, 1},
                            {Arg::of(ta), Arg::of(tb), Arg::of(dc), Arg::of(kN), Arg::of(kSteps)},
                            4 * 32768 + 72);
    if (!run.error.empty())
      run.error = sim->report();
    run.wrong = countWrong(sim->download<uint16_t>(dc, kM * kN), expected, 1e-3);
    runs.push_back(run);
  }
  return runs;
}

TEST(ReferenceKernels, GemmOfSm100a) {
  for (const TensorCoreRun &run : runGemmOfSm100a("gemm_sm100a.ptx")) {
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.wrong, 0u);
  }
}

// As generated, the kernel has a fault, which changes no number here.
TEST(ReferenceKernels, FaultOfTheGemmOfSm100aIsFound) {
  for (const TensorCoreRun &run : runGemmOfSm100a("gemm_sm100a_as_given.ptx")) {
    // One thread of a warp comes to the last barrier after the others, which is right: they meet.
    EXPECT_EQ(run.error.find("an aligned barrier"), std::string::npos) << run.error;
    EXPECT_NE(run.error.find("a register of a tcgen05.ld is used before tcgen05.wait::ld"),
              std::string::npos);
    EXPECT_EQ(run.wrong, 0u);
  }
}

// Pairs of CTAs make tiles of 256 x 128: two pairs above each other, two side by side.
TEST(ReferenceKernels, GemmOfPairsOfSm100a) {
  constexpr uint32_t kRows = 512, kSteps = 7, kK = 64 * kSteps;
  std::vector<uint16_t> a = randomHalves(kRows * kK, 10), b = randomHalves(kN * kK, 11);
  std::vector<double> expected = multiply(a, b, kRows, kN, kK);
  for (const char *order : kOrders) {
    auto sim = open("gemm_pair_sm100a.ptx", 100, order);
    azj_device_ptr da = sim->upload(a, "A"), db = sim->upload(b, "B"),
                   dc = sim->allocate(kRows * kN * 2, "C");
    EXPECT_EQ(sim->launch("gemm_pair", {2 * kN / 128, kRows / 256, 1}, {192, 1, 1},
                          {Arg::of(halfMap(*sim, da, kRows, kK, 128, 64)),
                           Arg::of(halfMap(*sim, db, kN, kK, 64, 64)),
                           Arg::of(halfMap(*sim, dc, kRows, kN, 128, 64)), Arg::of(kSteps)},
                          73784),
              "")
        << order;
    EXPECT_EQ(countWrong(sim->download<uint16_t>(dc, kRows * kN), expected, 1e-3), 0u) << order;
    EXPECT_EQ(sim->findings(), 0u) << order;
  }
}

constexpr uint32_t kHead = 128, kQueries = 256, kBlocks = 5, kKeys = 128 * kBlocks;
constexpr float kScale = 0.25f; // of log2

// softmax2(scale * Q * K^T) * V, with powers of 2.
std::vector<double> attend(const std::vector<uint16_t> &q, const std::vector<uint16_t> &k,
                           const std::vector<uint16_t> &v) {
  std::vector<double> scores = multiply(q, k, kQueries, kKeys, kHead), out(kQueries * kHead);
  for (uint32_t i = 0; i < kQueries; ++i) {
    double *row = &scores[size_t(i) * kKeys], most = row[0], sum = 0;
    for (uint32_t j = 0; j < kKeys; ++j)
      most = std::max(most, row[j]);
    for (uint32_t j = 0; j < kKeys; ++j)
      sum += row[j] = std::exp2(double(kScale) * (row[j] - most));
    for (uint32_t j = 0; j < kKeys; ++j)
      for (uint32_t d = 0; d < kHead; ++d)
        out[size_t(i) * kHead + d] += row[j] / sum * halfToDouble(v[size_t(j) * kHead + d]);
  }
  return out;
}

KernelRun runAttention(const std::string &file, const std::string &order) {
  std::vector<uint16_t> q = randomHalves(kQueries * kHead, 5), k = randomHalves(kKeys * kHead, 6),
                        v = randomHalves(kKeys * kHead, 7);
  auto sim = open(file, 90, order);
  azj_device_ptr dq = sim->upload(q, "Q"), dk = sim->upload(k, "K"), dv = sim->upload(v, "V"),
                 out = sim->allocate(kQueries * kHead * 2, "O");
  KernelRun run;
  run.error = sim->launch("fa", {kQueries / 128, 1, 1}, {384, 1, 1},
                          {Arg::of(halfMap(*sim, dq, kQueries, kHead, 128, 64)),
                           Arg::of(halfMap(*sim, dk, kKeys, kHead, 128, 64)),
                           Arg::of(halfMap(*sim, dv, kKeys, kHead, 128, 64)), Arg::of(out),
                           Arg::of(kBlocks), Arg::of(kScale)},
                          5 * 32768 + 9 * 8);
  // P is rounded to f16 before it multiplies V.
  run.wrong = countWrong(sim->download<uint16_t>(out, kQueries * kHead), attend(q, k, v), 2e-3);
  return run;
}

TEST(ReferenceKernels, AttentionOfSm90a) {
  for (const char *order : kOrders) {
    KernelRun run = runAttention("attention_sm90a.ptx", order);
    EXPECT_EQ(run.error, "") << order;
    EXPECT_EQ(run.wrong, 0u) << order;
  }
}

TEST(ReferenceKernels, AttentionAsGivenHasTwoFaults) {
  KernelRun run = runAttention("attention_sm90a_as_given.ptx", "lazy");
  EXPECT_NE(run.error.find("no wgmma.fence"), std::string::npos) << run.error;
  EXPECT_GT(run.wrong, 1000u);
}

} // namespace
} // namespace azulejo::sim::test
