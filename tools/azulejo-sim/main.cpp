// This file is azulejo-sim: it runs a kernel of any PTX file on the simulator.
#include "Launcher.h"
#include "ToolError.h"

#include <cstdio>
#include <exception>
#include <new>

using namespace azulejo;

int main(int argumentCount, char **arguments) {
  try {
    simtool::Options options;
    int code = simtool::parseOptions(argumentCount, arguments, options);
    return code >= 0 ? code : simtool::runKernel(options);
  } catch (const run::ToolError &error) {
    fprintf(stderr, "azulejo-sim: error: %s\n", error.message.c_str());
    return error.code;
  } catch (const std::bad_alloc &) {
    fprintf(stderr, "azulejo-sim: error: out of host memory\n");
    return run::exitDevice;
  } catch (const std::exception &error) {
    fprintf(stderr, "azulejo-sim: internal error: %s\n", error.what());
    return run::exitInternal;
  }
}
