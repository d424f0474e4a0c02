// This file is azulejo-opt: it runs passes and pipelines on a module in MLIR's text form.

#include "lib/Pipeline/Registration.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  azulejo::registerAllDialects(registry);
  azulejo::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Azulejo's optimizer driver\n", registry));
}
