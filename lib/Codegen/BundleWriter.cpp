// This file writes bundles: it gathers programs, PTX, machine code and weights into one safetensors
// file.
#include "lib/Codegen/BundleWriter.h"

#include "lib/Codegen/Assembler.h"
#include "lib/Codegen/Manifest.h"
#include "lib/Codegen/WeightTable.h"
#include "runtime/bundle/Format.h"
#include "runtime/bundle/SafetensorsWriter.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <mutex>

using namespace mlir;
using namespace azulejo;

namespace format = azulejo::runtime::format;
using runtime::SafetensorsWriter;

#ifndef AZULEJO_VERSION
#define AZULEJO_VERSION "0.1.0"
#endif

std::string azulejo::buildId() {
  return "azulejo-compile " AZULEJO_VERSION " llvm " LLVM_VERSION_STRING;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

// Passes the pieces of `writer` to the stream.
static bool writePieces(const SafetensorsWriter &writer, llvm::raw_fd_ostream &os) {
  writer.write([&](const void *data, size_t bytes) {
    os.write(static_cast<const char *>(data), bytes);
    return !os.has_error();
  });
  os.flush();
  bool ok = !os.has_error();
  os.clear_error();
  return ok;
}

// Writes the file under another name and renames it, so that no half of it is ever seen. What is no
// regular file, such as /dev/null or a pipe, is written as it is.
static LogicalResult writeFile(const SafetensorsWriter &writer, StringRef path, Location location) {
  auto fail = [&](std::error_code error) {
    return emitError(location) << "cannot write '" << path << "': "
                               << (error ? error.message() : "no space left or a broken disk");
  };
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
    std::error_code error;
    llvm::raw_fd_ostream os(path, error);
    return !error && writePieces(writer, os) ? success() : fail(error);
  }
  llvm::Expected<llvm::sys::fs::TempFile> file = llvm::sys::fs::TempFile::create(
      path + ".%%%%%%.tmp", llvm::sys::fs::all_read | llvm::sys::fs::all_write);
  if (!file)
    return fail(llvm::errorToErrorCode(file.takeError()));
  llvm::raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  if (!writePieces(writer, os)) {
    llvm::consumeError(file->discard());
    return fail({});
  }
  if (llvm::Error error = file->keep(path))
    return fail(llvm::errorToErrorCode(std::move(error)));
  return success();
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

namespace {

// Machine code for one PTX text and target.
struct CubinJob {
  std::string target, hash;
  StringRef ptx, kernel;
  std::optional<AssembledKernel> result;
  std::string error;
};

// Gathers what goes into a bundle.
class BundleBuilder {
public:
  BundleBuilder(const BundleOptions &options, CompileStatistics &statistics)
      : options(options), statistics(statistics) {}

  LogicalResult addModule(const TargetModule &entry);
  LogicalResult assemble(Location location);
  LogicalResult write(StringRef path, Location location);

private:
  void describeProgram(plan::ProgramOp program, const std::string &json);
  void describeKernels(StringRef target, const KernelList &kernels, plan::ProgramOp program);
  std::string planJson() const;
  void addWeights(SafetensorsWriter &writer) const;
  LogicalResult writeExternalWeights(StringRef path, Location location, SafetensorsWriter &bundle);

  const BundleOptions &options;
  CompileStatistics &statistics;
  WeightTable weights;
  std::string interface;
  // JSON -> targets, in the order of the targets
  llvm::MapVector<std::string, SmallVector<std::string>, std::map<std::string, unsigned>> programs;
  std::map<std::string, StringRef> ptxTexts; // by hash, which is the order in the file
  std::vector<CubinJob> cubins;
};

} // namespace

// Counts the steps of a program; of equal programs only the first is counted.
void BundleBuilder::describeProgram(plan::ProgramOp program, const std::string &json) {
  SmallVector<std::string> &targets = programs[json];
  size_t index = std::distance(programs.begin(), programs.find(json));
  if (index == statistics.programs.size()) {
    ProgramStatistics &row = statistics.programs.emplace_back();
    row.launches = llvm::range_size(program.getBody().getOps<plan::LaunchOp>());
    row.copies = llvm::range_size(program.getBody().getOps<plan::CopyOp>());
    row.arena = arenaToJson(program);
  }
  statistics.programs[index].targets.assign(targets.begin(), targets.end());
}

void BundleBuilder::describeKernels(StringRef target, const KernelList &kernels,
                                    plan::ProgramOp program) {
  llvm::StringMap<unsigned> launches;
  for (auto launch : program.getBody().getOps<plan::LaunchOp>())
    ++launches[launch.getKernel()];
  for (const KernelInfo &kernel : kernels) {
    KernelStatistics &row = statistics.kernels.emplace_back();
    row.target = target.str();
    row.name = kernel.name.str();
    row.launches = launches.lookup(kernel.name);
    row.threads = int64_t(kernel.block[0]) * kernel.block[1] * kernel.block[2];
    row.sharedBytes = kernel.sharedBytes;
    row.ptxBytes = kernel.ptx.size();
    row.ptxVersion = kernel.ptxVersion;
  }
}

LogicalResult BundleBuilder::addModule(const TargetModule &entry) {
  ModuleOp module = entry.module;
  auto program = module.lookupSymbol<plan::ProgramOp>("main");
  if (!program)
    return module.emitError("expected plan.program @main; run Scheduling first");
  FailureOr<KernelList> kernels = collectKernels(program);
  if (failed(kernels))
    return failure();
  std::string itsInterface = interfaceToJson(program);
  if (!interface.empty() && interface != itsInterface)
    return program.emitError("inputs, outputs and symbols must be the same for all targets");
  interface = itsInterface;
  FailureOr<std::string> json = programToJson(program, *kernels, weights);
  if (failed(json))
    return failure();
  programs[*json].push_back(entry.target);
  for (const KernelInfo &kernel : *kernels) {
    ptxTexts[kernel.hash] = kernel.ptx;
    cubins.push_back({entry.target, kernel.hash, kernel.ptx, kernel.name, std::nullopt, ""});
  }
  describeProgram(program, *json);
  describeKernels(entry.target, *kernels, program);
  return success();
}

// Runs ptxas where machine code or numbers are wanted.
LogicalResult BundleBuilder::assemble(Location location) {
  if (!options.cubin && !options.measure)
    return success();
  std::string error;
  std::optional<Assembler> assembler = Assembler::find(error);
  if (!assembler)
    return options.cubin ? LogicalResult(emitError(location) << "--cubin: " << error) : success();
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.threads));
  std::map<std::pair<std::string, std::string>, CubinJob *> first;
  for (CubinJob &job : cubins)
    if (first.try_emplace({job.target, job.hash}, &job).second)
      pool.async([&] { job.result = assembler->assemble(job.ptx, job.target, job.error); });
  pool.wait();
  for (auto [job, row] : llvm::zip_equal(cubins, statistics.kernels)) {
    const CubinJob *done = first.at({job.target, job.hash});
    if (!done->result) {
      if (options.cubin)
        return emitError(location)
               << "kernel '" << job.kernel << "' for " << job.target << ": " << done->error;
      continue;
    }
    row.registers = done->result->registers;
    row.spillBytes = done->result->spillBytes;
  }
  return success();
}

std::string BundleBuilder::planJson() const {
  std::string json = "{\"version\":" + std::to_string(format::planVersion) + "," + interface;
  json += ",\"weights\":[";
  for (const Weight &weight : weights.weights())
    json += (json.back() == '[' ? "" : ",") + quoteJson(weight.name);
  json += "],\"programs\":[";
  for (const auto &[members, targets] : programs) {
    json += json.back() == '[' ? "{\"targets\":[" : ",{\"targets\":[";
    for (const std::string &target : targets)
      json += (json.back() == '[' ? "" : ",") + quoteJson(target);
    json += "]," + members + "}";
  }
  return json + "]}";
}

void BundleBuilder::addWeights(SafetensorsWriter &writer) const {
  for (const Weight &weight : weights.weights()) {
    StringRef type = planTypeName(weight.elementType);
    const format::DtypeRow *row = format::findDtypeByPlanName({type.data(), type.size()});
    writer.add(weight.name, row->dtype, weight.shape, weight.data.data(), weight.data.size());
  }
}

LogicalResult BundleBuilder::writeExternalWeights(StringRef path, Location location,
                                                  SafetensorsWriter &bundle) {
  statistics.weightsFile = weights.contentHash() + ".safetensors";
  bundle.setMetadata(format::weightsKey, statistics.weightsFile);
  SmallString<128> file(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(file, statistics.weightsFile);
  SafetensorsWriter writer;
  addWeights(writer);
  return writeFile(writer, file, location);
}

LogicalResult BundleBuilder::write(StringRef path, Location location) {
  SafetensorsWriter writer;
  writer.setMetadata(format::formatKey, std::string(format::version));
  writer.setMetadata(format::planKey, planJson());
  writer.setMetadata(format::buildKey, buildId());
  writer.setMetadata(format::flagsKey, llvm::json::fixUTF8(options.flags));
  writer.setMetadata(format::inputKey, options.inputHash);
  for (const auto &[hash, text] : ptxTexts)
    writer.add("ptx/" + hash, AZJ_U8, {static_cast<int64_t>(text.size())}, text.data(),
               text.size());
  std::map<std::string, const CubinJob *> named;
  if (options.cubin)
    for (const CubinJob &job : cubins)
      if (job.result)
        named.try_emplace("cubin/" + job.target + "/" + job.hash, &job);
  for (const auto &[name, job] : named)
    writer.add(name, AZJ_U8, {static_cast<int64_t>(job->result->cubin.size())},
               job->result->cubin.data(), job->result->cubin.size());
  statistics.ptxTexts = ptxTexts.size();
  statistics.weightBytes = weights.bytes();
  if (!options.externalWeights)
    addWeights(writer);
  else if (failed(writeExternalWeights(path, location, writer)))
    return failure();
  if (failed(writeFile(writer, path, location)))
    return failure();
  uint64_t size = 0;
  (void)llvm::sys::fs::file_size(path, size); // a pipe has none
  statistics.bundleBytes = size;
  return success();
}

LogicalResult azulejo::writeBundle(ArrayRef<TargetModule> modules, const BundleOptions &options,
                                   StringRef path, CompileStatistics &statistics) {
  BundleBuilder builder(options, statistics);
  for (const TargetModule &entry : modules)
    if (failed(builder.addModule(entry)))
      return failure();
  Location location = UnknownLoc::get(ModuleOp(modules.front().module)->getContext());
  if (failed(builder.assemble(location)))
    return failure();
  return builder.write(path, location);
}
