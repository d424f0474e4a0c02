// This file collects the weights of a bundle by content.
#include "lib/Codegen/WeightTable.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace azulejo;

StringRef azulejo::planTypeName(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return "bool";
    case 8:
      return isUnsigned ? "u8" : "i8";
    case 16:
      return isUnsigned ? "u16" : "i16";
    case 32:
      return isUnsigned ? "u32" : "i32";
    case 64:
      return isUnsigned ? "u64" : "i64";
    default:
      return "";
    }
  }
  return llvm::TypeSwitch<Type, StringRef>(type)
      .Case<Float16Type>([](Type) { return "f16"; })
      .Case<BFloat16Type>([](Type) { return "bf16"; })
      .Case<Float32Type>([](Type) { return "f32"; })
      .Case<Float64Type>([](Type) { return "f64"; })
      .Default([](Type) { return ""; });
}

// Returns a digest of what makes two weights the same.
static std::string digestOf(const Weight &weight) {
  llvm::BLAKE3 hasher;
  hasher.update(planTypeName(weight.elementType));
  for (int64_t dim : weight.shape)
    hasher.update(llvm::utostr(dim) + ",");
  hasher.update(
      ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(weight.data.data()), weight.data.size()));
  return llvm::toHex(hasher.final<16>(), /*LowerCase=*/true);
}

std::optional<unsigned> WeightTable::add(StringRef name, ElementsAttr value) {
  if (auto known = byAttribute.find(value); known != byAttribute.end())
    return known->second;
  Weight weight;
  weight.elementType = value.getElementType();
  weight.shape = value.getShapedType().getShape().vec();
  if (!value.isSplat() && !weight.elementType.isInteger(1))
    weight.data = graph::rawBytes(value);
  uint64_t expected =
      static_cast<uint64_t>(value.getNumElements()) * graph::elementByteSize(weight.elementType);
  if (weight.data.size() != expected) {
    std::optional<std::vector<char>> bytes = graph::copyBytes(value);
    if (!bytes)
      return std::nullopt;
    weight.owned = std::make_unique<std::vector<char>>(std::move(*bytes));
    weight.data = *weight.owned;
  }
  weight.digest = digestOf(weight);
  auto [entry, isNew] = byDigest.try_emplace(weight.digest, list.size());
  byAttribute[value] = entry->second;
  if (!isNew)
    return entry->second;
  weight.name = uniqueName(name);
  list.push_back(std::move(weight));
  return entry->second;
}

// Returns "weight/NAME", with a number behind where the name is taken.
std::string WeightTable::uniqueName(StringRef name) {
  std::string base = "weight/" + llvm::json::fixUTF8(name);
  llvm::erase(base, '\0');
  std::string candidate = base;
  unsigned &uses = names[base];
  while (uses > 0 && names.contains(candidate = base + "_" + std::to_string(uses + 1)))
    ++uses;
  ++names[base];
  if (candidate != base)
    names[candidate] = 1;
  return candidate;
}

uint64_t WeightTable::bytes() const {
  uint64_t total = 0;
  for (const Weight &weight : list)
    total += weight.data.size();
  return total;
}

std::string WeightTable::contentHash() const {
  llvm::BLAKE3 hasher;
  for (const Weight &weight : list) {
    hasher.update(weight.name + '\0');
    hasher.update(weight.digest);
  }
  return llvm::toHex(hasher.final<16>(), /*LowerCase=*/true);
}
