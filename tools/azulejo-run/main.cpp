// This file is azulejo-run: it runs a bundle on a GPU or on the simulator.
#include "Options.h"
#include "Runner.h"
#include "ToolError.h"

#include <cstdio>
#include <exception>
#include <new>

using namespace azulejo::run;

int main(int argumentCount, char **arguments) {
  try {
    Options options;
    int code = parseOptions(argumentCount, arguments, options);
    return code >= 0 ? code : runTool(options);
  } catch (const ToolError &error) {
    fprintf(stderr, "azulejo-run: error: %s\n", error.message.c_str());
    return error.code;
  } catch (const std::bad_alloc &) {
    fprintf(stderr, "azulejo-run: error: out of host memory\n");
    return exitDevice;
  } catch (const std::exception &error) {
    fprintf(stderr, "azulejo-run: internal error: %s\n", error.what());
    return exitInternal;
  }
}
