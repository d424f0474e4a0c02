// This file implements the C interface of sessions.
#include "azulejo/runtime/session.h"

#include "base/Guard.h"
#include "base/Status.h"
#include "session/Session.h"

#include <algorithm>
#include <cstring>

using namespace azulejo::runtime;

struct azj_session_impl {
  Session session;
};

namespace {

azj_status checkDevice(const azj_device *device) {
  if (device->vtable->size >= AZJ_DEVICE_VTABLE_LEAST_SIZE)
    return nullptr;
  return makeStatus(AZJ_UNSUPPORTED,
                    "the device's table has %u bytes, this runtime needs %zu; its "
                    "library is too old",
                    device->vtable->size, AZJ_DEVICE_VTABLE_LEAST_SIZE);
}

azj_allocator allocatorOf(const azj_session_options *options) {
  bool isGiven = options && options->size >= sizeof(azj_session_options) &&
                 options->allocator.allocate && options->allocator.release;
  return isGiven ? options->allocator : azj_allocator_system();
}

} // namespace

extern "C" {

azj_status azj_session_create(azj_bundle bundle, azj_device *device,
                              const azj_session_options *options, azj_session *out_session) {
  if (!bundle || !device || !out_session)
    return makeStatus(AZJ_INVALID_ARGUMENT, "azj_session_create needs a bundle, a device and a "
                                            "place for the session");
  return guarded([&]() -> azj_status {
    AZJ_TRY(checkDevice(device));
    std::unique_ptr<azj_session_impl> handle(
        new azj_session_impl{Session(bundle->bundle, device, allocatorOf(options))});
    AZJ_TRY(handle->session.load());
    *out_session = handle.release();
    return nullptr;
  });
}

void azj_session_destroy(azj_session session) { delete session; }

azj_status azj_session_infer(azj_session session, const azj_buffer *inputs, uint32_t input_count,
                             azj_buffer *outputs, uint32_t output_count) {
  return guarded(
      [&] { return session->session.infer(inputs, input_count, outputs, output_count); });
}

azj_status azj_session_run(azj_session session, azj_stream stream, const azj_buffer *inputs,
                           uint32_t input_count, azj_buffer *outputs, uint32_t output_count) {
  return guarded(
      [&] { return session->session.run(stream, inputs, input_count, outputs, output_count); });
}

void azj_session_observe(azj_session session, azj_observer observer, void *self) {
  session->session.observer = observer;
  session->session.observerSelf = self;
}

azj_status azj_session_get_stats(azj_session session, azj_session_stats *out_stats) {
  size_t size = out_stats->size;
  if (size < sizeof(size))
    return makeStatus(AZJ_INVALID_ARGUMENT, "size of the stats must be set to "
                                            "sizeof(azj_session_stats)");
  memcpy(out_stats, &session->session.stats, std::min(size, sizeof(azj_session_stats)));
  out_stats->size = size;
  return nullptr;
}

} // extern "C"
