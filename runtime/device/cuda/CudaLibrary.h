// This file declares the CUDA driver library, opened at run time.
#ifndef AZULEJO_RUNTIME_DEVICE_CUDA_CUDALIBRARY_H
#define AZULEJO_RUNTIME_DEVICE_CUDA_CUDALIBRARY_H

#include "azulejo/runtime/status.h"
#include "device/cuda/CudaApi.h"

#include <memory>
#include <type_traits>

namespace azulejo::runtime::cuda {

// The driver's functions. The library stays loaded as long as a device uses it.
class Library {
public:
  ~Library();

  // Opens libcuda.so.1, or the file that AZULEJO_CUDA_LIBRARY names, and resolves the functions.
  // AZJ_NOT_FOUND: there is no driver. AZJ_UNSUPPORTED: it is too old.
  [[nodiscard]] static azj_status open(std::shared_ptr<const Library> &out);

  // Returns NULL for success; otherwise a status "<what>: CUDA_ERROR_X (n): text; hint".
  [[nodiscard]] azj_status check(Result result, const char *what) const;

#define AZJ_CUDA_MEMBER(member, symbol, type, required) std::common_type_t<type> member = nullptr;
  AZJ_CUDA_FUNCTIONS(AZJ_CUDA_MEMBER)
#undef AZJ_CUDA_MEMBER

private:
  void *handle = nullptr;
};

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_DEVICE_CUDA_CUDALIBRARY_H
