// This file holds the wall at which C++ exceptions end: no function of the C interface throws.
#ifndef AZULEJO_RUNTIME_BASE_GUARD_H
#define AZULEJO_RUNTIME_BASE_GUARD_H

#include "base/Status.h"

#include <exception>
#include <new>
#include <stdexcept>

namespace azulejo::runtime {

// Calls `body`, which returns an azj_status, and turns what it throws into a status.
template <typename Body> [[nodiscard]] azj_status guarded(Body &&body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return makeStatus(AZJ_OUT_OF_MEMORY, "out of host memory");
  } catch (const std::length_error &) {
    return makeStatus(AZJ_OUT_OF_MEMORY, "out of host memory");
  } catch (const std::exception &error) {
    return makeStatus(AZJ_INTERNAL, "unexpected exception: %s", error.what());
  } catch (...) {
    return makeStatus(AZJ_INTERNAL, "unexpected exception");
  }
}

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_GUARD_H
