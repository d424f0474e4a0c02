// This file declares what azulejo-compile does when it crashes.
#ifndef AZULEJO_TOOLS_AZULEJO_COMPILE_CRASHHANDLER_H
#define AZULEJO_TOOLS_AZULEJO_COMPILE_CRASHHANDLER_H

namespace azulejo {

// From now on a crash (a bad access, an abort) starts the program again with --second-try behind
// its arguments, so that it can look for a reproducer in peace. Call it once, from the main thread.
void retryAfterCrash(int argc, char **argv);

// From now on a crash prints `message` and ends the program with exit code 4.
void reportCrash(const char *message);

} // namespace azulejo

#endif // AZULEJO_TOOLS_AZULEJO_COMPILE_CRASHHANDLER_H
