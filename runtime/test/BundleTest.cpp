// This file tests the reading of bundles: whole ones, and every promise of the format broken in
// turn.
#include "azulejo/runtime/bundle.h"
#include "TestBundle.h"
#include "bundle/Bundle.h"
#include "bundle/SafetensorsWriter.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class BundleTest : public testing::Test {
protected:
  // Opens a file of this content and returns the fault.
  std::string open(const std::string &content) {
    std::shared_ptr<const Bundle> bundle;
    std::string fault = take(Bundle::open(folder.write("m.azb", content), bundle));
    size_t path = fault.find(folder.path("m.azb"));
    return path == std::string::npos ? fault
                                     : fault.replace(path, folder.path("m.azb").size(), "F");
  }
  std::string openPlan(const std::string &plan) {
    BundleParts parts;
    parts.plan = plan;
    return open(parts.file());
  }
  // The default plan with `from` replaced.
  std::string openChanged(const std::string &from, const std::string &to) {
    return openPlan(replaced(BundleParts().planText(), from, to));
  }

  TemporaryFolder folder;
};

TEST_F(BundleTest, OpensAWholeOne) {
  azj_bundle bundle = nullptr;
  std::string path = folder.write("m.azb", BundleParts().file());
  ASSERT_EQ(take(azj_bundle_open(path.c_str(), &bundle)), "");
  EXPECT_STREQ(azj_bundle_metadata(bundle, "azulejo.build"), "test");
  EXPECT_EQ(azj_bundle_metadata(bundle, "absent"), nullptr);
  EXPECT_EQ(azj_bundle_weight_bytes(bundle), 16u);

  azj_tensor_info tensor;
  ASSERT_EQ(azj_bundle_input_count(bundle), 1u);
  ASSERT_EQ(take(azj_bundle_input(bundle, 0, &tensor)), "");
  EXPECT_STREQ(tensor.name, "x");
  EXPECT_EQ(tensor.rank, 2u);
  EXPECT_EQ(tensor.shape[0], -1);
  EXPECT_EQ(tensor.shape[1], 4);
  EXPECT_STREQ(tensor.dims[0], "batch");
  EXPECT_EQ(take(azj_bundle_input(bundle, 1, &tensor)),
            "invalid argument: input 1 does not exist, the bundle has 1");

  azj_symbol_info symbol;
  ASSERT_EQ(take(azj_bundle_symbol(bundle, 0, &symbol)), "");
  EXPECT_STREQ(symbol.name, "batch");
  EXPECT_EQ(symbol.max, 64);

  azj_program_info program;
  ASSERT_EQ(take(azj_bundle_program(bundle, 0, &program)), "");
  EXPECT_STREQ(program.targets, "sm_80");
  EXPECT_EQ(program.launches, 1u);
  EXPECT_EQ(program.ptx_version, 70u);
  azj_kernel_info kernel;
  ASSERT_EQ(take(azj_bundle_kernel(bundle, 0, 0, &kernel)), "");
  EXPECT_STREQ(kernel.entry, "add");
  EXPECT_EQ(kernel.block.x, 128u);
  azj_bundle_close(bundle);
}

TEST_F(BundleTest, MissingFilesAreNotFound) {
  azj_bundle bundle = nullptr;
  std::string path = folder.path("absent.azb");
  EXPECT_EQ(take(azj_bundle_open(path.c_str(), &bundle)).find("not found: cannot open '"), 0u);
  EXPECT_EQ(bundle, nullptr);
}

TEST_F(BundleTest, ReadsExternalWeights) {
  BundleParts parts;
  parts.externalWeights = true;
  EXPECT_NE(open(parts.file()).find("not found: external weights of"), std::string::npos);
  folder.write("0123.safetensors", parts.weightFile());
  EXPECT_EQ(open(parts.file()), "");
  folder.write("0123.safetensors", replaced(parts.weightFile(), "weight/w", "weight/v"));
  EXPECT_EQ(open(parts.file()),
            "corrupt: 'F': weight 'weight/w' is in the plan but not in the external weights");
}

TEST_F(BundleTest, ExternalWeightsStayBesideTheBundle) {
  for (const char *name : {"../0123.safetensors", "/etc/passwd", "a/b", "..", ""}) {
    BundleParts parts;
    parts.metadata["azulejo.weights"] = name;
    EXPECT_NE(open(parts.file()).find("must be a bare file name"), std::string::npos) << name;
  }
}

TEST_F(BundleTest, RefusesOtherVersionsAndOtherFiles) {
  BundleParts parts;
  parts.version = "2";
  EXPECT_EQ(open(parts.file()),
            "unsupported: 'F' has bundle format '2', this runtime reads '1'; use "
            "a newer runtime or compile the model again");
  parts.version = "";
  EXPECT_EQ(open(parts.file()),
            "corrupt: 'F' is not an Azulejo bundle: its metadata has no 'azulejo.format'");
  EXPECT_EQ(open(""), "corrupt: 'F': not a safetensors file: 0 bytes, expected at least 8");
  EXPECT_NE(open(std::string(64, 'x')).find("not a safetensors file: header of"),
            std::string::npos);
  EXPECT_EQ(openChanged("\"version\": 1", "\"version\": 2"),
            "unsupported: 'F': plan: plan version must be 1, got 2");
}

TEST_F(BundleTest, ChecksSafetensorsOffsets) {
  std::string file = BundleParts().file();
  struct Case {
    const char *from, *to, *message;
  };
  const Case cases[] = {
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[0,99999]", "the file is truncated"},
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[16,0]", "0 <= begin <= end"},
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[-1,15]", "0 <= begin <= end"},
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[0,12]", "need 16 bytes"},
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[64,80]", "leaves a hole before it"},
      {"\"data_offsets\":[0,16]", "\"data_offsets\":[0]", "must be [begin, end]"},
      {"\"shape\":[4]", "\"shape\":[9223372036854775807,9]", "size exceeds 64 bits"},
      {"\"shape\":[4]", "\"shape\":[-4]", "integers of at least 0"},
      {"\"shape\":[4]", "\"shape\":4", "must be an array"},
      {"\"dtype\":\"F32\"", "\"dtype\":\"X32\"", "unknown dtype 'X32'"},
      {"\"data_offsets\":[16,64]", "\"data_offsets\":[0,48]", "overlaps another"},
      {"\"pad/0\"", "\"odd/0\"", "offset must be a multiple of 64, got 16"},
      {"\"weight/w\":", "\"odd/w\":", "is of no kind"},
      {"\"__metadata__\":{", "\"__metadata__\":{\"k\":1,", "must be a string, got an integer"},
  };
  for (const Case &test : cases) {
    // The header's length and padding are made anew around the changed text.
    uint64_t length;
    memcpy(&length, file.data(), 8);
    std::string header = replaced(file.substr(8, length), test.from, test.to);
    std::string data = file.substr(8 + length);
    header.append((64 - (8 + header.size()) % 64) % 64, ' ');
    length = header.size();
    std::string changed(reinterpret_cast<char *>(&length), 8);
    changed += header + data;
    std::string fault = open(changed);
    EXPECT_NE(fault.find(test.message), std::string::npos) << test.to << " gave " << fault;
  }
}

TEST_F(BundleTest, ChecksThePlan) {
  struct Case {
    const char *from, *to, *message;
  };
  const Case cases[] = {
      {"\"launch\": 0", "\"launch\": 1", "steps[0]: 'launch' must be between 0 and 0, got 1"},
      {"\"launch\": 0", "\"lunch\": 0", "must have one of 'launch', 'copy' and 'fill'"},
      {"{\"input\": 0,", "{\"input\": 7,", "args[0]: 'input' must be between 0 and 0, got 7"},
      {"{\"weight\": 0}", "{\"weight\": -1}", "args[1]: 'weight' must be between 0 and 0"},
      {"{\"weight\": 0}", "{\"weight\": 0, \"access\": \"write\"}", "never written"},
      {"{\"weight\": 0}", "{\"weight\": 0, \"oops\": 1}", "unknown key 'oops'"},
      {"{\"weight\": 0}", "{}", "must name an input, output, weight or the arena"},
      {"{\"weight\": 0}", "{\"arena\": 0}", "'bytes': formula: is missing"},
      {"{\"weight\": 0}", "{\"f32\": 1e300}", "exceeds the range of f32"},
      {"{\"weight\": 0}", "{\"f32\": []}", "'f32' must be a number"},
      {"{\"weight\": 0}", "{\"tensormap\": {\"buffer\": {\"input\": 0}, \"type\": \"f8\"}}",
       "unknown tensor map type 'f8'"},
      {"\"access\": \"read\"", "\"access\": \"reed\"", "read, write or readwrite, got 'reed'"},
      {"\"block\": [128, 1, 1]", "\"block\": [2048, 1, 1]", "at most 1024 threads"},
      {"\"block\": [128, 1, 1]", "\"block\": [65535, 65535, 65535]", "at most 1024 threads"},
      {"\"block\": [128, 1, 1]", "\"block\": [0, 1, 1]", "between 1 and 65535"},
      {"\"block\": [128, 1, 1]", "\"block\": [1, 1]", "must have 3 elements, got 2"},
      {"\"cluster\": [1, 1, 1]", "\"cluster\": [32, 1, 1]", "at most 16 blocks"},
      {"\"ptx\": \"ptx/", "\"ptx\": \"ptx/z", "hexadecimal digits"},
      {"\"arena\": 0", "\"arena\": [\"*\", \"batch\", \"height\"]", "unknown symbol 'height'"},
      {"\"arena_align\": 256", "\"arena_align\": 48", "must be a power of two, got 48"},
      {"[\"sm_80\"]", "[\"sm80\"]", "must hold strings such as 'sm_80'"},
      {"[\"sm_80\"]", "[]", "'targets' must not be empty"},
      {"\"min\": 1, \"max\": 64", "\"min\": 9, \"max\": 4", "'max' must be between 9 and"},
      {"\"divisor\": 1", "\"divisor\": 0", "'divisor' must be between 1 and"},
      {"\"name\": \"batch\"", "\"name\": \"other\"", "unknown symbol 'batch'"},
      {"\"dtype\": \"f32\"", "\"dtype\": \"f33\"", "inputs[0]: unknown dtype 'f33'"},
      {"[\"weight/w\"]", "[\"weight/v\"]",
       "weight 'weight/v' is in the plan but not in the bundle"},
      {"[\"weight/w\"]", "[\"ptx/w\"]", "must be a string that starts with 'weight/'"},
      {"[\"batch\", 4]}], \"outputs\"", "[4, 4]}], \"outputs\"", "is not a dimension of any input"},
      {"[\"batch\", 4]}], \"outputs\"", "[\"batch\", -4]}], \"outputs\"", "must be at least 0"},
      {"[\"ceildiv\", [\"*\", \"batch\", 4], 128], 1, 1]", "1]", "at least 3 elements, got 1"},
      {"\"ptx_version\": 70", "\"ptx_version\": \"70\"", "must be an integer, got a string"},
      {"\"entry\": \"add\"", "\"entry\": \"a\\u0000b\"", "contains a NUL"},
  };
  for (const Case &test : cases) {
    std::string fault = openChanged(test.from, test.to);
    EXPECT_NE(fault.find(test.message), std::string::npos) << test.to << " gave " << fault;
  }
}

TEST_F(BundleTest, RefusesHugeCountsAndDeepPlans) {
  BundleParts parts;
  parts.symbols = "[";
  for (int i = 0; i < 1025; ++i)
    parts.symbols += (i ? "," : "") + std::string("{\"name\": \"s") + std::to_string(i) + "\"}";
  parts.symbols += "]";
  EXPECT_NE(open(parts.file()).find("'symbols' must have at most 1024 elements, got 1025"),
            std::string::npos);

  parts = BundleParts();
  std::string args = "{\"i32\": 0}";
  for (int i = 0; i < 4096; ++i)
    args += ", {\"i32\": 0}";
  parts.steps = "[{\"launch\": 0, \"grid\": [1, 1, 1], \"args\": [" + args + "]}]";
  EXPECT_NE(open(parts.file()).find("'args' must have at most 4096 elements, got 4097"),
            std::string::npos);

  EXPECT_NE(openPlan(std::string(100000, '[')).find("nested deeper than 128 levels"),
            std::string::npos);
  EXPECT_NE(openPlan("[]").find("must be an object, got an array"), std::string::npos);
}

TEST_F(BundleTest, PtxIsCheckedAgainstItsName) {
  BundleParts parts;
  std::shared_ptr<const Bundle> bundle;
  ASSERT_EQ(take(Bundle::open(folder.write("m.azb", parts.file()), bundle)), "");
  PlanKernel kernel = bundle->plan().programs[0].kernels[0];
  EXPECT_EQ(take(checkPtx(kernel, bundle->ptx(kernel))), "");
  kernel.ptxVersion = 64;
  EXPECT_NE(take(checkPtx(kernel, bundle->ptx(kernel))).find("is PTX 7.0 but the plan states 6.4"),
            std::string::npos);
  std::string damaged = replaced(parts.file(), "{ ret; }", "{ rat; }");
  ASSERT_EQ(take(Bundle::open(folder.write("d.azb", damaged), bundle)), "");
  kernel = bundle->plan().programs[0].kernels[0];
  EXPECT_NE(take(checkPtx(kernel, bundle->ptx(kernel))).find("is damaged"), std::string::npos);
}

} // namespace
