// This file holds the constants of the bundle format, version 1, that the compiler's writer and the
// runtime's reader share. docs/bundle-format.md is the specification.
#ifndef AZULEJO_RUNTIME_BUNDLE_FORMAT_H
#define AZULEJO_RUNTIME_BUNDLE_FORMAT_H

#include "azulejo/runtime/buffer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace azulejo::runtime::format {

inline constexpr std::string_view version = "1";
inline constexpr int64_t planVersion = 1;

// Keys of `__metadata__`.
inline constexpr const char *formatKey = "azulejo.format";
inline constexpr const char *planKey = "azulejo.plan";
inline constexpr const char *buildKey = "azulejo.build";
inline constexpr const char *flagsKey = "azulejo.flags";
inline constexpr const char *inputKey = "azulejo.input";
inline constexpr const char *weightsKey = "azulejo.weights";

// How the names of tensors start.
inline constexpr std::string_view weightPrefix = "weight/";
inline constexpr std::string_view ptxPrefix = "ptx/";
inline constexpr std::string_view cubinPrefix = "cubin/";
inline constexpr std::string_view paddingPrefix = "pad/";

// Digits of the SHA-256 by which PTX is named.
inline constexpr size_t hashDigits = 16;
// The data section and every tensor start at a multiple of this.
inline constexpr uint64_t tensorAlignment = 64;
// Inputs, outputs, weights and the arena start at a multiple of this on the device.
inline constexpr uint64_t deviceAlignment = 256;

// Limits; a reader checks all of them before the first use.
inline constexpr uint64_t maxHeaderBytes = 100'000'000;
inline constexpr uint32_t maxJsonDepth = 128;
inline constexpr uint32_t maxSymbols = 1024;
inline constexpr uint32_t maxInputs = 65536;
inline constexpr uint32_t maxPrograms = 256;
inline constexpr uint32_t maxWeights = 1'000'000;
inline constexpr uint32_t maxKernels = 65536;
inline constexpr uint32_t maxSteps = 1'000'000;
inline constexpr uint32_t maxArgs = 4096;
inline constexpr uint32_t maxBlockThreads = 1024;
inline constexpr uint32_t maxBlockZ = 64;
inline constexpr uint32_t maxClusterBlocks = 16;
inline constexpr uint32_t maxGridX = 0x7fffffff;
inline constexpr uint32_t maxGridYZ = 65535;
inline constexpr uint32_t maxSharedBytes = 1 << 20;
inline constexpr uint32_t maxFormulaDepth = 64;
inline constexpr uint32_t maxFormulaNodes = 4096;
inline constexpr uint32_t maxArenaAlign = 1 << 20;
inline constexpr uint64_t maxBufferBytes = uint64_t(1) << 47;

// One row per element type: the names in the plan and in the safetensors header, and the size.
struct DtypeRow {
  azj_dtype dtype;
  const char *planName;
  const char *safetensorsName;
  uint32_t bytes;
};
inline constexpr DtypeRow dtypeTable[] = {
    {AZJ_F32, "f32", "F32", 4},    {AZJ_F16, "f16", "F16", 2}, {AZJ_BF16, "bf16", "BF16", 2},
    {AZJ_F64, "f64", "F64", 8},    {AZJ_I8, "i8", "I8", 1},    {AZJ_I16, "i16", "I16", 2},
    {AZJ_I32, "i32", "I32", 4},    {AZJ_I64, "i64", "I64", 8}, {AZJ_U8, "u8", "U8", 1},
    {AZJ_U16, "u16", "U16", 2},    {AZJ_U32, "u32", "U32", 4}, {AZJ_U64, "u64", "U64", 8},
    {AZJ_BOOL, "bool", "BOOL", 1},
};

// Looks a row up; NULL for a name or number that the format does not have.
const DtypeRow *findDtype(azj_dtype dtype);
const DtypeRow *findDtypeByPlanName(std::string_view name);
const DtypeRow *findDtypeBySafetensorsName(std::string_view name);

// A target such as "sm_90a": its number and its suffix, 'a', 'f' or 0.
struct Target {
  int32_t sm = 0;
  char suffix = 0;
};
std::optional<Target> parseTarget(std::string_view text);

} // namespace azulejo::runtime::format

#endif // AZULEJO_RUNTIME_BUNDLE_FORMAT_H
