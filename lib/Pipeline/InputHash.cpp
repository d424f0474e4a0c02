// This file hashes a model and its external files.
#include "lib/Pipeline/InputHash.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <algorithm>

using namespace azulejo;

static constexpr uint64_t kBlockBytes = 1 << 20;

static std::string hexOf(llvm::SHA256 &hasher) {
  return llvm::toHex(hasher.final(), /*LowerCase=*/true);
}

// The SHA-256 of all bytes, or "" if they cannot all be read.
static std::string hashBytes(const ByteInput &bytes) {
  std::vector<char> block(std::min(kBlockBytes, std::max<uint64_t>(bytes.size(), 1)));
  llvm::SHA256 hasher;
  for (uint64_t offset = 0; offset < bytes.size(); offset += block.size()) {
    uint64_t length = std::min<uint64_t>(block.size(), bytes.size() - offset);
    if (!bytes.read(offset, length, block.data()))
      return "";
    hasher.update(llvm::StringRef(block.data(), length));
  }
  return hexOf(hasher);
}

void InputHash::start(const std::string &path) {
  model = std::async(std::launch::async, [path]() -> std::string {
    std::string reason;
    std::unique_ptr<ByteInput> bytes = ByteInput::openFile(path, reason);
    return bytes ? hashBytes(*bytes) : "";
  });
}

// What sha256sum prints for the files, or "" if one of them cannot be read.
static std::string listHashes(const std::vector<ExternalFile> &files) {
  std::string lines;
  for (const ExternalFile &file : files) {
    std::string hash = hashBytes(*file.bytes);
    if (hash.empty())
      return "";
    lines.append(hash).append("  ").append(file.location).append("\n");
  }
  return lines;
}

void InputHash::add(std::vector<ExternalFile> files) {
  if (!files.empty())
    external =
        std::async(std::launch::async, [files = std::move(files)] { return listHashes(files); });
}

std::string InputHash::get() {
  std::string modelHash = model.get();
  if (!external.valid() || modelHash.empty())
    return modelHash;
  std::string lines = external.get();
  if (lines.empty())
    return "";
  llvm::SHA256 hasher;
  hasher.update(modelHash + "  -\n");
  hasher.update(lines);
  return hexOf(hasher);
}
