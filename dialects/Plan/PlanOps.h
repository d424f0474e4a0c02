// This file is the one header through which others use the plan dialect.
#ifndef AZULEJO_DIALECTS_PLAN_PLANOPS_H
#define AZULEJO_DIALECTS_PLAN_PLANOPS_H

#include "dialects/Graph/GraphOps.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"

#include "dialects/Plan/PlanEnums.h.inc"
#include "dialects/Plan/PlanOpsDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Plan/PlanOpsAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Plan/PlanOpsTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/Plan/PlanOps.h.inc"

namespace azulejo::plan {

// Every buffer starts at a multiple of this many bytes.
constexpr int64_t bufferAlignment = 256;

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_PLANOPS_H
