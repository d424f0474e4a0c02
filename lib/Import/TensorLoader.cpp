// This file implements the loading of tensors: first every size is checked and every buffer
// allocated, then all base64 text and external bytes are read in parallel.
#include "lib/Import/TensorLoader.h"

#include "lib/Import/Base64.h"

#include "llvm/Support/MathExtras.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <thread>

namespace azulejo {

using onnx::DataType;
using onnx::TensorProto;

namespace {
constexpr uint64_t blockCharacters = 256 << 10; // a multiple of 4; the text of a block stays in L2
} // namespace

bool TensorLoader::error(llvm::StringRef code, const TensorProto &tensor,
                         const std::string &message) {
  std::string name = tensor.name.empty() ? "" : "tensor " + quoteName(tensor.name) + ": ";
  return diagnostics.error(code, tensor.position, findJsonPath(input, tensor.position.offset),
                           name + message);
}

bool TensorLoader::load(onnx::ModelProto &model) {
  if (!prepare(*model.graph))
    return false;
  for (onnx::FunctionProto &function : model.functions) {
    for (onnx::AttributeProto &attribute : function.attributeProto)
      if (!prepare(attribute))
        return false;
    if (!prepare(function.node))
      return false;
  }
  return decodeAll() && checkBools();
}

bool TensorLoader::load(TensorProto &tensor) {
  return prepare(tensor) && decodeAll() && checkBools();
}

bool TensorLoader::prepare(onnx::GraphProto &graph) {
  for (TensorProto &tensor : graph.initializer)
    if (!prepare(tensor))
      return false;
  for (onnx::SparseTensorProto &tensor : graph.sparseInitializer)
    if (!prepare(tensor))
      return false;
  return prepare(graph.node);
}

bool TensorLoader::prepare(std::vector<onnx::NodeProto> &nodes) {
  for (onnx::NodeProto &node : nodes)
    for (onnx::AttributeProto &attribute : node.attribute)
      if (!prepare(attribute))
        return false;
  return true;
}

bool TensorLoader::prepare(onnx::AttributeProto &attribute) {
  return (!attribute.t || prepare(*attribute.t)) && (!attribute.g || prepare(*attribute.g)) &&
         (!attribute.sparseTensor || prepare(*attribute.sparseTensor));
}

bool TensorLoader::prepare(onnx::SparseTensorProto &tensor) {
  return (!tensor.values || prepare(*tensor.values)) &&
         (!tensor.indices || prepare(*tensor.indices));
}

bool TensorLoader::prepare(TensorProto &tensor) {
  if (tensor.segment)
    return error("import.tensor-data", tensor,
                 "expected a whole tensor, got a segment of one, which is not supported");
  unsigned bits = onnx::dataTypeBits(tensor.dataType);
  bool isString = tensor.dataType == static_cast<int32_t>(DataType::String);
  if (bits == 0 && !isString)
    return error("import.type", tensor,
                 "expected a tensor data type, got " + onnx::dataTypeName(tensor.dataType));
  int64_t count = 1;
  for (int64_t dim : tensor.dims) {
    if (dim < 0)
      return error("import.tensor-size", tensor,
                   "expected dimensions of 0 and above, got " + std::to_string(dim));
    if (llvm::MulOverflow(count, dim, count))
      return error("import.tensor-size", tensor,
                   "expected a number of elements below 2^63, got an overflow");
  }
  tensor.elementCount = count;
  uint64_t wholeBytes = static_cast<uint64_t>(count) / 8 * bits;
  uint64_t byteCount = wholeBytes + (static_cast<uint64_t>(count) % 8 * bits + 7) / 8;
  if (static_cast<uint64_t>(count) / 8 > options.limits.maxTensorBytes ||
      byteCount > options.limits.maxTensorBytes)
    return error("import.limit", tensor,
                 "expected a tensor of at most " + std::to_string(options.limits.maxTensorBytes) +
                     " bytes, got " + std::to_string(count) + " elements of " +
                     onnx::dataTypeName(tensor.dataType));
  if (tensor.dataType == static_cast<int32_t>(DataType::Bool))
    bools.push_back(&tensor);
  return prepareBytes(tensor, byteCount);
}

bool TensorLoader::prepareBytes(TensorProto &tensor, uint64_t byteCount) {
  uint64_t fields[] = {tensor.floatData.size(),
                       tensor.int32Data.size(),
                       tensor.stringData.size(),
                       tensor.int64Data.size(),
                       tensor.doubleData.size(),
                       tensor.uint64Data.size(),
                       tensor.rawData.present &&
                           (tensor.rawData.inFile || !tensor.rawData.text.empty())};
  bool isExternal = tensor.dataLocation == 1;
  if (tensor.dataLocation != 0 && !isExternal)
    return error("import.enum", tensor,
                 "expected data_location DEFAULT or EXTERNAL, got " +
                     std::to_string(tensor.dataLocation));
  size_t present = std::size(fields) - std::count(std::begin(fields), std::end(fields), 0u);
  if (present + isExternal > 1)
    return error("import.tensor-data", tensor,
                 "expected the elements in one place, got " + std::to_string(present + isExternal) +
                     " of raw_data, the typed fields and external data");
  if (tensor.rawData.present && tensor.dataType == static_cast<int32_t>(DataType::String))
    return error("import.tensor-data", tensor, "expected strings in string_data, got raw_data");
  if (isExternal)
    return prepareExternal(tensor, byteCount);
  if (tensor.rawData.inFile)
    return prepareLongText(tensor, byteCount);
  if (tensor.rawData.present && present == 1)
    return prepareShortText(tensor, byteCount);

  TypedField field = typedFieldOf(tensor);
  if (present == 1 && field.got == 0 && field.expected != 0)
    return error("import.tensor-data", tensor,
                 std::string("expected elements of ") + onnx::dataTypeName(tensor.dataType) +
                     " in " + field.name + ", got another field");
  if (field.got != field.expected || (present == 1 && field.got == 0))
    return error("import.tensor-size", tensor,
                 "expected " + std::to_string(field.expected) + " values in " + field.name +
                     " (product of dims), got " + std::to_string(field.got));
  if (tensor.dataType == static_cast<int32_t>(DataType::String))
    return true;
  if (!allocate(tensor, byteCount))
    return false;
  std::string fault = packTypedFields(tensor, tensor.data.data());
  if (!fault.empty())
    return error("import.range", tensor, fault);
  tensor.floatData = {};
  tensor.int32Data = {};
  tensor.int64Data = {};
  tensor.doubleData = {};
  tensor.uint64Data = {};
  return true;
}

bool TensorLoader::allocate(TensorProto &tensor, uint64_t byteCount) {
  totalBytes += byteCount;
  if (totalBytes > options.limits.maxTotalTensorBytes)
    return error("import.limit", tensor,
                 "expected at most " + std::to_string(options.limits.maxTotalTensorBytes) +
                     " bytes of tensors, got more");
  std::optional<onnx::AlignedBuffer> buffer = onnx::AlignedBuffer::allocate(byteCount);
  if (!buffer)
    return error("import.limit", tensor,
                 "out of memory for " + std::to_string(byteCount) + " bytes");
  tensor.data = std::move(*buffer);
  return true;
}

bool TensorLoader::prepareShortText(TensorProto &tensor, uint64_t byteCount) {
  std::string bytes;
  if (std::optional<Base64Error> fault = base64Decode(tensor.rawData.text, bytes)) {
    onnx::Position place = tensor.rawData.position;
    place.column += static_cast<uint32_t>(fault->index);
    return diagnostics.error("import.base64", place,
                             findJsonPath(input, tensor.position.offset) + ".raw_data",
                             fault->message);
  }
  if (bytes.size() != byteCount)
    return error("import.tensor-size", tensor,
                 "expected " + std::to_string(byteCount) + " bytes in raw_data, got " +
                     std::to_string(bytes.size()));
  if (!allocate(tensor, byteCount))
    return false;
  if (byteCount != 0)
    std::memcpy(tensor.data.data(), bytes.data(), byteCount);
  tensor.rawData.text = {};
  return true;
}

bool TensorLoader::prepareLongText(TensorProto &tensor, uint64_t byteCount) {
  const onnx::BytesField &raw = tensor.rawData;
  char tail[2];
  if (!input.read(raw.fileOffset + raw.fileLength - 2, 2, tail))
    return error("import.file", tensor, "the file changed while it was read");
  std::optional<uint64_t> size = base64DecodedSize(raw.fileLength, llvm::StringRef(tail, 2));
  if (!size)
    return diagnostics.error(
        "import.base64", raw.position, findJsonPath(input, tensor.position.offset) + ".raw_data",
        "expected a length that is a multiple of 4, got " + std::to_string(raw.fileLength));
  if (*size != byteCount)
    return error("import.tensor-size", tensor,
                 "expected " + std::to_string(byteCount) + " bytes in raw_data, got " +
                     std::to_string(*size));
  if (!allocate(tensor, byteCount))
    return false;
  for (uint64_t begin = 0; begin < raw.fileLength; begin += blockCharacters) {
    uint64_t length = std::min(blockCharacters, raw.fileLength - begin);
    blocks.push_back({&input, raw.fileOffset + begin, length, tensor.data.data() + begin / 4 * 3,
                      &tensor, begin, /*isBase64=*/true,
                      /*isLast=*/begin + length == raw.fileLength});
  }
  return true;
}

bool TensorLoader::prepareExternal(TensorProto &tensor, uint64_t byteCount) {
  std::string reason;
  std::optional<ExternalData::Range> range = external.find(tensor, byteCount, reason);
  if (!range)
    return error("import.external", tensor, reason);
  if (!allocate(tensor, byteCount))
    return false;
  for (uint64_t begin = 0; begin < byteCount; begin += 4 * blockCharacters) {
    uint64_t length = std::min(4 * blockCharacters, byteCount - begin);
    blocks.push_back({range->file, range->offset + begin, length, tensor.data.data() + begin,
                      &tensor, 0, /*isBase64=*/false, /*isLast=*/false});
  }
  return true;
}

void TensorLoader::fault(const Block &block, llvm::StringRef code, uint64_t index,
                         const std::string &message) {
  std::lock_guard<std::mutex> lock(faultMutex);
  // The first in the file is reported, whichever thread finds one first.
  if (!firstFault || firstFault->block > &block)
    firstFault = Fault{&block, code.str(), message, index};
}

void TensorLoader::decodeBase64(const Block &block, std::string &text) {
  uint64_t body = block.isLast ? block.length - 4 : block.length;
  if (std::optional<uint64_t> bad = base64DecodeGroups(text.data(), body, block.out))
    return fault(block, "import.base64", block.textIndex + *bad,
                 "expected a character of the base64 alphabet, got " +
                     quoteName(llvm::StringRef(text).substr(*bad, 1)));
  if (!block.isLast)
    return;
  if (std::optional<Base64Error> bad = base64DecodeLast(
          llvm::StringRef(text.data() + body, 4), block.textIndex + body, block.out + body / 4 * 3))
    fault(block, "import.base64", bad->index, bad->message);
}

void TensorLoader::decode(const Block &block) {
  if (!block.isBase64) {
    if (!block.from->read(block.offset, block.length, block.out))
      fault(block, "import.external", 0, "the external file changed while it was read");
    return;
  }
  thread_local std::string text;
  text.resize(blockCharacters);
  if (!block.from->read(block.offset, block.length, text.data()))
    return fault(block, "import.file", block.textIndex, "the file changed while it was read");
  decodeBase64(block, text);
}

bool TensorLoader::decodeAll() {
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i = next++; i < blocks.size(); i = next++)
      decode(blocks[i]);
  };
  size_t threadCount =
      std::min<size_t>(blocks.size() / 4, std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (size_t i = 1; i < threadCount; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
  if (!firstFault)
    return true;
  onnx::Position place = firstFault->block->tensor->rawData.position;
  place.column += static_cast<uint32_t>(firstFault->index);
  std::string path = findJsonPath(input, firstFault->block->tensor->position.offset);
  return diagnostics.error(firstFault->code, place, path + ".raw_data", firstFault->message);
}

bool TensorLoader::checkBools() {
  for (TensorProto *tensor : bools)
    for (char byte : tensor->data.ref())
      if (byte != 0 && byte != 1)
        return error("import.range", *tensor,
                     "expected booleans of 0 or 1, got " +
                         std::to_string(static_cast<uint8_t>(byte)));
  return true;
}

} // namespace azulejo
