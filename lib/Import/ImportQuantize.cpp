// This file imports quantization between floats and 8 and 16-bit integers, and products of
// quantized tensors, as arithmetic on floats and 32-bit integers.
#include "lib/Import/Windows.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ReduceKind;

struct IntRange {
  double min, max;
};
std::optional<IntRange> rangeOfInts(NodeImporter &n, Type element) {
  unsigned width = element ? element.getIntOrFloatBitWidth() : 0;
  if (!element || !element.isIntOrIndex() || width < 8 || width > 16) {
    n.refuse("expected quantized integers of 8 or 16 bits, got another type");
    return std::nullopt;
  }
  if (element.isUnsignedInteger())
    return IntRange{0, static_cast<double>((1 << width) - 1)};
  return IntRange{-static_cast<double>(1 << (width - 1)),
                  static_cast<double>((1 << (width - 1)) - 1)};
}

/// Gives a scale or zero point the rank of `x`: a scalar, or one number for each place along
/// `axis`, or blocks.
Value along(NodeImporter &n, Value parameter, Value x, int64_t axis) {
  if (!parameter || !x || n.rankOf(parameter) == 0)
    return parameter;
  int64_t rank = n.rankOf(x);
  if (n.rankOf(parameter) != 1)
    return n.refuse("quantization in blocks");
  Dims size = n.dimsOf(parameter);
  if (graph::constantValue(size[0]) == 1)
    return n.reshape(parameter, {});
  std::optional<int64_t> place = n.axis(axis, rank);
  if (!place)
    return {};
  Dims dims(static_cast<size_t>(rank), n.expr(1));
  dims[*place] = size[0];
  return n.reshape(parameter, dims);
}

/// saturate(round(x / scale) + zero point)
Value quantize(NodeImporter &n, Value x, Value scale, Value zero, Type element) {
  std::optional<IntRange> range = rangeOfInts(n, element);
  if (!range || !x || !scale)
    return {};
  Type wide = n.elementOf(x);
  Value y = n.unary<graph::RoundOp>(n.div(x, n.cast(scale, wide)));
  if (zero)
    y = n.add(y, n.cast(zero, wide));
  y = n.maximum(n.minimum(y, n.scalarLike(y, range->max)), n.scalarLike(y, range->min));
  return n.cast(y, element);
}

/// The integers of `x` less the zero point, as i32.
Value centered(NodeImporter &n, Value x, Value zero) {
  Type i32 = IntegerType::get(n.builderContext(), 32);
  Value y = n.cast(x, i32);
  return zero ? n.sub(y, n.cast(zero, i32)) : y;
}

LogicalResult refuseBlocks(NodeImporter &n) {
  if (n.intOr("block_size", 0) != 0)
    return n.refuse("quantization in blocks");
  return success();
}

LogicalResult importQuantizeLinear(NodeImporter &n) {
  n.ignore("saturate"); // only for 8-bit floats
  Value x = n.input(0), scale = n.input(1);
  int64_t axis = n.intOr("axis", 1), outputType = n.intOr("output_dtype", 0),
          precision = n.intOr("precision", 0);
  if (!x || !scale || failed(refuseBlocks(n)))
    return failure();
  Type element = n.hasInput(2)     ? n.elementOf(n.input(2))
                 : outputType != 0 ? n.elementType(outputType)
                                   : IntegerType::get(x.getContext(), 8, IntegerType::Unsigned);
  // Divided in the type of the scale, or in the one that `precision` names; 16-bit floats in f32.
  Type wide = precision != 0 ? n.elementType(precision) : n.elementOf(scale);
  if (!wide || wide.getIntOrFloatBitWidth() < 32)
    wide = Float32Type::get(x.getContext());
  Value zero = n.hasInput(2) ? along(n, n.input(2), x, axis) : Value();
  return n.result(quantize(n, n.cast(x, wide), along(n, scale, x, axis), zero, element));
}

LogicalResult importDequantizeLinear(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1);
  int64_t axis = n.intOr("axis", 1), outputType = n.intOr("output_dtype", 0);
  if (!x || !scale || failed(refuseBlocks(n)))
    return failure();
  Type element = outputType != 0 ? n.elementType(outputType) : n.elementOf(scale);
  Value zero = n.hasInput(2) ? along(n, n.input(2), x, axis) : Value();
  Value factor = along(n, scale, x, axis);
  Value y = n.mul(n.cast(centered(n, x, zero), Float32Type::get(x.getContext())),
                  n.cast(factor, Float32Type::get(x.getContext())));
  return n.result(n.cast(y, element));
}

/// Scale and zero point from the least and greatest element, with 0 always in the range.
LogicalResult importDynamicQuantizeLinear(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  Ints axes;
  for (int64_t i = 0; i < n.rankOf(x); ++i)
    axes.push_back(i);
  Type u8 = IntegerType::get(x.getContext(), 8, IntegerType::Unsigned);
  Value zero = n.scalarLike(x, 0), most = n.scalarLike(x, 255);
  Value high = n.maximum(n.reduce(ReduceKind::max, x, axes, false), zero);
  Value low = n.minimum(n.reduce(ReduceKind::min, x, axes, false), zero);
  Value scale = n.div(n.sub(high, low), most);
  Value point = n.unary<graph::RoundOp>(n.unary<graph::NegOp>(n.div(low, scale)));
  point = n.cast(n.minimum(n.maximum(point, zero), most), u8);
  return n.results({quantize(n, x, scale, point, u8), scale, point});
}

/// A zero point of rows: one number, or one for each row of the matrix.
Value rowPoint(NodeImporter &n, Value point) {
  if (!point || n.rankOf(point) != 1)
    return point;
  Dims dims = n.dimsOf(point);
  dims.push_back(n.expr(1));
  return n.reshape(point, dims);
}

LogicalResult importMatMulInteger(NodeImporter &n) {
  Value a = centered(n, n.input(0), n.hasInput(2) ? rowPoint(n, n.input(2)) : Value());
  Value b = centered(n, n.input(1), n.hasInput(3) ? n.input(3) : Value());
  return n.result(n.matmul(a, b));
}

/// (a - a_zero) * (b - b_zero) * (a_scale * b_scale / y_scale) + y_zero
LogicalResult importQLinearMatMul(NodeImporter &n) {
  Value aZero = n.input(2), bZero = n.input(5), yZero = n.input(7);
  Value a = centered(n, n.input(0), rowPoint(n, aZero)), b = centered(n, n.input(3), bZero);
  Value product = n.matmul(a, b);
  Type f32 = Float32Type::get(n.builderContext());
  Value scale = n.mul(n.cast(rowPoint(n, n.input(1)), f32), n.cast(n.input(4), f32));
  Value real = n.mul(n.cast(product, f32), scale);
  return n.result(
      quantize(n, real, n.cast(n.input(6), f32), yZero, yZero ? n.elementOf(yZero) : Type()));
}

/// [O] becomes [O, 1, 1, 1] in front of the weights, or [O, 1, 1] behind them.
Value perChannel(NodeImporter &n, Value parameter, int64_t rank) {
  if (!parameter || n.rankOf(parameter) == 0)
    return parameter;
  return n.alongChannels(parameter, rank);
}

Value integerConv(NodeImporter &n, Value x, Value weight, Value xZero, Value weightZero) {
  std::optional<Ints> kernel = kernelOf(n, weight), given = n.ints("kernel_shape");
  if (!x || !kernel)
    return {};
  if (given && *given != *kernel)
    return n.invalid("import.attribute", "expected the kernel_shape of the weights, got another");
  std::optional<Window> window = readWindow(n, *kernel);
  if (!window)
    return {};
  // Padding stands for the zero point, which `centered` makes 0.
  Value w = centered(n, weight, perChannel(n, weightZero, n.rankOf(weight) + 1));
  return buildConv(n, centered(n, x, xZero), w, *window, n.intOr("group", 1));
}

LogicalResult importConvInteger(NodeImporter &n) {
  Value xZero = n.hasInput(2) ? n.input(2) : Value(), wZero = n.hasInput(3) ? n.input(3) : Value();
  return n.result(integerConv(n, n.input(0), n.input(1), xZero, wZero));
}

LogicalResult importQLinearConv(NodeImporter &n) {
  Value x = n.input(0), weight = n.input(3), yZero = n.input(7);
  Value sum = integerConv(n, x, weight, n.input(2), n.input(5));
  if (!sum || !yZero)
    return failure();
  int64_t rank = n.rankOf(sum);
  if (n.hasInput(8))
    sum = n.add(sum, n.alongChannels(n.input(8), rank));
  Type f32 = Float32Type::get(n.builderContext());
  Value scale = n.mul(n.cast(n.input(1), f32), n.cast(perChannel(n, n.input(4), rank), f32));
  Value real = n.mul(n.cast(sum, f32), scale);
  return n.result(quantize(n, real, n.cast(n.input(6), f32), yZero, n.elementOf(yZero)));
}

} // namespace

void registerQuantizeImporters(OperatorRegistry &r) {
  r.add("QuantizeLinear", 10, importQuantizeLinear);
  r.add("DequantizeLinear", 10, importDequantizeLinear);
  r.add("DynamicQuantizeLinear", 11, importDynamicQuantizeLinear);
  r.add("MatMulInteger", 10, importMatMulInteger);
  r.add("QLinearMatMul", 10, importQLinearMatMul);
  r.add("ConvInteger", 10, importConvInteger);
  r.add("QLinearConv", 10, importQLinearConv);
}

} // namespace azulejo
