// This file imports the operators that take parts of tensors, and join and pad them.
#include "lib/Import/NodeImporter.h"

#include <limits>

using namespace mlir;

namespace azulejo {
namespace {

/// One dimension of a slice as graph.slice takes it.
struct AxisSlice {
  int64_t start;
  AffineExpr size;
};

/// The numpy rule for a static dimension.
AxisSlice sliceStatic(NodeImporter &n, int64_t dim, int64_t start, int64_t end, int64_t step) {
  if (dim == 0)
    return {0, n.expr(0)};
  bool forward = step > 0;
  auto place = [&](int64_t value, int64_t low, int64_t high) {
    value = value < 0 ? std::max(value, -dim - 1) + dim : value;
    return std::clamp(value, low, high);
  };
  int64_t first = place(start, 0, forward ? dim : dim - 1);
  int64_t last = forward ? place(end, 0, dim) : place(end, -1, dim - 1);
  int64_t span = forward ? last - first : first - last;
  uint64_t stride = forward ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
  int64_t size =
      span <= 0 ? 0 : static_cast<int64_t>((static_cast<uint64_t>(span) - 1) / stride + 1);
  return {size == 0 ? 0 : first, n.expr(size)};
}

/// A place in a symbolic dimension: counted from the front (a number, or an expression) or from the
/// end.
std::optional<AffineExpr> symbolicPlace(NodeImporter &n, AffineExpr dim, AffineExpr value) {
  std::optional<int64_t> number = graph::constantValue(value);
  int64_t least = n.range(dim).min, most = n.range(dim).max;
  if (number && (*number >= most || n.limitSymbol(dim, *number)))
    return dim;
  if (number && *number < 0) {
    if (*number <= -most)
      return n.expr(0);
    if (-*number <= least)
      return graph::simplify(dim + *number);
  } else if (number && *number <= least) {
    return value;
  } else if (!number && n.range(graph::simplify(dim - value)).min >= 0 && n.range(value).min >= 0) {
    return value;
  }
  n.refuse("cannot tell whether " + graph::toString(value, dim.getContext()) +
               " lies within the dimension " + graph::toString(dim, dim.getContext()),
           "bound the dimension with --dim NAME=LO..HI");
  return std::nullopt;
}

std::optional<AxisSlice> sliceSymbolic(NodeImporter &n, AffineExpr dim, AffineExpr start,
                                       AffineExpr end, int64_t step) {
  std::optional<int64_t> startNumber = graph::constantValue(start),
                         endNumber = graph::constantValue(end);
  if (step < 0) {
    bool whole = (startNumber == -1 || (startNumber && *startNumber >= n.range(dim).max)) &&
                 endNumber && *endNumber < -n.range(dim).max;
    if (whole)
      return AxisSlice{-1, graph::simplify(dim.ceilDiv(-step))};
    n.refuse("a backward slice of part of the dynamic dimension " +
                 graph::toString(dim, dim.getContext()),
             "fix the dimension with --dim");
    return std::nullopt;
  }
  std::optional<AffineExpr> first = symbolicPlace(n, dim, start);
  std::optional<AffineExpr> last = first ? symbolicPlace(n, dim, end) : std::nullopt;
  if (!last)
    return std::nullopt;
  AffineExpr span = graph::simplify(*last - *first);
  if (n.range(span).min < 0) {
    n.refuse("cannot tell whether the slice from " + graph::toString(*first, dim.getContext()) +
                 " to " + graph::toString(*last, dim.getContext()) + " is empty",
             "bound the dimension with --dim NAME=LO..HI");
    return std::nullopt;
  }
  AffineExpr size = graph::simplify(span.ceilDiv(step));
  if (std::optional<int64_t> place = graph::constantValue(*first))
    return AxisSlice{*place, size};
  if (std::optional<int64_t> back = graph::constantValue(graph::simplify(*first - dim)))
    if (*back < 0)
      return AxisSlice{*back, size};
  n.refuse("a slice that starts at " + graph::toString(*first, dim.getContext()) +
               ", which depends on a dynamic dimension",
           "fix the dimension with --dim");
  return std::nullopt;
}

LogicalResult sliceAxes(NodeImporter &n, ArrayRef<AffineExpr> starts, ArrayRef<AffineExpr> ends,
                        ArrayRef<int64_t> axes, ArrayRef<int64_t> steps) {
  Value x = n.input(0);
  if (!x)
    return failure();
  if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
    return n.invalid("import.shape", "expected as many starts as ends, axes and steps, got " +
                                         Twine(starts.size()) + ", " + Twine(ends.size()) + ", " +
                                         Twine(axes.size()) + " and " + Twine(steps.size()));
  if (!n.axes(axes, n.rankOf(x)))
    return failure();
  Dims sizes = n.dimsOf(x);
  Ints allStarts(sizes.size(), 0), allSteps(sizes.size(), 1);
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + n.rankOf(x) : axes[i];
    if (steps[i] == 0)
      return n.invalid("import.attribute", "expected a step other than 0, got 0");
    std::optional<int64_t> dim = graph::constantValue(sizes[axis]),
                           start = graph::constantValue(starts[i]),
                           end = graph::constantValue(ends[i]);
    std::optional<AxisSlice> part;
    if (dim && start && end)
      part = sliceStatic(n, *dim, *start, *end, steps[i]);
    else
      part = sliceSymbolic(n, sizes[axis], starts[i], ends[i], steps[i]);
    if (!part)
      return failure();
    allStarts[axis] = part->start;
    allSteps[axis] = graph::constantValue(part->size) == 0 ? 1 : steps[i];
    sizes[axis] = part->size;
  }
  return n.result(n.slice(x, allStarts, allSteps, sizes));
}

Dims toExprs(NodeImporter &n, ArrayRef<int64_t> values) {
  Dims result;
  for (int64_t value : values)
    result.push_back(n.expr(value));
  return result;
}

Ints firstAxes(size_t count) {
  Ints result;
  for (size_t i = 0; i < count; ++i)
    result.push_back(static_cast<int64_t>(i));
  return result;
}

LogicalResult importSliceAttributes(NodeImporter &n) {
  std::optional<Ints> starts = n.ints("starts"), ends = n.ints("ends");
  if (!starts || !ends)
    return n.invalid("import.attribute", "expected the attributes 'starts' and 'ends', got none");
  Ints axes = n.ints("axes").value_or(firstAxes(starts->size()));
  return sliceAxes(n, toExprs(n, *starts), toExprs(n, *ends), axes, Ints(starts->size(), 1));
}

LogicalResult importSlice(NodeImporter &n) {
  std::optional<Dims> starts = n.knownInput(1), ends = n.knownInput(2);
  if (!starts || !ends)
    return failure();
  std::optional<Ints> axes = firstAxes(starts->size()), steps = Ints(starts->size(), 1);
  if (n.hasInput(3))
    axes = n.constantInput(3);
  if (n.hasInput(4))
    steps = n.constantInput(4);
  if (!axes || !steps)
    return failure();
  return sliceAxes(n, *starts, *ends, *axes, *steps);
}

LogicalResult importGather(NodeImporter &n) {
  Value data = n.input(0);
  if (!data)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", 0), n.rankOf(data));
  return axis ? n.result(n.gather(data, n.input(1), *axis)) : failure();
}

LogicalResult importConcat(NodeImporter &n) {
  Value first = n.input(0);
  if (!first)
    return failure();
  if (!n.hasAttribute("axis"))
    return n.invalid("import.attribute", "expected the attribute 'axis', got none");
  std::optional<int64_t> axis = n.axis(n.intOr("axis", 0), n.rankOf(first));
  if (!axis)
    return failure();
  SmallVector<Value> parts;
  for (unsigned i = 0; i < n.inputs.size(); ++i)
    parts.push_back(n.input(i));
  return n.result(parts.size() == 1 ? first : n.concat(parts, *axis));
}

/// The sizes of the parts of Split: given, or equal but for a smaller last one.
std::optional<Dims> splitSizes(NodeImporter &n, AffineExpr dim) {
  if (n.opset >= 13 && n.hasInput(1))
    return n.knownInput(1);
  if (n.opset < 13)
    if (std::optional<Ints> split = n.ints("split"))
      return toExprs(n, *split);
  int64_t count = n.intOr("num_outputs", static_cast<int64_t>(n.node.output.size()));
  if (count < 1 || count != static_cast<int64_t>(n.node.output.size())) {
    n.invalid("import.attribute",
              "expected num_outputs of " + Twine(n.node.output.size()) + ", got " + Twine(count));
    return std::nullopt;
  }
  AffineExpr part = graph::simplify(dim.ceilDiv(count));
  Dims sizes(count, part);
  sizes.back() = graph::simplify(dim - part * (count - 1));
  if (n.range(sizes.back()).min < 0) {
    n.refuse("cannot split " + graph::toString(dim, dim.getContext()) + " into " + Twine(count) +
                 " parts",
             "give the sizes, or fix the dimension with --dim");
    return std::nullopt;
  }
  return sizes;
}

LogicalResult importSplit(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", 0), n.rankOf(x));
  if (!axis)
    return failure();
  AffineExpr dim = n.dimsOf(x)[*axis];
  std::optional<Dims> sizes = splitSizes(n, dim);
  if (!sizes)
    return failure();
  AffineExpr offset = n.expr(0);
  for (AffineExpr size : *sizes) {
    std::optional<int64_t> start = graph::constantValue(offset),
                           length = graph::constantValue(size);
    if (length && *length < 0)
      return n.invalid("import.shape", "expected parts of 0 and above, got " + Twine(*length));
    if (!start)
      return n.refuse("a part that starts at " + graph::toString(offset, x.getContext()) +
                          ", which depends on a dynamic dimension",
                      "fix the dimension with --dim");
    if (failed(n.result(n.sliceAxis(x, *axis, length == 0 ? 0 : *start, size))))
      return failure();
    offset = graph::simplify(offset + size);
  }
  if (!n.equal(offset, dim))
    return n.invalid("import.shape", "expected parts whose sum is " +
                                         graph::toString(dim, x.getContext()) + ", got " +
                                         graph::toString(offset, x.getContext()));
  return success();
}

/// Repeats both ends of dimension `axis` around: the mode "wrap".
Value wrapAxis(NodeImporter &n, Value x, int64_t axis, int64_t low, int64_t high) {
  std::optional<int64_t> dim = x ? n.staticDim(x, axis) : std::nullopt;
  if (!dim)
    return {};
  if (low < 0 || high < 0 || low > *dim || high > *dim)
    return n.refuse("wrapping pads outside of 0 to the size of the dimension");
  SmallVector<Value> parts;
  if (low > 0)
    parts.push_back(n.sliceAxis(x, axis, *dim - low, n.expr(low)));
  parts.push_back(x);
  if (high > 0)
    parts.push_back(n.sliceAxis(x, axis, 0, n.expr(high)));
  return parts.size() == 1 ? x : n.concat(parts, axis);
}

LogicalResult padWith(NodeImporter &n, ArrayRef<int64_t> pads, ArrayRef<int64_t> axes, Value fill) {
  Value x = n.input(0);
  if (!x)
    return failure();
  size_t rank = static_cast<size_t>(n.rankOf(x));
  std::string mode = n.stringOr("mode", "constant");
  if (pads.size() != 2 * axes.size())
    return n.invalid("import.shape",
                     "expected " + Twine(2 * axes.size()) + " pads, got " + Twine(pads.size()));
  if (!n.axes(axes, static_cast<int64_t>(rank)))
    return failure();
  Ints low(rank, 0), high(rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    size_t axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
    low[axis] = pads[i];
    high[axis] = pads[i + axes.size()];
  }
  if (mode == "wrap") {
    for (size_t axis = 0; axis < rank; ++axis)
      x = wrapAxis(n, x, static_cast<int64_t>(axis), low[axis], high[axis]);
    return n.result(x);
  }
  if (mode == "constant")
    return n.result(n.pad(graph::PadMode::constant, x, fill, low, high));
  if (mode == "edge")
    return n.result(n.pad(graph::PadMode::edge, x, {}, low, high));
  if (mode == "reflect")
    return n.result(n.pad(graph::PadMode::reflect, x, {}, low, high));
  return n.invalid("import.attribute",
                   "expected mode constant, edge, reflect or wrap, got another");
}

LogicalResult importPadAttributes(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Ints> pads = n.ints("pads");
  if (!x || !pads)
    return n.invalid("import.attribute", "expected the attribute 'pads', got none");
  Value fill = n.scalarLike(x, n.floatOr("value", 0));
  return padWith(n, *pads, firstAxes(static_cast<size_t>(n.rankOf(x))), fill);
}

LogicalResult importPad(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Ints> pads = n.constantInput(1);
  if (!x || !pads)
    return failure();
  std::optional<Ints> axes = firstAxes(static_cast<size_t>(n.rankOf(x)));
  if (n.hasInput(3))
    axes = n.constantInput(3);
  if (!axes)
    return failure();
  Value fill = n.hasInput(2) ? n.reshape(n.input(2), {}) : n.intScalar(n.elementOf(x), 0);
  return padWith(n, *pads, *axes, fill);
}

} // namespace

void registerIndexImporters(OperatorRegistry &r) {
  r.add("Slice", 1, importSliceAttributes);
  r.add("Slice", 10, importSlice);
  r.add("Gather", 1, importGather);
  r.add("Concat", 4, importConcat);
  r.add("Split", 2, importSplit);
  r.add("Pad", 2, importPadAttributes);
  r.add("Pad", 11, importPad);
}

} // namespace azulejo
