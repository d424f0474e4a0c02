// This file reads the command line of azulejo-compile.
#include "CommandLine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Regex.h"

#include <functional>
#include <set>

using namespace azulejo;
using llvm::StringRef;

namespace {

enum class Value { None, Optional, Required };

// One option. `apply` gets the value, or "" where there is none, and returns what is wrong with it,
// or "".
struct Option {
  StringRef name;
  Value value;
  StringRef placeholder;
  StringRef help; // empty: not listed
  std::function<std::string(CommandLine &, StringRef)> apply;
  bool mayRepeat = false; // more than one value makes sense
};

} // namespace

static std::string parsePhaseInto(std::optional<Phase> &phase, StringRef text) {
  phase = parsePhase({text.data(), text.size()});
  if (phase)
    return "";
  std::string names;
  for (unsigned index = 0; index < numPhases; ++index)
    names += (index ? ", " : "") + std::string(phaseName(static_cast<Phase>(index)));
  return "unknown phase '" + text.str() + "', expected one of " + names;
}

static std::string setTargets(CommandLine &line, StringRef text) {
  if (text.empty())
    return "expected sm_XX[a], azure:VM-SIZE or all, got nothing";
  // The first --target replaces the default, more add to it.
  bool isFirst = line.options.targets.empty();
  line.options.targets += (isFirst ? "" : ",") + text.str();
  return "";
}

static std::string addDim(CommandLine &line, StringRef text) {
  std::string error;
  std::optional<DimBounds> dim = parseDimBounds({text.data(), text.size()}, error);
  if (!dim)
    return error;
  for (const DimBounds &earlier : line.options.dims)
    if (earlier.name == dim->name)
      return "'" + dim->name + "' is given twice";
  line.options.dims.push_back(*dim);
  return "";
}

static std::string setLastPhase(CommandLine &line, StringRef text) {
  std::optional<Phase> phase;
  std::string error = parsePhaseInto(phase, text);
  line.options.to = phase.value_or(Phase::Codegen);
  return error;
}

static std::string setRemarks(CommandLine &line, StringRef text) {
  line.options.remarks = text.empty() ? ".*" : text.str();
  std::string error;
  return llvm::Regex(*line.options.remarks).isValid(error) ? ""
                                                           : "not a regular expression: " + error;
}

static std::string setWeights(CommandLine &line, StringRef text) {
  line.options.externalWeights = text == "external";
  return text == "embed" || text == "external"
             ? ""
             : "expected embed or external, got: '" + text.str() + "'";
}

static std::string setThreads(CommandLine &line, StringRef text) {
  if (!text.getAsInteger(10, line.options.threads) && line.options.threads > 0)
    return "";
  return "expected a number of at least 1, got: '" + text.str() + "'";
}

static std::string setText(std::string &field, StringRef text) {
  field = text.str();
  return text.empty() ? "expected a file or folder, got nothing" : "";
}

static const std::vector<Option> &allOptions() {
  static const std::vector<Option> options = {
      {"-o", Value::Required, "FILE",
       "the bundle to write; before codegen MLIR, where - is standard output",
       [](CommandLine &line, StringRef text) { return setText(line.output, text); }},
      {"--target", Value::Required, "LIST",
       "GPUs to compile for: sm_XX[a], azure:VM-SIZE or all, separated by commas (default: all)",
       setTargets, /*mayRepeat=*/true},
      {"--dim", Value::Required, "NAME=N | NAME=LO..HI[/DIV]",
       "fix a symbolic dimension, or bound it; may be repeated", addDim, /*mayRepeat=*/true},
      {"--weights", Value::Required, "embed|external",
       "where the weights go: into the bundle, or into HASH.safetensors beside it (default: embed)",
       setWeights},
      {"--cubin", Value::None, "",
       "add machine code to the bundle; needs ptxas (AZULEJO_PTXAS, CUDA_HOME, PATH)",
       [](CommandLine &line, StringRef) { return line.options.cubin = true, ""; }},
      {"--allow-tf32", Value::None, "",
       "let tensor cores (sm_80 and later) round the f32 operands of matrix products and "
       "convolutions to tf32, 10 bits of fraction; sums stay f32",
       [](CommandLine &line, StringRef) { return line.options.allowTf32 = true, ""; }},
      {"--check", Value::None, "", "list every node that is not supported, and compile nothing",
       [](CommandLine &line, StringRef) { return line.check = true, ""; }},
      {"--remarks", Value::Optional, "FILTER",
       "say why nodes were (not) fused, (not) given tensor cores …; FILTER is a regular expression "
       "of categories",
       setRemarks},
      {"--stats", Value::Required, "FILE.json",
       "write kernels, bytes, times of each phase; with ptxas also registers and spills",
       [](CommandLine &line, StringRef text) {
         line.options.measure = true;
         return setText(line.statsFile, text);
       }},
      {"--dump-to", Value::Required, "DIR",
       "write the MLIR after each phase as DIR/N-phase[-target].mlir, large weights left out",
       [](CommandLine &line, StringRef text) { return setText(line.options.dumpFolder, text); }},
      {"--compile-from", Value::Required, "PHASE",
       "start with this phase, from the .mlir of the one before",
       [](CommandLine &line, StringRef text) { return parsePhaseInto(line.options.from, text); }},
      {"--compile-to", Value::Required, "PHASE", "stop after this phase and write MLIR",
       setLastPhase},
      {"--threads", Value::Required, "N", "use N threads (default: one for each core)", setThreads},
      {"--help", Value::None, "", "show this text",
       [](CommandLine &line, StringRef) { return line.help = true, ""; }},
      {"--version", Value::None, "", "show the version",
       [](CommandLine &line, StringRef) { return line.version = true, ""; }},
      {"--second-try", Value::None, "", "",
       [](CommandLine &line, StringRef) { return line.secondTry = true, ""; }},
      {"--crash-in", Value::Required, "", "",
       [](CommandLine &line, StringRef text) {
         return parsePhaseInto(line.options.crashIn, text);
       }},
  };
  return options;
}

std::string azulejo::helpText() {
  std::string text =
      "usage: azulejo-compile MODEL -o OUT.azb [options]\n"
      "\n"
      "Compiles a model into a bundle of GPU kernels (PTX), weights and a plan, which azulejo-run "
      "and\n"
      "the runtime library run on a GPU, or on a simulator where there is none.\n"
      "\n"
      "MODEL is ONNX in its JSON form (.onnx.json, .onnxjson, .json) or MLIR (.mlir).\n"
      "\n"
      "options:\n";
  for (const Option &option : allOptions()) {
    if (option.help.empty())
      continue;
    std::string usage = option.name.str();
    if (option.value == Value::Required)
      usage += (option.name == "-o" ? " " : "=") + option.placeholder.str();
    else if (option.value == Value::Optional)
      usage += "[=" + option.placeholder.str() + "]";
    text += "  " + usage + "\n      " + option.help.str() + "\n";
  }
  return text + "\n"
                "phases: import, simplify, fusion, tiling, scheduling, lowering, codegen\n"
                "\n"
                "exit codes: 0 done; 1 the model cannot be compiled; 2 the command line is wrong;\n"
                "4 a fault of the compiler itself\n"
                "\n"
                "example:\n"
                "  azulejo-compile resnet50.onnx.json -o resnet50.azb --target=sm_80,sm_90a --dim "
                "batch=1..64\n";
}

// Returns ", did you mean …?" for a name that is nearly right.
static std::string suggestion(StringRef name) {
  const Option *best = nullptr;
  unsigned bestDistance = 4;
  for (const Option &option : allOptions())
    if (unsigned distance = name.edit_distance(option.name);
        !option.help.empty() && distance < bestDistance) {
      best = &option;
      bestDistance = distance;
    }
  return best ? ", did you mean " + best->name.str() + "?" : "";
}

// Reads the option at `index`, which moves on when its value is the next argument.
static bool parseOption(const std::vector<std::string> &arguments, size_t &index,
                        std::set<StringRef> &seen, CommandLine &result, std::string &error) {
  StringRef argument = arguments[index] == "-h" ? "--help" : StringRef(arguments[index]);
  auto [name, value] = argument.split('=');
  bool hasValue = name.size() != argument.size();
  auto option =
      llvm::find_if(allOptions(), [&, name = name](const Option &o) { return o.name == name; });
  if (option == allOptions().end()) {
    error = "unknown option '" + name.str() + "'" + suggestion(name);
    return false;
  }
  if (!seen.insert(option->name).second && option->value != Value::None && !option->mayRepeat) {
    error = name.str() + " is given twice";
    return false;
  }
  if (hasValue && option->value == Value::None) {
    error = name.str() + " takes no value, got: '" + value.str() + "'";
    return false;
  }
  if (!hasValue && option->value == Value::Required) {
    if (index + 1 == arguments.size()) {
      error = name.str() + " needs a value: " + name.str() + "=" + option->placeholder.str();
      return false;
    }
    value = arguments[++index];
  }
  std::string fault = option->apply(result, value);
  if (!fault.empty())
    error = name.str() + ": " + fault;
  return fault.empty();
}

// The options that shaped the bundle, in one order whatever the user's was.
static std::string canonicalFlags(const CommandLine &line) {
  std::string text = "--target=" + line.options.targets;
  for (const DimBounds &dim : line.options.dims) {
    text += " --dim=" + dim.name + "=" + std::to_string(dim.min);
    if (dim.max != dim.min)
      text += ".." + std::to_string(dim.max);
    if (dim.divisor != 1)
      text += "/" + std::to_string(dim.divisor);
  }
  if (line.options.externalWeights)
    text += " --weights=external";
  if (line.options.allowTf32)
    text += " --allow-tf32";
  if (line.options.cubin)
    text += " --cubin";
  return text;
}

bool azulejo::parseCommandLine(const std::vector<std::string> &arguments, CommandLine &result,
                               std::string &error) {
  result.options.targets.clear();
  std::set<StringRef> seen;
  for (size_t index = 0; index < arguments.size(); ++index) {
    const std::string &argument = arguments[index];
    if (argument.size() > 1 && argument[0] == '-') {
      if (!parseOption(arguments, index, seen, result, error))
        return false;
    } else if (result.model.empty()) {
      result.model = argument;
    } else {
      error = "expected one model, got: '" + result.model + "' and '" + argument + "'";
      return false;
    }
  }
  if (result.options.targets.empty())
    result.options.targets = "all";
  result.options.flags = canonicalFlags(result);
  if (result.help || result.version)
    return true;
  if (result.model.empty())
    error = "no model given";
  else if (result.output.empty() && !result.check && result.options.to == Phase::Codegen)
    error = "no output given; add -o OUT.azb";
  if (result.output.empty())
    result.output = "-";
  return error.empty();
}
