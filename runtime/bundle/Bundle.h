// This file declares an opened bundle: its file, its external weights and its checked plan.
#ifndef AZULEJO_RUNTIME_BUNDLE_BUNDLE_H
#define AZULEJO_RUNTIME_BUNDLE_BUNDLE_H

#include "azulejo/runtime/bundle.h"
#include "bundle/Plan.h"
#include "bundle/Safetensors.h"

#include <memory>

namespace azulejo::runtime {

// Immutable after open; shared by the caller's handle and the sessions.
class Bundle {
public:
  // Opens and checks everything that does not depend on the sizes of a call.
  [[nodiscard]] static azj_status open(const std::string &path, std::shared_ptr<const Bundle> &out);

  const Plan &plan() const { return parsedPlan; }
  const SafetensorsFile &file() const { return main; }
  // The tensor of plan().weights[index].
  const SafetensorsTensor &weight(size_t index) const { return *weights[index]; }
  // The tensor of a kernel's PTX.
  const SafetensorsTensor &ptx(const PlanKernel &kernel) const { return *main.find(kernel.ptx); }
  // The machine code made from a kernel's PTX for exactly `sm`, or NULL.
  const SafetensorsTensor *cubin(const PlanKernel &kernel, int32_t sm) const;

private:
  [[nodiscard]] azj_status load(const std::string &path);
  [[nodiscard]] azj_status checkNames() const;
  [[nodiscard]] azj_status openWeights(const std::string &path);
  [[nodiscard]] azj_status checkKernels() const;

  SafetensorsFile main, external;
  Plan parsedPlan;
  std::vector<const SafetensorsTensor *> weights;
};

// Checks that the PTX text is what its name says: no NUL, the right SHA-256, and a `.version` not
// newer than the plan states. Sessions call it before they load a module.
[[nodiscard]] azj_status checkPtx(const PlanKernel &kernel, const SafetensorsTensor &tensor);

} // namespace azulejo::runtime

// The C handle: a share of the bundle and the texts that infos point at.
struct azj_bundle_impl {
  std::shared_ptr<const azulejo::runtime::Bundle> bundle;
  std::vector<std::vector<std::string>> inputDims, outputDims;
};

#endif // AZULEJO_RUNTIME_BUNDLE_BUNDLE_H
