// This file imports matrix products.
#include "lib/Import/NodeImporter.h"

#include <map>

using namespace mlir;

namespace azulejo {
namespace {

/// numpy's rule: a vector on the left is a row, on the right a column, and its added dimension goes
/// away.
Value matmulNumpy(NodeImporter &n, Value a, Value b) {
  if (!a || !b)
    return {};
  if (n.rankOf(a) == 0 || n.rankOf(b) == 0)
    return n.invalid("import.shape", "expected operands of rank 1 and above, got a scalar");
  bool isRow = n.rankOf(a) == 1, isColumn = n.rankOf(b) == 1;
  if (isRow)
    a = n.reshape(a, {n.expr(1), n.dimsOf(a)[0]});
  if (isColumn)
    b = n.reshape(b, {n.dimsOf(b)[0], n.expr(1)});
  Value product = n.matmul(a, b);
  if (!product || (!isRow && !isColumn))
    return product;
  Dims dims = n.dimsOf(product);
  if (isColumn)
    dims.pop_back();
  if (isRow)
    dims.erase(dims.end() - (isColumn ? 1 : 2));
  return n.reshape(product, dims);
}

LogicalResult importMatMul(NodeImporter &n) {
  return n.result(matmulNumpy(n, n.input(0), n.input(1)));
}

/// alpha * A' * B' + beta * C
LogicalResult importGemm(NodeImporter &n) {
  float alpha = n.floatOr("alpha", 1.0f), beta = n.floatOr("beta", 1.0f);
  bool transA = n.intOr("transA", 0) != 0, transB = n.intOr("transB", 0) != 0;
  Value a = n.input(0), b = n.input(1);
  if (!a || !b)
    return failure();
  if (n.rankOf(a) != 2 || n.rankOf(b) != 2)
    return n.invalid("import.shape",
                     "expected matrices, got " + n.shapeText(a) + " and " + n.shapeText(b));
  Value product = n.matmul(a, b, transA, transB);
  if (alpha != 1.0f)
    product = n.mul(product, n.scalarLike(product, alpha));
  if (!n.hasInput(2))
    return n.result(product);
  Value c = n.input(2);
  if (beta != 1.0f)
    c = n.mul(c, n.scalarLike(c, beta));
  return n.result(n.add(product, c));
}

// ---- Einsum
// --------------------------------------------------------------------------------------

/// An operand of an einsum: a value and one label per dimension. Dimensions under an ellipsis have
/// the labels '0', '1', ... counted from the last.
struct Labeled {
  Value value;
  std::string labels;
};

std::optional<std::string> expandLabels(NodeImporter &n, StringRef term, int64_t rank) {
  std::string labels;
  int64_t named = static_cast<int64_t>(llvm::count_if(term, llvm::isAlpha));
  bool hasEllipsis = term.contains("...");
  int64_t covered = hasEllipsis ? rank - named : 0;
  for (size_t i = 0; i < term.size(); ++i) {
    if (llvm::isAlpha(term[i])) {
      labels += term[i];
      continue;
    }
    if (!term.substr(i).starts_with("...") || covered > 9)
      break;
    for (int64_t k = covered - 1; k >= 0; --k)
      labels += static_cast<char>('0' + k);
    i += 2;
  }
  if (static_cast<int64_t>(labels.size()) == rank)
    return labels;
  n.invalid("import.attribute", "expected labels for " + Twine(rank) +
                                    " dimensions in the equation's term, got another number");
  return std::nullopt;
}

/// Sums out the labels that neither the result nor another operand has.
Labeled sumOut(NodeImporter &n, Labeled x, StringRef kept) {
  Ints axes;
  std::string labels;
  for (auto [i, label] : llvm::enumerate(x.labels))
    if (kept.contains(label))
      labels += label;
    else
      axes.push_back(static_cast<int64_t>(i));
  return axes.empty() ? x : Labeled{n.reduce(graph::ReduceKind::sum, x.value, axes, false), labels};
}

Value permuteTo(NodeImporter &n, const Labeled &x, StringRef order) {
  Ints perm;
  for (char label : order)
    perm.push_back(static_cast<int64_t>(x.labels.find(label)));
  return n.transpose(x.value, perm);
}

/// Multiplies two operands, summing over the labels that are not in `kept`.
Labeled contract(NodeImporter &n, const Labeled &a, const Labeled &b, StringRef kept) {
  std::string batch, left, right, inner;
  for (char label : a.labels) {
    bool inB = b.labels.find(label) != std::string::npos;
    (inB ? (kept.contains(label) ? batch : inner) : left) += label;
  }
  for (char label : b.labels)
    if (a.labels.find(label) == std::string::npos)
      right += label;
  Value x = permuteTo(n, a, batch + left + inner), y = permuteTo(n, b, batch + inner + right);
  if (!x || !y)
    return {};
  // [batch..., left, inner] x [batch..., inner, right], each group merged into one dimension.
  Dims xDims = n.dimsOf(x), yDims = n.dimsOf(y);
  size_t nb = batch.size(), nl = left.size(), ni = inner.size();
  MLIRContext *context = x.getContext();
  auto merged = [&](const Dims &dims, size_t split) {
    Dims result(dims.begin(), dims.begin() + nb);
    result.push_back(graph::product(ArrayRef(dims).slice(nb, split), context));
    result.push_back(graph::product(ArrayRef(dims).drop_front(nb + split), context));
    return result;
  };
  Value product = n.matmul(n.reshape(x, merged(xDims, nl)), n.reshape(y, merged(yDims, ni)));
  if (!product)
    return {};
  Dims productDims = n.dimsOf(product), dims(productDims.begin(), productDims.begin() + nb);
  dims.append(xDims.begin() + nb, xDims.begin() + nb + nl);
  dims.append(yDims.begin() + nb + ni, yDims.end());
  return {n.reshape(product, dims), batch + left + right};
}

std::string labelsAfter(ArrayRef<Labeled> operands, size_t next, StringRef result) {
  std::string kept = result.str();
  for (const Labeled &operand : operands.drop_front(next))
    kept += operand.labels;
  return kept;
}

/// The result's labels where the equation has no arrow: ellipsis, then those that appear once,
/// sorted.
std::string impliedResult(ArrayRef<Labeled> operands) {
  std::map<char, int> counts;
  std::string ellipsis, named;
  for (const Labeled &operand : operands)
    for (char label : operand.labels)
      ++counts[label];
  for (auto [label, count] : counts)
    if (llvm::isDigit(label))
      ellipsis.insert(ellipsis.begin(), label);
    else if (count == 1)
      named += label;
  return ellipsis + named;
}

bool hasRepeatedLabel(StringRef labels) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (labels.drop_front(i + 1).contains(labels[i]))
      return true;
  return false;
}

LogicalResult importEinsum(NodeImporter &n) {
  std::string equation;
  for (char c : n.stringOr("equation", ""))
    if (c != ' ')
      equation += c;
  auto [left, right] = StringRef(equation).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != n.inputs.size())
    return n.invalid("import.attribute", "expected one term per input in the equation, got " +
                                             Twine(terms.size()) + " for " +
                                             Twine(n.inputs.size()));
  SmallVector<Labeled> operands;
  size_t ellipsisRank = 0;
  for (auto [i, term] : llvm::enumerate(terms)) {
    Value value = n.input(static_cast<unsigned>(i));
    std::optional<std::string> labels =
        value ? expandLabels(n, term, n.rankOf(value)) : std::nullopt;
    if (!labels)
      return failure();
    if (hasRepeatedLabel(*labels))
      return n.refuse("an einsum that takes a diagonal", "take the diagonal outside of it");
    ellipsisRank = std::max<size_t>(ellipsisRank, llvm::count_if(*labels, llvm::isDigit));
    operands.push_back({value, *labels});
  }
  std::string result = impliedResult(operands);
  if (StringRef(equation).contains("->")) {
    std::optional<std::string> given =
        expandLabels(n, right,
                     static_cast<int64_t>(llvm::count_if(right, llvm::isAlpha) +
                                          (right.contains("...") ? ellipsisRank : 0)));
    if (!given)
      return failure();
    result = *given;
  }
  Labeled sum = sumOut(n, operands[0], labelsAfter(operands, 1, result));
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string kept = labelsAfter(operands, i + 1, result);
    Labeled next = sumOut(n, operands[i], kept + sum.labels);
    sum = contract(n, sumOut(n, sum, kept + next.labels), next, kept);
    if (!sum.value)
      return failure();
  }
  if (hasRepeatedLabel(result) || result.size() != sum.labels.size() ||
      !llvm::all_of(result, [&](char c) { return StringRef(sum.labels).contains(c); }))
    return n.invalid("import.attribute",
                     "expected result labels that the operands have, each once, got others");
  return n.result(permuteTo(n, sum, result));
}

} // namespace

void registerMatmulImporters(OperatorRegistry &r) {
  r.add("MatMul", 1, importMatMul);
  r.add("Gemm", 7, importGemm);
  r.add("Einsum", 12, importEinsum);
}

} // namespace azulejo
