// This file implements the reading of windows, with the rules of auto_pad.
#include "lib/Import/Windows.h"

using namespace mlir;

namespace azulejo {
namespace {

/// A list attribute with one element of at least 1 per spatial dimension.
std::optional<Ints> positives(NodeImporter &n, StringRef name, size_t count) {
  Ints values = n.ints(name).value_or(Ints(count, 1));
  bool good = values.size() == count;
  for (int64_t value : values)
    good &= value >= 1 && value <= std::numeric_limits<int32_t>::max();
  if (good)
    return values;
  n.invalid("import.attribute", "expected " + Twine(count) + " numbers of 1 to 2^31 - 1 in '" +
                                    name + "', got " + Twine(values.size()) + " or another value");
  return std::nullopt;
}

/// SAME: the output has the size of the input divided by the stride, rounded up.
std::optional<int64_t> samePadding(NodeImporter &n, AffineExpr dim, int64_t reach, int64_t stride) {
  if (std::optional<int64_t> size = graph::constantValue(dim))
    return std::max<int64_t>(((*size + stride - 1) / stride - 1) * stride + reach - *size, 0);
  if (n.range(dim).divisor % stride == 0)
    return std::max<int64_t>(reach - stride, 0);
  n.refuse("auto_pad SAME with stride " + Twine(stride) + " over the dynamic dimension " +
               graph::toString(dim, dim.getContext()),
           "fix the dimension, or give it a divisor with --dim NAME=LO..HI/" + Twine(stride));
  return std::nullopt;
}

bool readPads(NodeImporter &n, Window &window) {
  size_t count = window.kernel.size();
  std::optional<Ints> pads = n.ints("pads");
  std::string mode = n.stringOr("auto_pad", "NOTSET");
  window.padsBegin = window.padsEnd = Ints(count, 0);
  if (mode == "NOTSET") {
    if (pads && pads->size() != 2 * count) {
      n.invalid("import.attribute",
                "expected " + Twine(2 * count) + " pads, got " + Twine(pads->size()));
      return false;
    }
    if (pads) {
      window.padsBegin = Ints(pads->begin(), pads->begin() + count);
      window.padsEnd = Ints(pads->begin() + count, pads->end());
    }
    return true;
  }
  if (mode == "VALID")
    return true;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    n.invalid("import.attribute", "expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got "
                                  "another");
    return false;
  }
  Dims dims = n.dimsOf(n.input(0));
  for (size_t i = 0; i < count; ++i) {
    int64_t reach = window.dilations[i] * (window.kernel[i] - 1) + 1;
    std::optional<int64_t> total = samePadding(n, dims[i + 2], reach, window.strides[i]);
    if (!total)
      return false;
    int64_t less = *total / 2, more = *total - less;
    window.padsBegin[i] = mode == "SAME_UPPER" ? less : more;
    window.padsEnd[i] = mode == "SAME_UPPER" ? more : less;
  }
  return true;
}

} // namespace

std::optional<Window> readWindow(NodeImporter &n, ArrayRef<int64_t> kernel) {
  Value x = n.input(0);
  if (!x)
    return std::nullopt;
  if (n.rankOf(x) < 3 || n.rankOf(x) > 5) {
    n.refuse("expected one to three spatial dimensions, got the shape " + n.shapeText(x));
    return std::nullopt;
  }
  size_t count = static_cast<size_t>(n.rankOf(x)) - 2;
  if (kernel.size() != count) {
    n.invalid("import.attribute",
              "expected a kernel of " + Twine(count) + " dimensions, got " + Twine(kernel.size()));
    return std::nullopt;
  }
  std::optional<Ints> strides = positives(n, "strides", count),
                      dilations = positives(n, "dilations", count);
  if (!strides || !dilations)
    return std::nullopt;
  Window window{Ints(kernel), *strides, *dilations, {}, {}};
  return readPads(n, window) ? std::optional<Window>(window) : std::nullopt;
}

Value buildConv(NodeImporter &n, Value x, Value weight, const Window &window, int64_t group) {
  if (!x || !weight)
    return {};
  Builder builder(x.getContext());
  graph::ConvOp::Properties properties;
  properties.strides = builder.getDenseI64ArrayAttr(window.strides);
  properties.dilations = builder.getDenseI64ArrayAttr(window.dilations);
  properties.pads_begin = builder.getDenseI64ArrayAttr(window.padsBegin);
  properties.pads_end = builder.getDenseI64ArrayAttr(window.padsEnd);
  properties.group = builder.getI64IntegerAttr(group);
  return n.create<graph::ConvOp>({x, weight}, properties);
}

Value buildPool(NodeImporter &n, graph::PoolKind kind, Value x, const Window &window, bool ceilMode,
                bool countIncludePad) {
  if (!x)
    return {};
  Builder builder(x.getContext());
  graph::PoolOp::Properties properties;
  properties.kind = graph::PoolKindAttr::get(x.getContext(), kind);
  properties.kernel = builder.getDenseI64ArrayAttr(window.kernel);
  properties.strides = builder.getDenseI64ArrayAttr(window.strides);
  properties.dilations = builder.getDenseI64ArrayAttr(window.dilations);
  properties.pads_begin = builder.getDenseI64ArrayAttr(window.padsBegin);
  properties.pads_end = builder.getDenseI64ArrayAttr(window.padsEnd);
  if (ceilMode)
    properties.ceil_mode = builder.getUnitAttr();
  if (countIncludePad)
    properties.count_include_pad = builder.getUnitAttr();
  return n.create<graph::PoolOp>({x}, properties);
}

std::optional<Ints> kernelOf(NodeImporter &n, Value weight) {
  if (!weight)
    return std::nullopt;
  Ints kernel;
  for (int64_t i = 2; i < n.rankOf(weight); ++i) {
    std::optional<int64_t> size = n.staticDim(weight, i);
    if (!size)
      return std::nullopt;
    kernel.push_back(*size);
  }
  return kernel;
}

} // namespace azulejo
