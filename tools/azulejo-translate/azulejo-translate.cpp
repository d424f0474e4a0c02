// This file is azulejo-translate: it turns modules into other things, such as the numbers they
// compute.

#include "lib/Import/Import.h"
#include "lib/Reference/Translation.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

int main(int argc, char **argv) {
  azulejo::registerImportTranslation();
  azulejo::reference::registerTranslations();
  return failed(mlir::mlirTranslateMain(argc, argv, "Azulejo's translation driver\n"));
}
