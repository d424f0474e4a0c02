// This file declares the record of a run's steps and its form for chrome://tracing and Perfetto.
#ifndef AZULEJO_TOOLS_RUN_TRACE_H
#define AZULEJO_TOOLS_RUN_TRACE_H

#include "azulejo/runtime/session.h"

#include <string>
#include <vector>

namespace azulejo::run {

class Trace {
public:
  // Records the steps of the session's runs from now on.
  void observe(azj_session session);
  // Returns the trace as JSON.
  std::string toJson() const;

private:
  struct Event {
    std::string kind, name, node;
    azj_step_event facts;
  };
  std::vector<Event> events;
};

// Writes a text file. Throws ToolError.
void writeTextFile(const std::string &path, const std::string &text);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_TRACE_H
