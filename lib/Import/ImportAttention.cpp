// This file imports scaled dot-product attention and rotary embeddings, composed of products, a
// softmax and rearrangements; later steps recognise them again where a fused kernel pays.
#include "lib/Import/NodeImporter.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace azulejo {
namespace {

using graph::ComparePredicate;
using graph::ReduceKind;

/// [B, S, heads * D] becomes [B, heads, S, D]; rank 4 is left as it is.
Value splitHeads(NodeImporter &n, Value x, int64_t heads) {
  if (!x || n.rankOf(x) == 4)
    return x;
  if (n.rankOf(x) != 3 || heads < 1)
    return n.invalid("import.shape", "expected rank 4, or rank 3 and a number of heads, got " +
                                         n.shapeText(x) + " and " + Twine(heads));
  Dims d = n.dimsOf(x);
  Value split = n.reshape(x, {d[0], d[1], n.expr(heads), graph::simplify(d[2].floorDiv(heads))});
  return n.transpose(split, {0, 2, 1, 3});
}

/// Repeats each key or value head for its group of query heads.
Value repeatHeads(NodeImporter &n, Value x, int64_t queryHeads) {
  std::optional<int64_t> heads = x ? n.staticDim(x, 1) : std::nullopt;
  if (!heads)
    return {};
  if (*heads < 1 || queryHeads % *heads != 0)
    return n.invalid("import.shape", "expected a number of query heads that is a multiple of " +
                                         Twine(*heads) + ", got " + Twine(queryHeads));
  if (*heads == queryHeads)
    return x;
  Dims d = n.dimsOf(x);
  AffineExpr group = n.expr(queryHeads / *heads);
  Value wide = n.broadcast(n.reshape(x, {d[0], d[1], n.expr(1), d[2], d[3]}),
                           {d[0], d[1], group, d[2], d[3]});
  return n.reshape(wide, {d[0], n.expr(queryHeads), d[2], d[3]});
}

/// Adds -Inf where a query may not see a key: keys after it, counted with the `past` keys before
/// all of them.
Value maskFuture(NodeImporter &n, Value scores, Value past) {
  std::optional<int64_t> queries = scores ? n.staticDim(scores, 2) : std::nullopt,
                         keys = scores ? n.staticDim(scores, 3) : std::nullopt,
                         offset = past ? n.staticDim(past, 2) : std::optional<int64_t>(0);
  if (!queries || !keys || !offset)
    return {};
  Type i64 = IntegerType::get(scores.getContext(), 64);
  Value query = n.add(n.iota(i64, *queries, 0, 2), n.intScalar(i64, *offset));
  Value seen = n.compare(ComparePredicate::le, n.iota(i64, *keys, 1, 2), query);
  return n.select(seen, scores, n.scalarLike(scores, -std::numeric_limits<double>::infinity()));
}

/// Adds a mask of numbers, or -Inf where a mask of booleans is false. A mask may be shorter than
/// the keys.
Value applyMask(NodeImporter &n, Value scores, Value mask) {
  if (!scores || !mask)
    return {};
  double lowest = -std::numeric_limits<double>::infinity();
  AffineExpr keys = n.dimsOf(scores)[3], given = n.dimsOf(mask).back();
  bool isBool = n.elementOf(mask).isInteger(1);
  std::optional<int64_t> missing = graph::constantValue(graph::simplify(keys - given));
  if (missing && *missing > 0) {
    Ints low(n.rankOf(mask), 0), high(n.rankOf(mask), 0);
    high.back() = *missing;
    Value fill = isBool ? n.intScalar(n.elementOf(mask), 0) : n.scalarLike(mask, lowest);
    mask = n.pad(graph::PadMode::constant, mask, fill, low, high);
  }
  if (isBool)
    return n.select(mask, scores, n.scalarLike(scores, lowest));
  return n.add(scores, n.cast(mask, n.elementOf(scores)));
}

/// A softmax over the keys, where a row that sees no key is 0.
Value softmaxOfKeys(NodeImporter &n, Value scores) {
  Value max = n.reduce(ReduceKind::max, scores, 3, true);
  Value zero = n.scalarLike(scores, 0);
  Value isBlind = n.unary<graph::IsInfOp>(max);
  Value power = n.exp(n.sub(scores, n.select(isBlind, zero, max)));
  Value sum = n.reduce(ReduceKind::sum, power, 3, true);
  Value isEmpty = n.compare(ComparePredicate::eq, sum, zero);
  return n.div(power, n.select(isEmpty, n.scalarLike(scores, 1), sum));
}

LogicalResult importAttention(NodeImporter &n) {
  int64_t queryHeads = n.intOr("q_num_heads", 0), keyHeads = n.intOr("kv_num_heads", 0);
  int64_t mode = n.intOr("qk_matmul_output_mode", 0);
  float softcap = n.floatOr("softcap", 0.0f);
  bool isCausal = n.intOr("is_causal", 0) != 0;
  int64_t precision = n.intOr("softmax_precision", 0);
  Value q = splitHeads(n, n.input(0), queryHeads), k = splitHeads(n, n.input(1), keyHeads),
        v = splitHeads(n, n.input(2), keyHeads);
  if (!q || !k || !v)
    return failure();
  for (unsigned i = 6; i < n.inputs.size(); ++i)
    if (n.hasInput(i))
      return n.refuse("lengths of padded keys and values", "mask them with attn_mask");
  std::optional<int64_t> heads = n.staticDim(q, 1), depth = n.staticDim(q, 3);
  if (!heads || !depth)
    return failure();
  Value past = n.hasInput(4) ? n.input(4) : Value();
  if (past) {
    k = n.concat({past, k}, 2);
    v = n.concat({n.input(5), v}, 2);
  }
  double scale =
      n.hasAttribute("scale") ? n.floatOr("scale", 0) : 1 / std::sqrt(static_cast<double>(*depth));
  // The root of the scale on both sides, as ONNX defines it: it keeps f16 in range.
  Value root = n.scalarLike(q, std::sqrt(scale));
  Value scores = n.matmul(n.mul(q, root), n.mul(repeatHeads(n, k, *heads), root), false, true);
  Value product = scores;
  Value capped = scores;
  if (softcap != 0.0f) {
    Value cap = n.scalarLike(scores, softcap);
    capped = n.mul(n.unary<graph::TanhOp>(n.div(scores, cap)), cap);
  }
  Value masked = capped;
  if (n.hasInput(3))
    masked = applyMask(n, masked, n.input(3));
  if (isCausal)
    masked = maskFuture(n, masked, past);
  if (!masked)
    return failure();
  Type wide = precision != 0 ? n.elementType(precision) : n.elementOf(masked);
  Value weights = n.cast(softmaxOfKeys(n, n.cast(masked, wide)), n.elementOf(q));
  Value y = n.matmul(weights, repeatHeads(n, v, *heads));
  if (y && n.rankOf(n.input(0)) == 3) {
    Dims d = n.dimsOf(y);
    y = n.reshape(n.transpose(y, {0, 2, 1, 3}), {d[0], d[2], graph::simplify(d[1] * d[3])});
  }
  SmallVector<Value> all{y, k, v};
  if (n.wantsOutput(3)) {
    if (mode < 0 || mode > 3)
      return n.invalid("import.attribute",
                       "expected qk_matmul_output_mode 0 to 3, got " + Twine(mode));
    const Value stages[] = {product, capped, masked, weights};
    all.push_back(stages[mode]);
  }
  while (all.size() > 1 && !n.wantsOutput(static_cast<unsigned>(all.size()) - 1))
    all.pop_back();
  return n.results(all);
}

/// Rotates pairs of elements of the first `dims` elements of each head by angles whose cosines and
/// sines are given.
LogicalResult importRotaryEmbedding(NodeImporter &n) {
  bool interleaved = n.intOr("interleaved", 0) != 0;
  int64_t given = n.intOr("rotary_embedding_dim", 0), heads = n.intOr("num_heads", 0);
  Value original = n.input(0), cos = n.input(1), sin = n.input(2);
  Value x = splitHeads(n, original, heads);
  std::optional<int64_t> depth = x ? n.staticDim(x, 3) : std::nullopt;
  if (!depth || !cos || !sin)
    return failure();
  int64_t dims = given == 0 ? *depth : given;
  if (dims < 2 || dims % 2 != 0 || dims > *depth)
    return n.invalid("import.attribute", "expected an even rotary_embedding_dim up to " +
                                             Twine(*depth) + ", got " + Twine(dims));
  if (n.hasInput(3)) {
    cos = n.gather(cos, n.input(3), 0);
    sin = n.gather(sin, n.input(3), 0);
  }
  // [B, S, D / 2] becomes [B, 1, S, D / 2].
  auto perHead = [&](Value table) -> Value {
    if (!table || n.rankOf(table) != 3)
      return n.invalid("import.shape", "expected tables of cosines and sines of rank 3, or of rank "
                                       "2 with position_ids, got others");
    Dims d = n.dimsOf(table);
    return n.reshape(table, {d[0], n.expr(1), d[1], d[2]});
  };
  cos = perHead(cos);
  sin = perHead(sin);
  AffineExpr half = n.expr(dims / 2);
  Value part = n.sliceAxis(x, 3, 0, n.expr(dims)), first, second;
  if (!part || !cos || !sin)
    return failure();
  Dims d = n.dimsOf(part);
  if (interleaved) {
    Value pairs = n.reshape(part, {d[0], d[1], d[2], half, n.expr(2)});
    first = n.reshape(n.sliceAxis(pairs, 4, 0, n.expr(1)), {d[0], d[1], d[2], half});
    second = n.reshape(n.sliceAxis(pairs, 4, 1, n.expr(1)), {d[0], d[1], d[2], half});
  } else {
    first = n.sliceAxis(part, 3, 0, half);
    second = n.sliceAxis(part, 3, dims / 2, half);
  }
  Value real = n.sub(n.mul(cos, first), n.mul(sin, second));
  Value imaginary = n.add(n.mul(sin, first), n.mul(cos, second));
  Value rotated;
  if (interleaved) {
    Dims column{d[0], d[1], d[2], half, n.expr(1)};
    rotated = n.reshape(n.concat({n.reshape(real, column), n.reshape(imaginary, column)}, 4), d);
  } else {
    rotated = n.concat({real, imaginary}, 3);
  }
  if (dims < *depth)
    rotated = n.concat({rotated, n.sliceAxis(x, 3, dims, n.expr(*depth - dims))}, 3);
  if (n.rankOf(original) == 3)
    rotated = n.reshape(n.transpose(rotated, {0, 2, 1, 3}), n.dimsOf(original));
  return n.result(rotated);
}

} // namespace

void registerAttentionImporters(OperatorRegistry &r) {
  r.add("Attention", 23, importAttention);
  r.add("RotaryEmbedding", 23, importRotaryEmbedding);
}

} // namespace azulejo
