// This file declares owners of the runtime's handles.
#ifndef AZULEJO_TOOLS_RUN_HANDLES_H
#define AZULEJO_TOOLS_RUN_HANDLES_H

#include "azulejo/runtime/api.h"

#include <memory>
#include <type_traits>

namespace azulejo::run {

struct HandleDeleter {
  void operator()(azj_bundle bundle) const { azj_bundle_close(bundle); }
  void operator()(azj_session session) const { azj_session_destroy(session); }
  void operator()(azj_device *device) const { azj_device_close(device); }
};

using BundleHandle = std::unique_ptr<std::remove_pointer_t<azj_bundle>, HandleDeleter>;
using SessionHandle = std::unique_ptr<std::remove_pointer_t<azj_session>, HandleDeleter>;
using DeviceHandle = std::unique_ptr<azj_device, HandleDeleter>;

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_HANDLES_H
