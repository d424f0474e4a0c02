// This file imports convolutions.
#include "lib/Import/Windows.h"

using namespace mlir;

namespace azulejo {
namespace {

/// The kernel of the weights, which the attribute kernel_shape must repeat where it is there.
std::optional<Ints> checkedKernel(NodeImporter &n, Value weight) {
  std::optional<Ints> kernel = kernelOf(n, weight), given = n.ints("kernel_shape");
  if (kernel && given && *given != *kernel) {
    n.invalid("import.attribute",
              "expected the kernel_shape of the weights " + n.shapeText(weight) + ", got another");
    return std::nullopt;
  }
  return kernel;
}

Value addBias(NodeImporter &n, Value y, unsigned index) {
  return y && n.hasInput(index) ? n.add(y, n.alongChannels(n.input(index), n.rankOf(y))) : y;
}

LogicalResult importConv(NodeImporter &n) {
  Value x = n.input(0), weight = n.input(1);
  std::optional<Ints> kernel = checkedKernel(n, weight);
  std::optional<Window> window = kernel ? readWindow(n, *kernel) : std::nullopt;
  if (!window)
    return failure();
  return n.result(addBias(n, buildConv(n, x, weight, *window, n.intOr("group", 1)), 2));
}

/// Puts `stride - 1` zeros after each element of a spatial dimension: a transposed convolution is a
/// plain one over that, with mirrored weights.
Value spread(NodeImporter &n, Value x, ArrayRef<int64_t> strides, ArrayRef<int64_t> extra) {
  Dims dims = n.dimsOf(x), split{dims[0], dims[1]}, merged{dims[0], dims[1]};
  Ints high{0, 0}, cut{0, 0};
  for (auto [i, stride] : llvm::enumerate(strides)) {
    split.append({dims[i + 2], n.expr(1)});
    merged.push_back(graph::simplify(dims[i + 2] * stride));
    high.append({0, stride - 1});
    cut.push_back(1 - stride + extra[i]);
  }
  Value zero = n.intScalar(n.elementOf(x), 0);
  Value wide =
      n.pad(graph::PadMode::constant, n.reshape(x, split), zero, Ints(high.size(), 0), high);
  return n.pad(graph::PadMode::constant, n.reshape(wide, merged), zero, Ints(cut.size(), 0), cut);
}

/// [C, O/g, k...] becomes [O, C/g, k...] with every kernel mirrored.
Value mirrorWeights(NodeImporter &n, Value weight, int64_t group) {
  Dims dims = n.dimsOf(weight);
  int64_t rank = n.rankOf(weight);
  Dims split{n.expr(group), graph::simplify(dims[0].floorDiv(group))}, merged;
  split.append(dims.begin() + 1, dims.end());
  Ints perm{0, 2, 1}, starts(rank, 0), steps(rank, 1);
  for (int64_t i = 3; i <= rank; ++i)
    perm.push_back(i);
  for (int64_t i = 2; i < rank; ++i)
    starts[i] = steps[i] = -1;
  merged.append({graph::simplify(dims[1] * group), graph::simplify(dims[0].floorDiv(group))});
  merged.append(dims.begin() + 2, dims.end());
  Value moved = n.reshape(n.transpose(n.reshape(weight, split), perm), merged);
  return n.slice(moved, starts, steps, merged);
}

/// The pads of a transposed convolution for a wanted output_shape or auto_pad SAME.
bool transposedPads(NodeImporter &n, Window &window, ArrayRef<int64_t> outputPadding) {
  std::optional<Ints> wanted = n.ints("output_shape");
  std::string mode = n.stringOr("auto_pad", "NOTSET");
  if (!wanted && mode == "NOTSET")
    return true;
  size_t count = window.kernel.size();
  if (wanted && wanted->size() < count) {
    n.invalid("import.attribute", "expected an output_shape of the spatial dimensions, got fewer");
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    int64_t stride = window.strides[i], reach = window.dilations[i] * (window.kernel[i] - 1) + 1;
    int64_t total = std::max<int64_t>(reach - stride, 0) + outputPadding[i];
    if (wanted) {
      std::optional<int64_t> size = n.staticDim(n.input(0), static_cast<int64_t>(i) + 2);
      if (!size)
        return false;
      total =
          stride * (*size - 1) + outputPadding[i] + reach - (*wanted)[wanted->size() - count + i];
    } else if (mode == "VALID") {
      total = 0;
    }
    // A larger output than the window reaches is filled up at the end.
    if (total < 0) {
      window.padsBegin[i] = 0;
      window.padsEnd[i] = total;
      continue;
    }
    int64_t less = total / 2;
    window.padsBegin[i] = mode == "SAME_UPPER" ? less : total - less;
    window.padsEnd[i] = total - window.padsBegin[i];
  }
  return true;
}

LogicalResult importConvTranspose(NodeImporter &n) {
  Value x = n.input(0), weight = n.input(1);
  std::optional<Ints> kernel = checkedKernel(n, weight);
  // auto_pad means something else here: it is read as NOTSET and applied below.
  std::optional<Window> window = kernel ? readWindow(n, *kernel) : std::nullopt;
  if (!window)
    return failure();
  int64_t group = n.intOr("group", 1);
  Ints outputPadding = n.ints("output_padding").value_or(Ints(kernel->size(), 0));
  if (group < 1 || outputPadding.size() != kernel->size())
    return n.invalid("import.attribute",
                     "expected a group of at least 1 and one output_padding per "
                     "spatial dimension, got others");
  if (!transposedPads(n, *window, outputPadding))
    return failure();
  Window plain{*kernel, Ints(kernel->size(), 1), window->dilations, {}, {}};
  Ints extra, cut{0, 0};
  bool isCut = false;
  for (size_t i = 0; i < kernel->size(); ++i) {
    int64_t reach = window->dilations[i] * ((*kernel)[i] - 1);
    int64_t begin = reach - window->padsBegin[i];
    extra.push_back(outputPadding[i] - window->padsEnd[i] + reach);
    plain.padsBegin.push_back(std::max<int64_t>(begin, 0));
    plain.padsEnd.push_back(0);
    cut.push_back(std::min<int64_t>(begin, 0));
    isCut |= begin < 0;
  }
  Value wide = spread(n, x, window->strides, extra);
  if (isCut)
    wide = n.pad(graph::PadMode::constant, wide, n.intScalar(n.elementOf(x), 0), cut,
                 Ints(cut.size(), 0));
  Value y = buildConv(n, wide, mirrorWeights(n, weight, group), plain, group);
  return n.result(addBias(n, y, 2));
}

} // namespace

void registerConvImporters(OperatorRegistry &r) {
  r.add("Conv", 1, importConv);
  r.add("ConvTranspose", 1, importConvTranspose);
}

} // namespace azulejo
