// This file runs every program of the corpus, as every compiler made it, on the simulator with all
// checks, and compares with the answers computed here.
#include "test/SimHarness.h"
#include "test/corpus/Program.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

namespace azulejo::sim::corpus {
namespace {

using test::Arg;
using test::Sim;

struct Build {
  Program program;
  std::string compiler, target;
};

void PrintTo(const Build &build, std::ostream *out) {
  *out << build.program.name << " by " << build.compiler << " for " << build.target;
}

std::vector<Build> allBuilds() {
  std::vector<Build> builds;
  for (const Program &program : readManifest(AZJ_CORPUS_DIR "/manifest.json"))
    for (const auto &[compiler, target] : program.builds)
      builds.push_back({program, compiler, target});
  return builds;
}

std::string readText(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string nameOf(const testing::TestParamInfo<Build> &info) {
  std::string name = info.param.program.name + "_" + info.param.compiler + "_" + info.param.target;
  for (char &c : name)
    c = c == '-' ? '_' : c;
  return name;
}

bool agree(double got, double want, const Program &program) {
  if (std::isnan(want) || std::isinf(want) || std::isnan(got))
    return got == want || (std::isnan(got) && std::isnan(want));
  return std::fabs(got - want) <= program.absolute + program.relative * std::fabs(want);
}

void compare(const Program &program, const BufferSpec &buffer, const std::vector<uint8_t> &got,
             const std::vector<uint8_t> &want) {
  bool isFloat = buffer.type.find('f') != std::string::npos;
  bool isExact = program.relative == 0 && program.absolute == 0;
  size_t size = buffer.elementBytes();
  unsigned faults = 0;
  for (size_t i = 0; i < buffer.count && faults < 5; ++i) {
    if (std::memcmp(&got[i * size], &want[i * size], size) == 0)
      continue;
    double g = isFloat ? numberAt(buffer, got, i) : 0, w = isFloat ? numberAt(buffer, want, i) : 0;
    if (isFloat && (!isExact || std::isnan(w)) && agree(g, w, program))
      continue;
    ++faults;
    if (isFloat) {
      ADD_FAILURE() << buffer.name << "[" << i << "]: got " << g << ", expected " << w;
      continue;
    }
    uint64_t bits = 0, expected = 0;
    std::memcpy(&bits, &got[i * size], size);
    std::memcpy(&expected, &want[i * size], size);
    ADD_FAILURE() << buffer.name << "[" << i << "]: got " << int64_t(bits) << ", expected "
                  << int64_t(expected);
  }
}

class ProgramRun {
public:
  ProgramRun(const Build &build, const std::string &order)
      : program(build.program),
        sim("sm=" + build.target + ",checks=all,limit=20000000,async=" + order) {}

  std::string load(const std::string &ptx) { return sim.load(ptx, program.name + ".ptx"); }

  // The first message of a launch that fails.
  std::string launchAll() {
    Data data(program);
    for (const BufferSpec &buffer : program.buffers)
      places[buffer.name] = buffer.fill.empty()
                                ? sim.allocate(data.raw(buffer.name).size(), buffer.name.c_str())
                                : sim.upload(data.raw(buffer.name), buffer.name.c_str());
    std::string error;
    for (const LaunchSpec &launch : program.launches)
      if (error.empty())
        error = sim.launch(launch.entry, launch.grid, launch.block, bind(launch), launch.shared);
    return error;
  }

  void check() {
    Answer answer = findAnswer(program.name);
    ASSERT_NE(answer, nullptr) << "no answer for " << program.name;
    Data wanted(program);
    answer(wanted);
    for (const BufferSpec &buffer : program.buffers)
      if (!buffer.isScratch)
        compare(program, buffer,
                sim.download<uint8_t>(places[buffer.name], wanted.raw(buffer.name).size()),
                wanted.raw(buffer.name));
    EXPECT_EQ(sim.findings(), 0u) << sim.report();
  }

private:
  std::vector<Arg> bind(const LaunchSpec &launch) {
    std::vector<Arg> args;
    for (const ArgSpec &spec : launch.args) {
      Arg arg;
      arg.bytes = spec.bytes;
      if (!spec.buffer.empty())
        arg = Arg::of(azj_device_ptr(places.at(spec.buffer) + spec.offset * sizeOf(spec.buffer)));
      args.push_back(arg);
    }
    return args;
  }

  size_t sizeOf(const std::string &name) const {
    for (const BufferSpec &buffer : program.buffers)
      if (buffer.name == name)
        return buffer.elementBytes();
    ADD_FAILURE() << "no buffer '" << name << "'";
    return 1;
  }

  const Program &program;
  Sim sim;
  std::map<std::string, azj_device_ptr> places;
};

class Corpus : public testing::TestWithParam<Build> {};

TEST_P(Corpus, RunsAndAgrees) {
  const Build &build = GetParam();
  const Program &program = build.program;
  std::string ptx = readText(std::string(AZJ_CORPUS_DIR "/ptx/") + build.compiler + "/" +
                             build.target + "/" + program.name + ".ptx");
  std::vector<std::string> orders = {"lazy", "random,seed=2"};
  if (program.hasOrders)
    orders.push_back("eager");
  for (const std::string &order : orders) {
    SCOPED_TRACE("async=" + order);
    ProgramRun run(build, order);
    std::string error = run.load(ptx);
    if (!program.refused.empty()) {
      EXPECT_NE(error.find(program.refused), std::string::npos) << error;
      continue;
    }
    ASSERT_EQ(error, "");
    testing::internal::CaptureStdout();
    error = run.launchAll();
    EXPECT_EQ(testing::internal::GetCapturedStdout(), program.prints);
    if (!program.finding.empty()) {
      EXPECT_NE(error.find(program.finding), std::string::npos) << error;
      continue;
    }
    ASSERT_EQ(error, "");
    run.check();
  }
}

INSTANTIATE_TEST_SUITE_P(All, Corpus, testing::ValuesIn(allBuilds()), nameOf);

} // namespace
} // namespace azulejo::sim::corpus
