// This file writes messages, progress and tables.
#include "Terminal.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <array>
#include <unistd.h>

using namespace azulejo;

Terminal::Terminal() : isTerminal(isatty(STDERR_FILENO)) {}

void Terminal::show(const Diagnostic &diagnostic) {
  clearProgress();
  llvm::errs() << diagnostic.text() << "\n";
}

void Terminal::showProgress(double done, const std::string &next) {
  if (!isTerminal)
    return;
  constexpr unsigned width = 30;
  unsigned filled = static_cast<unsigned>(done * width);
  llvm::errs() << "\r\033[K[" << std::string(filled, '#') << std::string(width - filled, ' ')
               << "] " << static_cast<int>(done * 100) << " % " << next;
  llvm::errs().flush();
  hasProgress = true;
}

void Terminal::clearProgress() {
  if (hasProgress)
    llvm::errs() << "\r\033[K";
  hasProgress = false;
}

void azulejo::printFindings(const std::string &model, const std::vector<CheckFinding> &findings) {
  if (findings.empty()) {
    llvm::outs() << model << ": every node is supported\n";
    return;
  }
  constexpr size_t numColumns = 7;
  using Row = std::array<std::string, numColumns>;
  std::vector<Row> rows = {{"line", "node", "operator", "opset", "type", "reason", "what to do"}};
  for (const CheckFinding &finding : findings)
    rows.push_back({std::to_string(finding.line), finding.name,
                    finding.domain.empty() ? finding.op : finding.domain + "::" + finding.op,
                    std::to_string(finding.opset), finding.elementType, finding.reason,
                    finding.remedy});
  Row::size_type last = numColumns - 1;
  std::array<size_t, numColumns> widths = {};
  for (const Row &row : rows)
    for (size_t column = 0; column < last; ++column)
      widths[column] = std::max(widths[column], row[column].size());
  for (const Row &row : rows) {
    for (size_t column = 0; column < last; ++column)
      llvm::outs() << row[column] << std::string(widths[column] - row[column].size() + 2, ' ');
    llvm::outs() << row[last] << "\n";
  }
  llvm::outs() << model << ": " << findings.size()
               << (findings.size() == 1 ? " node is" : " nodes are") << " not supported\n";
}
