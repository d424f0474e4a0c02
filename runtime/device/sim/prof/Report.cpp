// This file writes what the simulator found and counted as JSON.
#include "prof/Stats.h"

#include <nlohmann/json.hpp>

#include <iterator>

namespace azulejo::sim {

namespace {
using Json = nlohmann::ordered_json;

Json globalJson(const MemCounters &counters) {
  return {{"requests", counters.requests},
          {"lanes", counters.lanes},
          {"bytes", counters.bytes},
          {"sectors", counters.units}};
}

Json sharedJson(const MemCounters &counters) {
  return {{"requests", counters.requests},
          {"lanes", counters.lanes},
          {"bytes", counters.bytes},
          {"wavefronts", counters.units},
          {"conflicts", counters.units - counters.ideal}};
}

Json localJson(const MemCounters &counters) {
  return {{"requests", counters.requests}, {"lanes", counters.lanes}, {"bytes", counters.bytes}};
}

Json bulkJson(const MemCounters &counters) {
  return {{"pieces", counters.requests}, {"bytes", counters.bytes}, {"sectors", counters.units}};
}

Json operandsJson(const MemCounters &counters) {
  return {
      {"matrices", counters.requests}, {"bytes", counters.bytes}, {"wavefronts", counters.units}};
}

Json bufferJson(const BufferStats &buffer) {
  return {{"load_bytes", buffer.loadBytes},         {"load_sectors", buffer.loadSectors},
          {"store_bytes", buffer.storeBytes},       {"store_sectors", buffer.storeSectors},
          {"footprint_read", buffer.footprintRead}, {"footprint_written", buffer.footprintWritten}};
}

Json macsJson(const KernelStats &stats) {
  static const char *const kKinds[] = {"f16", "bf16", "tf32", "int8", "fp8",
                                       "f64", "fp6",  "fp4",  "int4", "int1"};
  Json macs = Json::object();
  for (unsigned t = 0; t < std::size(kKinds); ++t)
    if (stats.tensorMacs[t] != 0)
      macs[kKinds[t]] = stats.tensorMacs[t];
  return macs;
}

Json statsJson(const KernelStats &stats) {
  Json mix = Json::object();
  for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c)
    if (stats.instructions[c] != 0)
      mix[className(static_cast<OpClass>(c))] = stats.instructions[c];
  Json buffers = Json::object();
  uint64_t read = 0, written = 0;
  for (const auto &[name, buffer] : stats.namedBuffers) {
    buffers[name] = bufferJson(buffer);
    read += buffer.footprintRead;
    written += buffer.footprintWritten;
  }
  return {{"launches", stats.launches},
          {"ctas", stats.ctas},
          {"canceled_ctas", stats.canceledCtas},
          {"threads", stats.threads},
          {"warp_instructions", stats.warpInstructions},
          {"lane_instructions", stats.laneInstructions},
          {"instructions", mix},
          {"divergent_branches", stats.divergent},
          {"barriers", stats.barriers},
          {"global_load", globalJson(stats.globalLoad)},
          {"global_store", globalJson(stats.globalStore)},
          {"global_atomic", globalJson(stats.globalAtomic)},
          {"bulk_load", bulkJson(stats.bulkLoad)},
          {"bulk_store", bulkJson(stats.bulkStore)},
          {"shared_load", sharedJson(stats.sharedLoad)},
          {"shared_store", sharedJson(stats.sharedStore)},
          {"shared_atomic", sharedJson(stats.sharedAtomic)},
          {"ldmatrix", sharedJson(stats.matrixLoad)},
          {"stmatrix", sharedJson(stats.matrixStore)},
          {"tensor_operands", operandsJson(stats.tensorOperands)},
          {"local_load", localJson(stats.localLoad)},
          {"local_store", localJson(stats.localStore)},
          {"atomics", stats.atomics},
          {"async_bytes", stats.asyncBytes},
          {"tensor_macs", macsJson(stats)},
          {"footprint", {{"read", read}, {"written", written}}},
          {"buffers", buffers}};
}

Json shapesJson(const KernelStats &stats) {
  Json list = Json::array();
  for (const auto &[shape, counted] : stats.shapes) {
    const Occupancy &occupancy = counted.occupancy;
    Json json = {{"threads", occupancy.byThreads}, {"shared", occupancy.byShared},
                 {"ctas", occupancy.byCtas},       {"registers", "unknown"},
                 {"ctas_per_sm", occupancy.ctas},  {"limiter", occupancy.limiter}};
    if (occupancy.least != 0)
      json["registers"] = {{"at_least", occupancy.least}};
    list.push_back({{"grid", shape.grid},
                    {"block", shape.block},
                    {"cluster", shape.cluster},
                    {"static_shared", shape.staticShared},
                    {"dynamic_shared", shape.dynamicShared},
                    {"launches", counted.launches},
                    {"occupancy", json}});
  }
  return list;
}

double microseconds(double seconds) { return seconds * 1e6; }

Json boundJson(const BoundSums &bound) {
  Json terms = Json::object();
  for (unsigned k = 0; k < static_cast<unsigned>(Bound::Count); ++k)
    terms[boundName(static_cast<Bound>(k))] = microseconds(bound.seconds[k]);
  Json json = {{"lower_bound_us", microseconds(bound.total)},
               {"limiter", boundName(bound.limiter())},
               {"terms_us", terms}};
  if (bound.unknownMacs != 0)
    json["unknown_macs"] = bound.unknownMacs;
  return json;
}

Json rooflineJson(const Gpu &gpu, const std::map<std::string, KernelStats> &kernels) {
  BoundSums total;
  Json perKernel = Json::object();
  for (const auto &[name, stats] : kernels) {
    perKernel[name] = boundJson(stats.bound);
    perKernel[name]["launches"] = stats.launches;
    total.add(stats.bound);
  }
  Json json = {{"gpu", gpu.name}};
  json.update(boundJson(total));
  json["kernels"] = perKernel;
  return json;
}

Json siteJson(const FindingSite &site) {
  Json json = {{"access", site.access}, {"module", site.module}, {"line", site.line},
               {"column", site.column}, {"text", site.text},     {"block", site.block},
               {"thread", site.thread}, {"warp", site.warp},     {"lane", site.lane}};
  if (!site.modelFile.empty())
    json["model"] = {{"file", site.modelFile},
                     {"line", site.modelLine},
                     {"column", site.modelColumn},
                     {"node", site.modelNode}};
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
                       const std::map<std::string, KernelStats> &kernels, const Gpu *roofline) {
  Json list = Json::array(), perKernel = Json::object();
  for (const Finding *finding : findings)
    list.push_back(findingJson(*finding));
  KernelStats total;
  for (const auto &[name, stats] : kernels) {
    perKernel[name] = statsJson(stats);
    perKernel[name]["shapes"] = shapesJson(stats);
    total.add(stats);
  }
  Json json = {
      {"device", device}, {"findings", list}, {"totals", statsJson(total)}, {"kernels", perKernel}};
  if (roofline != nullptr)
    json["roofline"] = rooflineJson(*roofline, kernels);
  // Names come from files: bytes that are not UTF-8 are replaced, not refused.
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

} // namespace azulejo::sim
