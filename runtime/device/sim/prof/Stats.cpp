// This file implements the sums of the simulator's counters and their JSON form.
#include "prof/Stats.h"

#include <nlohmann/json.hpp>

namespace azulejo::sim {

const char *className(OpClass opClass) {
  static const char *const kNames[] = {
      "move",  "int",    "fp16", "fp32",    "fp64",    "special", "convert", "predicate", "load",
      "store", "atomic", "warp", "barrier", "control", "tensor",  "async",   "other",
  };
  return kNames[static_cast<unsigned>(opClass)];
}

namespace {
void addMem(MemCounters &to, const MemCounters &from) {
  to.requests += from.requests;
  to.lanes += from.lanes;
  to.units += from.units;
  to.ideal += from.ideal;
  to.bytes += from.bytes;
}
} // namespace

void KernelStats::add(const Launch &launch, const LaunchResult &result) {
  const Kernel &kernel = *launch.kernel;
  launches += 1;
  ctas += launch.grid.count();
  threads += launch.grid.count() * launch.block.count();
  for (size_t b = 0; b < kernel.blocks.size(); ++b)
    for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c) {
      uint64_t count = kernel.blocks[b].classCounts[c];
      instructions[c] += count * result.blockRuns[b];
      warpInstructions += count * result.blockRuns[b];
      laneInstructions += count * result.blockLanes[b];
    }
  addMem(globalLoad, result.globalLoad);
  addMem(globalStore, result.globalStore);
  addMem(sharedLoad, result.sharedLoad);
  addMem(sharedStore, result.sharedStore);
  addMem(local, result.local);
  atomics += result.atomics;
  barriers += result.barriers;
  divergent += result.divergent;
  asyncBytes += result.asyncBytes;
  for (unsigned t = 0; t < 16; ++t)
    tensorMacs[t] += result.tensorMacs[t];
  DeviceMemory &memory = *launch.memory;
  for (size_t a = 0; a < memory.allocationCount(); ++a) {
    const Allocation &allocation = memory.allocation(int64_t(a));
    if (!allocation.isLive)
      continue;
    uint64_t read = memory.takeFootprint(allocation, false);
    uint64_t written = memory.takeFootprint(allocation, true);
    sectorsRead += read;
    sectorsWritten += written;
    if (read + written != 0) {
      auto &buffer = buffers[allocation.name];
      buffer.first += read * 32;
      buffer.second += written * 32;
    }
  }
}

void KernelStats::add(const KernelStats &other) {
  launches += other.launches;
  ctas += other.ctas;
  threads += other.threads;
  for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c)
    instructions[c] += other.instructions[c];
  warpInstructions += other.warpInstructions;
  laneInstructions += other.laneInstructions;
  addMem(globalLoad, other.globalLoad);
  addMem(globalStore, other.globalStore);
  addMem(sharedLoad, other.sharedLoad);
  addMem(sharedStore, other.sharedStore);
  addMem(local, other.local);
  atomics += other.atomics;
  barriers += other.barriers;
  divergent += other.divergent;
  asyncBytes += other.asyncBytes;
  for (unsigned t = 0; t < 16; ++t)
    tensorMacs[t] += other.tensorMacs[t];
  sectorsRead += other.sectorsRead;
  sectorsWritten += other.sectorsWritten;
  for (const auto &[name, bytes] : other.buffers) {
    buffers[name].first += bytes.first;
    buffers[name].second += bytes.second;
  }
}

namespace {
using Json = nlohmann::ordered_json;

Json memJson(const MemCounters &counters, bool isGlobal) {
  Json json = {
      {"requests", counters.requests}, {"lanes", counters.lanes}, {"bytes", counters.bytes}};
  if (isGlobal) {
    json["sectors"] = counters.units;
  } else {
    json["wavefronts"] = counters.units;
    json["conflicts"] = counters.units - counters.ideal;
  }
  return json;
}

Json statsJson(const KernelStats &stats) {
  Json mix = Json::object();
  for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c)
    if (stats.instructions[c] != 0)
      mix[className(static_cast<OpClass>(c))] = stats.instructions[c];
  Json macs = Json::object();
  static const char *const kForms[] = {"f16", "bf16", "tf32", "int8", "fp8",
                                       "f64", "fp6",  "fp4",  "mx"};
  for (unsigned t = 0; t < 9; ++t)
    if (stats.tensorMacs[t] != 0)
      macs[kForms[t]] = stats.tensorMacs[t];
  Json buffers = Json::object();
  for (const auto &[name, bytes] : stats.buffers)
    buffers[name] = {{"read", bytes.first}, {"written", bytes.second}};
  return {{"launches", stats.launches},
          {"ctas", stats.ctas},
          {"threads", stats.threads},
          {"warp_instructions", stats.warpInstructions},
          {"lane_instructions", stats.laneInstructions},
          {"instructions", mix},
          {"divergent_branches", stats.divergent},
          {"barriers", stats.barriers},
          {"global_load", memJson(stats.globalLoad, true)},
          {"global_store", memJson(stats.globalStore, true)},
          {"shared_load", memJson(stats.sharedLoad, false)},
          {"shared_store", memJson(stats.sharedStore, false)},
          {"local", {{"lanes", stats.local.lanes}, {"bytes", stats.local.bytes}}},
          {"atomics", stats.atomics},
          {"async_bytes", stats.asyncBytes},
          {"tensor_macs", macs},
          {"footprint", {{"read", stats.sectorsRead * 32}, {"written", stats.sectorsWritten * 32}}},
          {"buffers", buffers}};
}

Json siteJson(const FindingSite &site) {
  Json json = {{"access", site.access}, {"module", site.module}, {"line", site.line},
               {"column", site.column}, {"text", site.text},     {"block", site.block},
               {"thread", site.thread}, {"warp", site.warp},     {"lane", site.lane}};
  if (!site.modelFile.empty())
    json["model"] = {
        {"file", site.modelFile}, {"node", site.modelNode}, {"phase", site.modelPhase}};
  return json;
}

Json findingJson(const Finding &finding) {
  Json sites = Json::array();
  for (const FindingSite &site : finding.sites)
    sites.push_back(siteJson(site));
  Json json = {{"check", finding.check},   {"kind", finding.kind},     {"message", finding.message},
               {"kernel", finding.kernel}, {"label", finding.label},   {"address", finding.address},
               {"buffer", finding.buffer}, {"offset", finding.offset}, {"count", finding.count},
               {"sites", sites},           {"text", toText(finding)}};
  return json;
}
} // namespace

std::string reportJson(const std::string &device, const std::vector<const Finding *> &findings,
                       const std::map<std::string, KernelStats> &kernels) {
  Json list = Json::array(), perKernel = Json::object();
  for (const Finding *finding : findings)
    list.push_back(findingJson(*finding));
  KernelStats total;
  for (const auto &[name, stats] : kernels) {
    perKernel[name] = statsJson(stats);
    total.add(stats);
  }
  Json json = {
      {"device", device}, {"findings", list}, {"totals", statsJson(total)}, {"kernels", perKernel}};
  // Names come from files: bytes that are not UTF-8 are replaced, not refused.
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

} // namespace azulejo::sim
