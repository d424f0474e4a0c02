// This file declares what azulejo-compile shows: messages, progress, the table of --check.
#ifndef AZULEJO_TOOLS_AZULEJO_COMPILE_TERMINAL_H
#define AZULEJO_TOOLS_AZULEJO_COMPILE_TERMINAL_H

#include "azulejo/Compiler.h"

namespace azulejo {

// Standard error. A progress bar is shown on a terminal only.
class Terminal {
public:
  Terminal();
  ~Terminal() { clearProgress(); }

  void show(const Diagnostic &diagnostic);
  void showProgress(double done, const std::string &next);
  void clearProgress();

private:
  bool isTerminal;
  bool hasProgress = false;
};

// Prints the table of nodes that are not supported on standard output, or that there are none.
void printFindings(const std::string &model, const std::vector<CheckFinding> &findings);

} // namespace azulejo

#endif // AZULEJO_TOOLS_AZULEJO_COMPILE_TERMINAL_H
