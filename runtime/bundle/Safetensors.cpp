// This file reads and checks the header of a safetensors file.
#include "bundle/Safetensors.h"

#include "base/Checked.h"
#include "base/Json.h"
#include "base/Status.h"
#include "base/Strings.h"
#include "bundle/Format.h"

#include <algorithm>
#include <cinttypes>

namespace azulejo::runtime {
namespace {

constexpr uint64_t lengthBytes = 8;
constexpr uint32_t maxTensorRank = 64;

uint64_t readLittleEndian64(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i)
    value = value << 8 | bytes[i];
  return value;
}

// Reads the dimensions and returns the size that they and the dtype give.
azj_status readShape(JsonValue json, uint32_t elementBytes, SafetensorsTensor &tensor,
                     uint64_t &outBytes) {
  if (!json.isArray())
    return makeStatus(AZJ_CORRUPT, "'shape' must be an array of integers");
  if (json.size() > maxTensorRank)
    return makeStatus(AZJ_CORRUPT, "rank must be at most %u, got %u", maxTensorRank, json.size());
  uint64_t bytes = elementBytes;
  for (JsonValue dimension : json) {
    if (!dimension.isInteger() || dimension.integer() < 0)
      return makeStatus(AZJ_CORRUPT, "'shape' must hold integers of at least 0");
    tensor.shape.push_back(dimension.integer());
    if (!checkedMul(bytes, static_cast<uint64_t>(dimension.integer()), bytes))
      return makeStatus(AZJ_CORRUPT, "size exceeds 64 bits");
  }
  outBytes = bytes;
  return nullptr;
}

azj_status readOffsets(JsonValue json, uint64_t dataBytes, uint64_t &begin, uint64_t &end) {
  if (!json.isArray() || json.size() != 2)
    return makeStatus(AZJ_CORRUPT, "'data_offsets' must be [begin, end]");
  auto element = json.begin();
  JsonValue first = *element, second = *++element;
  if (!first.isInteger() || !second.isInteger() || first.integer() < 0 ||
      second.integer() < first.integer())
    return makeStatus(AZJ_CORRUPT, "'data_offsets' must be integers with 0 <= begin <= end");
  begin = static_cast<uint64_t>(first.integer());
  end = static_cast<uint64_t>(second.integer());
  if (end > dataBytes)
    return makeStatus(AZJ_CORRUPT,
                      "'data_offsets' end at %" PRIu64 " but the file has %" PRIu64
                      " bytes of data; the file is truncated or damaged",
                      end, dataBytes);
  return nullptr;
}

// Reads one entry of the header. `begin` and `end` receive its place in the data section.
azj_status readTensor(JsonValue json, const uint8_t *data, uint64_t dataBytes,
                      SafetensorsTensor &tensor, uint64_t &begin, uint64_t &end) {
  if (!json.isObject())
    return makeStatus(AZJ_CORRUPT, "must be an object, got %s", jsonKindName(json.kind()));
  JsonValue dtype = json.find("dtype");
  if (!dtype.isString())
    return makeStatus(AZJ_CORRUPT, "'dtype' must be a string");
  const format::DtypeRow *row = format::findDtypeBySafetensorsName(dtype.text());
  if (!row)
    return makeStatus(AZJ_CORRUPT, "unknown dtype '%s'", printable(dtype.text(), 20).c_str());
  tensor.dtype = row->dtype;
  uint64_t bytes = 0;
  AZJ_TRY(readShape(json.find("shape"), row->bytes, tensor, bytes));
  AZJ_TRY(readOffsets(json.find("data_offsets"), dataBytes, begin, end));
  if (end - begin != bytes)
    return makeStatus(AZJ_CORRUPT,
                      "dtype and shape need %" PRIu64 " bytes but 'data_offsets' span %" PRIu64,
                      bytes, end - begin);
  bool isPadding = std::string_view(tensor.name).substr(0, 4) == format::paddingPrefix;
  if (!isPadding && begin % format::tensorAlignment != 0)
    return makeStatus(AZJ_CORRUPT, "offset must be a multiple of %" PRIu64 ", got %" PRIu64,
                      format::tensorAlignment, begin);
  tensor.bytes = bytes;
  tensor.data = bytes ? data + begin : nullptr;
  return nullptr;
}

struct Extent {
  uint64_t begin, end;
  size_t tensor;
};

// Checks that the tensors cover the data section without overlap or hole, as safetensors demands.
azj_status checkCover(std::vector<Extent> &extents, const std::vector<SafetensorsTensor> &tensors,
                      uint64_t dataBytes) {
  std::sort(extents.begin(), extents.end(), [](const Extent &a, const Extent &b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  uint64_t covered = 0;
  for (const Extent &extent : extents) {
    if (extent.begin != covered)
      return makeStatus(AZJ_CORRUPT, "tensor '%s' %s: it starts at %" PRIu64 ", expected %" PRIu64,
                        printable(tensors[extent.tensor].name).c_str(),
                        extent.begin < covered ? "overlaps another" : "leaves a hole before it",
                        extent.begin, covered);
    covered = extent.end;
  }
  if (covered != dataBytes)
    return makeStatus(AZJ_CORRUPT,
                      "tensors end at %" PRIu64 " but the file has %" PRIu64 " bytes of data",
                      covered, dataBytes);
  return nullptr;
}

azj_status readMetadata(JsonValue json, std::map<std::string, std::string> &values) {
  if (!json.isObject())
    return makeStatus(AZJ_CORRUPT, "must be an object");
  for (JsonValue member : json) {
    if (!member.isString())
      return makeStatus(AZJ_CORRUPT, "'%s' must be a string, got %s",
                        printable(member.key()).c_str(), jsonKindName(member.kind()));
    values.emplace(std::string(member.key()), std::string(member.text()));
  }
  return nullptr;
}

} // namespace

azj_status SafetensorsFile::open(const std::string &path) {
  list.clear();
  byName.clear();
  values.clear();
  AZJ_TRY(file.open(path));
  return prefix(readHeader(), "'%s'", path.c_str());
}

azj_status SafetensorsFile::readHeader() {
  if (file.size() < lengthBytes)
    return makeStatus(AZJ_CORRUPT, "not a safetensors file: %zu bytes, expected at least 8",
                      file.size());
  uint64_t headerBytes = readLittleEndian64(file.data());
  if (headerBytes > format::maxHeaderBytes)
    return makeStatus(AZJ_CORRUPT,
                      "not a safetensors file: header of %" PRIu64 " bytes, at most %" PRIu64
                      " are allowed",
                      headerBytes, format::maxHeaderBytes);
  if (headerBytes > file.size() - lengthBytes)
    return makeStatus(AZJ_CORRUPT,
                      "header of %" PRIu64 " bytes in a file of %zu; the file is truncated or not "
                      "a safetensors file",
                      headerBytes, file.size());
  uint64_t dataStart = lengthBytes + headerBytes;
  if (dataStart % format::tensorAlignment != 0)
    return makeStatus(AZJ_CORRUPT, "data starts at %" PRIu64 ", expected a multiple of %" PRIu64,
                      dataStart, format::tensorAlignment);
  JsonDocument header;
  JsonLimits limits;
  limits.depth = format::maxJsonDepth;
  std::string_view text(reinterpret_cast<const char *>(file.data()) + lengthBytes, headerBytes);
  AZJ_TRY(prefix(header.parse(text, limits), "header"));
  if (!header.root().isObject())
    return makeStatus(AZJ_CORRUPT, "header must be an object, got %s",
                      jsonKindName(header.root().kind()));
  uint64_t dataBytes = file.size() - dataStart;
  std::vector<Extent> extents;
  list.reserve(header.root().size());
  for (JsonValue member : header.root()) {
    if (member.key() == "__metadata__") {
      AZJ_TRY(prefix(readMetadata(member, values), "__metadata__"));
      continue;
    }
    SafetensorsTensor tensor;
    tensor.name = member.key();
    Extent extent = {0, 0, list.size()};
    AZJ_TRY(prefix(
        readTensor(member, file.data() + dataStart, dataBytes, tensor, extent.begin, extent.end),
        "tensor '%s'", printable(member.key()).c_str()));
    extents.push_back(extent);
    list.push_back(std::move(tensor));
  }
  AZJ_TRY(checkCover(extents, list, dataBytes));
  for (size_t i = 0; i < list.size(); ++i)
    byName.emplace(list[i].name, i);
  return nullptr;
}

const SafetensorsTensor *SafetensorsFile::find(std::string_view name) const {
  auto found = byName.find(name);
  return found == byName.end() ? nullptr : &list[found->second];
}

const std::string *SafetensorsFile::metadata(const std::string &key) const {
  auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

} // namespace azulejo::runtime
