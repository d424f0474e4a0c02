// This file imports the operators that rearrange elements without choosing among them.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

/// The axes of Squeeze, Unsqueeze and reductions: an attribute in old opsets, an input in new ones.
std::optional<std::optional<Ints>> axesOperand(NodeImporter &n, int64_t inputSince) {
  if (n.opset < inputSince)
    return n.ints("axes");
  if (!n.hasInput(1))
    return std::optional<Ints>();
  std::optional<Ints> axes = n.constantInput(1);
  if (!axes)
    return std::nullopt;
  return axes;
}

LogicalResult importReshape(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Dims> target = n.knownInput(1);
  bool allowZero = n.intOr("allowzero", 0) != 0;
  if (!x || !target)
    return failure();
  Dims from = n.dimsOf(x), dims;
  AffineExpr known = n.expr(1);
  std::optional<size_t> inferred;
  for (auto [i, dim] : llvm::enumerate(*target)) {
    std::optional<int64_t> number = graph::constantValue(dim);
    if (number == -1) {
      if (inferred)
        return n.invalid("import.shape", "expected one -1 in the shape, got two");
      inferred = i;
      dims.push_back({});
      continue;
    }
    if (number == 0 && !allowZero) {
      if (i >= from.size())
        return n.invalid("import.shape", "expected a dimension to copy at place " + Twine(i) +
                                             ", got the shape " + n.shapeText(x));
      dim = from[i];
    } else if (number && *number < 0) {
      return n.invalid("import.shape",
                       "expected dimensions of -1 and above, got " + Twine(*number));
    }
    dims.push_back(dim);
    known = graph::simplify(known * dim);
  }
  if (inferred) {
    if (graph::constantValue(known) == 0)
      return n.invalid("import.shape", "expected no 0 beside -1 in the shape, got one");
    AffineExpr all = graph::product(from, x.getContext());
    dims[*inferred] = graph::simplify(all.floorDiv(known));
  }
  return n.result(n.reshape(x, dims));
}

LogicalResult importFlatten(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = n.rankOf(x), axis = n.intOr("axis", 1);
  if (axis < -rank || axis > rank)
    return n.invalid("import.attribute", "expected an axis from " + Twine(-rank) + " to " +
                                             Twine(rank) + ", got " + Twine(axis));
  axis = axis < 0 ? axis + rank : axis;
  Dims dims = n.dimsOf(x);
  MLIRContext *context = x.getContext();
  return n.result(n.reshape(x, {graph::product(ArrayRef(dims).take_front(axis), context),
                                graph::product(ArrayRef(dims).drop_front(axis), context)}));
}

LogicalResult importSqueeze(NodeImporter &n) {
  Value x = n.input(0);
  auto given = axesOperand(n, 13);
  if (!x || !given)
    return failure();
  Dims dims = n.dimsOf(x), kept;
  std::optional<Ints> axes;
  if (*given) {
    axes = n.axes(**given, n.rankOf(x));
  } else {
    axes = Ints();
    for (auto [i, dim] : llvm::enumerate(dims)) {
      std::optional<int64_t> size = graph::constantValue(dim);
      if (!size)
        return n.refuse("Squeeze without axes of the dynamic shape " + n.shapeText(x),
                        "export it with axes, or fix the dimensions with --dim");
      if (*size == 1)
        axes->push_back(static_cast<int64_t>(i));
    }
  }
  if (!axes)
    return failure();
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (!llvm::is_contained(*axes, static_cast<int64_t>(i)))
      kept.push_back(dim);
    else if (graph::constantValue(dim) != 1)
      return n.invalid("import.shape", "expected size 1 of dimension " + Twine(i) +
                                           " that is removed, got the shape " + n.shapeText(x));
  }
  return n.result(n.reshape(x, kept));
}

LogicalResult importUnsqueeze(NodeImporter &n) {
  Value x = n.input(0);
  auto given = axesOperand(n, 13);
  if (!x || !given)
    return failure();
  if (!*given)
    return n.invalid("import.attribute", "expected axes, got none");
  std::optional<Ints> axes = n.axes(**given, n.rankOf(x) + static_cast<int64_t>((*given)->size()));
  if (!axes)
    return failure();
  Dims dims = n.dimsOf(x);
  for (int64_t axis : *axes)
    dims.insert(dims.begin() + axis, n.expr(1));
  return n.result(n.reshape(x, dims));
}

LogicalResult importTranspose(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = n.rankOf(x);
  Ints reversed;
  for (int64_t i = rank - 1; i >= 0; --i)
    reversed.push_back(i);
  Ints perm = n.ints("perm").value_or(reversed);
  // A negative or repeated place is caught by the verifier of graph.transpose.
  if (static_cast<int64_t>(perm.size()) != rank)
    return n.invalid("import.attribute", "expected a permutation of " + Twine(rank) +
                                             " dimensions, got " + Twine(perm.size()));
  return n.result(n.transpose(x, perm));
}

LogicalResult importExpand(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Dims> target = n.knownInput(1);
  if (!x || !target)
    return failure();
  // The rule is that of numpy in both directions: a 1 in the target keeps the input's dimension.
  std::pair<AffineExpr, AffineExpr> conflict;
  std::optional<Dims> dims = graph::broadcastDims({n.dimsOf(x), *target}, &conflict, n.scope());
  if (!dims)
    return n.invalid("import.shape", "expected dimensions that are equal or 1, got " +
                                         graph::toString(conflict.first, x.getContext()) + " and " +
                                         graph::toString(conflict.second, x.getContext()));
  return n.result(n.broadcast(x, *dims));
}

/// Repeats dimension d as often as repeats[d] says: [a, b] becomes [1, a, 1, b], [r, a, s, b], [r *
/// a, s * b].
LogicalResult importTile(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Dims> repeats = n.knownInput(1);
  if (!x || !repeats)
    return failure();
  if (static_cast<int64_t>(repeats->size()) != n.rankOf(x))
    return n.invalid("import.shape",
                     "expected one repeat per dimension, got " + Twine(repeats->size()));
  Dims spread, repeated, merged;
  for (auto [dim, times] : llvm::zip_equal(n.dimsOf(x), *repeats)) {
    std::optional<int64_t> number = graph::constantValue(times);
    if (number && *number < 0)
      return n.invalid("import.shape", "expected repeats of 0 and above, got " + Twine(*number));
    spread.append({n.expr(1), dim});
    repeated.append({times, dim});
    merged.push_back(graph::simplify(times * dim));
  }
  return n.result(n.reshape(n.broadcast(n.reshape(x, spread), repeated), merged));
}

/// Splits the last `count` dimensions of an image tensor by `block`, for the two operators below.
std::optional<int64_t> blockSize(NodeImporter &n, Value x) {
  int64_t block = n.intOr("blocksize", 0);
  if (!x)
    return std::nullopt;
  if (block < 1 || n.rankOf(x) != 4) {
    n.invalid("import.attribute", "expected an image of rank 4 and a block of at least 1, got " +
                                      n.shapeText(x) + " and " + Twine(block));
    return std::nullopt;
  }
  return block;
}

LogicalResult importDepthToSpace(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<int64_t> block = blockSize(n, x);
  std::string mode = n.stringOr("mode", "DCR");
  if (!block)
    return failure();
  if (mode != "DCR" && mode != "CRD")
    return n.invalid("import.attribute", "expected mode DCR or CRD, got another");
  Dims d = n.dimsOf(x);
  AffineExpr b = n.expr(*block), depth = graph::simplify(d[1].floorDiv(*block * *block));
  bool depthLast = mode == "DCR";
  Value split = depthLast ? n.reshape(x, {d[0], b, b, depth, d[2], d[3]})
                          : n.reshape(x, {d[0], depth, b, b, d[2], d[3]});
  Value moved =
      depthLast ? n.transpose(split, {0, 3, 4, 1, 5, 2}) : n.transpose(split, {0, 1, 4, 2, 5, 3});
  return n.result(n.reshape(
      moved, {d[0], depth, graph::simplify(d[2] * *block), graph::simplify(d[3] * *block)}));
}

LogicalResult importSpaceToDepth(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<int64_t> block = blockSize(n, x);
  if (!block)
    return failure();
  Dims d = n.dimsOf(x);
  AffineExpr b = n.expr(*block), height = graph::simplify(d[2].floorDiv(*block)),
             width = graph::simplify(d[3].floorDiv(*block));
  Value split = n.reshape(x, {d[0], d[1], height, b, width, b});
  Value moved = n.transpose(split, {0, 3, 5, 1, 2, 4});
  return n.result(
      n.reshape(moved, {d[0], graph::simplify(d[1] * (*block * *block)), height, width}));
}

} // namespace

void registerShapeImporters(OperatorRegistry &r) {
  r.add("Reshape", 5, importReshape);
  r.add("Flatten", 1, importFlatten);
  r.add("Squeeze", 1, importSqueeze);
  r.add("Unsqueeze", 1, importUnsqueeze);
  r.add("Transpose", 1, importTranspose);
  r.add("Expand", 8, importExpand);
  r.add("Tile", 6, importTile);
  r.add("DepthToSpace", 1, importDepthToSpace);
  r.add("SpaceToDepth", 1, importSpaceToDepth);
}

} // namespace azulejo
