// This file makes Azulejo's dialects and passes known to a tool.

#include "lib/Pipeline/Registration.h"

#include "dialects/Graph/GraphOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

void azulejo::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<mlir::func::FuncDialect, graph::GraphDialect>();
}

void azulejo::registerAllPasses() { mlir::registerTransformsPasses(); }
