// This file makes the linker take the exported function of libazulejo-sim.so out of its archive.
#include "azulejo/runtime/device.h"

extern "C" AZJ_API azj_status azj_sim_device_create(const char *options, azj_device **out_device);

// A reference that is never called; without one the archive member would not be linked.
extern "C" const azj_sim_device_create_fn azj_sim_keep_create = azj_sim_device_create;
