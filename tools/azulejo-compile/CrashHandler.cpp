// This file handles crashes of azulejo-compile. A handler may call only what is safe in a signal:
// execve, write, _exit.
#include "CrashHandler.h"

#include <csignal>
#include <cstring>
#include <unistd.h>
#include <vector>

using namespace azulejo;

static constexpr int crashSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static std::vector<char *> retryArguments;
static const char *crashMessage = "";
static char handlerStack[64 * 1024];

static void retry(int) {
  execv("/proc/self/exe", retryArguments.data());
  _exit(4);
}

static void report(int) {
  ssize_t ignored = write(STDERR_FILENO, crashMessage, strlen(crashMessage));
  (void)ignored;
  _exit(4);
}

static void install(void (*handler)(int)) {
  // A stack of its own lets the handler run when the stack has overflowed.
  stack_t stack = {};
  stack.ss_sp = handlerStack;
  stack.ss_size = sizeof(handlerStack);
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = handler;
  // Without SA_NODEFER the signal would stay blocked in the program that execv starts.
  action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESETHAND;
  for (int signal : crashSignals)
    sigaction(signal, &action, nullptr);
}

void azulejo::retryAfterCrash(int argc, char **argv) {
  static char secondTry[] = "--second-try";
  retryArguments.assign(argv, argv + argc);
  retryArguments.push_back(secondTry);
  retryArguments.push_back(nullptr);
  install(retry);
}

void azulejo::reportCrash(const char *message) {
  crashMessage = message;
  install(report);
}
