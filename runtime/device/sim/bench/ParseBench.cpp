// This file is the benchmark of the loading of modules: parsing, and parsing and decoding, of the
// kernels in kernels/ repeated under other names until the text has 10,000 lines.
#include "Cases.h"

#include "ir/Decoder.h"
#include "ptx/Parser.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace azulejo::sim::bench {

namespace {
constexpr size_t kLines = 10000;

std::string readKernel(const std::string &name) {
  std::string path = std::string(AZULEJO_SIM_BENCH_KERNELS) + "/" + name + ".ptx";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    throw std::runtime_error("cannot read '" + path + "'");
  return text.str();
}

// The header once, then the kernel's definition with a number behind its name.
std::string repeated(const std::string &text) {
  size_t entry = text.find(".visible .entry "), name = entry + 16, end = text.find('(', name);
  std::string module = text.substr(0, entry);
  size_t lines = 0;
  for (unsigned copy = 0; lines < kLines; ++copy) {
    std::string definition =
        text.substr(entry, end - entry) + std::to_string(copy) + text.substr(end);
    lines += size_t(std::count(definition.begin(), definition.end(), '\n'));
    module += definition;
  }
  return module;
}

// One kernel whose body stands again and again, each time in braces of its own.
std::string repeatedInside(const std::string &text) {
  size_t open = text.find("\n{", text.find(".visible .entry ")) + 1, close = text.rfind('}');
  std::string body = text.substr(open, close + 1 - open), module = text.substr(0, open) + "{\n";
  // What a `ret` would keep from being reached would not be decoded.
  for (size_t at; (at = body.find("ret;")) != std::string::npos;)
    body.erase(at, 4);
  size_t lines = size_t(std::count(body.begin(), body.end(), '\n'));
  for (size_t copy = 0; copy * lines < kLines; ++copy)
    module += body + "\n";
  return module + "}\n";
}

void load(benchmark::State &state, const std::string &kernel, bool decodes, bool isOne) {
  std::string text = readKernel(kernel), error;
  text = isOne ? repeatedInside(text) : repeated(text);
  DecodeOptions options;
  options.sm = 90;
  for (auto _ : state) {
    std::unique_ptr<ptx::Module> module = ptx::parse(text, kernel, error);
    if (module == nullptr)
      throw std::runtime_error(error);
    for (const ptx::Function &function : module->functions)
      if (decodes && function.isDefined &&
          decodeKernel(*module, function, {}, options, error) == nullptr)
        throw std::runtime_error(error);
  }
  state.counters["lines"] = double(std::count(text.begin(), text.end(), '\n'));
}
} // namespace

void registerParseBenchmarks() {
  for (std::string kernel : {"sgemm.nvcc", "sgemm.clang", "hgemm.nvcc", "softmax.clang"})
    for (bool decodes : {false, true})
      benchmark::RegisterBenchmark(((decodes ? "decode/" : "parse/") + kernel).c_str(), load,
                                   kernel, decodes, false)
          ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("decode/softmax.clang in one kernel", load, "softmax.clang", true,
                               true)
      ->Unit(benchmark::kMillisecond);
}

} // namespace azulejo::sim::bench
