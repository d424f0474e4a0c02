// This file writes the bundle that the demos run in the tests: y = x + w. Usage: write-demo-bundle
// FILE
#include "Kernels.h"
#include "TestBundle.h"

#include <cstdio>
#include <fstream>

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: write-demo-bundle FILE\n");
    return 2;
  }
  azulejo::runtime::test::BundleParts parts;
  parts.ptx = azulejo::runtime::conformance::addPtx;
  parts.targets = "[\"sm_75\"]";
  std::ofstream stream(arguments[1], std::ios::binary);
  stream << parts.file();
  stream.close();
  return stream ? 0 : 1;
}
