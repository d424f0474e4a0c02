// This file damages a bundle in thousands of ways: opening it and reading all that it offers must
// end in success or in a status. Run it with AZULEJO_SANITIZE=address,undefined to see every stray
// access.
#include "TestBundle.h"
#include "azulejo/runtime/bundle.h"
#include "bundle/Bundle.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <random>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

class HostileBundleTest : public testing::Test {
protected:
  // Opens `content` and touches everything. Returns true when the bundle was accepted.
  bool survive(const std::string &content) {
    std::string path = folder.write("m.azb", content);
    azj_bundle bundle = nullptr;
    azj_status status = azj_bundle_open(path.c_str(), &bundle);
    if (status) {
      EXPECT_NE(azj_status_code(status), AZJ_INTERNAL) << azj_status_message(status);
      EXPECT_STRNE(azj_status_message(status), "");
      azj_status_free(status);
      return false;
    }
    touch(*bundle->bundle);
    azj_bundle_close(bundle);
    return true;
  }

  void touch(const Bundle &bundle) {
    const Plan &plan = bundle.plan();
    std::vector<int64_t> values(plan.symbols.size(), 3);
    for (const PlanTensor &tensor : plan.inputs)
      for (Formula dimension : tensor.shape) {
        int64_t value;
        azj_status_free(plan.formulas.evaluate(dimension, values, value));
      }
    for (size_t i = 0; i < plan.weights.size(); ++i)
      for (uint64_t byte = 0; byte < bundle.weight(i).bytes; ++byte)
        sum += bundle.weight(i).data[byte];
    for (const PlanProgram &program : plan.programs)
      for (const PlanKernel &kernel : program.kernels)
        azj_status_free(checkPtx(kernel, bundle.ptx(kernel)));
  }

  TemporaryFolder folder;
  uint64_t sum = 0;
};

TEST_F(HostileBundleTest, TruncationAtEveryByte) {
  std::string file = BundleParts().file();
  for (size_t length = 0; length < file.size(); ++length)
    EXPECT_FALSE(survive(file.substr(0, length))) << length;
  EXPECT_TRUE(survive(file));
  EXPECT_FALSE(survive(file + "x"));
}

TEST_F(HostileBundleTest, EveryBitOfTheHeadFlipped) {
  std::string file = BundleParts().file();
  uint64_t length;
  memcpy(&length, file.data(), 8);
  for (size_t byte = 0; byte < 8 + length; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = file;
      damaged[byte] = static_cast<char>(damaged[byte] ^ 1 << bit);
      survive(damaged);
    }
  }
}

TEST_F(HostileBundleTest, RandomDamage) {
  std::string file = BundleParts().file();
  std::mt19937 random(2026);
  auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  static const char *const pieces[] = {
      "[",    "]",  "{",      "}",  "\"", "\\",   ",",
      "-1",   "0",  "1e9",    "\n", ":",  "null", "9223372036854775807",
      "true", "[[", "\\u0000"};
  for (int round = 0; round < 6000; ++round) {
    std::string damaged = file;
    for (size_t change = 0; change <= below(4); ++change) {
      size_t at = below(damaged.size());
      switch (below(4)) {
      case 0:
        damaged[at] = static_cast<char>(random());
        break;
      case 1:
        damaged.insert(at, pieces[below(std::size(pieces))]);
        break;
      case 2:
        damaged.erase(at, below(20));
        break;
      default:
        damaged.replace(at, 1, pieces[below(std::size(pieces))]);
      }
      if (damaged.empty())
        break;
    }
    // Half of the rounds mend the length, so that the damage reaches the JSON.
    if (round % 2 && damaged.size() > 8) {
      uint64_t length;
      memcpy(&length, file.data(), 8);
      length += damaged.size() - file.size();
      size_t rest = (64 - (8 + length) % 64) % 64;
      if (length < damaged.size() - 8)
        damaged.insert(8 + length, rest, ' ');
      length += rest;
      memcpy(damaged.data(), &length, 8);
    }
    survive(damaged);
  }
}

// Damages the plan alone and wraps it in a whole file, so that every round reaches the plan reader.
TEST_F(HostileBundleTest, RandomPlans) {
  BundleParts parts;
  parts.steps = R"([{"launch": 0, "grid": ["batch", 1, 1], "args": [{"arena": ["*", "batch", 4],
      "bytes": 64, "access": "write"}, {"f32": -1.5}, {"tensormap": {"buffer": {"input": 0,
      "offset": ["/", "batch", 2]}, "type": "f16", "dims": ["batch", 4], "strides": [16],
      "box": [8, 4], "swizzle": "128", "nan_fill": false}}]},
      {"copy": {"from": {"arena": 0, "bytes": 4}, "to": {"output": 0}, "bytes": 4}},
      {"fill": {"to": {"output": 0}, "value": 1, "bytes": ["max", "batch", 2]}}])";
  ASSERT_TRUE(survive(parts.file()));
  std::string plan = parts.planText();
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 6000; ++round) {
    BundleParts damaged;
    damaged.plan = plan;
    size_t at = random() % plan.size(), from = random() % plan.size();
    size_t length = random() % 12;
    if (round % 3 == 0)
      damaged.plan[at] = plan[from];
    else if (round % 3 == 1)
      damaged.plan.replace(at, length, plan.substr(from, random() % 12));
    else
      damaged.plan[at] = "0123456789-\"[]{},:"[random() % 18];
    accepted += survive(damaged.file());
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 3000);
}

} // namespace
