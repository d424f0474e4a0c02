// This file opens the CUDA driver with dlopen and words its errors.
#include "device/cuda/CudaLibrary.h"

#include "base/Status.h"

#include <cstdlib>

#include <dlfcn.h>

namespace azulejo::runtime::cuda {
namespace {

struct HintRow {
  Result result;
  azj_code code;
  const char *hint;
};

// One hint per result that users meet; what is not here is AZJ_DEVICE_FAILED with no hint.
constexpr HintRow hints[] = {
    {errorOutOfMemory, AZJ_OUT_OF_MEMORY,
     "free memory of other processes (see nvidia-smi) or run a smaller batch"},
    {errorNoDevice, AZJ_NOT_FOUND,
     "check that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES "
     "does not hide it"},
    {errorInvalidDevice, AZJ_NOT_FOUND, "nvidia-smi -L lists the GPUs, counted from 0"},
    {errorInvalidImage, AZJ_UNSUPPORTED, "the module is not PTX or machine code for this GPU"},
    {errorNoBinaryForGpu, AZJ_UNSUPPORTED, "compile the model with this GPU's sm_XX in --target"},
    {errorInvalidPtx, AZJ_UNSUPPORTED, "the driver's assembler refused the PTX, see its log above"},
    {errorUnsupportedPtxVersion, AZJ_UNSUPPORTED, "a newer driver is needed for this PTX version"},
    {errorNotFound, AZJ_CORRUPT, "the module has no entry of that name"},
    {errorIllegalAddress, AZJ_DEVICE_FAILED,
     "a kernel accessed memory outside its buffers; run with --device=sim to see where"},
    {errorLaunchOutOfResources, AZJ_DEVICE_FAILED,
     "the kernel needs more registers or shared memory than a block may have"},
    {errorLaunchTimeout, AZJ_DEVICE_FAILED, "the display watchdog stopped the kernel"},
    {errorIllegalInstruction, AZJ_DEVICE_FAILED, "run with --device=sim to see where"},
    {errorMisalignedAddress, AZJ_DEVICE_FAILED, "run with --device=sim to see where"},
    {errorLaunchFailed, AZJ_DEVICE_FAILED, "run with --device=sim to see where"},
    {errorSystemDriverMismatch, AZJ_UNSUPPORTED,
     "kernel module and user library of the driver differ; restart the machine after an update"},
};

} // namespace

Library::~Library() {
  if (handle)
    dlclose(handle);
}

azj_status Library::open(std::shared_ptr<const Library> &out) {
  auto library = std::make_shared<Library>();
  const char *chosen = getenv("AZULEJO_CUDA_LIBRARY");
  const char *path = chosen && *chosen ? chosen : "libcuda.so.1";
  library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library->handle) {
    const char *reason = dlerror();
    return makeStatus(AZJ_NOT_FOUND,
                      "no CUDA driver: %s; install NVIDIA's driver or use --device=sim",
                      reason ? reason : "cannot load it");
  }
#define AZJ_CUDA_RESOLVE(member, symbol, type, required)                                           \
  library->member = reinterpret_cast<std::common_type_t<type>>(dlsym(library->handle, symbol));    \
  if (required && !library->member)                                                                \
    return makeStatus(AZJ_UNSUPPORTED, "the CUDA driver '%s' has no %s; it is too old", path,      \
                      symbol);
  AZJ_CUDA_FUNCTIONS(AZJ_CUDA_RESOLVE)
#undef AZJ_CUDA_RESOLVE
  out = std::move(library);
  return nullptr;
}

azj_status Library::check(Result result, const char *what) const {
  if (result == success)
    return nullptr;
  const char *name = nullptr, *text = nullptr;
  if (getErrorName(result, &name) != success || !name)
    name = "unknown CUDA error";
  if (getErrorString(result, &text) != success || !text)
    text = "no description";
  for (const HintRow &row : hints)
    if (row.result == result)
      return makeStatus(row.code, "%s: %s (%d): %s; %s", what, name, result, text, row.hint);
  return makeStatus(AZJ_DEVICE_FAILED, "%s: %s (%d): %s", what, name, result, text);
}

} // namespace azulejo::runtime::cuda
