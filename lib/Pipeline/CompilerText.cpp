// This file names the phases and writes messages and statistics of the compiler's interface as
// text.
#include "azulejo/Compiler.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace azulejo;

static constexpr const char *phaseNames[numPhases] = {"import",     "simplify", "fusion", "tiling",
                                                      "scheduling", "lowering", "codegen"};

const char *azulejo::phaseName(Phase phase) { return phaseNames[static_cast<unsigned>(phase)]; }

std::optional<Phase> azulejo::parsePhase(std::string_view name) {
  for (unsigned index = 0; index < numPhases; ++index)
    if (name == phaseNames[index])
      return static_cast<Phase>(index);
  return std::nullopt;
}

static const char *severityName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    return "note";
  case Severity::Remark:
    return "remark";
  }
  return "";
}

std::string Diagnostic::text() const {
  std::string result = file;
  if (line > 0)
    result += ":" + std::to_string(line) + ":" + std::to_string(column);
  if (!result.empty())
    result += ": ";
  result += std::string(severityName(severity)) + ": ";
  if (!node.empty())
    result += "node '" + node + "': ";
  return result + message;
}

std::string CompileStatistics::toJson() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    json.attributeArray("phases", [&] {
      for (const PhaseTime &time : phases)
        json.object([&] {
          json.attribute("phase", phaseName(time.phase));
          if (!time.target.empty())
            json.attribute("target", time.target);
          json.attribute("seconds", time.seconds);
        });
    });
    json.attributeArray("programs", [&] {
      for (const ProgramStatistics &program : programs)
        json.object([&] {
          json.attributeArray("targets", [&] {
            for (const std::string &target : program.targets)
              json.value(target);
          });
          json.attribute("launches", program.launches);
          json.attribute("copies", program.copies);
          json.attributeBegin("arena_bytes");
          json.rawValue(program.arena);
          json.attributeEnd();
        });
    });
    json.attributeArray("kernels", [&] {
      for (const KernelStatistics &kernel : kernels)
        json.object([&] {
          json.attribute("target", kernel.target);
          json.attribute("name", llvm::json::fixUTF8(kernel.name));
          json.attribute("launches", kernel.launches);
          json.attribute("threads", kernel.threads);
          json.attribute("shared_bytes", kernel.sharedBytes);
          json.attribute("ptx_bytes", kernel.ptxBytes);
          json.attribute("ptx_version", kernel.ptxVersion);
          if (kernel.registers >= 0) {
            json.attribute("registers", kernel.registers);
            json.attribute("spill_bytes", kernel.spillBytes);
          }
        });
    });
    json.attribute("ptx_texts", ptxTexts);
    json.attribute("weight_bytes", static_cast<int64_t>(weightBytes));
    json.attribute("bundle_bytes", static_cast<int64_t>(bundleBytes));
    if (!weightsFile.empty())
      json.attribute("weights_file", weightsFile);
  });
  return text + "\n";
}
