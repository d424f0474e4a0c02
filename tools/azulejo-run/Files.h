// This file declares the files that a run reads and writes, which are checked before it runs.
#ifndef AZULEJO_TOOLS_RUN_FILES_H
#define AZULEJO_TOOLS_RUN_FILES_H

#include <string>
#include <utility>
#include <vector>

namespace azulejo::run {

// The files of a command line. Each has what names it there, such as "--stats".
class Files {
public:
  void reads(const std::string &option, const std::string &file) {
    read.emplace_back(option, file);
  }
  // `file` may be empty: nothing is written. Throws ToolError if a file of before is the same, or
  // if there is no folder for it, unless the run makes that.
  void writes(const std::string &option, const std::string &file, bool makesFolder = false);

private:
  std::vector<std::pair<std::string, std::string>> read, written;
};

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_FILES_H
