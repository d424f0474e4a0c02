// This file states how much of a model file Azulejo is willing to read: every loop and every
// allocation that a hostile file could make long or large has its bound here.
#ifndef AZULEJO_LIB_IMPORT_IMPORTLIMITS_H
#define AZULEJO_LIB_IMPORT_IMPORTLIMITS_H

#include <cstdint>

namespace azulejo {

/// Bounds on what an import may read and build. A model beyond one of them gets a diagnostic of
/// code `import.limit` that names the bound; none of them makes the importer silently drop
/// anything.
struct ImportLimits {
  /// Nested ONNX messages; the official parser stops at the same depth.
  unsigned maxMessageDepth = 100;
  /// Nested JSON objects and arrays, also in values that are skipped.
  unsigned maxJsonDepth = 400;
  /// ONNX messages (nodes, attributes, tensors, ...) in the file.
  uint64_t maxMessages = 10'000'000;
  /// Bytes held by names, attribute values, and numbers written as text.
  uint64_t maxStructureBytes = uint64_t(8) << 30;
  /// Bytes of one string that is not the payload of a tensor.
  uint64_t maxStringBytes = uint64_t(64) << 20;
  /// Bytes of one tensor, and of all tensors, after decoding.
  uint64_t maxTensorBytes = uint64_t(16) << 30;
  uint64_t maxTotalTensorBytes = uint64_t(256) << 30;
  /// Files that external tensors may name.
  uint64_t maxExternalFiles = 4096;
  /// Nodes of the model after local functions are inlined.
  uint64_t maxInlinedNodes = 1'000'000;
  /// Bytes of all tensors that the importer computes itself (constant folding, ConstantOfShape,
  /// ...).
  uint64_t maxFoldedBytes = uint64_t(1) << 30;
  /// Warnings about unknown keys that are printed before the rest is only counted.
  unsigned maxUnknownKeyWarnings = 20;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_IMPORTLIMITS_H
