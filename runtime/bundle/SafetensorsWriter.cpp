// This file lays out and writes safetensors files.
#include "bundle/SafetensorsWriter.h"

#include "base/Strings.h"
#include "bundle/Format.h"

namespace azulejo::runtime {
namespace {

uint64_t paddingAfter(uint64_t bytes) {
  return (format::tensorAlignment - bytes % format::tensorAlignment) % format::tensorAlignment;
}

constexpr uint8_t zeros[format::tensorAlignment] = {};

} // namespace

std::string jsonQuoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\', result += c;
    else if (c == '\n')
      result += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      result += formatText("\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      result += c;
  }
  return result += '"';
}

void SafetensorsWriter::add(std::string name, azj_dtype dtype, std::vector<int64_t> shape,
                            const void *data, uint64_t bytes) {
  entries.push_back({std::move(name), dtype, std::move(shape), data, bytes});
}

std::string SafetensorsWriter::header() const {
  std::string text = "{\"__metadata__\":{";
  for (auto &[key, value] : values)
    text += (text.back() == '{' ? "" : ",") + jsonQuoted(key) + ":" + jsonQuoted(value);
  text += "}";
  uint64_t offset = 0;
  auto addEntry = [&](const std::string &name, const char *dtype, const std::vector<int64_t> &shape,
                      uint64_t bytes) {
    text += "," + jsonQuoted(name) + ":{\"dtype\":\"" + dtype + "\",\"shape\":[";
    for (size_t i = 0; i < shape.size(); ++i)
      text += (i ? "," : "") + std::to_string(shape[i]);
    text += "],\"data_offsets\":[" + std::to_string(offset) + "," + std::to_string(offset + bytes) +
            "]}";
    offset += bytes;
  };
  size_t paddings = 0;
  for (const Entry &entry : entries) {
    const format::DtypeRow *row = format::findDtype(entry.dtype);
    addEntry(entry.name, row ? row->safetensorsName : "?", entry.shape, entry.bytes);
    if (uint64_t padding = paddingAfter(entry.bytes))
      addEntry(std::string(format::paddingPrefix) + std::to_string(paddings++), "U8",
               {static_cast<int64_t>(padding)}, padding);
  }
  text += "}";
  text.append(paddingAfter(8 + text.size()), ' ');
  return text;
}

bool SafetensorsWriter::write(const std::function<bool(const void *, size_t)> &sink) const {
  std::string text = header();
  uint8_t length[8];
  for (int i = 0; i < 8; ++i)
    length[i] = static_cast<uint8_t>(uint64_t(text.size()) >> (8 * i));
  if (!sink(length, sizeof(length)) || !sink(text.data(), text.size()))
    return false;
  for (const Entry &entry : entries) {
    if (entry.bytes && !sink(entry.data, entry.bytes))
      return false;
    uint64_t padding = paddingAfter(entry.bytes);
    if (padding && !sink(zeros, padding))
      return false;
  }
  return true;
}

std::string SafetensorsWriter::toString() const {
  std::string file;
  write([&](const void *data, size_t bytes) {
    file.append(static_cast<const char *>(data), bytes);
    return true;
  });
  return file;
}

} // namespace azulejo::runtime
