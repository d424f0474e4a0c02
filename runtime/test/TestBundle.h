// This file builds bundles for the runtime's tests.
#ifndef AZULEJO_RUNTIME_TEST_TESTBUNDLE_H
#define AZULEJO_RUNTIME_TEST_TESTBUNDLE_H

#include "azulejo/runtime/status.h"

#include <map>
#include <string>
#include <vector>

namespace azulejo::runtime::test {

// A folder of its own under the system's temporary folder, removed with its files at the end.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string path(const std::string &name) const { return folder + "/" + name; }
  // Writes a file and returns its path.
  std::string write(const std::string &name, const std::string &content) const;

private:
  std::string folder;
};

// Returns "ptx/HASH" of a text.
std::string ptxName(const std::string &text);

// What a test bundle is made of. The default is whole: y = x + w for x, y of shape [batch, 4], by
// one kernel "add" of sm_80 with the arguments x, w, y and the element count.
struct BundleParts {
  std::string ptx =
      ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry add() { ret; }\n";
  std::vector<float> weight = {1, 2, 3, 4};
  std::string version = "1";
  std::string plan;                            // empty: the default plan
  std::map<std::string, std::string> metadata; // on top
  bool externalWeights = false;

  // The default plan; every part may be replaced.
  std::string symbols = R"([{"name": "batch", "min": 1, "max": 64, "divisor": 1}])";
  std::string inputs = R"([{"name": "x", "dtype": "f32", "shape": ["batch", 4]}])";
  std::string outputs = R"([{"name": "y", "dtype": "f32", "shape": ["batch", 4]}])";
  std::string weights = R"(["weight/w"])";
  std::string targets = R"(["sm_80"])";
  std::string arena = "0";
  std::string kernel; // extra members of the kernel, such as "\"shared\": 1,"
  std::string steps =
      R"([{"launch": 0, "grid": [["ceildiv", ["*", "batch", 4], 128], 1, 1], "node": "Add_0",
           "args": [{"input": 0, "access": "read"}, {"weight": 0}, {"output": 0, "access": "write"},
                    {"i32": ["*", "batch", 4]}]}])";
  std::string morePrograms; // ", {...}"

  std::string planText() const;
  std::string file() const;
  std::string weightFile() const;
};

// Takes a status and returns "code: message"; "" for success.
std::string take(azj_status status);

} // namespace azulejo::runtime::test

#endif // AZULEJO_RUNTIME_TEST_TESTBUNDLE_H
