// This file declares the command line of azulejo-compile.
#ifndef AZULEJO_TOOLS_AZULEJO_COMPILE_COMMANDLINE_H
#define AZULEJO_TOOLS_AZULEJO_COMPILE_COMMANDLINE_H

#include "azulejo/Compiler.h"

#include <string>
#include <vector>

namespace azulejo {

// What the user asked for.
struct CommandLine {
  std::string model, output;
  CompileOptions options;
  bool check = false;
  bool help = false, version = false;
  bool secondTry = false; // the first one crashed: look for a reproducer
  std::string statsFile;
};

// Reads the arguments, without the program's name. On a fault returns false and says in `error`
// what is wrong and what would be right.
bool parseCommandLine(const std::vector<std::string> &arguments, CommandLine &result,
                      std::string &error);

// The text of --help.
std::string helpText();

} // namespace azulejo

#endif // AZULEJO_TOOLS_AZULEJO_COMPILE_COMMANDLINE_H
