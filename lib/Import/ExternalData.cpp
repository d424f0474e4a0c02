// This file implements the opening of external data below the model's folder.
#include "lib/Import/ExternalData.h"

#include "lib/Import/ImportDiagnostics.h"

#include "llvm/ADT/StringExtras.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace azulejo {
namespace {

/// Says why a location may not be opened, or "".
std::string refuseLocation(llvm::StringRef location) {
  if (location.empty())
    return "expected a location, got none";
  if (location.contains('\0') || location.size() > 4096)
    return "expected a path of at most 4096 characters without NUL, got " + quoteName(location);
  if (location.starts_with("/"))
    return "expected a path relative to the model's folder, got " + quoteName(location);
  for (llvm::StringRef part : llvm::split(location, '/'))
    if (part == "..")
      return "expected a path without '..', got " + quoteName(location);
  return "";
}

/// Walks to `location` one component at a time and follows no link; for kernels without openat2.
int openByComponents(int folder, const std::string &location) {
  int current = ::dup(folder);
  llvm::StringRef rest = location;
  while (current >= 0) {
    auto [part, tail] = rest.split('/');
    bool isLast = tail.empty();
    if (!isLast && (part.empty() || part == ".")) {
      rest = tail;
      continue;
    }
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isLast ? 0 : O_DIRECTORY);
    int next = ::openat(current, part.str().c_str(), flags);
    int openError = errno;
    ::close(current);
    errno = openError;
    if (isLast)
      return next;
    current = next;
    rest = tail;
  }
  return -1;
}

std::optional<uint64_t> parseCount(llvm::StringRef text) {
  uint64_t value;
  if (text.empty() || !llvm::all_of(text, llvm::isDigit) || text.getAsInteger(10, value))
    return std::nullopt;
  return value;
}

} // namespace

ExternalData::~ExternalData() {
  if (baseDescriptor >= 0)
    ::close(baseDescriptor);
}

int ExternalData::openBeneath(const std::string &location, std::string &error) {
  if (baseDescriptor < 0)
    baseDescriptor = ::open(baseDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (baseDescriptor < 0) {
    error = "cannot open the model's folder: " + std::string(std::strerror(errno));
    return -1;
  }
  open_how how = {};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  int descriptor =
      static_cast<int>(::syscall(SYS_openat2, baseDescriptor, location.c_str(), &how, sizeof(how)));
  if (descriptor < 0 && (errno == ENOSYS || errno == EPERM))
    descriptor = openByComponents(baseDescriptor, location);
  if (descriptor < 0)
    error = errno == ELOOP ? "expected no symbolic link on the path " + quoteName(location)
                           : "cannot open " + quoteName(location) + ": " + std::strerror(errno);
  return descriptor;
}

ExternalData::File *ExternalData::open(const std::string &location, std::string &error) {
  auto found = files.find(location);
  if (found != files.end())
    return &found->second;
  error = refuseLocation(location);
  if (error.empty() && baseDirectory.empty())
    error = "the model was not read from a file, so it has no folder for external data";
  if (error.empty() && files.size() >= maxFiles)
    error = "expected at most " + std::to_string(maxFiles) + " external files, got more";
  if (!error.empty())
    return nullptr;
  int descriptor = openBeneath(location, error);
  if (descriptor < 0)
    return nullptr;
  struct stat info;
  if (::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink != 1) {
    ::close(descriptor);
    error = "expected a file with one hard link, got " + quoteName(location) + " with " +
            std::to_string(info.st_nlink);
    return nullptr;
  }
  File file;
  std::string reason;
  file.input = ByteInput::fromDescriptor(descriptor, reason);
  if (!file.input) {
    error = quoteName(location) + ": " + reason;
    return nullptr;
  }
  return &files.emplace(location, std::move(file)).first->second;
}

std::vector<ExternalFile> ExternalData::openedFiles() const {
  std::vector<ExternalFile> result;
  for (const auto &[location, file] : files)
    result.push_back({location, file.input});
  return result;
}

std::optional<ExternalData::Range> ExternalData::find(const onnx::TensorProto &tensor,
                                                      uint64_t byteCount, std::string &error) {
  std::optional<std::string> location;
  std::optional<std::string> counts[2]; // offset, length
  for (const onnx::StringEntry &entry : tensor.externalData) {
    std::optional<std::string> *target = entry.key == "location" ? &location
                                         : entry.key == "offset" ? &counts[0]
                                         : entry.key == "length" ? &counts[1]
                                                                 : nullptr;
    if (!target)
      continue;
    if (*target) {
      error = "expected the key " + quoteName(entry.key) + " once, got it again";
      return std::nullopt;
    }
    *target = entry.value;
  }
  File *file = open(location.value_or(""), error);
  if (!file)
    return std::nullopt;
  for (unsigned i = 0; i < 2; ++i)
    if (counts[i] && !parseCount(*counts[i])) {
      error = std::string("expected a decimal ") + (i == 0 ? "offset" : "length") + ", got " +
              quoteName(*counts[i]);
      return std::nullopt;
    }
  uint64_t size = file->input->size();
  uint64_t offset = counts[0] ? *parseCount(*counts[0]) : 0;
  uint64_t available = offset <= size ? size - offset : 0;
  uint64_t length = counts[1] ? *parseCount(*counts[1]) : available;
  if (offset > size || length > available) {
    error = "expected a range within the " + std::to_string(size) + " bytes of " +
            quoteName(*location) + ", got offset " + std::to_string(offset) + " and length " +
            std::to_string(length);
    return std::nullopt;
  }
  if (length != byteCount) {
    error = "expected " + std::to_string(byteCount) + " bytes, got a range of " +
            std::to_string(length);
    return std::nullopt;
  }
  if (length != 0) {
    auto next = file->used.lower_bound(offset);
    bool overlaps = (next != file->used.end() && next->first < offset + length) ||
                    (next != file->used.begin() && std::prev(next)->second > offset);
    if (overlaps) {
      error = "expected ranges that do not overlap, got offset " + std::to_string(offset) +
              " and length " + std::to_string(length) + " in " + quoteName(*location) +
              ", which another tensor uses";
      return std::nullopt;
    }
    file->used.emplace(offset, offset + length);
  }
  return Range{file->input.get(), offset, length};
}

} // namespace azulejo
