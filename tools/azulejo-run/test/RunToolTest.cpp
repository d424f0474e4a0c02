// This file runs azulejo-run as a user does, on a simulator's library made for tests, and checks
// output, files and exit codes.
#include "Npy.h"
#include "TestBundle.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <sys/wait.h>

using namespace azulejo::run;
using namespace azulejo::runtime::test;

namespace {

struct Outcome {
  int code = -1;
  std::string text; // stdout and stderr
  bool has(const std::string &part) const { return text.find(part) != std::string::npos; }
};

class RunToolTest : public testing::Test {
protected:
  void SetUp() override {
    bundle = folder.write("m.azb", BundleParts().file());
    Tensor x;
    x.shape = {2, 4};
    x.bytes.resize(32);
    for (size_t i = 0; i < 8; ++i)
      setElement(x, i, static_cast<double>(i));
    writeNpy(folder.path("x.npy"), x);
  }

  Outcome run(const std::string &arguments, const std::string &environment = "") {
    std::string command = environment +
                          " AZULEJO_SIM_LIBRARY=" AZULEJO_FAKE_SIM
                          " AZULEJO_CUDA_LIBRARY=/nonexistent " AZULEJO_RUN " " +
                          arguments + " 2>&1";
    Outcome outcome;
    FILE *pipe = popen(command.c_str(), "r");
    char chunk[4096];
    for (size_t count; (count = fread(chunk, 1, sizeof(chunk), pipe)) > 0;)
      outcome.text.append(chunk, count);
    int status = pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return outcome;
  }
  std::string file(const char *name) { return folder.path(name); }
  nlohmann::json readJson(const char *name) {
    std::ifstream stream(file(name));
    return nlohmann::json::parse(stream, nullptr, false);
  }

  TemporaryFolder folder;
  std::string bundle;
};

TEST_F(RunToolTest, PrintsASummaryAndTheDevice) {
  Outcome outcome = run(bundle + " --input x=" + file("x.npy"));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_TRUE(outcome.has("azulejo-run: device sim:sm_80 (simulator)\n")) << outcome.text;
  EXPECT_TRUE(outcome.has("y f32 [2, 4] [1, 3, 5, 7, 5, 7, 9, 11] min 1 max 11 (element 7) mean 6"))
      << outcome.text;
}

TEST_F(RunToolTest, WritesOutputs) {
  Outcome outcome = run(bundle + " --input " + file("x.npy") + " --output y=" + file("y.npy") +
                        " --output-dir " + file("out"));
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_FALSE(outcome.has("min"));
  for (const char *name : {"y.npy", "out/y.npy"}) {
    Tensor y = readNpy(file(name));
    EXPECT_EQ(y.shape, (std::vector<int64_t>{2, 4}));
    EXPECT_EQ(elementOf(y, 7), 11);
  }
}

TEST_F(RunToolTest, MissingInputsAreNamedWithTypeAndShape) {
  Outcome outcome = run(bundle);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(outcome.has("error: input 'x' is missing: f32 [batch, 4]; give it with --input "
                          "x=FILE.npy"))
      << outcome.text;
}

TEST_F(RunToolTest, InputFaultsExitWithOne) {
  Tensor wrong;
  wrong.shape = {2, 5};
  wrong.bytes.resize(40);
  writeNpy(file("wrong.npy"), wrong);
  struct Case {
    std::string arguments, message;
  };
  const Case cases[] = {
      {bundle + " --input x=" + file("wrong.npy"), "input 'x': dimension 1 must be 4, got 5"},
      {bundle + " --input x=" + file("absent.npy"), "cannot open"},
      {bundle + " --input z=" + file("x.npy"), "must be NAME=FILE with the name of an input: 'x'"},
      {bundle + " --input x=random --output z=a.npy", "with the name of an output: 'y'"},
      {bundle + " --input x=random --output y=/nonexistent/y.npy",
       "output 'y' cannot write '/nonexistent/y.npy': there is no folder '/nonexistent'"},
      {bundle + " --input x=random --dim batch=100", "must be between 1 and 64, got 100"},
      {bundle + " --input x=random --dim depth=1",
       "--dim names 'depth', which is no symbolic dimension of the model; there are: batch"},
      {bundle + " --dim batch=3 --input x=" + file("x.npy"),
       "input 'x': dimension 0 must be 3 as --dim batch says, got 2"},
      {file("absent.azb") + " --input x=zeros", "cannot open"},
      {folder.write("bad.azb", "garbage garbage") + " --input x=zeros", "not a safetensors file"},
  };
  for (const Case &test : cases) {
    Outcome outcome = run(test.arguments);
    EXPECT_EQ(outcome.code, 1) << test.arguments << outcome.text;
    EXPECT_TRUE(outcome.has(test.message)) << test.message << " / " << outcome.text;
  }
}

TEST_F(RunToolTest, WrongCommandLinesExitWithTwo) {
  for (const char *arguments :
       {"", "--nonsense", "MODEL --device", "MODEL --sim-check=everything", "MODEL --benchmark=x",
        "MODEL --benchmark=0", "MODEL --dim batch", "MODEL --dim batch=-1"}) {
    std::string text = arguments;
    if (text.rfind("MODEL", 0) == 0)
      text.replace(0, 5, bundle + " --input x=zeros");
    EXPECT_EQ(run(text).code, 2) << arguments;
  }
  EXPECT_EQ(run(bundle + " --input x=zeros --device=tpu").code, 2);
  struct Case {
    const char *arguments, *message;
  };
  const Case cases[] = {
      {" --stats=a --stats=b",
       "azulejo-run: error: --stats is given twice; see azulejo-run --help"},
      {" --device=", "error: --device needs a value; see azulejo-run --help"},
      {" --trace", "error: --trace needs a value; see azulejo-run --help"},
      {" --nonsense",
       "error: the following argument was not expected: --nonsense; see azulejo-run"},
      {" --dim batch=2 --dim batch=3", "error: --dim 'batch' is given twice"},
      {" --dim batch=2x", "error: --dim: must be NAME=N, got 'batch=2x'"},
      {" --benchmark=0", "error: --benchmark: must be a number from 1 to 1000000, got '0'"},
  };
  for (const Case &test : cases) {
    Outcome outcome = run(bundle + " --input x=zeros" + test.arguments);
    EXPECT_EQ(outcome.code, 2) << test.arguments;
    EXPECT_TRUE(outcome.has(test.message)) << test.message << " / " << outcome.text;
  }
  EXPECT_TRUE(run("").has("azulejo-run: error: MODEL is required; see azulejo-run --help"));
  EXPECT_EQ(run(bundle + " --input x=zeros --input x=zeros").code, 2);
}

TEST_F(RunToolTest, WhatARunReadsIsNotOverwritten) {
  std::string x = " --input x=" + file("x.npy");
  const std::pair<std::string, std::string> cases[] = {
      {x + " --stats=" + bundle, "--stats would overwrite '" + bundle + "', which MODEL reads"},
      {x + " --trace=" + file("x.npy"), "which --input reads"},
      {x + " --output y=" + file("./x.npy"), "output 'y' would overwrite"},
      {x + " --output y=" + file("y.npy") + " --stats=" + file("y.npy"),
       "which output 'y' writes"}};
  for (const auto &[arguments, message] : cases) {
    Outcome outcome = run(bundle + arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    EXPECT_TRUE(outcome.has(message)) << outcome.text;
  }
  EXPECT_EQ(run(bundle + x).code, 0);
}

TEST_F(RunToolTest, MissingDevicesAndMemoryExitWithThree) {
  Outcome outcome = run(bundle + " --input x=zeros --device=cuda");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_TRUE(outcome.has("no CUDA driver")) << outcome.text;
  outcome = run(bundle + " --input x=zeros --device=sim:sm_75");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_TRUE(outcome.has("has no program for sm_75")) << outcome.text;
  outcome = run(bundle + " --input x=zeros", "FAKE_SIM_FAIL=allocate FAKE_SIM_OOM=1");
  EXPECT_EQ(outcome.code, 3) << outcome.text;
}

TEST_F(RunToolTest, DeviceFaultsExitWithFour) {
  Outcome outcome = run(bundle + " --input x=zeros", "FAKE_SIM_FAIL=launch");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_TRUE(outcome.has("steps[0] (Add_0): kernel 'add'")) << outcome.text;
}

TEST_F(RunToolTest, FindingsExitWithOneAndTheirText) {
  Outcome outcome = run(bundle + " --input x=zeros", "FAKE_SIM_FINDING='race on y'");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(outcome.has("finding: race on y")) << outcome.text;
  EXPECT_TRUE(outcome.has("the simulator reported 1 finding\n")) << outcome.text;
}

TEST_F(RunToolTest, SimOptionsArrive) {
  Outcome outcome = run(bundle + " --input x=zeros --sim-check=mem,race --sim-options=seed=7",
                        "FAKE_SIM_OPTIONS=1");
  EXPECT_TRUE(outcome.has("options: sm=80,seed=7,checks=mem+race\n")) << outcome.text;
  BundleParts parts;
  parts.targets = "[\"sm_90a\"]";
  outcome = run(folder.write("h.azb", parts.file()) + " --input x=zeros", "FAKE_SIM_OPTIONS=1");
  EXPECT_TRUE(outcome.has("options: sm=90\n")) << outcome.text;
}

TEST_F(RunToolTest, ListsTheBundle) {
  Outcome outcome = run(bundle + " --list");
  EXPECT_EQ(outcome.code, 0);
  for (const char *line :
       {"input   x  f32 [batch, 4]\n", "output  y  f32 [batch, 4]\n", "symbol  batch  1..64\n",
        "program 0  sm_80  kernels 1, launches 1, copies 0, PTX 7.0\n",
        "  kernel  add  block [128, 1, 1]  shared 0\n"})
    EXPECT_TRUE(outcome.has(line)) << line << outcome.text;
}

TEST_F(RunToolTest, StatsTraceAndBenchmark) {
  Outcome outcome =
      run(bundle + " --input x=random:3 --dim batch=5 --benchmark=4 --stats=" + file("s.json") +
          " --trace=" + file("t.json"));
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_TRUE(outcome.has("4 runs (simulated; not a GPU's time): min ")) << outcome.text;
  auto stats = readJson("s.json");
  EXPECT_EQ(stats["launches"], 1);
  EXPECT_EQ(stats["weight_bytes"], 16);
  EXPECT_EQ(stats["benchmark"]["runs"], 4);
  EXPECT_EQ(stats["sim"]["counters"]["launches"], 1);
  auto trace = readJson("t.json");
  ASSERT_EQ(trace["traceEvents"].size(), 3u);
  EXPECT_EQ(trace["traceEvents"][1]["name"], "add");
  EXPECT_EQ(trace["traceEvents"][1]["args"]["node"], "Add_0");
}

TEST_F(RunToolTest, RandomInputsDependOnTheSeedAlone) {
  auto once = [&](const std::string &seed) {
    return run(bundle + " --dim batch=2 --input x=random:" + seed).text;
  };
  EXPECT_EQ(once("1"), once("1"));
  EXPECT_NE(once("1"), once("2"));
  EXPECT_TRUE(
      run(bundle + " --input x=random").has("using batch=1; --dim batch=N chooses another"));
}

} // namespace
