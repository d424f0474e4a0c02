// This file imports Resize and Upsample. Interpolation is separable: along each axis it is a
// product with a constant matrix, or, for the nearest element, a gather.
#include "lib/Import/NodeImporter.h"

#include <cmath>

using namespace mlir;

namespace azulejo {
namespace {

/// What the attributes of a Resize say.
struct ResizeRule {
  std::string mode, coordinates, nearest;
  double cubicA = -0.75;
  bool excludeOutside = false, antialias = false;
};

/// One axis: sizes, the factor between them, and the part of the input that tf_crop_and_resize
/// takes.
struct ResizeAxis {
  int64_t in, out;
  double scale;
  double cropBegin = 0, cropEnd = 1;
};

/// Where in the input the output element `x` lies.
double sourceOf(const ResizeRule &rule, const ResizeAxis &axis, int64_t x) {
  double place = static_cast<double>(x), in = static_cast<double>(axis.in);
  double exactOut = axis.scale * in;
  double half = (place + 0.5) / axis.scale - 0.5;
  if (rule.coordinates == "asymmetric")
    return place / axis.scale;
  if (rule.coordinates == "align_corners")
    return exactOut == 1 ? 0 : place * (in - 1) / (exactOut - 1);
  if (rule.coordinates == "pytorch_half_pixel")
    return exactOut == 1 ? -0.5 : half;
  if (rule.coordinates == "half_pixel_symmetric")
    return in / 2 * (1 - static_cast<double>(axis.out) / exactOut) + half;
  if (rule.coordinates == "tf_crop_and_resize") {
    double span = (axis.cropEnd - axis.cropBegin) * (in - 1);
    double begin = axis.cropBegin * (in - 1);
    return axis.out == 1 ? begin + span / 2
                         : begin + place * span / (static_cast<double>(axis.out) - 1);
  }
  return half;
}

double cubic(double a, double x) {
  x = std::fabs(x);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// The weights of the elements first, first + 1, ... relative to the one on the left of the source,
/// where `ratio` in (0, 1] is the distance from that one.
SmallVector<double> weightsOf(const ResizeRule &rule, double ratio, double scale, int64_t &first) {
  first = 0;
  if (rule.mode == "nearest") {
    bool left = rule.nearest == "floor" || (rule.nearest == "round_prefer_floor" && ratio <= 0.5) ||
                (rule.nearest == "round_prefer_ceil" && ratio < 0.5);
    left &= ratio != 1;
    return left ? SmallVector<double>{1, 0} : SmallVector<double>{0, 1};
  }
  bool isCubic = rule.mode == "cubic";
  double stretch = rule.antialias ? std::min(scale, 1.0) : 1.0;
  double reach = isCubic ? 2 : 1;
  first = static_cast<int64_t>(std::floor(-reach / stretch)) + 1;
  SmallVector<double> weights;
  double sum = 0;
  for (int64_t i = first; i < 2 - first; ++i) {
    double x = stretch * (static_cast<double>(i) - ratio);
    double weight = isCubic ? cubic(rule.cubicA, x) : std::max(0.0, 1 - std::fabs(x));
    weights.push_back(weight);
    sum += weight;
  }
  if (rule.antialias)
    for (double &weight : weights)
      weight /= sum;
  return weights;
}

/// The matrix [out, in] of an axis, row by row; `outside` gets the rows whose source lies outside
/// of the input.
SmallVector<double> matrixOf(const ResizeRule &rule, const ResizeAxis &axis, Ints &outside) {
  SmallVector<double> matrix(static_cast<size_t>(axis.in * axis.out), 0.0);
  for (int64_t x = 0; x < axis.out; ++x) {
    double source = sourceOf(rule, axis, x);
    bool isOutside = source < 0 || source > static_cast<double>(axis.in - 1);
    outside.push_back(rule.coordinates == "tf_crop_and_resize" && isOutside);
    double base = std::ceil(source) - 1;
    int64_t first;
    SmallVector<double> weights = weightsOf(rule, source - base, axis.scale, first);
    double sum = 0, *row = matrix.data() + x * axis.in;
    for (auto [i, weight] : llvm::enumerate(weights)) {
      int64_t place = static_cast<int64_t>(base) + first + static_cast<int64_t>(i);
      bool isOut = place < 0 || place >= axis.in;
      if (isOut && rule.excludeOutside)
        continue;
      row[std::clamp<int64_t>(place, 0, axis.in - 1)] += weight;
      sum += weight;
    }
    if (rule.excludeOutside)
      for (int64_t i = 0; i < axis.in; ++i)
        row[i] /= sum;
  }
  return matrix;
}

/// Applies a matrix [out, in] to one axis of `x`.
Value applyMatrix(NodeImporter &n, Value x, int64_t axis, const ResizeAxis &sizes,
                  ArrayRef<double> matrix, bool isNearest) {
  if (isNearest) {
    Ints places;
    for (int64_t row = 0; row < sizes.out; ++row) {
      ArrayRef<double> weights =
          matrix.slice(static_cast<size_t>(row * sizes.in), static_cast<size_t>(sizes.in));
      places.push_back(std::max_element(weights.begin(), weights.end()) - weights.begin());
    }
    Type i64 = IntegerType::get(n.builderContext(), 64);
    return n.gather(x, n.constantInts(i64, sizes.out, places), axis);
  }
  int64_t rank = n.rankOf(x);
  Ints perm;
  for (int64_t i = 0; i < rank; ++i)
    perm.push_back(i);
  std::swap(perm[axis], perm[rank - 1]);
  Value weights = n.constantFloats(n.elementOf(x), {sizes.out, sizes.in}, matrix);
  Value moved = n.transpose(x, perm);
  if (rank == 1)
    moved = n.reshape(moved, {n.expr(1), n.dimsOf(x)[0]});
  Value product = n.matmul(moved, weights, false, true);
  if (rank == 1)
    product = n.reshape(product, {n.expr(sizes.out)});
  return n.transpose(product, perm);
}

/// Repeats every element of an axis `factor` times.
Value repeatAxis(NodeImporter &n, Value x, int64_t axis, int64_t factor) {
  if (!x)
    return {};
  Dims split = n.dimsOf(x), merged = split;
  split.insert(split.begin() + axis + 1, n.expr(1));
  Dims wide = split;
  wide[axis + 1] = n.expr(factor);
  merged[axis] = graph::simplify(merged[axis] * factor);
  return n.reshape(n.broadcast(n.reshape(x, split), wide), merged);
}

/// Whether a whole factor repeats elements: then the axis may be dynamic.
bool isRepeat(const ResizeRule &rule, double scale) {
  bool isWhole = scale >= 1 && scale == std::floor(scale) && scale < 1e6;
  bool isHalf = StringRef(rule.coordinates).contains("half_pixel") &&
                StringRef(rule.nearest).starts_with("round");
  bool isFloor = rule.coordinates == "asymmetric" && rule.nearest == "floor";
  return rule.mode == "nearest" && isWhole && (isHalf || isFloor);
}

/// The sizes and factors that were asked for, one per axis of `axes`.
struct ResizeTarget {
  std::optional<SmallVector<double>> scales;
  std::optional<Ints> sizes;
};

/// One factor for all axes, so that the result fits in (or covers) the given sizes.
LogicalResult keepAspect(NodeImporter &n, Value x, ArrayRef<int64_t> axes, ResizeTarget &target) {
  std::string policy = n.stringOr("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || !target.sizes)
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return n.invalid("import.attribute",
                     "expected keep_aspect_ratio_policy stretch, not_larger or not_smaller, got "
                     "another");
  std::optional<double> factor;
  SmallVector<double> dims;
  for (auto [axis, size] : llvm::zip(axes, *target.sizes)) {
    std::optional<int64_t> dim = n.staticDim(x, axis);
    if (!dim || *dim == 0)
      return failure();
    dims.push_back(static_cast<double>(*dim));
    double scale = static_cast<double>(size) / dims.back();
    factor = !factor                  ? scale
             : policy == "not_larger" ? std::min(*factor, scale)
                                      : std::max(*factor, scale);
  }
  for (size_t i = 0; i < dims.size(); ++i)
    (*target.sizes)[i] = static_cast<int64_t>(std::floor(*factor * dims[i] + 0.5));
  target.scales = SmallVector<double>(dims.size(), *factor);
  return success();
}

LogicalResult resize(NodeImporter &n, const ResizeRule &rule, ArrayRef<int64_t> axes,
                     ResizeTarget target, ArrayRef<double> crop) {
  Value x = n.input(0);
  if (!x || failed(keepAspect(n, x, axes, target)))
    return failure();
  size_t count = target.sizes ? target.sizes->size() : target.scales->size();
  if (count != axes.size() || (!crop.empty() && crop.size() != 2 * axes.size()))
    return n.invalid("import.shape", "expected one size or scale for each of " +
                                         Twine(axes.size()) + " axes, got " + Twine(count));
  bool isCrop = rule.coordinates == "tf_crop_and_resize";
  Value outside;
  Type i1 = IntegerType::get(n.builderContext(), 1);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    double scale = target.scales ? (*target.scales)[i] : 0;
    if (target.scales && !target.sizes && isRepeat(rule, scale)) {
      x = scale == 1 ? x : repeatAxis(n, x, axis, static_cast<int64_t>(scale));
      continue;
    }
    std::optional<int64_t> in = x ? n.staticDim(x, axis) : std::nullopt;
    if (!in)
      return failure();
    int64_t out = target.sizes ? (*target.sizes)[i]
                               : static_cast<int64_t>(std::floor(static_cast<double>(*in) * scale));
    if (*in == 0 || out < 0 || out > 1 << 24 ||
        !n.charge(static_cast<uint64_t>(*in) * static_cast<uint64_t>(out) * 8))
      return n.invalid("import.limit",
                       "expected sizes from 0 to 2^24, got " + Twine(*in) + " and " + Twine(out));
    if (!target.scales)
      scale = static_cast<double>(out) / static_cast<double>(*in);
    ResizeAxis sizes{*in, out, scale, isCrop ? crop[i] : 0, isCrop ? crop[i + axes.size()] : 1};
    if (*in == out && scale == 1 && !isCrop)
      continue;
    Ints isOutside;
    SmallVector<double> matrix = matrixOf(rule, sizes, isOutside);
    x = applyMatrix(n, x, axis, sizes, matrix, rule.mode == "nearest");
    if (!llvm::is_contained(isOutside, 1))
      continue;
    Ints shape(n.rankOf(n.input(0)), 1);
    shape[axis] = out;
    Value mask = n.constantInts(i1, shape, isOutside);
    outside = outside ? n.binary<graph::OrOp>(outside, mask) : mask;
  }
  float extrapolation = n.floatOr("extrapolation_value", 0.0f);
  return n.result(outside ? n.select(outside, n.scalarLike(x, extrapolation), x) : x);
}

Ints allAxes(NodeImporter &n, Value x) {
  Ints axes;
  for (int64_t i = 0; x && i < n.rankOf(x); ++i)
    axes.push_back(i);
  return axes;
}

LogicalResult checkRule(NodeImporter &n, const ResizeRule &rule) {
  static const char *const coordinates[] = {"half_pixel",    "half_pixel_symmetric",
                                            "align_corners", "pytorch_half_pixel",
                                            "asymmetric",    "tf_crop_and_resize"};
  static const char *const nearest[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
  bool isKnown = llvm::is_contained(coordinates, rule.coordinates) &&
                 llvm::is_contained(nearest, rule.nearest) &&
                 (rule.mode == "nearest" || rule.mode == "linear" || rule.mode == "cubic");
  return isKnown ? success()
                 : LogicalResult(n.invalid("import.attribute",
                                           "expected a mode and coordinate transformation of "
                                           "Resize, got another"));
}

LogicalResult importResize(NodeImporter &n) {
  ResizeRule rule;
  rule.mode = n.stringOr("mode", "nearest");
  rule.coordinates = n.stringOr("coordinate_transformation_mode", "half_pixel");
  rule.nearest = n.stringOr("nearest_mode", "round_prefer_floor");
  rule.cubicA = n.floatOr("cubic_coeff_a", -0.75f);
  rule.excludeOutside = n.intOr("exclude_outside", 0) != 0;
  rule.antialias = n.intOr("antialias", 0) != 0;
  Value x = n.input(0);
  if (!x || failed(checkRule(n, rule)))
    return failure();
  std::optional<Ints> axes = n.ints("axes").value_or(allAxes(n, x));
  for (int64_t &axis : *axes) {
    std::optional<int64_t> normal = n.axis(axis, n.rankOf(x));
    if (!normal)
      return failure();
    axis = *normal;
  }
  ResizeTarget target;
  bool hasScales = n.hasInput(2) && n.typeOf(n.input(2)).getShape() != ArrayRef<int64_t>{0};
  if (hasScales && !(target.scales = n.constantFloats(2)))
    return failure();
  if (!hasScales && !(target.sizes = n.constantInput(3)))
    return failure();
  std::optional<SmallVector<double>> crop = SmallVector<double>();
  if (rule.coordinates == "tf_crop_and_resize" && !(crop = n.constantFloats(1)))
    return failure();
  return resize(n, rule, *axes, target, *crop);
}

/// Resize-10 and Upsample-9 have scales as their second input, Upsample-7 as an attribute.
LogicalResult importUpsample(NodeImporter &n) {
  ResizeRule rule{n.stringOr("mode", "nearest"), "asymmetric", "floor"};
  Value x = n.input(0);
  ResizeTarget target;
  if (const onnx::AttributeProto *scales = n.attribute("scales", onnx::AttributeType::Floats))
    target.scales = SmallVector<double>(scales->floats.begin(), scales->floats.end());
  else
    target.scales = n.constantFloats(1);
  if (!x || !target.scales || failed(checkRule(n, rule)))
    return failure();
  return resize(n, rule, allAxes(n, x), target, {});
}

} // namespace

void registerResizeImporters(OperatorRegistry &r) {
  r.add("Upsample", 7, importUpsample);
  r.add("Resize", 10, importUpsample);
  r.add("Resize", 11, importResize);
}

} // namespace azulejo
