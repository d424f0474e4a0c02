// This file implements the run of a kernel by azulejo-sim.
#include "Launcher.h"
#include "Npy.h"
#include "Roofline.h"
#include "ToolError.h"
#include "azulejo/runtime/api.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

namespace azulejo::simtool {

using run::check;
using run::ToolError;

namespace {

struct DeviceDeleter {
  void operator()(azj_device *device) const { azj_device_close(device); }
};
using DeviceHandle = std::unique_ptr<azj_device, DeviceDeleter>;

std::string readText(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    throw ToolError{run::exitInput, "cannot read '" + path + "'"};
  return text.str();
}

DeviceHandle openDevice(const Options &options) {
  std::string settings = "checks=" + options.checks + ",tc=" + options.tensorCores +
                         ",async=" + options.async + ",threads=" + std::to_string(options.threads) +
                         ",seed=" + std::to_string(options.seed) +
                         (options.simOptions.empty() ? "" : "," + options.simOptions);
  if (!options.roofline.empty())
    settings += ",roofline=" + options.roofline;
  azj_device *device = nullptr;
  azj_status status = azj_device_open(("sim:" + options.target).c_str(), settings.c_str(), &device);
  // A wrong option is the command line's fault.
  if (azj_status_code(status) == AZJ_INVALID_ARGUMENT ||
      azj_status_code(status) == AZJ_UNSUPPORTED) {
    std::string message = azj_status_message(status);
    azj_status_free(status);
    throw ToolError{run::exitUsage, message};
  }
  check(status);
  return DeviceHandle(device);
}

// The name of the only entry of the module, for command lines that give none.
std::string onlyEntry(const std::string &ptx) {
  std::string name;
  for (size_t at = ptx.find(".entry"); at != std::string::npos; at = ptx.find(".entry", at + 1)) {
    size_t line = ptx.rfind('\n', at) + 1;
    if (ptx.substr(line, at - line).find("//") != std::string::npos)
      continue;
    size_t start = ptx.find_first_not_of(" \t", at + 6);
    size_t end = ptx.find_first_of(" \t(\n{", start);
    if (!name.empty())
      throw ToolError{run::exitUsage, "the module has several kernels; choose one with --entry"};
    if (start != std::string::npos && end != std::string::npos)
      name = ptx.substr(start, end - start);
  }
  return name;
}

// The buffers of a launch and the values that its arguments point at.
struct Bound {
  std::vector<azj_device_ptr> buffers;
  std::vector<const void *> values;
  std::vector<size_t> sizes;
};

void bind(azj_device *device, Options &options, Bound &bound) {
  bound.buffers.resize(options.arguments.size());
  for (size_t i = 0; i < options.arguments.size(); ++i) {
    KernelArgument &argument = options.arguments[i];
    if (argument.kind == KernelArgument::Scalar) {
      bound.values.push_back(argument.bytes.data());
      bound.sizes.push_back(argument.bytes.size());
      continue;
    }
    const auto &bytes = argument.tensor.bytes;
    std::string name = "arg " + std::to_string(i) + " " + argument.file;
    size_t size = bytes.empty() ? 1 : bytes.size();
    check(device->vtable->allocate(device, size, name.c_str(), &bound.buffers[i]), name);
    if (argument.kind != KernelArgument::Out && !bytes.empty())
      check(device->vtable->copy_in(device, nullptr, bound.buffers[i], bytes.data(), bytes.size()),
            name);
    bound.values.push_back(&bound.buffers[i]);
    bound.sizes.push_back(sizeof(azj_device_ptr));
  }
}

void writeBack(azj_device *device, Options &options, const Bound &bound) {
  for (size_t i = 0; i < options.arguments.size(); ++i) {
    KernelArgument &argument = options.arguments[i];
    if (argument.kind != KernelArgument::Out && argument.kind != KernelArgument::InOut)
      continue;
    check(device->vtable->copy_out(device, nullptr, argument.tensor.bytes.data(), bound.buffers[i],
                                   argument.tensor.bytes.size()),
          argument.text);
    run::writeNpy(argument.file, argument.tensor);
  }
}

// Prints every finding and writes the statistics. Returns the number of findings.
uint64_t reportFindings(azj_device *device, const Options &options) {
  char *json = nullptr;
  uint64_t count = 0;
  check(device->vtable->report(device, &json, &count));
  std::string text = json;
  std::free(json);
  nlohmann::ordered_json report = nlohmann::ordered_json::parse(text, nullptr, false);
  if (report.is_object())
    for (const auto &finding : report["findings"])
      fprintf(stderr, "%s\n", finding.value("text", "").c_str());
  run::printRoofline(report);
  if (!options.statsFile.empty()) {
    std::ofstream file(options.statsFile, std::ios::binary);
    file << text << '\n';
    if (!file)
      throw ToolError{run::exitInput, "cannot write '" + options.statsFile + "'"};
  }
  return count;
}
} // namespace

int runKernel(Options &options) {
  std::string ptx = readText(options.ptxFile);
  DeviceHandle device = openDevice(options);
  azj_module module = nullptr;
  check(device->vtable->module_load(device.get(), AZJ_IMAGE_PTX, ptx.data(), ptx.size(),
                                    options.ptxFile.c_str(), &module));
  if (options.entry.empty())
    options.entry = onlyEntry(ptx);
  azj_launch launch = {};
  check(device->vtable->kernel_get(device.get(), module, options.entry.c_str(), &launch.kernel));
  Bound bound;
  bind(device.get(), options, bound);
  launch.grid = options.grid;
  launch.block = options.block;
  launch.cluster = options.cluster;
  launch.dynamic_shared_bytes = options.sharedBytes;
  launch.arg_count = static_cast<uint32_t>(options.arguments.size());
  launch.args = bound.values.data();
  launch.arg_sizes = bound.sizes.data();
  azj_status status = device->vtable->launch(device.get(), nullptr, &launch);
  bool hasFindings = azj_status_code(status) == AZJ_CHECK_FAILED;
  if (hasFindings)
    azj_status_free(status);
  else
    check(status);
  uint64_t findings = reportFindings(device.get(), options);
  writeBack(device.get(), options, bound);
  return findings != 0 || hasFindings ? run::exitInput : run::exitDone;
}

} // namespace azulejo::simtool
