// This file decodes the instructions that change tensor maps, and the fences of their proxy.
#include "ir/Decoder.h"

#include "check/ChangedMaps.h"
#include "device/sim/async/TensorMap.h"
#include "exec/Handlers.h"

#include <iterator>

namespace azulejo::sim {

using namespace ptx;
using async::MapField;

namespace {
bool acceptScope(Modifiers &mods, FenceScope &scope) {
  static const std::string_view kScopes[] = {"cta", "cluster", "gpu", "sys"};
  for (unsigned s = 0; s < 4; ++s)
    if (mods.accept(kScopes[s])) {
      scope = static_cast<FenceScope>(s);
      return true;
    }
  return false;
}

// What a field takes.
struct FieldRow {
  std::string_view name;
  MapField field;
  unsigned ordinals; // 0: none
  unsigned bytes;    // of the value; 0: a constant
};

const FieldRow *findField(std::string_view name) {
  static const FieldRow kRows[] = {{"global_address", MapField::GlobalAddress, 0, 8},
                                   {"rank", MapField::Rank, 0, 4},
                                   {"box_dim", MapField::BoxDim, 5, 4},
                                   {"global_dim", MapField::GlobalDim, 5, 4},
                                   {"global_stride", MapField::GlobalStride, 4, 8},
                                   {"element_stride", MapField::ElementStride, 5, 4},
                                   {"elemtype", MapField::ElementType, 0, 0},
                                   {"interleave_layout", MapField::InterleaveLayout, 0, 0},
                                   {"swizzle_mode", MapField::SwizzleMode, 0, 0},
                                   {"swizzle_atomicity", MapField::SwizzleAtomicity, 0, 0},
                                   {"fill_mode", MapField::FillMode, 0, 0}};
  for (const FieldRow &row : kRows)
    if (row.name == name)
      return &row;
  return nullptr;
}

// The element types of tensormap.replace that the driver's numbers have too; others are -1.
int driversType(uint64_t type) {
  static const int kTypes[] = {AZJ_TENSOR_MAP_U8,  AZJ_TENSOR_MAP_U16, AZJ_TENSOR_MAP_U32,
                               AZJ_TENSOR_MAP_I32, AZJ_TENSOR_MAP_U64, AZJ_TENSOR_MAP_I64,
                               AZJ_TENSOR_MAP_F16, AZJ_TENSOR_MAP_F32, -1 /*.f32.ftz*/,
                               AZJ_TENSOR_MAP_F64, AZJ_TENSOR_MAP_BF16};
  return type < std::size(kTypes) ? kTypes[type] : -1;
}
} // namespace

// The last operand where it has to be a constant: what it stands for, among what is simulated.
bool Decoder::mapConstant(std::string_view field, const Operand &op, uint64_t &value) {
  if (!immediate(op, value))
    return false;
  if (field == "elemtype") {
    int type = driversType(value);
    if (type < 0)
      return fail("elemtype must be 0 to 7, 9 or 10 (.f32.ftz, .tf32 and packed types are not "
                  "simulated), got " +
                  std::to_string(value));
    value = uint64_t(type);
    return true;
  }
  if (field == "swizzle_atomicity" && value == 2)
    return fail("swizzle_atomicity must be 0, 1 or 3 (the 8-byte flip is not simulated), got 2");
  uint64_t most = field == "interleave_layout" ? 0 : field == "fill_mode" ? 1 : 3;
  return value <= most || fail(std::string(field) + " must be 0 to " + std::to_string(most) +
                               (most == 0 ? " (interleaved layouts are not simulated)" : "") +
                               ", got " + std::to_string(value));
}

// tensormap.replace.tile.field{.global,.shared::cta}.b1024.type [map], {ordinal,} value
bool Decoder::decodeMapReplace() {
  Modifiers mods(inst->opcode);
  for (int k = 0; k < 3; ++k)
    mods.next();
  std::string_view name = mods.next();
  const FieldRow *row = findField(name);
  if (row == nullptr)
    return unsupported();
  Space space = mods.accept("global")        ? Space::Global
                : mods.accept("shared::cta") ? Space::Shared
                                             : Space::Generic;
  size_t count = row->ordinals != 0 ? 3 : 2;
  Inst at;
  if (!need(count) || !address(inst->ops[0], space, at))
    return false;
  uint64_t ordinal = 0, constantValue = 0;
  uint32_t value;
  if (row->ordinals != 0 && !immediate(inst->ops[1], ordinal))
    return false;
  if (row->ordinals != 0 && ordinal >= row->ordinals)
    return fail("the ordinal of " + std::string(name) + " must be 0 to " +
                std::to_string(row->ordinals - 1) + ", got " + std::to_string(ordinal));
  if (row->bytes == 0) {
    if (!mapConstant(name, inst->ops[count - 1], constantValue))
      return false;
    value = constant(4, constantValue);
  } else if (!source(inst->ops[count - 1], row->bytes, value)) {
    return false;
  }
  Inst &out = emitGuarded(replaceMapField, OpClass::Async);
  out.a = at.a;
  out.imm = at.imm;
  out.b = value;
  out.flags = static_cast<uint8_t>(((at.flags & 1) != 0 ? kMapWide : 0) |
                                   (row->bytes == 8 ? kMapWideValue : 0));
  out.space = static_cast<uint8_t>(space);
  out.sub = static_cast<uint8_t>(row->field);
  out.n = static_cast<uint8_t>(ordinal);
  return true;
}

bool Decoder::mapSize(const Operand &op) {
  uint64_t size;
  return immediate(op, size) &&
         (size == 128 || fail("the size of a tensor map is 128, got " + std::to_string(size)));
}

// tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.scope.sync.aligned
// [to], [from], 128
bool Decoder::decodeMapCopy() {
  Modifiers mods(inst->opcode);
  for (int k = 0; k < 6; ++k)
    mods.next();
  FenceScope scope;
  Space global = Space::Global, shared = Space::Shared;
  Inst to, from;
  if (!acceptScope(mods, scope))
    return unsupported();
  if (!need(3) || !address(inst->ops[0], global, to) || !address(inst->ops[1], shared, from) ||
      !mapSize(inst->ops[2]))
    return false;
  uint32_t *offset = list(1);
  *offset = static_cast<uint32_t>(from.imm);
  Inst &out = emitGuarded(copyMap, OpClass::Async);
  out.flow = Flow::WarpSync;
  out.a = to.a;
  out.imm = to.imm;
  out.b = from.a;
  out.ops = offset;
  out.flags = (from.flags & 1) != 0 ? kMapWide : 0;
  out.n = static_cast<uint8_t>(scope);
  return true;
}

// fence.proxy.tensormap::generic.release.scope; fence.proxy.tensormap::generic.acquire.scope
// [map], 128
bool Decoder::decodeMapFence() {
  Modifiers mods(inst->opcode);
  for (int k = 0; k < 3; ++k)
    mods.next();
  bool isAcquire = mods.next() == "acquire";
  FenceScope scope;
  if (!acceptScope(mods, scope))
    return unsupported();
  Inst at;
  Space space = Space::Generic;
  if (!need(isAcquire ? 2 : 0) ||
      (isAcquire && (!address(inst->ops[0], space, at) || !mapSize(inst->ops[1]))))
    return false;
  Inst &out = emitGuarded(mapFence, OpClass::Barrier);
  out.a = at.a;
  out.imm = at.imm;
  out.sub = isAcquire;
  out.n = static_cast<uint8_t>(scope);
  return true;
}

} // namespace azulejo::sim
