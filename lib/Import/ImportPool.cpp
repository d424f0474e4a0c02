// This file imports pools and local normalization over windows.
#include "lib/Import/Windows.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::PoolKind;
using graph::ReduceKind;

std::optional<Window> poolWindow(NodeImporter &n) {
  std::optional<Ints> kernel = n.ints("kernel_shape");
  if (!kernel) {
    n.invalid("import.attribute", "expected the attribute 'kernel_shape', got none");
    return std::nullopt;
  }
  for (int64_t size : *kernel)
    if (size < 1 || size > std::numeric_limits<int32_t>::max()) {
      n.invalid("import.attribute", "expected a kernel of 1 to 2^31 - 1, got " + Twine(size));
      return std::nullopt;
    }
  return readWindow(n, *kernel);
}

LogicalResult importMaxPool(NodeImporter &n) {
  n.ignore("storage_order"); // of the indices, which are refused
  std::optional<Window> window = poolWindow(n);
  if (!window)
    return failure();
  if (n.wantsOutput(1))
    return n.refuse("the indices of MaxPool", "remove its second output");
  bool ceilMode = n.intOr("ceil_mode", 0) != 0;
  return n.result(buildPool(n, PoolKind::max, n.input(0), *window, ceilMode, false));
}

LogicalResult importAveragePool(NodeImporter &n) {
  std::optional<Window> window = poolWindow(n);
  if (!window)
    return failure();
  bool ceilMode = n.intOr("ceil_mode", 0) != 0, withPad = n.intOr("count_include_pad", 0) != 0;
  return n.result(buildPool(n, PoolKind::average, n.input(0), *window, ceilMode, withPad));
}

/// The p-norm of a window: (size * average of |x|^p)^(1/p).
LogicalResult importLpPool(NodeImporter &n) {
  std::optional<Window> window = poolWindow(n);
  Value x = n.input(0);
  if (!window)
    return failure();
  double p = static_cast<double>(n.intOr("p", 2)), size = 1;
  bool ceilMode = n.intOr("ceil_mode", 0) != 0;
  if (ceilMode)
    return n.refuse("LpPool with ceil_mode");
  for (int64_t k : window->kernel)
    size *= static_cast<double>(k);
  Value power = n.binary<graph::PowOp>(n.unary<graph::AbsOp>(x), n.scalarLike(x, p));
  Value mean = buildPool(n, PoolKind::average, power, *window, false, true);
  Value sum = n.mul(mean, n.scalarLike(x, size));
  return n.result(n.binary<graph::PowOp>(sum, n.scalarLike(x, 1 / p)));
}

template <ReduceKind kind> LogicalResult importGlobalPool(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  Ints axes;
  for (int64_t i = 2; i < n.rankOf(x); ++i)
    axes.push_back(i);
  if (axes.empty())
    return n.invalid("import.shape", "expected spatial dimensions, got " + n.shapeText(x));
  return n.result(n.reduce(kind, x, axes, true));
}

LogicalResult importGlobalLpPool(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  double p = static_cast<double>(n.intOr("p", 2));
  Ints axes;
  for (int64_t i = 2; i < n.rankOf(x); ++i)
    axes.push_back(i);
  Value power = n.binary<graph::PowOp>(n.unary<graph::AbsOp>(x), n.scalarLike(x, p));
  Value sum = n.reduce(ReduceKind::sum, power, axes, true);
  return n.result(n.binary<graph::PowOp>(sum, n.scalarLike(x, 1 / p)));
}

/// x / (bias + alpha * mean of the squares of `size` neighbouring channels)^beta
LogicalResult importLrn(NodeImporter &n) {
  Value x = n.input(0);
  int64_t size = n.intOr("size", 0);
  float alpha = n.floatOr("alpha", 0.0001f), beta = n.floatOr("beta", 0.75f),
        bias = n.floatOr("bias", 1.0f);
  if (!x)
    return failure();
  if (size < 1 || size > 1 << 20 || n.rankOf(x) < 2)
    return n.invalid("import.attribute", "expected a size of at least 1 and channels, got " +
                                             Twine(size) + " and " + n.shapeText(x));
  Dims dims = n.dimsOf(x);
  AffineExpr rest = graph::product(ArrayRef(dims).drop_front(2), x.getContext());
  Value squares = n.reshape(n.mul(x, x), {dims[0], n.expr(1), dims[1], rest});
  Window window{{size, 1}, {1, 1}, {1, 1}, {(size - 1) / 2, 0}, {size / 2, 0}};
  Value mean = n.reshape(buildPool(n, PoolKind::average, squares, window, false, true), dims);
  Value base = n.add(n.mul(mean, n.scalarLike(x, alpha)), n.scalarLike(x, bias));
  return n.result(n.div(x, n.binary<graph::PowOp>(base, n.scalarLike(x, beta))));
}

} // namespace

void registerPoolImporters(OperatorRegistry &r) {
  r.add("MaxPool", 1, importMaxPool);
  r.add("AveragePool", 1, importAveragePool);
  r.add("LpPool", 2, importLpPool);
  r.add("GlobalAveragePool", 1, importGlobalPool<ReduceKind::mean>);
  r.add("GlobalMaxPool", 1, importGlobalPool<ReduceKind::max>);
  r.add("GlobalLpPool", 2, importGlobalLpPool);
  r.add("LRN", 1, importLrn);
}

} // namespace azulejo
