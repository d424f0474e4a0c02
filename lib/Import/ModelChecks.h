// This file declares the checks of a model that need no operator's meaning: versions, attributes,
// names, order of nodes, local functions.
#ifndef AZULEJO_LIB_IMPORT_MODELCHECKS_H
#define AZULEJO_LIB_IMPORT_MODELCHECKS_H

#include "lib/Import/ByteInput.h"
#include "lib/Import/ImportDiagnostics.h"
#include "lib/Import/ImportLimits.h"

#include "llvm/ADT/StringMap.h"

namespace azulejo {

/// The newest versions that the importer knows.
constexpr int64_t newestIrVersion = 13;
constexpr int64_t oldestOpset = 7;
constexpr int64_t newestOpset = 28;

/// "ai.onnx" and "" are the same domain.
llvm::StringRef normalDomain(llvm::StringRef domain);

/// The key of a local function among all of a model.
std::string functionKey(llvm::StringRef domain, llvm::StringRef name, llvm::StringRef overload);

/// Checks a whole model in linear time; `input` is its text, for paths. Returns false after an
/// error.
bool checkModel(onnx::ModelProto &model, const ByteInput &input, const ImportLimits &limits,
                ImportDiagnostics &diagnostics);

/// Turns every sparse initializer into a dense one at the end of graph.initializer. Returns false
/// after an error.
bool expandSparseInitializers(onnx::GraphProto &graph, const ByteInput &input,
                              const ImportLimits &limits, ImportDiagnostics &diagnostics);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_MODELCHECKS_H
