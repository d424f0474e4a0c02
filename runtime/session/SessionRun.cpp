// This file runs a session: binding, addresses, steps, outputs.
#include "base/Checked.h"
#include "base/Status.h"
#include "base/Strings.h"
#include "session/Clock.h"
#include "session/Session.h"

#include <cinttypes>
#include <cstring>

namespace azulejo::runtime {

// Measures one step for the observer, who is told at `finish`.
class Session::StepTimer {
public:
  StepTimer(Session &session, azj_stream stream) : session(session), stream(stream) {
    if (session.observer)
      event.begin_ns = monotonicNanoseconds();
  }

  azj_status finish(const char *kind, const char *name, const char *node, uint64_t bytes) {
    if (!session.observer)
      return nullptr;
    AZJ_TRY(session.device->vtable->synchronize(session.device, stream));
    event.end_ns = monotonicNanoseconds();
    event.kind = kind;
    event.name = name;
    event.node = node;
    event.bytes = bytes;
    session.observer(session.observerSelf, &event);
    return nullptr;
  }

  azj_step_event event = {};

private:
  Session &session;
  azj_stream stream;
};

azj_status Session::infer(const azj_buffer *inputs, uint32_t inputCount, azj_buffer *outputs,
                          uint32_t outputCount) const {
  Binding inferred;
  AZJ_TRY(bindInputs(plan(), inputs, inputCount, inferred));
  if (outputCount != plan().outputs.size())
    return makeStatus(AZJ_INVALID_ARGUMENT, "the model has %zu outputs, got %u",
                      plan().outputs.size(), outputCount);
  describeOutputs(inferred, outputs);
  for (uint32_t i = 0; i < outputCount; ++i)
    outputs[i].bytes = inferred.outputBytes[i];
  return nullptr;
}

void Session::describeOutputs(const Binding &from, azj_buffer *outputs) const {
  for (size_t i = 0; i < plan().outputs.size(); ++i) {
    outputs[i].dtype = plan().outputs[i].dtype;
    outputs[i].rank = static_cast<uint32_t>(from.outputShapes[i].size());
    for (uint32_t dimension = 0; dimension < outputs[i].rank; ++dimension)
      outputs[i].shape[dimension] = from.outputShapes[i][dimension];
  }
}

azj_status Session::run(azj_stream stream, const azj_buffer *inputs, uint32_t inputCount,
                        azj_buffer *outputs, uint32_t outputCount) {
  AZJ_TRY(bind(inputs, inputCount));
  AZJ_TRY(checkOutputs(outputs, outputCount));
  AZJ_TRY(prepareArena(stream));
  AZJ_TRY(prepareInputs(stream, inputs));
  AZJ_TRY(prepareOutputs(stream, outputs));
  AZJ_TRY(bound.setBases(device, bases));
  stats.launches = stats.copies = 0;
  for (size_t i = 0; i < bound.steps().size(); ++i)
    AZJ_TRY(runStep(stream, i));
  AZJ_TRY(fetchOutputs(stream, outputs));
  describeOutputs(binding, outputs);
  ++stats.runs;
  return nullptr;
}

// Evaluates the program anew when the symbols differ from the last run's.
azj_status Session::bind(const azj_buffer *inputs, uint32_t inputCount) {
  Binding fresh;
  AZJ_TRY(bindInputs(plan(), inputs, inputCount, fresh));
  bool isSame = isBound && fresh.symbols == binding.symbols;
  binding = std::move(fresh);
  if (isSame)
    return nullptr;
  isBound = false;
  int64_t bytes = 0;
  AZJ_TRY(prefix(plan().formulas.evaluate(program().arena, binding.symbols, bytes), "arena"));
  if (bytes < 0 || static_cast<uint64_t>(bytes) > format::maxBufferBytes)
    return makeStatus(AZJ_CORRUPT, "arena must have between 0 and %" PRIu64 " bytes, got %" PRId64,
                      format::maxBufferBytes, bytes);
  arenaBytes = static_cast<uint64_t>(bytes);
  BufferSizes sizes = {binding.inputBytes, binding.outputBytes, {}, arenaBytes};
  for (size_t i = 0; i < plan().weights.size(); ++i)
    sizes.weights.push_back(bundle->weight(i).bytes);
  AZJ_TRY(bound.bind(plan(), program(), binding.symbols, sizes));
  isBound = true;
  return nullptr;
}

azj_status Session::prepareArena(azj_stream stream) {
  // Devices align to 256; a greater alignment is made inside a longer allocation.
  uint64_t align = program().arenaAlign;
  uint64_t slack = align > format::deviceAlignment ? align - format::deviceAlignment : 0;
  AZJ_TRY(arena.reserve(arenaBytes + slack, info.is_simulator, "arena", stream));
  if (!alignUp(arena.address(), align, bases.arena))
    return makeStatus(AZJ_INTERNAL, "arena lies at the end of the address space");
  stats.arena_bytes = arenaBytes;
  if (device->vtable->discard && arenaBytes)
    return device->vtable->discard(device, bases.arena, arenaBytes);
  return nullptr;
}

azj_status Session::checkDevicePointer(const azj_buffer &buffer, uint64_t bytes) const {
  if (buffer.place != AZJ_DEVICE && buffer.place != AZJ_HOST)
    return makeStatus(AZJ_INVALID_ARGUMENT, "place must be AZJ_HOST or AZJ_DEVICE, got %d",
                      static_cast<int>(buffer.place));
  bool isDevice = buffer.place == AZJ_DEVICE;
  if (isDevice ? buffer.device == 0 && bytes : !buffer.host && bytes)
    return makeStatus(AZJ_INVALID_ARGUMENT, "the %s address is null", isDevice ? "device" : "host");
  if (isDevice && buffer.device % format::deviceAlignment)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "the device address must be a multiple of %" PRIu64 ", got 0x%" PRIx64,
                      format::deviceAlignment, buffer.device);
  if (buffer.bytes < bytes)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "the buffer has %zu bytes, its shape and dtype need %" PRIu64, buffer.bytes,
                      bytes);
  return nullptr;
}

azj_status Session::prepareInputs(azj_stream stream, const azj_buffer *inputs) {
  bases.inputs.resize(plan().inputs.size());
  for (size_t i = 0; i < bases.inputs.size(); ++i) {
    const std::string &name = plan().inputs[i].name;
    uint64_t bytes = binding.inputBytes[i];
    AZJ_TRY(prefix(checkDevicePointer(inputs[i], bytes), "input '%s'", printable(name).c_str()));
    if (inputs[i].place == AZJ_DEVICE) {
      bases.inputs[i] = inputs[i].device;
      continue;
    }
    AZJ_TRY(inputStaging[i].reserve(bytes, info.is_simulator, name.c_str(), stream));
    bases.inputs[i] = inputStaging[i].address();
    if (!bytes)
      continue;
    StepTimer timer(*this, stream);
    AZJ_TRY(prefix(device->vtable->copy_in(device, stream, bases.inputs[i], inputs[i].host, bytes),
                   "input '%s'", printable(name).c_str()));
    AZJ_TRY(timer.finish("copy in", name.c_str(), "", bytes));
  }
  return nullptr;
}

azj_status Session::checkOutputs(const azj_buffer *outputs, uint32_t count) const {
  if (count != plan().outputs.size())
    return makeStatus(AZJ_INVALID_ARGUMENT, "the model has %zu outputs, got %u",
                      plan().outputs.size(), count);
  for (uint32_t i = 0; i < count; ++i) {
    // A host output without memory is allocated at the end.
    if (outputs[i].place == AZJ_HOST && !outputs[i].host)
      continue;
    AZJ_TRY(prefix(checkDevicePointer(outputs[i], binding.outputBytes[i]), "output '%s'",
                   printable(plan().outputs[i].name).c_str()));
  }
  return nullptr;
}

azj_status Session::prepareOutputs(azj_stream stream, const azj_buffer *outputs) {
  bases.outputs.resize(plan().outputs.size());
  for (size_t i = 0; i < bases.outputs.size(); ++i) {
    if (outputs[i].place == AZJ_DEVICE) {
      bases.outputs[i] = outputs[i].device;
    } else {
      AZJ_TRY(outputStaging[i].reserve(binding.outputBytes[i], info.is_simulator,
                                       plan().outputs[i].name.c_str(), stream));
      bases.outputs[i] = outputStaging[i].address();
    }
    if (device->vtable->discard && binding.outputBytes[i])
      AZJ_TRY(device->vtable->discard(device, bases.outputs[i], binding.outputBytes[i]));
  }
  return nullptr;
}

azj_status Session::runStep(azj_stream stream, size_t index) {
  const BoundStep &step = bound.steps()[index];
  const char *node = program().steps[index].node.c_str();
  if (step.isEmpty)
    return nullptr;
  // The text is made for failures only: this is the path of every launch.
  auto annotate = [&](azj_status status) {
    return status ? prefix(status, "steps[%zu] (%s)", index, printable(node).c_str()) : nullptr;
  };
  for (const BoundRange &range : step.discards)
    if (device->vtable->discard)
      AZJ_TRY(annotate(device->vtable->discard(device, bases.arena + range.offset, range.bytes)));
  if (step.kind == PlanStep::Launch)
    return annotate(launch(stream, step, node));
  ++stats.copies;
  StepTimer timer(*this, stream);
  azj_device_ptr to = bases.of(step.to.kind, step.to.index) + step.to.offset;
  if (step.kind == PlanStep::Fill) {
    AZJ_TRY(annotate(device->vtable->fill(device, stream, to, step.fillValue, step.bytes)));
    return timer.finish("fill", "", node, step.bytes);
  }
  azj_device_ptr from = bases.of(step.from.kind, step.from.index) + step.from.offset;
  AZJ_TRY(annotate(device->vtable->copy(device, stream, to, from, step.bytes)));
  return timer.finish("copy", "", node, step.bytes);
}

azj_status Session::launch(azj_stream stream, const BoundStep &step, const char *node) {
  const PlanKernel &kernel = program().kernels[step.kernel];
  azj_launch launch = {};
  launch.kernel = kernels[step.kernel];
  launch.grid = step.grid;
  launch.block = kernel.block;
  launch.cluster = kernel.cluster;
  launch.dynamic_shared_bytes = kernel.sharedBytes;
  launch.arg_count = step.argCount;
  if (step.argCount) {
    launch.args = bound.argPointers(step);
    launch.arg_sizes = bound.argSizes(step);
  }
  launch.label = *node ? node : kernel.name.c_str();
  ++stats.launches;
  StepTimer timer(*this, stream);
  timer.event.grid = step.grid;
  timer.event.block = kernel.block;
  if (azj_status status = device->vtable->launch(device, stream, &launch))
    return prefix(status, "kernel '%s'", printable(kernel.name).c_str());
  return timer.finish("launch", kernel.name.c_str(), node, 0);
}

azj_status Session::fetchOutputs(azj_stream stream, azj_buffer *outputs) {
  std::vector<uint32_t> allocated;
  for (uint32_t i = 0; i < plan().outputs.size(); ++i) {
    bool owns = outputs[i].place == AZJ_HOST && !outputs[i].host;
    azj_status status = prefix(fetchOutput(stream, i, outputs[i]), "output '%s'",
                               printable(plan().outputs[i].name).c_str());
    if (owns && outputs[i].host)
      allocated.push_back(i);
    if (!status)
      continue;
    for (uint32_t made : allocated)
      azj_buffer_release(&allocator, &outputs[made]);
    return status;
  }
  return nullptr;
}

azj_status Session::fetchOutput(azj_stream stream, uint32_t index, azj_buffer &output) {
  if (output.place == AZJ_DEVICE)
    return nullptr;
  uint64_t bytes = binding.outputBytes[index];
  if (!output.host) {
    output.host = allocator.allocate(allocator.self, bytes ? bytes : 1, 64);
    if (!output.host)
      return makeStatus(AZJ_OUT_OF_MEMORY, "cannot allocate %" PRIu64 " bytes of host memory",
                        bytes);
    output.bytes = bytes;
  }
  if (!bytes)
    return nullptr;
  StepTimer timer(*this, stream);
  AZJ_TRY(device->vtable->copy_out(device, stream, output.host, bases.outputs[index], bytes));
  return timer.finish("copy out", plan().outputs[index].name.c_str(), "", bytes);
}

} // namespace azulejo::runtime
