// This file declares the driver's rules for the arguments of tensor maps, which every device
// applies before it encodes one.
#ifndef AZULEJO_RUNTIME_DEVICE_TENSORMAPRULES_H
#define AZULEJO_RUNTIME_DEVICE_TENSORMAPRULES_H

#include "azulejo/runtime/device.h"

#include <string>

namespace azulejo::runtime {

// Return false and say in `error` which argument is wrong, what was expected and what was found.
bool checkTiledMap(const azj_tensor_map_desc &desc, std::string *error);
// `box` of `desc` is not looked at.
bool checkIm2colMap(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                    std::string *error);

// Whether the innermost extent of a box is whole 16-byte chunks and within the swizzle's span of
// bytes; 0: no swizzle. `name` is what the error calls it.
bool checkInnerExtent(uint64_t elements, azj_tensor_map_type type, uint32_t swizzleSpan,
                      const char *name, std::string *error);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_TENSORMAPRULES_H
