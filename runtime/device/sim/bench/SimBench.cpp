// This file is the simulator's benchmark: kernels that nvcc and clang made from the sources in
// kernels/, with each set of checks. Times are those of the process's threads together, so that a
// rate is one core's.
#include "Cases.h"

#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

extern "C" azj_status azj_sim_device_create(const char *options, azj_device **out_device);

namespace azulejo::sim::bench {

namespace {
void check(azj_status status) {
  if (status == nullptr)
    return;
  std::string text = azj_status_message(status);
  azj_status_free(status);
  throw std::runtime_error(text);
}

std::string readKernel(const std::string &name) {
  std::string path = std::string(AZULEJO_SIM_BENCH_KERNELS) + "/" + name + ".ptx";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    throw std::runtime_error("cannot read '" + path + "'");
  return text.str();
}

// A device with the kernel loaded and its buffers filled.
class Bench {
public:
  Bench(const Case &which, const std::string &ptx, const std::string &options) : which(which) {
    check(azj_sim_device_create(options.c_str(), &device));
    azj_module module;
    check(device->vtable->module_load(device, AZJ_IMAGE_PTX, ptx.data(), ptx.size(),
                                      which.file.c_str(), &module));
    check(device->vtable->kernel_get(device, module, which.kernel.c_str(), &request.kernel));
    for (const std::vector<uint8_t> &input : which.inputs) {
      add(input.size());
      check(device->vtable->copy_in(device, nullptr, buffers.back(), input.data(), input.size()));
    }
    add(which.outputBytes);
    for (const azj_device_ptr &buffer : buffers)
      addArgument(&buffer, sizeof(buffer));
    for (const int32_t &value : which.ints)
      addArgument(&value, sizeof(value));
    request.grid = which.grid;
    request.block = which.block;
    request.args = arguments.data();
    request.arg_sizes = sizes.data();
    request.arg_count = uint32_t(arguments.size());
  }
  ~Bench() {
    if (device != nullptr)
      device->vtable->destroy(device);
  }

  void launch() { check(device->vtable->launch(device, nullptr, &request)); }

  bool isRight() {
    std::vector<uint8_t> output(which.outputBytes);
    check(device->vtable->copy_out(device, nullptr, output.data(), buffers.back(), output.size()));
    return which.isRight(which, output);
  }

private:
  void add(size_t bytes) {
    azj_device_ptr ptr;
    check(device->vtable->allocate(device, bytes, nullptr, &ptr));
    buffers.reserve(8); // arguments point into it
    buffers.push_back(ptr);
  }
  void addArgument(const void *value, size_t bytes) {
    arguments.push_back(value);
    sizes.push_back(bytes);
  }

  const Case &which;
  azj_device *device = nullptr;
  azj_launch request = {};
  std::vector<azj_device_ptr> buffers;
  std::vector<const void *> arguments;
  std::vector<size_t> sizes;
};

// Launches the kernel over and over; the first time, its result is checked.
void measure(benchmark::State &state, const std::string &name, const std::string &compiler,
             const std::string &options) {
  try {
    Case which = makeCase(name);
    Bench bench(which, readKernel(name + "." + compiler), options);
    bench.launch();
    if (!bench.isRight()) {
      state.SkipWithError("the kernel's result is wrong");
      return;
    }
    for (auto _ : state)
      bench.launch();
    state.counters[which.unit] =
        benchmark::Counter(which.work * double(state.iterations()), benchmark::Counter::kIsRate);
  } catch (const std::exception &error) {
    state.SkipWithError(error.what());
  }
}

void registerCase(const std::string &name, const std::string &compiler, const std::string &mode,
                  const std::string &checks, unsigned threads) {
  std::string options = "sm=80,checks=" + checks + ",threads=" + std::to_string(threads);
  if (!mode.empty())
    options += ",tc=" + mode;
  std::string title = name + "/" + compiler + (mode.empty() ? "" : "-" + mode) + "/" + checks +
                      "/threads" + std::to_string(threads);
  benchmark::RegisterBenchmark(
      title.c_str(), [=](benchmark::State &state) { measure(state, name, compiler, options); })
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond);
}

void registerAll() {
  struct Row {
    const char *name, *mode;
  };
  const Row rows[] = {
      {"sgemm", ""}, {"hgemm", "fast"}, {"hgemm", "exact"}, {"softmax", ""}, {"elementwise", ""}};
  for (const Row &row : rows)
    for (const char *compiler : {"nvcc", "clang"}) {
      for (const char *checks : {"none", "mem+sync", "mem+sync+race", "mem+sync+init", "all"})
        registerCase(row.name, compiler, row.mode, checks, 1);
      registerCase(row.name, compiler, row.mode, "mem+sync", 2);
    }
}
} // namespace

} // namespace azulejo::sim::bench

int main(int argc, char **argv) {
  azulejo::sim::bench::registerAll();
  azulejo::sim::bench::registerParseBenchmarks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
