// This file finds and runs ptxas.
#include "lib/Codegen/Assembler.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace azulejo;
using namespace llvm;

static bool isProgram(const Twine &path) {
  return sys::fs::is_regular_file(path) && sys::fs::can_execute(path);
}

std::optional<Assembler> Assembler::find(std::string &error) {
  if (std::optional<std::string> given = sys::Process::GetEnv("AZULEJO_PTXAS")) {
    for (const std::string &path : {*given, *given + "/bin/ptxas", *given + "/ptxas"})
      if (isProgram(path))
        return Assembler(path);
    error = "AZULEJO_PTXAS names no program: '" + *given + "'";
    return std::nullopt;
  }
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (std::optional<std::string> home = sys::Process::GetEnv(variable))
      if (isProgram(*home + "/bin/ptxas"))
        return Assembler(*home + "/bin/ptxas");
  if (ErrorOr<std::string> path = sys::findProgramByName("ptxas"))
    return Assembler(*path);
  error = "ptxas was not found in AZULEJO_PTXAS, CUDA_HOME or PATH; install the CUDA toolkit or "
          "the Python "
          "package nvidia-cuda-nvcc and set AZULEJO_PTXAS to its ptxas";
  return std::nullopt;
}

namespace {

// A temporary file, removed at the end of its life.
struct TemporaryFile {
  explicit TemporaryFile(StringRef suffix) {
    failed = static_cast<bool>(sys::fs::createTemporaryFile("azulejo", suffix, path));
  }
  ~TemporaryFile() {
    if (!failed)
      (void)sys::fs::remove(path);
  }
  std::string read() const {
    ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  SmallString<128> path;
  bool failed;
};

} // namespace

// Returns the number before `label` in what ptxas printed, such as "32 bytes spill stores".
static unsigned numberBefore(StringRef log, StringRef label) {
  auto [head, tail] = log.split(label);
  if (head.size() == log.size())
    return 0;
  head = head.rtrim();
  size_t begin = head.find_last_not_of("0123456789");
  unsigned value = 0;
  head.substr(begin + 1).getAsInteger(10, value);
  return value;
}

std::optional<AssembledKernel> Assembler::assemble(StringRef ptx, StringRef target,
                                                   std::string &error) const {
  TemporaryFile input("ptx"), output("cubin"), log("log");
  if (input.failed || output.failed || log.failed) {
    error = "cannot create a temporary file for ptxas";
    return std::nullopt;
  }
  {
    std::error_code code;
    raw_fd_ostream os(input.path, code);
    os << ptx;
    os.close();
    if (code || os.has_error()) {
      error = ("cannot write '" + input.path + "' for ptxas").str();
      os.clear_error();
      return std::nullopt;
    }
  }
  std::string arch = ("-arch=" + target).str();
  StringRef args[] = {program, arch, "-O3", "-v", input.path, "-o", output.path};
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(log.path), StringRef(log.path)};
  std::string reason;
  int code = sys::ExecuteAndWait(program, args, std::nullopt, redirects, 0, 0, &reason);
  std::string text = log.read();
  if (code != 0) {
    error = program + " failed: " + (reason.empty() ? text : reason);
    return std::nullopt;
  }
  AssembledKernel result;
  result.cubin = output.read();
  result.registers =
      numberBefore(StringRef(text).split("Used ").second.substr(0, 16), " registers");
  result.spillBytes =
      numberBefore(text, " bytes spill stores") + numberBefore(text, " bytes spill loads");
  if (result.cubin.empty()) {
    error = program + " made no machine code";
    return std::nullopt;
  }
  return result;
}
