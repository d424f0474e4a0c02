// This file evaluates the operators that combine many elements into one.

#include "lib/Reference/Evaluators.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace azulejo::graph;

namespace azulejo::reference {
namespace {

/// Returns a + b * c; integers wrap.
template <typename Wide> Wide multiplyAdd(Wide a, Wide b, Wide c) {
  if constexpr (std::is_same_v<Wide, double>)
    return a + b * c;
  else
    return Wide(uint64_t(a) + uint64_t(b) * uint64_t(c));
}

/// Returns a * b; integers wrap.
template <typename Wide> Wide multiply(Wide a, Wide b) {
  if constexpr (std::is_same_v<Wide, double>)
    return a * b;
  else
    return Wide(uint64_t(a) * uint64_t(b));
}

/// Returns the greater element, or a NaN; of two zeros the positive one.
template <typename Wide> Wide greater(Wide a, Wide b) {
  if constexpr (std::is_same_v<Wide, double>) {
    if (std::isnan(a) || std::isnan(b))
      return NAN;
    if (a == b)
      return std::signbit(a) ? b : a;
  }
  return a > b ? a : b;
}

template <typename Wide> Wide lesser(Wide a, Wide b) {
  if constexpr (std::is_same_v<Wide, double>)
    return -greater(-a, -b);
  else
    return a < b ? a : b;
}

/// Returns the least value of an element type, or the greatest.
template <typename Wide> Wide extreme(Type type, bool least) {
  if constexpr (std::is_same_v<Wide, double>)
    return least ? -INFINITY : INFINITY;
  unsigned width = type.getIntOrFloatBitWidth();
  if constexpr (std::is_signed_v<Wide>)
    return least ? Wide(llvm::minIntN(width)) : Wide(llvm::maxIntN(width));
  else
    return least ? 0 : Wide(llvm::maxUIntN(width));
}

// ---- Matmul
// --------------------------------------------------------------------------------------

/// Returns the matrices of an operand with their last two dimensions swapped if asked for.
template <typename Wide> std::vector<Wide> loadMatrices(const Tensor &tensor, bool transpose) {
  std::vector<Wide> elements = widen<Wide>(tensor);
  if (!transpose)
    return elements;
  int64_t columns = tensor.shape().back(), rows = tensor.shape()[tensor.shape().size() - 2];
  std::vector<Wide> result(elements.size());
  for (int64_t base = 0, e = elements.size(); base < e; base += rows * columns)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        result[base + c * rows + r] = elements[base + r * columns + c];
  return result;
}

template <typename Wide>
MaybeTensor matmul(MatmulOp op, ArrayRef<Tensor> operands, RankedTensorType type) {
  std::vector<Wide> a = loadMatrices<Wide>(operands[0], op.getTransposeA());
  std::vector<Wide> b = loadMatrices<Wide>(operands[1], op.getTransposeB());
  ArrayRef<int64_t> left = operands[0].shape(), right = operands[1].shape();
  int64_t m = type.getShape()[type.getRank() - 2], n = type.getShape().back();
  int64_t k = left[left.size() - (op.getTransposeA() ? 2 : 1)];
  ArrayRef<int64_t> batch = type.getShape().drop_back(2);
  auto leftBatch = broadcastOffsets(left.drop_back(2), batch);
  auto rightBatch = broadcastOffsets(right.drop_back(2), batch);
  if (!leftBatch || !rightBatch || right[right.size() - (op.getTransposeB() ? 1 : 2)] != k)
    return std::nullopt;
  std::vector<Wide> result(type.getNumElements());
  for (size_t i = 0; i < leftBatch->size(); ++i)
    for (int64_t row = 0; row < m; ++row) {
      Wide *out = result.data() + (i * m + row) * n;
      for (int64_t inner = 0; inner < k; ++inner) {
        Wide factor = a[((*leftBatch)[i] * m + row) * k + inner];
        const Wide *in = b.data() + ((*rightBatch)[i] * k + inner) * n;
        for (int64_t column = 0; column < n; ++column)
          out[column] = multiplyAdd(out[column], factor, in[column]);
      }
    }
  return narrow(type, result);
}

// ---- Convolution and pooling
// ---------------------------------------------------------------------

/// The geometry of windows over up to three spatial dimensions; missing ones come first, with
/// size 1.
struct Geometry {
  static constexpr int rank = 3;
  int64_t input[rank], output[rank], kernel[rank], stride[rank], dilation[rank], begin[rank],
      end[rank];

  Geometry(ArrayRef<int64_t> inputShape, ArrayRef<int64_t> outputShape,
           ArrayRef<int64_t> kernelShape, ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
           ArrayRef<int64_t> padsBegin, ArrayRef<int64_t> padsEnd) {
    fill(input, inputShape.drop_front(2), 1);
    fill(output, outputShape.drop_front(2), 1);
    fill(kernel, kernelShape, 1);
    fill(stride, strides, 1);
    fill(dilation, dilations, 1);
    fill(begin, padsBegin, 0);
    fill(end, padsEnd, 0);
  }

  int64_t inputSize() const { return input[0] * input[1] * input[2]; }
  int64_t outputSize() const { return output[0] * output[1] * output[2]; }
  int64_t kernelSize() const { return kernel[0] * kernel[1] * kernel[2]; }

  /// Returns where window `p` reads dimension `d` with its element `k`; maybe outside of the input.
  int64_t position(int d, int64_t p, int64_t k) const {
    return p * stride[d] + k * dilation[d] - begin[d];
  }
  bool isInside(int d, int64_t position) const { return position >= 0 && position < input[d]; }

private:
  static void fill(int64_t (&target)[rank], ArrayRef<int64_t> values, int64_t missing) {
    int64_t absent = rank - static_cast<int64_t>(values.size());
    for (int64_t i = 0; i < rank; ++i)
      target[i] = i < absent ? missing : values[i - absent];
  }
};

/// Adds `weight` times one shifted channel of the input to a channel of the result.
template <typename Wide>
void addShifted(const Geometry &g, const Wide *in, Wide *out, Wide weight, int64_t kernelIndex) {
  int64_t k[3] = {kernelIndex / (g.kernel[1] * g.kernel[2]),
                  kernelIndex / g.kernel[2] % g.kernel[1], kernelIndex % g.kernel[2]};
  // The part of a row whose reads lie inside of the input.
  int64_t first = 0, last = g.output[2];
  while (first < last && !g.isInside(2, g.position(2, first, k[2])))
    ++first;
  while (last > first && !g.isInside(2, g.position(2, last - 1, k[2])))
    --last;
  for (int64_t z = 0; z < g.output[0]; ++z)
    for (int64_t y = 0; y < g.output[1]; ++y) {
      int64_t inZ = g.position(0, z, k[0]), inY = g.position(1, y, k[1]);
      if (!g.isInside(0, inZ) || !g.isInside(1, inY) || first == last)
        continue;
      const Wide *inRow = in + (inZ * g.input[1] + inY) * g.input[2] + g.position(2, first, k[2]);
      Wide *outRow = out + (z * g.output[1] + y) * g.output[2];
      for (int64_t x = first; x < last; ++x)
        outRow[x] = multiplyAdd(outRow[x], weight, inRow[(x - first) * g.stride[2]]);
    }
}

template <typename Wide>
MaybeTensor conv(ConvOp op, ArrayRef<Tensor> operands, RankedTensorType type) {
  std::vector<Wide> input = widen<Wide>(operands[0]), weight = widen<Wide>(operands[1]);
  ArrayRef<int64_t> weightShape = operands[1].shape();
  Geometry g(operands[0].shape(), type.getShape(), weightShape.drop_front(2), op.getStrides(),
             op.getDilations(), op.getPadsBegin(), op.getPadsEnd());
  int64_t channels = operands[0].shape()[1], groupChannels = weightShape[1];
  int64_t outputs = weightShape[0], groupOutputs = outputs / static_cast<int64_t>(op.getGroup());
  std::vector<Wide> result(type.getNumElements());
  for (int64_t n = 0; n < type.getShape()[0]; ++n)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t c = 0; c < groupChannels; ++c) {
        int64_t channel = o / groupOutputs * groupChannels + c;
        const Wide *in = input.data() + (n * channels + channel) * g.inputSize();
        Wide *out = result.data() + (n * outputs + o) * g.outputSize();
        for (int64_t k = 0; k < g.kernelSize(); ++k)
          addShifted(g, in, out, weight[(o * groupChannels + c) * g.kernelSize() + k], k);
      }
  return narrow(type, result);
}

/// Combines the window at (z, y, x) of one channel.
template <typename Wide>
Wide poolWindow(PoolOp op, const Geometry &g, const Wide *in, Wide lowest, const int64_t (&p)[3]) {
  Wide best = lowest, sum = 0;
  int64_t inside = 0, counted = 0;
  for (int64_t i = 0; i < g.kernelSize(); ++i) {
    int64_t k[3] = {i / (g.kernel[1] * g.kernel[2]), i / g.kernel[2] % g.kernel[1],
                    i % g.kernel[2]};
    int64_t position[3];
    bool isInside = true, isBeforeEnd = true;
    for (int d = 0; d < 3; ++d) {
      position[d] = g.position(d, p[d], k[d]);
      isInside &= g.isInside(d, position[d]);
      isBeforeEnd &= position[d] < g.input[d] + g.end[d];
    }
    counted += isBeforeEnd;
    if (!isInside)
      continue;
    Wide element = in[(position[0] * g.input[1] + position[1]) * g.input[2] + position[2]];
    best = greater(best, element);
    sum += element;
    ++inside;
  }
  if (op.getKind() == PoolKind::max)
    return best;
  return sum / Wide(op.getCountIncludePad() ? counted : inside);
}

template <typename Wide> MaybeTensor pool(PoolOp op, const Tensor &operand, RankedTensorType type) {
  std::vector<Wide> input = widen<Wide>(operand), result;
  Geometry g(operand.shape(), type.getShape(), op.getKernel(), op.getStrides(), op.getDilations(),
             op.getPadsBegin(), op.getPadsEnd());
  Wide lowest = extreme<Wide>(type.getElementType(), /*least=*/true);
  int64_t planes = type.getShape()[0] * type.getShape()[1];
  for (int64_t plane = 0; plane < planes; ++plane)
    for (int64_t z = 0; z < g.output[0]; ++z)
      for (int64_t y = 0; y < g.output[1]; ++y)
        for (int64_t x = 0; x < g.output[2]; ++x)
          result.push_back(
              poolWindow(op, g, input.data() + plane * g.inputSize(), lowest, {z, y, x}));
  return narrow(type, result);
}

// ---- Reduction
// -----------------------------------------------------------------------------------

template <typename Wide> Wide combine(ReduceKind kind, Wide a, Wide b) {
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return multiplyAdd(a, b, Wide(1));
  case ReduceKind::prod:
    return multiply(a, b);
  case ReduceKind::max:
    return greater(a, b);
  case ReduceKind::min:
    return lesser(a, b);
  }
  return a;
}

template <typename Wide> Wide initialValue(ReduceKind kind, Type elementType) {
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    return extreme<Wide>(elementType, kind == ReduceKind::max);
  return kind == ReduceKind::prod ? 1 : 0;
}

template <typename Wide>
MaybeTensor reduce(ReduceOp op, const Tensor &input, RankedTensorType type) {
  if (op.getAxes().empty())
    return Tensor{type, input.data};
  // The shape that the result would have with keep_dims: broadcast to the input, it says where each
  // goes.
  SmallVector<int64_t> kept(input.shape());
  int64_t count = 1;
  for (int64_t axis : op.getAxes()) {
    count *= kept[axis];
    kept[axis] = 1;
  }
  std::optional<std::vector<int64_t>> targets = broadcastOffsets(kept, input.shape());
  std::vector<Wide> elements = widen<Wide>(input);
  std::vector<Wide> result(type.getNumElements(),
                           initialValue<Wide>(op.getKind(), type.getElementType()));
  for (size_t i = 0; i < elements.size(); ++i) {
    Wide &target = result[(*targets)[i]];
    target = combine(op.getKind(), target, elements[i]);
  }
  if (op.getKind() == ReduceKind::mean && (count > 0 || std::is_same_v<Wide, double>))
    for (Wide &element : result)
      element /= Wide(count);
  return narrow(type, result);
}

} // namespace

MaybeTensor evaluateContraction(Operation *op, ArrayRef<Tensor> operands, RankedTensorType type,
                                std::string &error) {
  return withWideType(type.getElementType(), [&](auto wide) {
    using Wide = decltype(wide);
    return llvm::TypeSwitch<Operation *, MaybeTensor>(op)
        .Case([&](MatmulOp op) { return matmul<Wide>(op, operands, type); })
        .Case([&](ConvOp op) { return conv<Wide>(op, operands, type); })
        .Case([&](PoolOp op) { return pool<Wide>(op, operands[0], type); })
        .Case([&](ReduceOp op) { return reduce<Wide>(op, operands[0], type); })
        .Default(std::nullopt);
  });
}

} // namespace azulejo::reference
