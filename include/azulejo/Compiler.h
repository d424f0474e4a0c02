// This file is the interface of the compiler as a library: a model file goes in, a bundle comes
// out. It needs nothing of MLIR or LLVM.
#ifndef AZULEJO_COMPILER_H
#define AZULEJO_COMPILER_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo {

// The steps of the pipeline in their order. From Tiling on, a step runs once for each target.
enum class Phase { Import, Simplify, Fusion, Tiling, Scheduling, Lowering, Codegen };

constexpr unsigned numPhases = 7;

// Returns the name of a phase in flags and dump files: "import", "simplify", …
const char *phaseName(Phase phase);
// Returns the phase of that name.
std::optional<Phase> parsePhase(std::string_view name);

enum class Severity { Error, Warning, Note, Remark };

// One message. File, line and column are those of the model, empty and 0 where none is known;
// `node` is the name of the model's node, or empty.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string file;
  unsigned line = 0, column = 0;
  std::string node;
  std::string message;

  // "model.json:3:7: error: node 'Conv_0': message".
  std::string text() const;
};

// What is known of a symbolic dimension: min to max inclusive, multiples of divisor. min == max
// fixes it.
struct DimBounds {
  std::string name;
  int64_t min = 1, max = 1, divisor = 1;
};

// Reads "NAME=N", "NAME=LO..HI" or "NAME=LO..HI/DIV"; on a fault returns nullopt and says in
// `error` why.
std::optional<DimBounds> parseDimBounds(std::string_view text, std::string &error);

struct CompileOptions {
  std::string targets = "all"; // sm_XX[a], azure:VM-SIZE, all, separated by commas
  std::vector<DimBounds> dims;
  // The first phase that runs; nullopt: Import for ONNX, Simplify for MLIR. Another one needs MLIR
  // that went through the phases before.
  std::optional<Phase> from;
  // The last phase that runs. Before Codegen the output is MLIR text instead of a bundle.
  Phase to = Phase::Codegen;
  std::string dumpFolder;             // MLIR after each phase goes here; empty: nowhere
  bool externalWeights = false;       // weights go to HASH.safetensors beside the bundle
  bool allowTf32 = false;             // tensor cores may round f32 operands of products to tf32
  bool cubin = false;                 // add machine code; needs ptxas
  bool measure = false;               // ask ptxas, where it is found, for the registers of kernels
  std::optional<std::string> remarks; // regular expression of the categories wanted
  std::string flags;                  // recorded in the bundle
  unsigned threads = 0;               // 0: as many as the machine has cores
  // Where a file goes with which a fault of the compiler itself can be repeated; empty: nowhere.
  std::string reproducerPath;
  // Run in one thread, and write the reproducer also when a pass crashes. Slow: for a second try.
  bool catchCrashes = false;
  // Makes the compiler crash in a phase, to test what happens then.
  std::optional<Phase> crashIn;
  // Called for every message, from one thread at a time.
  std::function<void(const Diagnostic &)> onDiagnostic;
  // Called as work proceeds: done in 0 to 1 and what comes next.
  std::function<void(double done, const std::string &next)> onProgress;
};

enum class CompileStatus {
  Done = 0,
  InputAtFault = 1,   // the model cannot be compiled; diagnostics say where and why
  OptionsAtFault = 2, // the options contradict one another, or are unknown
  OurFault = 4,       // the compiler is at fault
};

struct PhaseTime {
  Phase phase;
  std::string target; // empty before Tiling
  double seconds;
};

// One kernel of one target. Numbers of -1 were not measured.
struct KernelStatistics {
  std::string target, name;
  unsigned launches = 0; // per inference
  int64_t threads = 0, sharedBytes = 0, ptxBytes = 0, ptxVersion = 0;
  int registers = -1, spillBytes = -1;
};

// The plan for some targets.
struct ProgramStatistics {
  std::vector<std::string> targets;
  unsigned launches = 0, copies = 0; // per inference
  std::string arena;                 // its size in bytes, as a formula in JSON
};

struct CompileStatistics {
  std::vector<PhaseTime> phases;
  std::vector<ProgramStatistics> programs;
  std::vector<KernelStatistics> kernels;
  uint64_t bundleBytes = 0, weightBytes = 0;
  unsigned ptxTexts = 0;
  std::string weightsFile;

  std::string toJson() const;
};

struct CompileResult {
  CompileStatus status = CompileStatus::Done;
  CompileStatistics statistics;
};

// Compiles the model in the file `model` and writes `output` ("-": standard output, for MLIR only).
// Files appear whole or not at all. May be called by several threads at once; uses several threads
// itself.
CompileResult compile(const std::string &model, const std::string &output,
                      const CompileOptions &options);

// A node of the model that the compiler cannot take.
struct CheckFinding {
  std::string name, op, domain, elementType;
  int64_t opset = 0;
  std::string reason, remedy;
  std::string file;
  unsigned line = 0, column = 0;
};

// Lists every node of an ONNX model that cannot be compiled, and compiles nothing. The status says
// whether the file could be read; unsupported nodes are no fault of it.
CompileStatus check(const std::string &model, const CompileOptions &options,
                    std::vector<CheckFinding> &findings);

} // namespace azulejo

#endif // AZULEJO_COMPILER_H
