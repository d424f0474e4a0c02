// This file gives each elementwise graph operator its arith and math operations.
#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;

namespace {
/// Builds the operations of one operator; all tiles have one space.
class ScalarEmitter {
public:
  ScalarEmitter(OpBuilder &builder, Location loc, Operation *op, ArrayRef<Value> operands,
                Type resultType)
      : builder(builder), loc(loc), op(op), operands(operands), resultType(resultType) {
    auto graphType = cast<RankedTensorType>(op->getOperand(op->getNumOperands() - 1).getType());
    sourceElement = graphType.getElementType();
    isFloat = isFloatElement(sourceElement);
    isUnsigned = sourceElement.isUnsignedInteger();
  }

  Value run();

private:
  Value x() const { return operands[0]; }
  Value y() const { return operands[1]; }

  template <typename OpTy, typename... Args> Value make(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...);
  }
  template <typename FloatOp, typename SignedOp, typename UnsignedOp> Value choose() {
    if (isFloat)
      return make<FloatOp>(x(), y());
    return isUnsigned ? make<UnsignedOp>(x(), y()) : make<SignedOp>(x(), y());
  }

  Value number(Type tile, double value) {
    auto type = cast<RankedTensorType>(tile);
    TypedAttr scalar =
        isa<FloatType>(type.getElementType())
            ? TypedAttr(builder.getFloatAttr(type.getElementType(), value))
            : TypedAttr(builder.getIntegerAttr(type.getElementType(), int64_t(value)));
    return make<arith::ConstantOp>(DenseElementsAttr::get(type, Attribute(scalar)));
  }

  Value negate() {
    return isFloat ? make<arith::NegFOp>(x()) : make<arith::SubIOp>(number(x().getType(), 0), x());
  }
  Value absolute();
  Value sign();
  Value remainder(bool fmod);
  Value power();
  Value sigmoid();
  Value compare(ComparePredicate predicate);
  Value convert();
  Value castToFloat(FloatType from, FloatType to);
  Value allOnes(Type tile) { return number(tile, -1); }

  OpBuilder &builder;
  Location loc;
  Operation *op;
  ArrayRef<Value> operands;
  Type resultType;
  Type sourceElement;
  bool isFloat, isUnsigned;
};
} // namespace

Value ScalarEmitter::absolute() {
  if (isFloat)
    return make<math::AbsFOp>(x());
  return isUnsigned ? x() : make<math::AbsIOp>(x());
}

Value ScalarEmitter::sign() {
  Type type = x().getType();
  Value zero = number(type, 0), one = number(type, 1), minus = number(type, -1);
  if (isFloat) {
    Value above = make<arith::CmpFOp>(arith::CmpFPredicate::OGT, x(), zero);
    Value below = make<arith::CmpFOp>(arith::CmpFPredicate::OLT, x(), zero);
    // NaN is its own sign; both zeros have the sign 0.
    Value isNan = make<arith::CmpFOp>(arith::CmpFPredicate::UNO, x(), x());
    Value rest = make<arith::SelectOp>(isNan, x(), zero);
    return make<arith::SelectOp>(above, one, make<arith::SelectOp>(below, minus, rest));
  }
  auto greater = isUnsigned ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt;
  Value above = make<arith::CmpIOp>(greater, x(), zero);
  if (isUnsigned)
    return make<arith::SelectOp>(above, one, zero);
  Value below = make<arith::CmpIOp>(arith::CmpIPredicate::slt, x(), zero);
  return make<arith::SelectOp>(above, one, make<arith::SelectOp>(below, minus, zero));
}

/// With `fmod` the sign of the dividend, else that of the divisor (ONNX Mod-13).
Value ScalarEmitter::remainder(bool fmod) {
  Value rest = choose<arith::RemFOp, arith::RemSIOp, arith::RemUIOp>();
  if (fmod || isUnsigned)
    return rest;
  Value zero = number(rest.getType(), 0), nonZero, wrongSign;
  if (isFloat) {
    nonZero = make<arith::CmpFOp>(arith::CmpFPredicate::UNE, rest, zero);
    Value restNegative = make<arith::CmpFOp>(arith::CmpFPredicate::OLT, rest, zero);
    wrongSign = make<arith::XOrIOp>(restNegative,
                                    make<arith::CmpFOp>(arith::CmpFPredicate::OLT, y(), zero));
    Value moved = make<arith::AddFOp>(rest, y());
    return make<arith::SelectOp>(make<arith::AndIOp>(nonZero, wrongSign), moved, rest);
  }
  nonZero = make<arith::CmpIOp>(arith::CmpIPredicate::ne, rest, zero);
  Value restNegative = make<arith::CmpIOp>(arith::CmpIPredicate::slt, rest, zero);
  wrongSign =
      make<arith::XOrIOp>(restNegative, make<arith::CmpIOp>(arith::CmpIPredicate::slt, y(), zero));
  Value moved = make<arith::AddIOp>(rest, y());
  return make<arith::SelectOp>(make<arith::AndIOp>(nonZero, wrongSign), moved, rest);
}

/// The exponents that occur most are exact by multiplication and square root.
Value ScalarEmitter::power() {
  DenseElementsAttr exponent;
  if (matchPattern(y(), m_Constant(&exponent)) && exponent.isSplat() && isFloat) {
    double value = exponent.getSplatValue<APFloat>().convertToDouble();
    if (value == 1.0)
      return x();
    if (value == 2.0)
      return make<arith::MulFOp>(x(), x());
    if (value == 3.0)
      return make<arith::MulFOp>(make<arith::MulFOp>(x(), x()), x());
    if (value == 0.5)
      return make<math::SqrtOp>(x());
    if (value == -1.0)
      return make<arith::DivFOp>(number(x().getType(), 1), x());
  }
  if (isFloat)
    return make<math::PowFOp>(x(), y());
  return make<math::IPowIOp>(x(), y());
}

Value ScalarEmitter::sigmoid() {
  Value one = number(x().getType(), 1);
  Value e = make<math::ExpOp>(make<arith::NegFOp>(x()));
  return make<arith::DivFOp>(one, make<arith::AddFOp>(one, e));
}

Value ScalarEmitter::compare(ComparePredicate predicate) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  static constexpr F floats[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
  static constexpr I signedInts[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  static constexpr I unsignedInts[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
  unsigned which = unsigned(predicate);
  if (isFloat)
    return make<arith::CmpFOp>(floats[which], x(), y());
  bool plain = isUnsigned || sourceElement.isInteger(1);
  return make<arith::CmpIOp>(plain ? unsignedInts[which] : signedInts[which], x(), y());
}

Value ScalarEmitter::castToFloat(FloatType from, FloatType to) {
  if (from == to)
    return x();
  if (from.getWidth() < to.getWidth())
    return make<arith::ExtFOp>(resultType, x());
  if (from.getWidth() > to.getWidth())
    return make<arith::TruncFOp>(resultType, x());
  // f16 and bf16 are as wide as each other: through f32, which holds both.
  auto tile = cast<RankedTensorType>(resultType);
  Value wide = make<arith::ExtFOp>(tile.clone(builder.getF32Type()), x());
  return make<arith::TruncFOp>(resultType, wide);
}

Value ScalarEmitter::convert() {
  Type to = cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  bool fromBool = sourceElement.isInteger(1);
  if (to.isInteger(1)) {
    Value zero = number(x().getType(), 0);
    if (isFloat)
      return make<arith::CmpFOp>(arith::CmpFPredicate::UNE, x(), zero);
    return make<arith::CmpIOp>(arith::CmpIPredicate::ne, x(), zero);
  }
  if (isFloat) {
    if (auto target = dyn_cast<FloatType>(to))
      return castToFloat(cast<FloatType>(sourceElement), target);
    return to.isUnsignedInteger() ? make<arith::FPToUIOp>(resultType, x())
                                  : make<arith::FPToSIOp>(resultType, x());
  }
  if (isa<FloatType>(to))
    return isUnsigned || fromBool ? make<arith::UIToFPOp>(resultType, x())
                                  : make<arith::SIToFPOp>(resultType, x());
  unsigned fromBits = sourceElement.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  if (fromBits == toBits)
    return x();
  if (fromBits > toBits)
    return make<arith::TruncIOp>(resultType, x());
  return isUnsigned || fromBool ? make<arith::ExtUIOp>(resultType, x())
                                : make<arith::ExtSIOp>(resultType, x());
}

Value ScalarEmitter::run() {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<NegOp>([&](auto) { return negate(); })
      .Case<AbsOp>([&](auto) { return absolute(); })
      .Case<ExpOp>([&](auto) { return make<math::ExpOp>(x()); })
      .Case<LogOp>([&](auto) { return make<math::LogOp>(x()); })
      .Case<SqrtOp>([&](auto) { return make<math::SqrtOp>(x()); })
      .Case<RsqrtOp>([&](auto) { return make<math::RsqrtOp>(x()); })
      .Case<ReciprocalOp>([&](auto) { return make<arith::DivFOp>(number(x().getType(), 1), x()); })
      .Case<SinOp>([&](auto) { return make<math::SinOp>(x()); })
      .Case<CosOp>([&](auto) { return make<math::CosOp>(x()); })
      .Case<TanhOp>([&](auto) { return make<math::TanhOp>(x()); })
      .Case<SigmoidOp>([&](auto) { return sigmoid(); })
      .Case<ErfOp>([&](auto) { return make<math::ErfOp>(x()); })
      .Case<FloorOp>([&](auto) { return make<math::FloorOp>(x()); })
      .Case<CeilOp>([&](auto) { return make<math::CeilOp>(x()); })
      .Case<RoundOp>([&](auto) { return make<math::RoundEvenOp>(x()); })
      .Case<SignOp>([&](auto) { return sign(); })
      .Case<NotOp>([&](auto) { return make<arith::XOrIOp>(x(), allOnes(x().getType())); })
      .Case<IsNanOp>([&](auto) { return make<arith::CmpFOp>(arith::CmpFPredicate::UNO, x(), x()); })
      .Case<IsInfOp>([&](auto) {
        Value infinity = number(x().getType(), std::numeric_limits<double>::infinity());
        return make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, make<math::AbsFOp>(x()), infinity);
      })
      .Case<CastOp>([&](auto) { return convert(); })
      .Case<AddOp>([&](auto) { return choose<arith::AddFOp, arith::AddIOp, arith::AddIOp>(); })
      .Case<SubOp>([&](auto) { return choose<arith::SubFOp, arith::SubIOp, arith::SubIOp>(); })
      .Case<MulOp>([&](auto) { return choose<arith::MulFOp, arith::MulIOp, arith::MulIOp>(); })
      .Case<DivOp>([&](auto) { return choose<arith::DivFOp, arith::DivSIOp, arith::DivUIOp>(); })
      .Case<ModOp>([&](ModOp mod) { return remainder(mod.getFmod()); })
      .Case<PowOp>([&](auto) { return power(); })
      .Case<MaximumOp>(
          [&](auto) { return choose<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(); })
      .Case<MinimumOp>(
          [&](auto) { return choose<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(); })
      .Case<AndOp>([&](auto) { return make<arith::AndIOp>(x(), y()); })
      .Case<OrOp>([&](auto) { return make<arith::OrIOp>(x(), y()); })
      .Case<XorOp>([&](auto) { return make<arith::XOrIOp>(x(), y()); })
      .Case<CompareOp>([&](CompareOp compareOp) { return compare(compareOp.getPredicate()); })
      .Case<SelectOp>([&](auto) { return make<arith::SelectOp>(x(), y(), operands[2]); })
      .Default([](Operation *) { return Value(); });
}

Value azulejo::tiling::emitScalarOperator(OpBuilder &builder, Location loc, Operation *op,
                                          ArrayRef<Value> operands, Type resultType) {
  return ScalarEmitter(builder, loc, op, operands, resultType).run();
}

Type azulejo::tiling::accumulatorType(Type element) {
  auto type = dyn_cast<FloatType>(element);
  return type && type.getWidth() < 32 ? Type(Float32Type::get(element.getContext())) : element;
}

Value azulejo::tiling::convertFloat(OpBuilder &builder, Location loc, Value value, Type element) {
  auto tile = cast<RankedTensorType>(value.getType());
  Type from = tile.getElementType();
  if (from == element || !isa<FloatType>(from))
    return value;
  Type type = tile.clone(element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(builder, loc, type, value);
  return arith::TruncFOp::create(builder, loc, type, value);
}
