// This file implements the collection of the reader's diagnostics and the escaping of names in
// them.
#include "lib/Import/ImportDiagnostics.h"

#include "llvm/ADT/StringExtras.h"

namespace azulejo {

bool ImportDiagnostics::error(llvm::StringRef code, const onnx::Position &position,
                              const std::string &path, const std::string &message) {
  ++errorCount;
  list.push_back({true, code.str(), path, position, message});
  return false;
}

void ImportDiagnostics::warning(llvm::StringRef code, const onnx::Position &position,
                                const std::string &path, const std::string &message) {
  list.push_back({false, code.str(), path, position, message});
}

std::string quoteName(llvm::StringRef text) {
  constexpr size_t maxLength = 80;
  std::string result = "'";
  for (unsigned char c : text.take_front(maxLength)) {
    if (llvm::isPrint(c) && c != '\'' && c != '\\') {
      result += static_cast<char>(c);
      continue;
    }
    result += "\\x";
    result += llvm::hexdigit(c >> 4, true);
    result += llvm::hexdigit(c & 15, true);
  }
  return result + (text.size() > maxLength ? "'..." : "'");
}

} // namespace azulejo
