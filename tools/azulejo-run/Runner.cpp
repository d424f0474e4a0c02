// This file runs a bundle: opens the device, runs the session, writes what was asked for.
#include "Runner.h"

#include "Benchmark.h"
#include "Files.h"
#include "Handles.h"
#include "Inputs.h"
#include "List.h"
#include "Npy.h"
#include "Roofline.h"
#include "ToolError.h"
#include "Trace.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <set>

namespace azulejo::run {
namespace {

using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

class Runner {
public:
  explicit Runner(const Options &options) : options(options) {}
  int run();

private:
  void openDevice();
  std::string simName() const;
  std::string simOptions() const;
  void runOnce();
  void writeOutputs();
  void planOutputs();
  void protectFiles() const;
  void runBenchmark();
  uint64_t readReport(ordered_json &report);
  bool printFindings();
  ordered_json trafficJson(uint64_t weightBytes) const;
  void writeStats();

  const Options &options;
  BundleHandle bundle;
  DeviceHandle device;
  SessionHandle session;
  azj_device_info deviceInfo = {};
  std::vector<Tensor> inputs, outputs;
  std::vector<std::string> outputNames;
  std::vector<std::vector<std::string>> outputFiles; // of every output
  Trace trace;
  ordered_json times, benchmarkTimes, simReport;
};

// The architecture for a simulator that none was named for: one that the bundle has a program for.
std::string Runner::simName() const {
  std::string first;
  for (uint32_t i = 0; i < azj_bundle_program_count(bundle.get()); ++i) {
    azj_program_info program;
    check(azj_bundle_program(bundle.get(), i, &program));
    std::string targets = program.targets;
    // Every target up to sm_80 has a plain program that the simulator's default takes.
    for (const char *plain : {"sm_75", "sm_80"}) {
      size_t at = targets.find(plain);
      if (at != std::string::npos && (at + 5 == targets.size() || targets[at + 5] == ','))
        return "sim";
    }
    if (first.empty())
      first = targets.substr(0, targets.find(','));
  }
  return "sim:" + first;
}

std::string Runner::simOptions() const {
  std::string text = options.simOptions;
  auto add = [&](const std::string &option) { text += (text.empty() ? "" : ",") + option; };
  std::string checks = options.simChecks;
  std::replace(checks.begin(), checks.end(), ',', '+');
  if (!checks.empty())
    add("checks=" + checks);
  if (!options.roofline.empty())
    add("roofline=" + options.roofline);
  return text;
}

void Runner::openDevice() {
  std::string name = options.device == "sim" ? simName() : options.device;
  std::string simText = simOptions();
  azj_device *opened = nullptr;
  azj_status status = nullptr;
  if (name == "auto") {
    status = azj_device_open("cuda", nullptr, &opened);
    if (azj_status_code(status) == AZJ_NOT_FOUND) {
      azj_status_free(status);
      status = azj_device_open(simName().c_str(), simText.c_str(), &opened);
    }
  } else {
    status = azj_device_open(name.c_str(), simText.c_str(), &opened);
  }
  if (status) {
    // A name that is no device's is a wrong command line; everything else is the device's fault.
    bool isUsage = azj_status_code(status) == AZJ_INVALID_ARGUMENT;
    ToolError error = {isUsage ? exitUsage : exitDevice, azj_status_message(status)};
    azj_status_free(status);
    throw error;
  }
  device.reset(opened);
  check(device->vtable->info(device.get(), &deviceInfo));
  if (!options.roofline.empty() && !deviceInfo.is_simulator)
    throw ToolError{exitUsage,
                    std::string("--roofline needs the simulator, which counts; the device is ") +
                        deviceInfo.name};
}

void Runner::planOutputs() {
  azj_tensor_info info;
  for (uint32_t i = 0; i < azj_bundle_output_count(bundle.get()); ++i) {
    check(azj_bundle_output(bundle.get(), i, &info));
    outputNames.push_back(info.name);
  }
  outputFiles.resize(outputNames.size());
  for (const std::string &text : options.outputs) {
    auto [index, file] = splitAssignment(text, outputNames, "output");
    outputFiles[index].push_back(file);
  }
  if (options.outputFolder.empty())
    return;
  for (size_t i = 0; i < outputNames.size(); ++i) {
    std::string name = outputNames[i];
    for (char &character : name)
      if (character == '/' || character == '\\' || static_cast<unsigned char>(character) < 0x20)
        character = '_';
    if (name.empty() || name == "." || name == "..")
      name = "output_" + std::to_string(i);
    outputFiles[i].push_back(options.outputFolder + "/" + name + ".npy");
  }
}

// Refuses to overwrite the model, an input or an output.
void Runner::protectFiles() const {
  Files files;
  files.reads("MODEL", options.bundle);
  for (const std::string &text : options.inputs) {
    size_t equals = text.find('=');
    std::string file = equals == std::string::npos ? text : text.substr(equals + 1);
    if (file != "zeros" && file.compare(0, 6, "random") != 0)
      files.reads("--input", file);
  }
  for (size_t i = 0; i < outputNames.size(); ++i)
    for (const std::string &file : std::set(outputFiles[i].begin(), outputFiles[i].end()))
      files.writes("output '" + outputNames[i] + "'", file, !options.outputFolder.empty());
  files.writes("--stats", options.statsFile);
  files.writes("--trace", options.traceFile);
}

void Runner::runOnce() {
  std::vector<azj_buffer> given, made(outputNames.size());
  for (Tensor &tensor : inputs)
    given.push_back(tensor.view());
  if (!options.traceFile.empty())
    trace.observe(session.get());
  auto begin = Clock::now();
  check(azj_session_run(session.get(), nullptr, given.data(), static_cast<uint32_t>(given.size()),
                        made.data(), static_cast<uint32_t>(made.size())));
  times["run"] = millisecondsSince(begin);
  azj_session_observe(session.get(), nullptr, nullptr);
  for (azj_buffer &buffer : made) {
    Tensor tensor;
    tensor.dtype = buffer.dtype;
    tensor.shape.assign(buffer.shape, buffer.shape + buffer.rank);
    auto *bytes = static_cast<uint8_t *>(buffer.host);
    tensor.bytes.assign(bytes, bytes + buffer.bytes);
    azj_buffer_release(nullptr, &buffer);
    outputs.push_back(std::move(tensor));
  }
}

void Runner::writeOutputs() {
  std::error_code ignored;
  if (!options.outputFolder.empty())
    std::filesystem::create_directories(options.outputFolder, ignored);
  bool isWritten = false;
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const std::string &file : outputFiles[i]) {
      writeNpy(file, outputs[i]);
      isWritten = true;
    }
  }
  if (isWritten || options.benchmarkRuns)
    return;
  for (size_t i = 0; i < outputs.size(); ++i)
    printf("%s %s %s\n", outputNames[i].c_str(),
           describe(outputs[i].dtype, outputs[i].shape).c_str(), summarize(outputs[i]).c_str());
}

void Runner::runBenchmark() {
  std::vector<double> runs =
      benchmark(session.get(), device.get(), inputs, static_cast<uint32_t>(outputNames.size()),
                options.benchmarkRuns);
  std::sort(runs.begin(), runs.end());
  double mean = std::accumulate(runs.begin(), runs.end(), 0.0) / static_cast<double>(runs.size());
  double median = runs[runs.size() / 2];
  benchmarkTimes = {{"runs", runs.size()},
                    {"min_ms", runs.front()},
                    {"median_ms", median},
                    {"mean_ms", mean},
                    {"max_ms", runs.back()}};
  printf("%zu runs%s: min %.4f ms, median %.4f ms, mean %.4f ms, max %.4f ms\n", runs.size(),
         deviceInfo.is_simulator ? " (simulated; not a GPU's time)" : "", runs.front(), median,
         mean, runs.back());
}

// Returns the text of one finding of the simulator's report.
std::string findingText(const ordered_json &finding) {
  for (const char *key : {"text", "message"})
    if (finding.is_object() && finding.contains(key) && finding[key].is_string())
      return finding[key].get<std::string>();
  return finding.is_string() ? finding.get<std::string>() : finding.dump(2);
}

// Reads what the device counted and found so far; returns the number of findings.
uint64_t Runner::readReport(ordered_json &report) {
  if (!device->vtable->report)
    return 0;
  char *text = nullptr;
  uint64_t findings = 0;
  check(device->vtable->report(device.get(), &text, &findings));
  report = ordered_json::parse(text ? text : "", nullptr, /*allow_exceptions=*/false);
  if (report.is_discarded())
    report = text ? text : "";
  free(text);
  return findings;
}

// Prints the simulator's findings; returns whether there were any.
bool Runner::printFindings() {
  ordered_json report;
  uint64_t findings = readReport(report);
  if (findings == 0)
    return false;
  simReport = report;
  if (report.is_object() && report.contains("findings") && report["findings"].is_array()) {
    for (const ordered_json &finding : report["findings"])
      fprintf(stderr, "azulejo-run: finding: %s\n", findingText(finding).c_str());
  } else {
    fprintf(stderr, "%s\n", report.dump(2).c_str());
  }
  fprintf(stderr, "azulejo-run: error: the simulator reported %llu finding%s\n",
          static_cast<unsigned long long>(findings), findings == 1 ? "" : "s");
  return true;
}

// What the inference moves through device memory at least, each launch by itself, against what any
// program has to move: weights and inputs read, outputs written, once.
ordered_json Runner::trafficJson(uint64_t weightBytes) const {
  const ordered_json::json_pointer footprint("/totals/footprint");
  if (!simReport.is_object() || !simReport.contains(footprint))
    return nullptr;
  uint64_t inputBytes = 0, outputBytes = 0;
  for (const Tensor &tensor : inputs)
    inputBytes += tensor.bytes.size();
  for (const Tensor &tensor : outputs)
    outputBytes += tensor.bytes.size();
  return {
      {"footprint", simReport[footprint]},
      {"compulsory", {{"weights", weightBytes}, {"inputs", inputBytes}, {"outputs", outputBytes}}}};
}

void Runner::writeStats() {
  azj_session_stats stats = {};
  stats.size = sizeof(stats);
  check(azj_session_get_stats(session.get(), &stats));
  azj_program_info program;
  check(azj_bundle_program(bundle.get(), stats.program, &program));
  times["session"] = static_cast<double>(stats.load_ns) / 1e6;
  times["modules"] = static_cast<double>(stats.module_ns) / 1e6;
  times["weights"] = static_cast<double>(stats.weight_ns) / 1e6;
  ordered_json json = {{"bundle", options.bundle},
                       {"device",
                        {{"name", deviceInfo.name},
                         {"sm", deviceInfo.sm},
                         {"simulator", !!deviceInfo.is_simulator}}},
                       {"program", {{"index", stats.program}, {"targets", program.targets}}},
                       {"launches", stats.launches},
                       {"copies", stats.copies},
                       {"kernels", stats.kernels},
                       {"modules", stats.modules},
                       {"weight_bytes", stats.weight_bytes},
                       {"arena_bytes", stats.arena_bytes},
                       {"times_ms", times}};
  if (!benchmarkTimes.is_null())
    json["benchmark"] = benchmarkTimes;
  if (ordered_json traffic = trafficJson(stats.weight_bytes); !traffic.is_null())
    json["traffic"] = traffic;
  if (!simReport.is_null())
    json["sim"] = simReport;
  writeTextFile(options.statsFile,
                json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

int Runner::run() {
  azj_bundle openedBundle = nullptr;
  auto begin = Clock::now();
  check(azj_bundle_open(options.bundle.c_str(), &openedBundle));
  bundle.reset(openedBundle);
  times["open"] = millisecondsSince(begin);
  if (options.list) {
    listBundle(bundle.get());
    return exitDone;
  }
  planOutputs();
  protectFiles();
  inputs = makeInputs(bundle.get(), options);
  openDevice();
  fprintf(stderr, "azulejo-run: device %s%s\n", deviceInfo.name,
          deviceInfo.is_simulator ? " (simulator)" : "");
  azj_session openedSession = nullptr;
  check(azj_session_create(bundle.get(), device.get(), nullptr, &openedSession));
  session.reset(openedSession);
  ToolError failure = {exitDone, ""};
  try {
    runOnce();
    // The counts are those of one inference, whatever is run for the times.
    readReport(simReport);
    if (options.benchmarkRuns)
      runBenchmark();
    writeOutputs();
    printRoofline(simReport);
  } catch (const ToolError &error) {
    failure = error;
  }
  // A finding that stopped the run is also the text of its failure: it is printed once.
  bool hasFindings = printFindings();
  bool isFinding = hasFindings && failure.code == exitInput;
  if (failure.code != exitDone && !isFinding)
    fprintf(stderr, "azulejo-run: error: %s\n", failure.message.c_str());
  if (!options.statsFile.empty())
    writeStats();
  if (!options.traceFile.empty())
    writeTextFile(options.traceFile, trace.toJson());
  return hasFindings ? exitInput : failure.code;
}

} // namespace

int runTool(const Options &options) { return Runner(options).run(); }

} // namespace azulejo::run
