// This file evaluates the operators that move elements without looking at them.

#include "lib/Reference/Evaluators.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <cstring>

using namespace mlir;
using namespace azulejo::graph;

namespace azulejo::reference {
namespace {

/// For each index of one dimension of the result, how far it moves in the source; -1 for an element
/// that the source does not have.
using Moves = std::vector<int64_t>;

/// Returns the sum of the moves for each element of the result in C order, -1 if any of them is.
std::vector<int64_t> sumMoves(ArrayRef<Moves> dims) {
  std::vector<int64_t> offsets = {0};
  for (const Moves &moves : dims) {
    std::vector<int64_t> next;
    next.reserve(offsets.size() * moves.size());
    for (int64_t offset : offsets)
      for (int64_t move : moves)
        next.push_back(offset < 0 || move < 0 ? -1 : offset + move);
    offsets = std::move(next);
  }
  return offsets;
}

/// Returns `count` moves of `step` elements each, beginning with `start`.
Moves regularMoves(int64_t count, int64_t start, int64_t step) {
  Moves moves(count);
  for (int64_t i = 0; i < count; ++i)
    moves[i] = start + i * step;
  return moves;
}

/// Returns the elements of `source` at `offsets`, and `fill` where there is none.
Tensor pick(const Tensor &source, ArrayRef<int64_t> offsets, RankedTensorType type,
            const char *fill = nullptr) {
  Tensor result = makeTensor(type);
  int64_t bytes = elementByteSize(type.getElementType());
  for (size_t i = 0; i < offsets.size(); ++i) {
    const char *element = offsets[i] < 0 ? fill : source.data.data() + offsets[i] * bytes;
    if (element)
      std::memcpy(result.data.data() + i * bytes, element, bytes);
  }
  return result;
}

Tensor evaluateTranspose(TransposeOp op, const Tensor &input, RankedTensorType type) {
  SmallVector<int64_t> strides = stridesOf(input.shape());
  SmallVector<Moves> moves;
  for (int64_t source : op.getPerm())
    moves.push_back(regularMoves(input.shape()[source], 0, strides[source]));
  return pick(input, sumMoves(moves), type);
}

MaybeTensor evaluateSlice(SliceOp op, const Tensor &input, RankedTensorType type,
                          std::string &error) {
  SmallVector<int64_t> strides = stridesOf(input.shape());
  SmallVector<Moves> moves;
  for (auto [i, count] : llvm::enumerate(type.getShape())) {
    int64_t size = input.shape()[i], step = op.getSteps()[i];
    int64_t first = op.getStarts()[i] + (op.getStarts()[i] < 0 ? size : 0);
    int64_t last = first + (count - 1) * step;
    if (count > 0 && (std::min(first, last) < 0 || std::max(first, last) >= size)) {
      error =
          llvm::formatv("elements {0} to {1} are not all in a dimension of {2}", first, last, size);
      return std::nullopt;
    }
    moves.push_back(regularMoves(count, first * strides[i], step * strides[i]));
  }
  return pick(input, sumMoves(moves), type);
}

/// Returns the source index of position `i` of what is left, or -1.
int64_t paddedIndex(PadMode mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size)
    return i;
  if (mode == PadMode::constant)
    return -1;
  if (mode == PadMode::edge)
    return i < 0 ? 0 : size - 1;
  return i < 0 ? -i : 2 * (size - 1) - i;
}

MaybeTensor evaluatePad(PadOp op, ArrayRef<Tensor> operands, RankedTensorType type,
                        std::string &error) {
  const Tensor &input = operands[0];
  SmallVector<int64_t> strides = stridesOf(input.shape());
  SmallVector<Moves> moves;
  for (auto [i, count] : llvm::enumerate(type.getShape())) {
    int64_t low = op.getLow()[i], high = op.getHigh()[i];
    int64_t first = std::max<int64_t>(-low, 0);
    int64_t left = input.shape()[i] - first - std::max<int64_t>(-high, 0);
    Moves indices;
    for (int64_t position = 0; position < count; ++position) {
      int64_t index = paddedIndex(op.getMode(), position - std::max<int64_t>(low, 0), left);
      if (index >= left || index < -1 || (index < 0 && op.getMode() != PadMode::constant)) {
        error = llvm::formatv("cannot pad {0} elements by {1} and {2} with mode {3}", left, low,
                              high, stringifyPadMode(op.getMode()));
        return std::nullopt;
      }
      indices.push_back(index < 0 ? -1 : (index + first) * strides[i]);
    }
    moves.push_back(std::move(indices));
  }
  return pick(input, sumMoves(moves), type,
              operands.size() > 1 ? operands[1].data.data() : nullptr);
}

MaybeTensor evaluateConcat(ConcatOp op, ArrayRef<Tensor> operands, RankedTensorType type) {
  Tensor result = makeTensor(type);
  int64_t outer = 1;
  for (int64_t size : type.getShape().take_front(op.getAxis()))
    outer *= size;
  char *out = result.data.data();
  for (int64_t i = 0; i < outer; ++i)
    for (const Tensor &operand : operands) {
      size_t bytes = operand.data.size() / outer;
      std::memcpy(out, operand.data.data() + i * bytes, bytes);
      out += bytes;
    }
  return result;
}

MaybeTensor evaluateGather(GatherOp op, ArrayRef<Tensor> operands, RankedTensorType type,
                           std::string &error) {
  ArrayRef<int64_t> shape = operands[0].shape();
  SmallVector<int64_t> strides = stridesOf(shape);
  int64_t axis = op.getAxis(), size = shape[axis];
  Moves indices;
  for (int64_t index : widen<int64_t>(operands[1])) {
    if (index < -size || index >= size) {
      error = llvm::formatv("index {0} is outside of dimension {1} of size {2}", index, axis, size);
      return std::nullopt;
    }
    indices.push_back((index < 0 ? index + size : index) * strides[axis]);
  }
  SmallVector<Moves> moves;
  for (auto [i, count] : llvm::enumerate(shape))
    moves.push_back(static_cast<int64_t>(i) == axis ? indices : regularMoves(count, 0, strides[i]));
  return pick(operands[0], sumMoves(moves), type);
}

MaybeTensor evaluateReshape(const Tensor &input, RankedTensorType type, std::string &error) {
  if (input.size() == type.getNumElements())
    return Tensor{type, input.data};
  error = llvm::formatv("cannot reshape {0} elements to {1}", input.size(), type.getNumElements());
  return std::nullopt;
}

} // namespace

std::optional<std::vector<int64_t>> broadcastOffsets(ArrayRef<int64_t> operand,
                                                     ArrayRef<int64_t> result) {
  if (operand.size() > result.size())
    return std::nullopt;
  SmallVector<int64_t> strides = stridesOf(operand);
  SmallVector<Moves> moves;
  size_t missing = result.size() - operand.size();
  for (auto [i, count] : llvm::enumerate(result)) {
    int64_t size = i < missing ? 1 : operand[i - missing];
    if (size != 1 && size != count)
      return std::nullopt;
    moves.push_back(regularMoves(count, 0, size == 1 ? 0 : strides[i - missing]));
  }
  return sumMoves(moves);
}

MaybeTensor evaluateMovement(Operation *op, ArrayRef<Tensor> operands, RankedTensorType type,
                             std::string &error) {
  return llvm::TypeSwitch<Operation *, MaybeTensor>(op)
      .Case([&](ReshapeOp) { return evaluateReshape(operands[0], type, error); })
      .Case([&](TransposeOp op) { return evaluateTranspose(op, operands[0], type); })
      .Case([&](BroadcastOp) -> MaybeTensor {
        auto offsets = broadcastOffsets(operands[0].shape(), type.getShape());
        return offsets ? MaybeTensor(pick(operands[0], *offsets, type)) : std::nullopt;
      })
      .Case([&](SliceOp op) { return evaluateSlice(op, operands[0], type, error); })
      .Case([&](PadOp op) { return evaluatePad(op, operands, type, error); })
      .Case([&](ConcatOp op) { return evaluateConcat(op, operands, type); })
      .Case([&](GatherOp op) { return evaluateGather(op, operands, type, error); })
      .Default(std::nullopt);
}

} // namespace azulejo::reference
