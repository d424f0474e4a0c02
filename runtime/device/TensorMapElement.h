// This file says how large the elements of a tensor map are, to those who write one and who read
// it.
#ifndef AZULEJO_RUNTIME_DEVICE_TENSORMAPELEMENT_H
#define AZULEJO_RUNTIME_DEVICE_TENSORMAPELEMENT_H

#include "azulejo/runtime/device.h"

namespace azulejo::runtime {

inline uint32_t tensorMapElementBytes(azj_tensor_map_type type) {
  switch (type) {
  case AZJ_TENSOR_MAP_U8:
    return 1;
  case AZJ_TENSOR_MAP_U16:
  case AZJ_TENSOR_MAP_F16:
  case AZJ_TENSOR_MAP_BF16:
    return 2;
  case AZJ_TENSOR_MAP_U32:
  case AZJ_TENSOR_MAP_I32:
  case AZJ_TENSOR_MAP_F32:
    return 4;
  case AZJ_TENSOR_MAP_U64:
  case AZJ_TENSOR_MAP_I64:
  case AZJ_TENSOR_MAP_F64:
    return 8;
  }
  return 1;
}

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_TENSORMAPELEMENT_H
