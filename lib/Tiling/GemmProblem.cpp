// This file says where the elements of matmul's and conv's operands lie.
#include "lib/Tiling/GemmProblem.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

namespace {
class MatmulProblem : public GemmProblem {
public:
  MatmulProblem(KernelBuilder &kernel, MatmulOp op)
      : kernel(kernel), op(op), lhs(dimsOf(op.getLhs())), rhs(dimsOf(op.getRhs())),
        out(dimsOf(op.getResult())) {
    left = op.getLhs();
    right = op.getRhs();
    result = op.getResult();
    leftAlongK = !op.getTransposeA();
    rightAlongN = !op.getTransposeB();
    k = op.getTransposeA() ? lhs[lhs.size() - 2] : lhs.back();
    n = out.back();
    MLIRContext *context = op.getContext();
    // Rows of all batches are rows of one matrix if the right operand is the same for all.
    rowsAreJoined = !op.getTransposeA() && lhs.size() == out.size() &&
                    llvm::all_of(ArrayRef<AffineExpr>(rhs).drop_back(2),
                                 [](AffineExpr dim) { return constantValue(dim) == 1; });
    auto leading = ArrayRef<AffineExpr>(out).drop_back(rowsAreJoined ? 1 : 2);
    m = rowsAreJoined ? product(leading, context) : out[out.size() - 2];
    batches = rowsAreJoined ? getAffineConstantExpr(1, context) : product(leading, context);
  }

  OperandIndex leftIndex(IndexedEmitter &emitter, const Space &space, Value m, Value k,
                         Value batch) override {
    if (rowsAreJoined)
      return {emitter.linearIndex(space, lhs, kernel.add(kernel.mul(m, kernel.dim(this->k)), k)),
              {}};
    return {operandIndex(emitter, space, lhs, batch, op.getTransposeA() ? k : m,
                         op.getTransposeA() ? m : k),
            {}};
  }

  OperandIndex rightIndex(IndexedEmitter &emitter, const Space &space, Value k, Value n,
                          Value batch) override {
    return {operandIndex(emitter, space, rhs, batch, op.getTransposeB() ? n : k,
                         op.getTransposeB() ? k : n),
            {}};
  }

  Index *resultIndex(IndexedEmitter &emitter, const Space &space, Value m, Value n,
                     Value batch) override {
    auto leading = ArrayRef<AffineExpr>(out).drop_back(rowsAreJoined ? 1 : 2);
    SmallVector<Value> coordinates = delinearize(kernel, rowsAreJoined ? m : batch, leading);
    Value row = m;
    if (!rowsAreJoined) {
      coordinates.push_back(m);
      row = kernel.add(kernel.mul(batch, kernel.dim(this->m)), m);
    }
    coordinates.push_back(n);
    Value linear = kernel.add(kernel.mul(row, kernel.dim(this->n)), n);
    return emitter.indexOf(space, out, coordinates, linear);
  }

private:
  /// Batch dimensions of an operand are those of the result, or repeat.
  Index *operandIndex(IndexedEmitter &emitter, const Space &space, ArrayRef<AffineExpr> dims,
                      Value batch, Value row, Value column) const {
    SmallVector<Value> all = delinearize(kernel, batch, ArrayRef<AffineExpr>(out).drop_back(2));
    SmallVector<Value> coordinates;
    unsigned skipped = out.size() - dims.size();
    for (unsigned d = 0; d + 2 < dims.size(); ++d)
      coordinates.push_back(constantValue(dims[d]) == 1 ? kernel.constant(0) : all[d + skipped]);
    coordinates.push_back(row);
    coordinates.push_back(column);
    return emitter.indexOf(space, dims, coordinates);
  }

  KernelBuilder &kernel;
  MatmulOp op;
  SmallVector<AffineExpr> lhs, rhs, out;
  bool rowsAreJoined;
};

class ConvProblem : public GemmProblem {
public:
  ConvProblem(KernelBuilder &kernel, ConvOp op)
      : kernel(kernel), op(op), input(dimsOf(op.getInput())), weight(dimsOf(op.getWeight())),
        out(dimsOf(op.getResult())) {
    left = op.getWeight();
    right = op.getInput();
    result = op.getResult();
    MLIRContext *context = op.getContext();
    int64_t groups = op.getGroup();
    m = getAffineConstantExpr(*constantValue(weight[0]) / groups, context);
    positions = product(ArrayRef<AffineExpr>(out).drop_front(2), context);
    n = simplify(out[0] * positions);
    taps = product(ArrayRef<AffineExpr>(weight).drop_front(2), context);
    k = simplify(weight[1] * taps);
    batches = getAffineConstantExpr(groups, context);
  }

  OperandIndex leftIndex(IndexedEmitter &emitter, const Space &space, Value m, Value k,
                         Value group) override {
    Value row = outputChannel(m, group);
    return {emitter.linearIndex(space, weight, kernel.add(kernel.mul(row, kernel.dim(this->k)), k)),
            {}};
  }

  OperandIndex rightIndex(IndexedEmitter &emitter, const Space &space, Value k, Value n,
                          Value group) override {
    Value image = kernel.div(n, kernel.dim(positions)),
          position = kernel.rem(n, kernel.dim(positions));
    Value channel = kernel.div(k, kernel.dim(taps)), tap = kernel.rem(k, kernel.dim(taps));
    channel = kernel.add(kernel.mul(group, kernel.dim(weight[1])), channel);
    if (readsInPlace()) {
      Value plane = kernel.add(kernel.mul(image, kernel.dim(input[1])), channel);
      Value linear = kernel.add(kernel.mul(plane, kernel.dim(positions)), position);
      return {emitter.linearIndex(space, input, linear), {}};
    }
    SmallVector<Value> coordinates{image, channel};
    Value inside;
    auto at = delinearize(kernel, position, ArrayRef<AffineExpr>(out).drop_front(2));
    auto offsets = delinearize(kernel, tap, ArrayRef<AffineExpr>(weight).drop_front(2));
    for (unsigned d = 0; d < at.size(); ++d) {
      Value moved = kernel.mul(at[d], kernel.constant(op.getStrides()[d]));
      moved = kernel.sub(moved, kernel.constant(op.getPadsBegin()[d]));
      moved = kernel.add(moved, kernel.mul(offsets[d], kernel.constant(op.getDilations()[d])));
      coordinates.push_back(moved);
      if (op.getPadsBegin()[d] || op.getPadsEnd()[d])
        inside = kernel.both(inside, kernel.within(moved, input[d + 2]));
    }
    return {emitter.indexOf(space, input, coordinates), inside};
  }

  Index *resultIndex(IndexedEmitter &emitter, const Space &space, Value m, Value n,
                     Value group) override {
    Value image = kernel.div(n, kernel.dim(positions)),
          position = kernel.rem(n, kernel.dim(positions));
    Value channel = outputChannel(m, group);
    SmallVector<Value> coordinates{image, channel};
    llvm::append_range(coordinates,
                       delinearize(kernel, position, ArrayRef<AffineExpr>(out).drop_front(2)));
    Value plane = kernel.add(kernel.mul(image, kernel.dim(out[1])), channel);
    Value linear = kernel.add(kernel.mul(plane, kernel.dim(positions)), position);
    return emitter.indexOf(space, out, coordinates, linear);
  }

private:
  Value outputChannel(Value m, Value group) const {
    return kernel.add(kernel.mul(group, kernel.dim(this->m)), m);
  }

  /// Whether the window is one element that moves along with the output.
  bool readsInPlace() {
    auto all = [](ArrayRef<int64_t> values, int64_t wanted) {
      return llvm::all_of(values, [&](int64_t value) { return value == wanted; });
    };
    return constantValue(taps) == 1 && all(op.getStrides(), 1) && all(op.getPadsBegin(), 0) &&
           all(op.getPadsEnd(), 0);
  }

  KernelBuilder &kernel;
  ConvOp op;
  SmallVector<AffineExpr> input, weight, out;
  AffineExpr positions, taps;
};
} // namespace

std::unique_ptr<GemmProblem> azulejo::tiling::matmulProblem(KernelBuilder &kernel, MatmulOp op) {
  return std::make_unique<MatmulProblem>(kernel, op);
}

std::unique_ptr<GemmProblem> azulejo::tiling::convProblem(KernelBuilder &kernel, ConvOp op) {
  return std::make_unique<ConvProblem>(kernel, op);
}
