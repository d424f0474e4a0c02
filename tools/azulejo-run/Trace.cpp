// This file writes traces.
#include "Trace.h"

#include "ToolError.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace azulejo::run {

void Trace::observe(azj_session session) {
  azj_session_observe(
      session,
      [](void *self, const azj_step_event *event) {
        static_cast<Trace *>(self)->events.push_back(
            {event->kind, event->name, event->node, *event});
      },
      this);
}

std::string Trace::toJson() const {
  using nlohmann::ordered_json;
  ordered_json list = ordered_json::array();
  uint64_t start = events.empty() ? 0 : events.front().facts.begin_ns;
  for (const Event &event : events) {
    ordered_json args;
    if (!event.node.empty())
      args["node"] = event.node;
    if (event.kind == "launch") {
      const azj_dim3 &grid = event.facts.grid, &block = event.facts.block;
      args["grid"] = {grid.x, grid.y, grid.z};
      args["block"] = {block.x, block.y, block.z};
    } else {
      args["bytes"] = event.facts.bytes;
    }
    list.push_back({{"name", event.name.empty() ? event.kind : event.name},
                    {"cat", event.kind},
                    {"ph", "X"},
                    {"ts", static_cast<double>(event.facts.begin_ns - start) / 1000},
                    {"dur", static_cast<double>(event.facts.end_ns - event.facts.begin_ns) / 1000},
                    {"pid", 1},
                    {"tid", 1},
                    {"args", args}});
  }
  ordered_json trace = {{"traceEvents", list}, {"displayTimeUnit", "ms"}};
  return trace.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

void writeTextFile(const std::string &path, const std::string &text) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  if (!stream)
    throw ToolError{exitInput, "'" + path + "': cannot be written: " + strerror(errno)};
}

} // namespace azulejo::run
