// This file tests the bundle writer by reading its files with the runtime's reader, which checks
// all of docs/bundle-format.md.
#include "lib/Codegen/BundleWriter.h"
#include "lib/Codegen/Manifest.h"
#include "lib/Pipeline/Registration.h"
#include "runtime/bundle/Bundle.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace azulejo;
using llvm::StringRef;
using mlir::OwningOpRef;

namespace {

// A program of one kernel; $PTX, $W and $NAME are replaced.
const char *programText = R"(
  module attributes {graph.symbols = {batch = #graph.range<2, 64, 2>}} {
    plan.program @main {
      %x = plan.input 0 "x" : tensor<?x3xf16, #graph.dims<batch, 3>>
      %y = plan.output 0 "y" : tensor<?x3xf16, #graph.dims<batch, 3>>
      %w = plan.weight "$NAME" $W
      %s0 = plan.slot bytes <batch * 4>
      %s1 = plan.slot bytes <batch * 512, 4096>
      %s2 = plan.slot bytes <1024>
      %a = plan.arena %s0 at <0> bytes <batch * 4>
      %b = plan.arena %s1 at <256> bytes <256>
      %c = plan.arena %s2 at <512> bytes <512>
      plan.launch @k grid <(batch - 1) floordiv 2, 1, 1> (%x read, %w read, %a write, %b readwrite, %y write)
        scalars <batch - 3> tensor_maps [
          #plan.tensor_map<buffer = 0, type = f16, dims = <3, batch>, strides = <16>, box = [8, 8], swizzle = 32>]
      plan.copy %c to %y bytes <6>
    }
    gpu.module @k attributes {tile.ptx = "$PTX", tile.ptx_version = 70 : i32,
                              tile.block = array<i32: 128, 1, 1>, tile.shared = 512 : i32} {}
  })";

std::string replaceAll(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

class BundleWriterTest : public ::testing::Test {
protected:
  BundleWriterTest() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    llvm::SmallString<128> folder;
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("bundle-writer", folder));
    path = folder.str().str() + "/model.azb";
  }
  ~BundleWriterTest() override {
    llvm::sys::fs::remove_directories(StringRef(path).rsplit('/').first);
  }

  OwningOpRef<mlir::ModuleOp> parse(const std::string &ptx,
                                    const std::string &weight = "dense<1.0> : tensor<7xf32>",
                                    const std::string &name = "w") {
    std::string text = replaceAll(programText, "$PTX", ptx);
    text = replaceAll(replaceAll(text, "$W", weight), "$NAME", name);
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return module;
  }

  std::shared_ptr<const runtime::Bundle> open() {
    std::shared_ptr<const runtime::Bundle> bundle;
    azj_status status = runtime::Bundle::open(path, bundle);
    EXPECT_EQ(azj_status_code(status), AZJ_OK) << azj_status_message(status);
    azj_status_free(status);
    return bundle;
  }

  // Evaluates a formula of the bundle for a batch size.
  static int64_t evaluate(const runtime::Bundle &bundle, runtime::Formula formula, int64_t batch) {
    int64_t value = -1;
    azj_status status = bundle.plan().formulas.evaluate(formula, {batch}, value);
    EXPECT_EQ(azj_status_code(status), AZJ_OK) << azj_status_message(status);
    azj_status_free(status);
    return value;
  }

  mlir::MLIRContext context;
  std::string path;
  CompileStatistics statistics;
};

} // namespace

TEST_F(BundleWriterTest, ReaderAcceptsEverything) {
  auto module = parse(".version 7.0\\0A");
  ASSERT_TRUE(succeeded(writeBundle({{"sm_80", *module}}, {}, path, statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  const runtime::Plan &plan = bundle->plan();
  ASSERT_EQ(plan.symbols.size(), 1u);
  EXPECT_EQ(plan.symbols[0].name, "batch");
  EXPECT_EQ(plan.symbols[0].min, 2);
  EXPECT_EQ(plan.symbols[0].max, 64);
  EXPECT_EQ(plan.symbols[0].divisor, 2);
  ASSERT_EQ(plan.inputs.size(), 1u);
  EXPECT_EQ(plan.inputs[0].dtype, AZJ_F16);
  const runtime::PlanProgram &program = plan.programs.at(0);
  ASSERT_EQ(program.steps.size(), 2u);
  EXPECT_EQ(program.steps[0].argCount, 7u);
  azj_status status = runtime::checkPtx(program.kernels[0], bundle->ptx(program.kernels[0]));
  EXPECT_EQ(azj_status_code(status), AZJ_OK) << azj_status_message(status);
  azj_status_free(status);
  EXPECT_EQ(evaluate(*bundle, program.steps[0].grid[0], 9), 4);
  EXPECT_EQ(statistics.programs.at(0).launches, 1u);
  EXPECT_EQ(statistics.programs.at(0).copies, 1u);
  EXPECT_EQ(statistics.kernels.at(0).threads, 128);
}

TEST_F(BundleWriterTest, SlotsFollowOneAnother) {
  auto module = parse(".version 7.0\\0A");
  ASSERT_TRUE(succeeded(writeBundle({{"sm_80", *module}}, {}, path, statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  const runtime::PlanProgram &program = bundle->plan().programs.at(0);
  // Slot 0: 4 bytes each, rounded up; slot 1: the larger of 512 each and 4096; slot 2: 1024.
  auto offsetOf = [&](int64_t size, int64_t batch) {
    for (const runtime::PlanBuffer &buffer : program.buffers)
      if (buffer.kind == runtime::PlanBuffer::Arena &&
          evaluate(*bundle, buffer.bytes, batch) == size)
        return evaluate(*bundle, buffer.offset, batch);
    return int64_t(-1);
  };
  for (int64_t batch : {2, 32, 64}) {
    int64_t slot0 = (batch * 4 + 255) / 256 * 256, slot1 = std::max<int64_t>(batch * 512, 4096);
    EXPECT_EQ(offsetOf(batch * 4, batch), 0);
    EXPECT_EQ(offsetOf(512, batch), slot0 + slot1 + 512);
    EXPECT_EQ(evaluate(*bundle, program.arena, batch), slot0 + slot1 + 1024);
  }
  EXPECT_EQ(offsetOf(256, 2), 256 + 256);
}

TEST_F(BundleWriterTest, EqualProgramsMergeAndPtxIsStoredOnce) {
  auto first = parse(".version 7.0\\0A"), second = parse(".version 7.0\\0A");
  auto third = parse(".version 6.3\\0A");
  ASSERT_TRUE(succeeded(writeBundle({{"sm_80", *first}, {"sm_86", *second}, {"sm_90", *third}}, {},
                                    path, statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  ASSERT_EQ(bundle->plan().programs.size(), 2u);
  EXPECT_EQ(bundle->plan().programs[0].targetText, "sm_80,sm_86");
  EXPECT_EQ(bundle->plan().programs[1].targetText, "sm_90");
  EXPECT_EQ(statistics.ptxTexts, 2u);
  EXPECT_EQ(bundle->plan().weights.size(), 1u);
  EXPECT_EQ(statistics.programs.at(0).targets.size(), 2u);
}

TEST_F(BundleWriterTest, WeightsAreStoredOnceAndNamedApart) {
  auto first = parse(".version 7.0\\0A", "dense<[1, 2]> : tensor<2xi64>");
  auto same = parse(".version 7.0\\0A", "dense<[1, 2]> : tensor<2xi64>", "other");
  auto different = parse(".version 7.0\\0A", "dense<[1, 3]> : tensor<2xi64>");
  auto otherType = parse(".version 7.0\\0A", "dense<[1, 2]> : tensor<2xui64>");
  ASSERT_TRUE(succeeded(writeBundle(
      {{"sm_80", *first}, {"sm_86", *same}, {"sm_89", *different}, {"sm_90", *otherType}}, {}, path,
      statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->plan().weights,
            (std::vector<std::string>{"weight/w", "weight/w_2", "weight/w_3"}));
  EXPECT_EQ(bundle->weight(2).dtype, AZJ_U64);
  EXPECT_EQ(reinterpret_cast<const int64_t *>(bundle->weight(1).data)[1], 3);
}

TEST_F(BundleWriterTest, BoolsAreBytesAndSplatsAreWhole) {
  auto bools = parse(".version 7.0\\0A", "dense<[true, false, true]> : tensor<3xi1>");
  auto splat = parse(".version 7.0\\0A", "dense<2.5> : tensor<1000xf16>", "s");
  auto empty = parse(".version 7.0\\0A", "dense<> : tensor<0xf32>", "e");
  auto scalar = parse(".version 7.0\\0A", "dense<7> : tensor<i32>", "i");
  ASSERT_TRUE(succeeded(
      writeBundle({{"sm_80", *bools}, {"sm_86", *splat}, {"sm_89", *empty}, {"sm_90", *scalar}}, {},
                  path, statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(bundle->weight(0).data), 3),
            std::string("\1\0\1", 3));
  ASSERT_EQ(bundle->weight(1).bytes, 2000u);
  EXPECT_EQ(reinterpret_cast<const uint16_t *>(bundle->weight(1).data)[999], 0x4100);
  EXPECT_EQ(bundle->weight(2).bytes, 0u);
  EXPECT_EQ(*reinterpret_cast<const int32_t *>(bundle->weight(3).data), 7);
}

TEST_F(BundleWriterTest, ExternalWeightsStandBesideTheBundle) {
  auto module = parse(".version 7.0\\0A");
  BundleOptions options;
  options.externalWeights = true;
  ASSERT_TRUE(succeeded(writeBundle({{"sm_80", *module}}, options, path, statistics)));
  auto bundle = open();
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->weight(0).bytes, 28u);
  EXPECT_EQ(bundle->file().find("weight/w"), nullptr);
  EXPECT_EQ(*bundle->file().metadata("azulejo.weights"), statistics.weightsFile);
}

TEST_F(BundleWriterTest, SameInputSameBytes) {
  std::string bytes[2];
  for (std::string &content : bytes) {
    auto module = parse(".version 7.0\\0A");
    ASSERT_TRUE(succeeded(writeBundle({{"sm_80", *module}}, {}, path, statistics)));
    content = (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST_F(BundleWriterTest, LongSumsStayShallow) {
  auto *dialect = context.getOrLoadDialect<graph::GraphDialect>();
  mlir::AffineExpr sum = dialect->getSymbol("s0");
  for (int i = 1; i < 1000; ++i)
    sum = sum + dialect->getSymbol("s" + std::to_string(i));
  std::string json = formulaToJson(sum, &context);
  int depth = 0, deepest = 0;
  for (char c : json) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    deepest = std::max(deepest, depth);
  }
  EXPECT_LE(deepest, 11);
}

TEST_F(BundleWriterTest, FaultsAreDiagnostics) {
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &d) { message += d.str(); });
  auto module = parse(".version 7.0\\0A");
  EXPECT_TRUE(failed(writeBundle({{"sm_80", *module}}, {}, "/nonexistent/x.azb", statistics)));
  EXPECT_NE(message.find("cannot write '/nonexistent/x.azb': No such file or directory"),
            std::string::npos)
      << message;
  message.clear();
  auto bare = mlir::parseSourceString<mlir::ModuleOp>("module {}", &context);
  EXPECT_TRUE(failed(writeBundle({{"sm_80", *bare}}, {}, path, statistics)));
  EXPECT_NE(message.find("expected plan.program @main"), std::string::npos) << message;
  message.clear();
  setenv("AZULEJO_PTXAS", "/nonexistent/ptxas", 1);
  BundleOptions options;
  options.cubin = true;
  EXPECT_TRUE(failed(writeBundle({{"sm_80", *module}}, options, path, statistics)));
  unsetenv("AZULEJO_PTXAS");
  EXPECT_NE(message.find("--cubin: AZULEJO_PTXAS names no program: '/nonexistent/ptxas'"),
            std::string::npos)
      << message;
  EXPECT_FALSE(llvm::sys::fs::exists(path));
}
