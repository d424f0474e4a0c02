// This file implements the lookups in the tables of the bundle format.
#include "bundle/Format.h"

namespace azulejo::runtime::format {

const DtypeRow *findDtype(azj_dtype dtype) {
  for (const DtypeRow &row : dtypeTable)
    if (row.dtype == dtype)
      return &row;
  return nullptr;
}

const DtypeRow *findDtypeByPlanName(std::string_view name) {
  for (const DtypeRow &row : dtypeTable)
    if (name == row.planName)
      return &row;
  return nullptr;
}

const DtypeRow *findDtypeBySafetensorsName(std::string_view name) {
  for (const DtypeRow &row : dtypeTable)
    if (name == row.safetensorsName)
      return &row;
  return nullptr;
}

std::optional<Target> parseTarget(std::string_view text) {
  if (text.substr(0, 3) != "sm_")
    return std::nullopt;
  text.remove_prefix(3);
  Target target;
  if (!text.empty() && (text.back() == 'a' || text.back() == 'f')) {
    target.suffix = text.back();
    text.remove_suffix(1);
  }
  if (text.size() < 2 || text.size() > 4)
    return std::nullopt;
  for (char digit : text) {
    if (digit < '0' || digit > '9')
      return std::nullopt;
    target.sm = target.sm * 10 + (digit - '0');
  }
  return target;
}

} // namespace azulejo::runtime::format
