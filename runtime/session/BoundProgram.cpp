// This file evaluates the steps of a program and checks every range against its buffer.
#include "session/BoundProgram.h"

#include "base/Checked.h"
#include "base/Status.h"
#include "base/Strings.h"
#include "device/TensorMapElement.h"

#include <algorithm>
#include <cinttypes>
#include <cstring>

namespace azulejo::runtime {
namespace {

const char *kindName(PlanBuffer::Kind kind) {
  switch (kind) {
  case PlanBuffer::Input:
    return "input";
  case PlanBuffer::Output:
    return "output";
  case PlanBuffer::Weight:
    return "weight";
  case PlanBuffer::Arena:
    return "arena";
  }
  return "?";
}

} // namespace

azj_device_ptr BufferBases::of(PlanBuffer::Kind kind, uint32_t index) const {
  switch (kind) {
  case PlanBuffer::Input:
    return inputs[index];
  case PlanBuffer::Output:
    return outputs[index];
  case PlanBuffer::Weight:
    return weights[index];
  case PlanBuffer::Arena:
    return arena;
  }
  return 0;
}

// Evaluates one program into a BoundProgram.
class BoundProgram::Binder {
public:
  Binder(BoundProgram &out, const Plan &plan, const PlanProgram &program,
         const std::vector<int64_t> &symbols, const BufferSizes &bufferSizes)
      : out(out), plan(plan), program(program), symbols(symbols), bufferSizes(bufferSizes) {}

  azj_status bindStep(const PlanStep &step, BoundStep &bound);

private:
  azj_status evaluate(Formula formula, int64_t min, int64_t max, const char *what, int64_t &value);
  azj_status bindRange(const PlanBuffer &buffer, BoundRange &range);
  azj_status bindTransfer(const PlanStep &step, BoundStep &bound);
  azj_status bindLaunch(const PlanStep &step, BoundStep &bound);
  azj_status bindArg(const PlanArg &arg, BoundStep &bound);
  azj_status bindMap(const PlanTensorMap &map, Map &bound);
  azj_status checkExtent(const azj_tensor_map_desc &desc, const BoundRange &range);
  uint64_t sizeOf(const PlanBuffer &buffer) const;
  void track(const PlanBuffer &buffer, const BoundRange &range, BoundStep &bound);
  void keepWhatIsRead(BoundStep &bound);

  BoundProgram &out;
  const Plan &plan;
  const PlanProgram &program;
  const std::vector<int64_t> &symbols;
  const BufferSizes &bufferSizes;
  std::vector<BoundRange> arenaReads; // of the launch that is being bound
};

azj_status BoundProgram::Binder::evaluate(Formula formula, int64_t min, int64_t max,
                                          const char *what, int64_t &value) {
  AZJ_TRY(prefix(plan.formulas.evaluate(formula, symbols, value), "%s", what));
  if (value >= min && value <= max)
    return nullptr;
  return makeStatus(AZJ_CORRUPT, "%s must be between %" PRId64 " and %" PRId64 ", got %" PRId64,
                    what, min, max, value);
}

uint64_t BoundProgram::Binder::sizeOf(const PlanBuffer &buffer) const {
  switch (buffer.kind) {
  case PlanBuffer::Input:
    return bufferSizes.inputs[buffer.index];
  case PlanBuffer::Output:
    return bufferSizes.outputs[buffer.index];
  case PlanBuffer::Weight:
    return bufferSizes.weights[buffer.index];
  case PlanBuffer::Arena:
    return bufferSizes.arena;
  }
  return 0;
}

azj_status BoundProgram::Binder::bindRange(const PlanBuffer &buffer, BoundRange &range) {
  int64_t offset = 0, bytes = 0;
  auto size = static_cast<int64_t>(sizeOf(buffer));
  AZJ_TRY(prefix(evaluate(buffer.offset, 0, size, "offset", offset), "%s %u", kindName(buffer.kind),
                 buffer.index));
  if (buffer.hasBytes)
    AZJ_TRY(prefix(evaluate(buffer.bytes, 0, size - offset, "bytes", bytes), "%s %u at %" PRId64,
                   kindName(buffer.kind), buffer.index, offset));
  else
    bytes = size - offset;
  range = {buffer.kind, buffer.index, static_cast<uint64_t>(offset), static_cast<uint64_t>(bytes)};
  return nullptr;
}

azj_status BoundProgram::Binder::bindStep(const PlanStep &step, BoundStep &bound) {
  bound.kind = step.kind;
  return step.kind == PlanStep::Launch ? bindLaunch(step, bound) : bindTransfer(step, bound);
}

azj_status BoundProgram::Binder::bindTransfer(const PlanStep &step, BoundStep &bound) {
  const PlanBuffer &to = program.buffers[step.to];
  AZJ_TRY(prefix(bindRange(to, bound.to), "to"));
  auto limit = static_cast<int64_t>(bound.to.bytes);
  if (step.kind == PlanStep::Copy) {
    AZJ_TRY(prefix(bindRange(program.buffers[step.from], bound.from), "from"));
    limit = std::min(limit, static_cast<int64_t>(bound.from.bytes));
  }
  int64_t bytes = 0;
  AZJ_TRY(evaluate(step.bytes, 0, limit, "bytes", bytes));
  bound.bytes = static_cast<uint64_t>(bytes);
  bound.isEmpty = bytes == 0;
  bound.fillValue = step.fillValue;
  return nullptr;
}

azj_status BoundProgram::Binder::bindLaunch(const PlanStep &step, BoundStep &bound) {
  int64_t grid[3];
  const int64_t limits[3] = {format::maxGridX, format::maxGridYZ, format::maxGridYZ};
  static constexpr const char *names[3] = {"grid x", "grid y", "grid z"};
  for (int i = 0; i < 3; ++i)
    AZJ_TRY(evaluate(step.grid[i], 0, limits[i], names[i], grid[i]));
  bound.kernel = step.kernel;
  bound.grid = {static_cast<uint32_t>(grid[0]), static_cast<uint32_t>(grid[1]),
                static_cast<uint32_t>(grid[2])};
  bound.isEmpty = !grid[0] || !grid[1] || !grid[2];
  if (bound.isEmpty)
    return nullptr;
  azj_dim3 cluster = program.kernels[step.kernel].cluster;
  if (bound.grid.x % cluster.x || bound.grid.y % cluster.y || bound.grid.z % cluster.z)
    return makeStatus(AZJ_CORRUPT,
                      "grid [%u, %u, %u] is not a multiple of the cluster [%u, %u, %u]",
                      bound.grid.x, bound.grid.y, bound.grid.z, cluster.x, cluster.y, cluster.z);
  bound.firstArg = static_cast<uint32_t>(out.slots.size());
  bound.argCount = step.argCount;
  for (uint32_t i = 0; i < step.argCount; ++i)
    AZJ_TRY(prefix(bindArg(program.args[step.firstArg + i], bound), "args[%u]", i));
  keepWhatIsRead(bound);
  return nullptr;
}

// A kernel may write where it reads (in place, with another element size): such a range still holds
// what the kernel needs and must not be discarded.
void BoundProgram::Binder::keepWhatIsRead(BoundStep &bound) {
  auto isRead = [&](const BoundRange &range) {
    for (const BoundRange &read : arenaReads)
      if (read.offset < range.offset + range.bytes && range.offset < read.offset + read.bytes)
        return true;
    return false;
  };
  auto &discards = bound.discards;
  discards.erase(std::remove_if(discards.begin(), discards.end(), isRead), discards.end());
  arenaReads.clear();
}

void BoundProgram::Binder::track(const PlanBuffer &buffer, const BoundRange &range,
                                 BoundStep &bound) {
  if (buffer.kind != PlanBuffer::Arena)
    return;
  if (buffer.access & PlanBuffer::Read)
    arenaReads.push_back(range);
  else if (range.bytes)
    bound.discards.push_back(range);
}

azj_status BoundProgram::Binder::bindArg(const PlanArg &arg, BoundStep &bound) {
  uint64_t slot = 0;
  size_t size = 8;
  switch (arg.kind) {
  case PlanArg::Buffer: {
    Patch patch = {out.slots.size(), {}};
    const PlanBuffer &buffer = program.buffers[arg.index];
    AZJ_TRY(bindRange(buffer, patch.range));
    track(buffer, patch.range, bound);
    out.patches.push_back(patch);
    break;
  }
  case PlanArg::I32:
  case PlanArg::I64: {
    bool isI32 = arg.kind == PlanArg::I32;
    int64_t value = 0;
    AZJ_TRY(evaluate(arg.value, isI32 ? INT32_MIN : INT64_MIN, isI32 ? INT32_MAX : INT64_MAX,
                     isI32 ? "i32" : "i64", value));
    size = isI32 ? 4 : 8;
    memcpy(&slot, &value, size);
    break;
  }
  case PlanArg::F32:
    size = 4;
    memcpy(&slot, &arg.number, size);
    break;
  case PlanArg::TensorMap: {
    Map map = {};
    map.arg = out.slots.size();
    AZJ_TRY(prefix(bindMap(program.tensorMaps[arg.index], map), "tensormap"));
    track(program.tensorMaps[arg.index].buffer, map.range, bound);
    out.maps.push_back(map);
    size = sizeof(azj_tensor_map);
    break;
  }
  }
  out.slots.push_back(slot);
  out.sizes.push_back(size);
  return nullptr;
}

azj_status BoundProgram::Binder::bindMap(const PlanTensorMap &map, Map &bound) {
  AZJ_TRY(bindRange(map.buffer, bound.range));
  azj_tensor_map_desc &desc = bound.desc;
  desc.type = map.type;
  desc.rank = static_cast<uint32_t>(map.dims.size());
  desc.swizzle = map.swizzle;
  desc.nan_fill = map.nanFill;
  desc.l2_promotion = 2;
  for (uint32_t i = 0; i < desc.rank; ++i) {
    int64_t dim = 0, stride = 0;
    AZJ_TRY(evaluate(map.dims[i], 1, int64_t(1) << 32, "dims", dim));
    if (i > 0)
      AZJ_TRY(evaluate(map.strides[i - 1], 1, (int64_t(1) << 40) - 1, "strides", stride));
    desc.dims[i] = static_cast<uint64_t>(dim);
    desc.strides[i] = static_cast<uint64_t>(stride);
    desc.box[i] = map.box[i];
    desc.element_strides[i] = 1;
  }
  return checkExtent(desc, bound.range);
}

azj_status BoundProgram::Binder::checkExtent(const azj_tensor_map_desc &desc,
                                             const BoundRange &range) {
  uint64_t extent = desc.dims[0] * tensorMapElementBytes(desc.type);
  for (uint32_t i = 1; i < desc.rank; ++i) {
    uint64_t span = 0;
    if (!checkedMul(desc.dims[i] - 1, desc.strides[i], span) || !checkedAdd(extent, span, extent))
      return makeStatus(AZJ_CORRUPT, "extent exceeds 64 bits");
  }
  if (extent <= range.bytes)
    return nullptr;
  return makeStatus(AZJ_CORRUPT, "covers %" PRIu64 " bytes of a buffer that has %" PRIu64, extent,
                    range.bytes);
}

azj_status BoundProgram::bind(const Plan &plan, const PlanProgram &program,
                              const std::vector<int64_t> &symbols, const BufferSizes &bufferSizes) {
  *this = BoundProgram();
  list.resize(program.steps.size());
  Binder binder(*this, plan, program, symbols, bufferSizes);
  for (size_t i = 0; i < list.size(); ++i)
    AZJ_TRY(prefix(binder.bindStep(program.steps[i], list[i]), "steps[%zu] (%s)", i,
                   printable(program.steps[i].node).c_str()));
  // The vectors no longer grow, so their elements may be pointed at.
  pointers.resize(slots.size());
  for (size_t i = 0; i < slots.size(); ++i)
    pointers[i] = &slots[i];
  for (Map &map : maps)
    pointers[map.arg] = &map.encoded;
  return nullptr;
}

azj_status BoundProgram::setBases(azj_device *device, const BufferBases &bases) {
  for (const Patch &patch : patches)
    slots[patch.arg] = bases.of(patch.range.kind, patch.range.index) + patch.range.offset;
  for (Map &map : maps) {
    azj_device_ptr base = bases.of(map.range.kind, map.range.index) + map.range.offset;
    if (base == map.desc.base)
      continue;
    azj_tensor_map_desc desc = map.desc;
    desc.base = base;
    AZJ_TRY(prefix(device->vtable->encode_tensor_map(device, &desc, &map.encoded), "tensormap"));
    map.desc.base = base;
  }
  return nullptr;
}

} // namespace azulejo::runtime
