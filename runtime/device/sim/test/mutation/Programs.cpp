// This file holds the launches and oracles of the kernels that are mutated.
#include "test/mutation/Programs.h"

#include <cmath>
#include <map>

namespace azulejo::sim::test {

namespace {
using Words = std::vector<uint32_t>;

Words numbers(uint32_t count) {
  Words words(count);
  for (uint32_t i = 0; i < count; ++i)
    words[i] = i * i % 1009 + i;
  return words;
}

std::string reduce(Buffers &b, bool &isRight) {
  Words in = numbers(512), expected(2);
  for (uint32_t i = 0; i < 512; ++i)
    expected[i / 256] += in[i];
  azj_device_ptr from = b.upload(in, "in"), to = b.allocate(8, "out");
  std::string error = b.sim.launch("reduce", {2, 1, 1}, {256, 1, 1}, {Arg::of(from), Arg::of(to)});
  isRight = b.download<uint32_t>(to, 2, 1) == expected;
  return error;
}

std::string transpose(Buffers &b, bool &isRight) {
  Words in = numbers(4096), expected(4096);
  for (uint32_t i = 0; i < 4096; ++i)
    expected[i % 64 * 64 + i / 64] = in[i];
  azj_device_ptr from = b.upload(in, "in"), to = b.allocate(16384, "out");
  std::string error =
      b.sim.launch("transpose", {2, 1, 1}, {32, 8, 1}, {Arg::of(from), Arg::of(to)});
  isRight = b.download<uint32_t>(to, 4096, 1) == expected;
  return error;
}

std::string scan(Buffers &b, bool &isRight) {
  Words in = numbers(256), expected(256);
  for (uint32_t i = 0, sum = 0; i < 256; ++i)
    expected[i] = sum += in[i];
  azj_device_ptr from = b.upload(in, "in"), to = b.allocate(1024, "out");
  std::string error = b.sim.launch("scan", {1, 1, 1}, {256, 1, 1}, {Arg::of(from), Arg::of(to)});
  isRight = b.download<uint32_t>(to, 256, 1) == expected;
  return error;
}

std::string histogram(Buffers &b, bool &isRight) {
  std::vector<uint8_t> in(1024);
  Words expected(256), zeros(256);
  for (uint32_t i = 0; i < 1024; ++i) {
    in[i] = uint8_t(i * i % 251);
    ++expected[in[i]];
  }
  azj_device_ptr from = b.upload(in, "in"), to = b.upload(zeros, "out");
  std::string error =
      b.sim.launch("histogram", {4, 1, 1}, {256, 1, 1}, {Arg::of(from), Arg::of(to)});
  isRight = b.download<uint32_t>(to, 256, 1) == expected;
  return error;
}

std::string epilogue(Buffers &b, bool &isRight) {
  Words expected(1024);
  for (uint32_t i = 0; i < 1024; ++i)
    expected[i] = i;
  azj_device_ptr to = b.allocate(4096, "out");
  std::string error = b.sim.launch("epilogue", {2, 1, 1}, {256, 1, 1}, {Arg::of(to)});
  isRight = b.download<uint32_t>(to, 1024, 0) == expected;
  return error;
}

std::string flag(Buffers &b, bool &isRight) {
  Words expected(128);
  std::vector<uint16_t> zero(2); // one word
  for (uint32_t i = 0; i < 128; ++i)
    expected[i] = (127 - i) * (127 - i) + 7;
  azj_device_ptr data = b.allocate(512, "data"), raised = b.upload(zero, "raised"),
                 out = b.allocate(512, "out");
  std::string error =
      b.sim.launch("flag", {2, 1, 1}, {128, 1, 1}, {Arg::of(data), Arg::of(raised), Arg::of(out)});
  isRight = b.download<uint32_t>(out, 128, 2) == expected;
  return error;
}

std::string ticket(Buffers &b, bool &isRight) {
  Words expected(64);
  std::vector<uint16_t> zero(2); // one word
  for (uint32_t i = 0; i < 512; ++i)
    expected[i % 64] += 3 * i;
  azj_device_ptr sums = b.allocate(2048, "sums"), tickets = b.upload(zero, "tickets"),
                 out = b.allocate(256, "out");
  std::string error = b.sim.launch("ticket", {8, 1, 1}, {64, 1, 1},
                                   {Arg::of(sums), Arg::of(tickets), Arg::of(out)});
  isRight = b.download<uint32_t>(out, 64, 2) == expected;
  return error;
}

std::string named(Buffers &b, bool &isRight) {
  Words expected(256);
  for (uint32_t i = 0; i < 256; ++i)
    expected[i] = i / 64 * 100 + 63 - i % 64;
  azj_device_ptr out = b.allocate(1024, "out");
  std::string error = b.sim.launch("named", {1, 1, 1}, {128, 1, 1}, {Arg::of(out)});
  isRight = b.download<uint32_t>(out, 256, 0) == expected;
  return error;
}

std::string exchange(Buffers &b, bool &isRight) {
  Words expected(128);
  for (uint32_t i = 0; i < 128; ++i)
    expected[i] = (1 - i / 64) * 1000 + 63 - i % 64;
  azj_device_ptr out = b.allocate(512, "out");
  std::string error = b.sim.launch("exchange", {2, 1, 1}, {64, 1, 1}, {Arg::of(out)}, 0, {2, 1, 1});
  isRight = b.download<uint32_t>(out, 128, 0) == expected;
  return error;
}

std::string handover(Buffers &b, bool &isRight) {
  Words expected(128);
  std::vector<uint16_t> zero(2); // one word
  for (uint32_t i = 0; i < 128; ++i)
    expected[i] = (127 - i) * (127 - i) + 7;
  azj_device_ptr tile = b.allocate(512, "tile"), raised = b.upload(zero, "raised"),
                 out = b.allocate(512, "out");
  std::string error = b.sim.launch("handover", {2, 1, 1}, {128, 1, 1},
                                   {Arg::of(tile), Arg::of(raised), Arg::of(out)});
  isRight = b.download<uint32_t>(out, 128, 2) == expected;
  return error;
}

std::string push(Buffers &b, bool &isRight) {
  Words expected(256);
  for (uint32_t i = 0; i < 256; ++i)
    expected[i] = (1 - i / 128) * 1000 + i / 64 % 2 * 500 + 63 - i % 64;
  azj_device_ptr out = b.allocate(1024, "out");
  std::string error = b.sim.launch("push", {2, 1, 1}, {64, 1, 1}, {Arg::of(out)}, 0, {2, 1, 1});
  isRight = b.download<uint32_t>(out, 256, 0) == expected;
  return error;
}

std::string bulkring(Buffers &b, bool &isRight) {
  Words in = numbers(2048), expected(128);
  for (uint32_t i = 0; i < 2048; ++i)
    expected[i % 256 / 2] += in[i];
  azj_device_ptr from = b.upload(in, "in"), out = b.allocate(512, "out");
  std::string error =
      b.sim.launch("bulkring", {1, 1, 1}, {160, 1, 1}, {Arg::of(from), Arg::of(out)});
  isRight = b.download<uint32_t>(out, 128, 1) == expected;
  return error;
}

std::string steal(Buffers &b, bool &isRight) {
  Words in = numbers(1024), expected(1024);
  for (uint32_t i = 0; i < 1024; ++i)
    expected[i] = 3 * in[i] + i / 128;
  azj_device_ptr from = b.upload(in, "in"), out = b.allocate(4096, "out"),
                 who = b.allocate(32, "who");
  std::string error =
      b.sim.launch("steal", {8, 1, 1}, {128, 1, 1}, {Arg::of(from), Arg::of(out), Arg::of(who)});
  isRight = b.download<uint32_t>(out, 1024, 1) == expected;
  return error;
}

// A * B^T of f16, of m x n x k.
std::vector<double> product(const std::vector<uint16_t> &a, const std::vector<uint16_t> &b,
                            uint32_t m, uint32_t n, uint32_t k) {
  std::vector<double> c(m * n);
  for (uint32_t i = 0; i < m; ++i)
    for (uint32_t j = 0; j < n; ++j)
      for (uint32_t l = 0; l < k; ++l)
        c[i * n + j] += halfToDouble(a[i * k + l]) * halfToDouble(b[j * k + l]);
  return c;
}

bool isNear(const std::vector<uint16_t> &got, const std::vector<double> &expected,
            double tolerance) {
  for (size_t i = 0; i < got.size(); ++i)
    if (!(std::fabs(halfToDouble(got[i]) - expected[i]) <=
          tolerance * (1 + std::fabs(expected[i]))))
      return false;
  return true;
}

std::string gemm80(Buffers &b, bool &isRight) {
  constexpr uint32_t kSize = 128, kSteps = 6, kK = 32 * kSteps;
  std::vector<uint16_t> x = randomHalves(kSize * kK, 1), y = randomHalves(kSize * kK, 2);
  azj_device_ptr a = b.upload(x, "A"), c = b.upload(y, "B"),
                 out = b.allocate(kSize * kSize * 2, "C");
  std::string error = b.sim.launch("gemm80", {1, 1, 1}, {128, 1, 1},
                                   {Arg::of(a), Arg::of(c), Arg::of(out), Arg::of(kK), Arg::of(kK),
                                    Arg::of(kSize), Arg::of(kSteps)},
                                   b.dynamicShared(65536));
  static const std::vector<double> kExpected = product(x, y, kSize, kSize, kK);
  isRight = isNear(b.download<uint16_t>(out, kSize * kSize, 2), kExpected, 1e-3);
  return error;
}

// A tile by TMA and a ring of stages; the kernels for sm_90a and sm_100a take the same arguments.
std::string gemmOfStages(Buffers &b, bool &isRight, uint32_t seed, uint32_t threads,
                         uint32_t sharedBytes) {
  constexpr uint32_t kSize = 128, kSteps = 6, kK = 64 * kSteps;
  std::vector<uint16_t> x = randomHalves(kSize * kK, seed), y = randomHalves(kSize * kK, seed + 1);
  azj_device_ptr a = b.upload(x, "A"), c = b.upload(y, "B"),
                 out = b.allocate(kSize * kSize * 2, "C");
  std::string error =
      b.sim.launch("gemm", {1, 1, 1}, {threads, 1, 1},
                   {Arg::of(b.map(a, kSize, kK, 128, 64)), Arg::of(b.map(c, kSize, kK, 128, 64)),
                    Arg::of(out), Arg::of(kSize), Arg::of(kSteps)},
                   b.dynamicShared(sharedBytes));
  static std::map<uint32_t, std::vector<double>> expected; // by seed
  std::vector<double> &answer = expected[seed];
  if (answer.empty())
    answer = product(x, y, kSize, kSize, kK);
  isRight = isNear(b.download<uint16_t>(out, kSize * kSize, 2), answer, 1e-3);
  return error;
}

std::string gemm90(Buffers &b, bool &isRight) {
  return gemmOfStages(b, isRight, 3, 384, 4 * 32768 + 64);
}

std::string gemm100(Buffers &b, bool &isRight) {
  return gemmOfStages(b, isRight, 8, 192, 4 * 32768 + 72);
}

// A pair of CTAs.
std::string gemmPair(Buffers &b, bool &isRight) {
  constexpr uint32_t kRows = 256, kColumns = 128, kSteps = 5, kK = 64 * kSteps;
  std::vector<uint16_t> x = randomHalves(kRows * kK, 10), y = randomHalves(kColumns * kK, 11);
  azj_device_ptr a = b.upload(x, "A"), c = b.upload(y, "B"),
                 out = b.allocate(kRows * kColumns * 2, "C");
  std::string error =
      b.sim.launch("gemm_pair", {2, 1, 1}, {192, 1, 1},
                   {Arg::of(b.map(a, kRows, kK, 128, 64)), Arg::of(b.map(c, kColumns, kK, 64, 64)),
                    Arg::of(b.map(out, kRows, kColumns, 128, 64)), Arg::of(kSteps)},
                   b.dynamicShared(73784));
  static const std::vector<double> kExpected = product(x, y, kRows, kColumns, kK);
  isRight = isNear(b.download<uint16_t>(out, kRows * kColumns, 2), kExpected, 1e-3);
  return error;
}

constexpr uint32_t kHead = 128, kQueries = 128, kBlocks = 4, kKeys = 128 * kBlocks;
constexpr float kScale = 0.25f; // of log2

std::vector<double> attend(const std::vector<uint16_t> &q, const std::vector<uint16_t> &k,
                           const std::vector<uint16_t> &v) {
  std::vector<double> out(kQueries * kHead);
  for (uint32_t i = 0; i < kQueries; ++i) {
    double row[kKeys], most = -1e30, sum = 0;
    for (uint32_t j = 0; j < kKeys; ++j) {
      row[j] = 0;
      for (uint32_t d = 0; d < kHead; ++d)
        row[j] += halfToDouble(q[i * kHead + d]) * halfToDouble(k[j * kHead + d]);
      most = std::max(most, row[j]);
    }
    for (double &score : row)
      sum += score = std::exp2(double(kScale) * (score - most));
    for (uint32_t j = 0; j < kKeys; ++j)
      for (uint32_t d = 0; d < kHead; ++d)
        out[i * kHead + d] += row[j] / sum * halfToDouble(v[j * kHead + d]);
  }
  return out;
}

std::string attention(Buffers &b, bool &isRight) {
  static const std::vector<uint16_t> kQ = randomHalves(kQueries * kHead, 5),
                                     kK = randomHalves(kKeys * kHead, 6),
                                     kV = randomHalves(kKeys * kHead, 7);
  static const std::vector<double> kExpected = attend(kQ, kK, kV);
  azj_device_ptr q = b.upload(kQ, "Q"), k = b.upload(kK, "K"), v = b.upload(kV, "V"),
                 out = b.allocate(kQueries * kHead * 2, "O");
  std::string error = b.sim.launch(
      "fa", {1, 1, 1}, {384, 1, 1},
      {Arg::of(b.map(q, kQueries, kHead, 128, 64)), Arg::of(b.map(k, kKeys, kHead, 128, 64)),
       Arg::of(b.map(v, kKeys, kHead, 128, 64)), Arg::of(out), Arg::of(kBlocks), Arg::of(kScale)},
      b.dynamicShared(5 * 32768 + 72));
  isRight = isNear(b.download<uint16_t>(out, kQueries * kHead, 3), kExpected, 2e-3);
  return error;
}
} // namespace

const std::vector<Program> &programs() {
  static const std::vector<Program> kPrograms = {
      {"reduce", "mutation/reduce.ptx", 80, 8, reduce},
      {"transpose", "mutation/transpose.ptx", 80, 8, transpose},
      {"scan", "mutation/scan.ptx", 80, 8, scan},
      {"histogram", "mutation/histogram.ptx", 80, 8, histogram},
      {"flag", "mutation/flag.ptx", 80, 8, flag},
      {"ticket", "mutation/ticket.ptx", 80, 8, ticket},
      {"named", "mutation/named.ptx", 80, 8, named},
      {"epilogue", "mutation/epilogue.ptx", 90, 8, epilogue},
      {"exchange", "mutation/cluster.ptx", 90, 8, exchange},
      {"handover", "mutation/handover.ptx", 90, 8, handover},
      {"push", "mutation/push.ptx", 90, 8, push},
      {"bulkring", "mutation/bulkring.ptx", 90, 8, bulkring},
      {"steal", "mutation/steal.ptx", 100, 8, steal},
      {"gemm_sm80", "kernels/gemm_sm80.ptx", 80, 6, gemm80},
      {"gemm_sm90a", "kernels/gemm_sm90a.ptx", 90, 8, gemm90},
      {"gemm_sm100a", "kernels/gemm_sm100a.ptx", 100, 8, gemm100},
      {"gemm_pair_sm100a", "kernels/gemm_pair_sm100a.ptx", 100, 8, gemmPair},
      {"attention_sm90a", "kernels/attention_sm90a.ptx", 90, 14, attention},
  };
  return kPrograms;
}

} // namespace azulejo::sim::test
