// This file implements the run of a kernel by azulejo-sim.
#include "Launcher.h"
#include "Npy.h"
#include "Roofline.h"
#include "ToolError.h"
#include "azulejo/runtime/api.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
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
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw ToolError{run::exitInput, "cannot read '" + path + "': it is a folder"};
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file)
    text << file.rdbuf();
  if (!file && text.str().empty())
    throw ToolError{run::exitInput, "cannot read '" + path + "': " + std::strerror(errno)};
  return text.str();
}

DeviceHandle openDevice(const Options &options) {
  std::string settings = "checks=" + options.checks + ",tc=" + options.tensorCores +
                         ",async=" + options.async + ",threads=" + std::to_string(options.threads) +
                         ",seed=" + std::to_string(options.seed) + ",entry=" + options.entry +
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

// The target of the module, or the least one that is simulated.
std::string targetOf(const std::string &ptx) {
  size_t at = ptx.find("\n.target"), start = ptx.find("sm_", at);
  size_t end = ptx.find_first_of(", \t\r\n", start);
  if (at == std::string::npos || start == std::string::npos)
    return "sm_80"; // the loader says what is wrong
  std::string target = ptx.substr(start, end - start);
  return std::strtoul(target.c_str() + 3, nullptr, 10) < 75 ? "sm_75" : target;
}

// The name of the only entry of the module, for command lines that give none; empty if it has none.
std::string onlyEntry(const std::string &ptx) {
  std::vector<std::string> names;
  for (size_t at = ptx.find(".entry"); at != std::string::npos; at = ptx.find(".entry", at + 1)) {
    size_t line = ptx.rfind('\n', at) + 1;
    if (ptx.substr(line, at - line).find("//") != std::string::npos)
      continue;
    size_t start = ptx.find_first_not_of(" \t", at + 6);
    size_t end = ptx.find_first_of(" \t(\n{", start);
    if (start != std::string::npos && end != std::string::npos)
      names.push_back(ptx.substr(start, end - start));
  }
  if (names.size() <= 1)
    return names.empty() ? "" : names[0];
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "" : ", ") + name;
  throw ToolError{run::exitUsage,
                  "the module has several kernels; choose one with --entry: " + list};
}

// Allocates and fills the buffers, and puts their addresses into the arguments.
void makeBuffers(azj_device *device, Options &options) {
  for (const auto &[index, buffer] : leavesOf(options.arguments)) {
    if (buffer->kind == KernelArgument::Scalar)
      continue;
    const std::vector<uint8_t> &bytes = buffer->tensor.bytes;
    std::string name = "arg " + std::to_string(index) + " " + buffer->file;
    azj_device_ptr address = 0;
    check(
        device->vtable->allocate(device, std::max<size_t>(bytes.size(), 1), name.c_str(), &address),
        name);
    if (buffer->kind != KernelArgument::Out && !bytes.empty())
      check(device->vtable->copy_in(device, nullptr, address, bytes.data(), bytes.size()), name);
    buffer->bytes.resize(sizeof address);
    std::memcpy(buffer->bytes.data(), &address, sizeof address);
  }
  layOutStructs(options.arguments);
}

void writeBack(azj_device *device, Options &options) {
  for (const auto &[index, buffer] : leavesOf(options.arguments)) {
    if (!buffer->isWritten())
      continue;
    azj_device_ptr address = 0;
    std::memcpy(&address, buffer->bytes.data(), sizeof address);
    std::vector<uint8_t> &bytes = buffer->tensor.bytes;
    if (!bytes.empty())
      check(device->vtable->copy_out(device, nullptr, bytes.data(), address, bytes.size()),
            buffer->text);
    run::writeNpy(buffer->file, buffer->tensor);
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
  if (ptx.find(".version") == std::string::npos)
    throw ToolError{run::exitInput, "'" + options.ptxFile + "' is no PTX text: it has no .version"};
  if (options.entry.empty())
    options.entry = onlyEntry(ptx);
  if (options.target.empty())
    options.target = targetOf(ptx);
  DeviceHandle device = openDevice(options);
  azj_module module = nullptr;
  check(device->vtable->module_load(device.get(), AZJ_IMAGE_PTX, ptx.data(), ptx.size(),
                                    options.ptxFile.c_str(), &module));
  azj_launch launch = {};
  check(device->vtable->kernel_get(device.get(), module, options.entry.c_str(), &launch.kernel));
  makeBuffers(device.get(), options);
  std::vector<const void *> values;
  std::vector<size_t> sizes;
  for (const KernelArgument &argument : options.arguments) {
    values.push_back(argument.bytes.data());
    sizes.push_back(argument.bytes.size());
  }
  launch.grid = options.grid;
  launch.block = options.block;
  launch.cluster = options.cluster;
  launch.dynamic_shared_bytes = options.sharedBytes;
  launch.arg_count = static_cast<uint32_t>(options.arguments.size());
  launch.args = values.data();
  launch.arg_sizes = sizes.data();
  azj_status status = device->vtable->launch(device.get(), nullptr, &launch);
  bool hasFindings = azj_status_code(status) == AZJ_CHECK_FAILED;
  if (hasFindings)
    azj_status_free(status);
  else
    check(status);
  uint64_t findings = reportFindings(device.get(), options);
  writeBack(device.get(), options);
  return findings != 0 || hasFindings ? run::exitInput : run::exitDone;
}

} // namespace azulejo::simtool
