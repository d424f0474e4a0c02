// This file is azulejo-reduce: it shrinks a module for as long as a test script finds it
// interesting.
#include "lib/Pipeline/Registration.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  azulejo::registerAllDialects(registry);
  azulejo::registerAllPasses();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context)) ? 1 : 0;
}
