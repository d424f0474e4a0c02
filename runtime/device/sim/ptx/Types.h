// This file defines the scalar types and state spaces of PTX as the simulator names them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PTX_TYPES_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PTX_TYPES_H

#include <cstdint>
#include <string_view>

namespace azulejo::sim {

enum class Type : uint8_t {
  None,
  Pred,
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  F16x2,
  BF16,
  BF16x2,
  TF32,
  F32,
  F32x2,
  F64,
};

enum class Space : uint8_t { Generic, Param, Global, Shared, SharedCluster, Local, Const };

// Returns the type that a modifier such as "f32" names, None if it names none.
Type parseType(std::string_view text);

// Returns the PTX name of a type, "?" for None.
const char *typeName(Type type);

// Returns the size of a type in bytes; 1 for predicates, 0 for None.
unsigned typeBytes(Type type);

inline bool isSigned(Type type) {
  return type == Type::S8 || type == Type::S16 || type == Type::S32 || type == Type::S64;
}
inline bool isFloat(Type type) { return type >= Type::F16; }

// Returns the bytes of one lane's part of a register that holds a value of `type`: 2, 4, 8 or 16; a
// predicate has none, as 32 of them share one word.
inline unsigned slotBytes(Type type) {
  unsigned bytes = typeBytes(type);
  return type == Type::Pred ? 0 : (bytes < 2 ? 2 : bytes);
}

const char *spaceName(Space space);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PTX_TYPES_H
