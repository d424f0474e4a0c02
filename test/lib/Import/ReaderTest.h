// This file declares what the tests of the ONNX JSON reader share.
#ifndef AZULEJO_TEST_IMPORT_READERTEST_H
#define AZULEJO_TEST_IMPORT_READERTEST_H

#include "lib/Import/OnnxReader.h"

#include <gtest/gtest.h>

#include <cstring>

namespace azulejo::test {

/// The model that was read, or why not.
struct ReadResult {
  std::unique_ptr<onnx::ModelProto> model;
  ImportDiagnostics diagnostics;
  const ImportDiagnostic *firstError() const {
    for (const ImportDiagnostic &diagnostic : diagnostics.list)
      if (diagnostic.isError)
        return &diagnostic;
    return nullptr;
  }
  std::string errorCode() const { return firstError() ? firstError()->code : ""; }
  std::string errorText() const { return firstError() ? firstError()->message : ""; }
};

inline ReadResult readText(const std::string &text, const ReadOptions &options = {}) {
  ReadResult result;
  std::unique_ptr<ByteInput> input = ByteInput::fromMemory(text);
  result.model = readOnnxModel(*input, options, result.diagnostics);
  EXPECT_EQ(result.model == nullptr, result.diagnostics.hasError());
  return result;
}

inline std::string graphOf(const std::string &body) {
  return "{\"ir_version\":\"8\",\"graph\":{" + body + "}}";
}
inline std::string tensorOf(const std::string &body) {
  return graphOf("\"initializer\":[{\"name\":\"w\"," + body + "}]");
}
inline std::string attributeOf(const std::string &body) {
  return graphOf("\"node\":[{\"attribute\":[{" + body + "}]}]");
}

template <typename T> std::vector<T> elementsOf(const onnx::TensorProto &tensor) {
  std::vector<T> result(tensor.data.size() / sizeof(T));
  if (!result.empty())
    std::memcpy(result.data(), tensor.data.data(), tensor.data.size());
  return result;
}

} // namespace azulejo::test

#endif // AZULEJO_TEST_IMPORT_READERTEST_H
