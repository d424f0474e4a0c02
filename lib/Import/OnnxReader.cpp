// This file implements the entry points of the ONNX JSON reader.
#include "lib/Import/OnnxReader.h"

#include "lib/Import/SaxHandler.h"
#include "lib/Import/TensorLoader.h"

#include <cstdlib>

namespace azulejo {
namespace {

/// Stops at the object that starts at a given offset and tells its path.
class PathFinder : public nlohmann::json_sax<nlohmann::json> {
public:
  PathFinder(JsonSource &source, uint64_t offset) : source(source), offset(offset) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t &) override { return scalar(); }
  bool string(string_t &) override {
    source.takeLongString();
    return scalar();
  }
  bool binary(binary_t &) override { return false; }
  bool start_object(std::size_t) override {
    if (source.position(1).offset >= offset)
      return stop();
    steps.push_back({});
    return true;
  }
  bool key(string_t &value) override {
    source.takeLongString();
    steps.back().key = value;
    return true;
  }
  bool start_array(std::size_t) override {
    steps.push_back({{}, true, 0});
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override {
    return false;
  }

  std::string path;

private:
  struct Step {
    std::string key;
    bool isArray = false;
    uint64_t index = 0;
  };

  bool scalar() {
    if (!steps.empty() && steps.back().isArray)
      ++steps.back().index;
    return true;
  }
  bool close() {
    steps.pop_back();
    return scalar();
  }
  bool stop() {
    if (source.position(1).offset != offset)
      return false;
    for (const Step &step : steps)
      if (step.isArray)
        path += "[" + std::to_string(step.index) + "]";
      else
        path += (path.empty() ? "" : ".") + step.key;
    return false;
  }

  JsonSource &source;
  uint64_t offset;
  std::vector<Step> steps;
};

bool parseStructure(const ByteInput &input, const ReadOptions &options,
                    const onnx::MessageDesc &desc, onnx::Message &root,
                    ImportDiagnostics &diagnostics) {
  char mark[3] = {};
  if (input.size() >= 3 && input.read(0, 3, mark) && std::string(mark, 3) == "\xEF\xBB\xBF")
    return diagnostics.error("import.syntax", {0, 1, 1}, "",
                             "expected '{', got a byte order mark; save the file without one");
  JsonSource source(input);
  SaxHandler handler(source, input, options.limits, options.strict, diagnostics, desc, &root);
  return nlohmann::json::sax_parse(JsonIterator(&source), JsonIterator(), &handler) &&
         !diagnostics.hasError();
}

} // namespace

std::unique_ptr<onnx::ModelProto> readOnnxModel(const ByteInput &input, const ReadOptions &options,
                                                ImportDiagnostics &diagnostics,
                                                std::vector<ExternalFile> *externalFiles) {
  auto model = std::make_unique<onnx::ModelProto>();
  if (!parseStructure(input, options, onnx::modelDesc(), *model, diagnostics))
    return nullptr;
  if (!model->graph) {
    diagnostics.error("import.format", model->position, "",
                      "expected an ONNX model in JSON, got an object without the key 'graph'");
    return nullptr;
  }
  TensorLoader loader(input, options, diagnostics);
  if (!loader.load(*model))
    return nullptr;
  if (externalFiles)
    *externalFiles = loader.externalFiles();
  return model;
}

std::unique_ptr<onnx::TensorProto>
readOnnxTensor(const ByteInput &input, const ReadOptions &options, ImportDiagnostics &diagnostics) {
  auto tensor = std::make_unique<onnx::TensorProto>();
  if (!parseStructure(input, options, onnx::tensorDesc(), *tensor, diagnostics))
    return nullptr;
  TensorLoader loader(input, options, diagnostics);
  return loader.load(*tensor) ? std::move(tensor) : nullptr;
}

std::string findJsonPath(const ByteInput &input, uint64_t offset) {
  JsonSource source(input);
  PathFinder finder(source, offset);
  nlohmann::json::sax_parse(JsonIterator(&source), JsonIterator(), &finder);
  return finder.path;
}

std::string blankCommentLines(llvm::StringRef text) {
  std::string result = text.str();
  size_t begin = 0;
  while (begin < result.size()) {
    size_t end = std::min(result.find('\n', begin), result.size());
    if (llvm::StringRef(result).slice(begin, end).ltrim().starts_with("//"))
      std::fill(result.begin() + begin, result.begin() + end, ' ');
    begin = end + 1;
  }
  return result;
}

} // namespace azulejo

namespace azulejo::onnx {

std::optional<AlignedBuffer> AlignedBuffer::allocate(uint64_t size) {
  AlignedBuffer buffer;
  if (size == 0)
    return buffer;
  constexpr uint64_t alignment = 64;
  if (size > ~uint64_t(0) - alignment)
    return std::nullopt;
  buffer.bytes = static_cast<char *>(
      std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment));
  if (!buffer.bytes)
    return std::nullopt;
  buffer.byteCount = size;
  return buffer;
}

} // namespace azulejo::onnx
