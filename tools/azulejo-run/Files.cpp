// This file implements the checks of the files of a run, before anything runs.
#include "Files.h"

#include "ToolError.h"

#include <filesystem>

namespace azulejo::run {
namespace {

bool isSame(const std::string &one, const std::string &other) {
  std::error_code error;
  // Devices such as /dev/null take more than one.
  if (std::filesystem::exists(one, error) && !std::filesystem::is_regular_file(one, error))
    return false;
  // Through links, where both exist.
  if (std::filesystem::equivalent(one, other, error))
    return true;
  return std::filesystem::absolute(one, error).lexically_normal() ==
         std::filesystem::absolute(other, error).lexically_normal();
}

} // namespace

void Files::writes(const std::string &option, const std::string &file, bool makesFolder) {
  if (file.empty())
    return;
  auto keepApart = [&](const auto &files, const char *verb) {
    for (const auto &[other, name] : files)
      if (isSame(file, name))
        throw ToolError{exitUsage, std::string(option)
                                       .append(" would overwrite '")
                                       .append(file)
                                       .append("', which ")
                                       .append(other)
                                       .append(verb)};
  };
  keepApart(read, " reads");
  keepApart(written, " writes");
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::error_code ignored;
  if (!makesFolder && !folder.empty() && !std::filesystem::is_directory(folder, ignored))
    throw ToolError{exitInput, option + " cannot write '" + file + "': there is no folder '" +
                                   folder.string() + "'"};
  if (std::filesystem::is_directory(file, ignored))
    throw ToolError{exitInput, option + " cannot write '" + file + "': it is a folder"};
  written.emplace_back(option, file);
}

} // namespace azulejo::run
