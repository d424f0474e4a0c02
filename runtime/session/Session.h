// This file declares the session: a bundle made ready on a device.
#ifndef AZULEJO_RUNTIME_SESSION_SESSION_H
#define AZULEJO_RUNTIME_SESSION_SESSION_H

#include "azulejo/runtime/session.h"
#include "bundle/Bundle.h"
#include "session/Binding.h"
#include "session/BoundProgram.h"
#include "session/DeviceMemory.h"

#include <memory>

namespace azulejo::runtime {

class Session {
public:
  Session(std::shared_ptr<const Bundle> bundle, azj_device *device, azj_allocator allocator);
  ~Session();

  // Chooses the program, loads its modules and uploads its weights.
  [[nodiscard]] azj_status load();
  [[nodiscard]] azj_status infer(const azj_buffer *inputs, uint32_t inputCount, azj_buffer *outputs,
                                 uint32_t outputCount) const;
  [[nodiscard]] azj_status run(azj_stream stream, const azj_buffer *inputs, uint32_t inputCount,
                               azj_buffer *outputs, uint32_t outputCount);

  azj_observer observer = nullptr;
  void *observerSelf = nullptr;
  azj_session_stats stats = {};

private:
  class StepTimer;

  [[nodiscard]] azj_status checkKernel(const PlanKernel &kernel) const;
  [[nodiscard]] azj_status loadKernels();
  [[nodiscard]] azj_status loadModule(const PlanKernel &kernel, azj_module &out);
  [[nodiscard]] azj_status uploadWeights();
  [[nodiscard]] azj_status bind(const azj_buffer *inputs, uint32_t inputCount);
  [[nodiscard]] azj_status prepareArena(azj_stream stream);
  [[nodiscard]] azj_status prepareInputs(azj_stream stream, const azj_buffer *inputs);
  [[nodiscard]] azj_status prepareOutputs(azj_stream stream, const azj_buffer *outputs);
  [[nodiscard]] azj_status checkOutputs(const azj_buffer *outputs, uint32_t count) const;
  [[nodiscard]] azj_status checkDevicePointer(const azj_buffer &buffer, uint64_t bytes) const;
  [[nodiscard]] azj_status runStep(azj_stream stream, size_t index);
  [[nodiscard]] azj_status launch(azj_stream stream, const BoundStep &step, const char *node);
  [[nodiscard]] azj_status fetchOutputs(azj_stream stream, azj_buffer *outputs);
  [[nodiscard]] azj_status fetchOutput(azj_stream stream, uint32_t index, azj_buffer &output);
  void describeOutputs(const Binding &from, azj_buffer *outputs) const;

  const Plan &plan() const { return bundle->plan(); }
  const PlanProgram &program() const { return plan().programs[programIndex]; }

  std::shared_ptr<const Bundle> bundle;
  azj_device *device;
  azj_allocator allocator;
  azj_device_info info = {};
  uint32_t programIndex = 0;
  std::vector<azj_module> modules;
  std::vector<azj_kernel> kernels; // of every kernel of the program
  std::vector<DeviceMemory> weights, inputStaging, outputStaging;
  DeviceMemory arena;

  bool isBound = false;
  Binding binding;
  BoundProgram bound;
  BufferBases bases;
  uint64_t arenaBytes = 0;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_SESSION_H
