// This file imports gathers by whole indices: the indices become places in the flattened data.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

/// Negative indices count from the end of a dimension of `size` elements.
Value wrapped(NodeImporter &n, Value index, int64_t size) {
  if (!index)
    return {};
  Type element = n.elementOf(index);
  Value isNegative = n.compare(graph::ComparePredicate::lt, index, n.intScalar(element, 0));
  return n.select(isNegative, n.add(index, n.intScalar(element, size)), index);
}

/// result[i...] = data[i... with `axis` replaced by indices[i...]]
LogicalResult importGatherElements(NodeImporter &n) {
  Value data = n.input(0), indices = n.input(1);
  if (!data || !indices)
    return failure();
  int64_t rank = n.rankOf(data);
  std::optional<int64_t> axis = n.axis(n.intOr("axis", 0), rank);
  std::optional<Ints> shape = n.staticShape(data), out = n.staticShape(indices);
  if (!axis || !shape || !out)
    return failure();
  if (out->size() != shape->size())
    return n.invalid("import.shape",
                     "expected indices of rank " + Twine(rank) + ", got " + Twine(out->size()));
  Type i64 = IntegerType::get(data.getContext(), 64);
  Value place;
  int64_t stride = 1;
  for (int64_t d = rank - 1; d >= 0; --d) {
    if (d != *axis && (*out)[d] > (*shape)[d])
      return n.invalid("import.shape", "expected indices no larger than the data " +
                                           n.shapeText(data) + ", got " + n.shapeText(indices));
    Value index = d == *axis ? wrapped(n, n.cast(indices, i64), (*shape)[d])
                             : n.iota(i64, (*out)[d], d, rank);
    Value offset = stride == 1 ? index : n.mul(index, n.intScalar(i64, stride));
    place = place ? n.add(offset, place) : offset;
    stride *= (*shape)[d];
  }
  return n.result(n.gather(n.reshape(data, {n.expr(stride)}), place, 0));
}

/// Adds up index * stride over the last dimension of `indices`, whose elements index the dimensions
/// of `shape`.
Value flatPlace(NodeImporter &n, Value indices, ArrayRef<int64_t> shape) {
  int64_t last = n.rankOf(indices) - 1;
  Dims dims = n.dimsOf(indices);
  dims.pop_back();
  Value place;
  int64_t stride = 1;
  for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
    Value index = n.reshape(n.sliceAxis(indices, last, d, n.expr(1)), dims);
    index = wrapped(n, index, shape[d]);
    Value offset = stride == 1 ? index : n.mul(index, n.intScalar(n.elementOf(indices), stride));
    place = place ? n.add(offset, place) : offset;
    stride *= shape[d];
  }
  return place;
}

/// The first dimensions that indices and data share (batch_dims) index themselves.
LogicalResult importGatherNd(NodeImporter &n) {
  Value data = n.input(0), indices = n.input(1);
  int64_t batch = n.intOr("batch_dims", 0);
  if (!data || !indices)
    return failure();
  int64_t rank = n.rankOf(data), indexRank = n.rankOf(indices);
  if (indexRank < 1 || batch < 0 || batch >= std::min(rank, indexRank))
    return n.invalid("import.attribute",
                     "expected batch_dims below both ranks, got " + Twine(batch));
  std::optional<int64_t> depth = n.staticDim(indices, indexRank - 1);
  if (!depth)
    return failure();
  if (*depth < 1 || batch + *depth > rank)
    return n.invalid("import.shape", "expected indices of 1 to " + Twine(rank - batch) +
                                         " numbers, got " + Twine(*depth));
  Ints indexed;
  for (int64_t d = 0; d < batch + *depth; ++d) {
    std::optional<int64_t> size = n.staticDim(data, d);
    if (!size)
      return failure();
    indexed.push_back(*size);
  }
  Type i64 = IntegerType::get(data.getContext(), 64);
  Value place = flatPlace(n, n.cast(indices, i64), ArrayRef(indexed).drop_front(batch));
  int64_t stride = 1;
  for (int64_t size : ArrayRef(indexed).drop_front(batch))
    stride *= size;
  for (int64_t d = batch - 1; d >= 0; --d) {
    Value index = n.iota(i64, indexed[d], d, indexRank - 1);
    place = n.add(place, n.mul(index, n.intScalar(i64, stride)));
    stride *= indexed[d];
  }
  Dims dims{n.expr(stride)};
  Dims all = n.dimsOf(data);
  dims.append(all.begin() + batch + *depth, all.end());
  return n.result(n.gather(n.reshape(data, dims), place, 0));
}

} // namespace

void registerGatherImporters(OperatorRegistry &r) {
  r.add("GatherElements", 11, importGatherElements);
  r.add("GatherND", 11, importGatherNd);
}

} // namespace azulejo
