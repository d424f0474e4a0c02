// This file implements #tile.layout: its construction, arithmetic and syntax.
#include "dialects/Tile/TileOps.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace azulejo::tile;

static constexpr unsigned kLaneBits = 5;

bool azulejo::tile::isTile(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return false;
  auto layout = dyn_cast_or_null<LayoutAttr>(tensor.getEncoding());
  return layout && layout.getRank() == tensor.getRank() &&
         llvm::all_of(tensor.getShape(), [](int64_t size) { return llvm::isPowerOf2_64(size); });
}

LayoutAttr azulejo::tile::layoutOf(Type tile) {
  return cast<LayoutAttr>(cast<RankedTensorType>(tile).getEncoding());
}

RankedTensorType azulejo::tile::tileType(ArrayRef<int64_t> shape, Type element, LayoutAttr layout) {
  return RankedTensorType::get(shape, element, layout);
}

namespace {
/// Hands out the bits of a tile's coordinates, the fastest dimension first.
class BitDealer {
public:
  BitDealer(ArrayRef<int64_t> shape, ArrayRef<unsigned> order)
      : rank(shape.size()), order(order), next(rank, 1), shape(shape) {}

  /// The next free basis, or zeros when every coordinate bit is taken.
  SmallVector<int32_t> take() {
    SmallVector<int32_t> basis(rank, 0);
    for (unsigned dim : order) {
      if (next[dim] >= shape[dim])
        continue;
      basis[dim] = next[dim];
      next[dim] *= 2;
      return basis;
    }
    return basis;
  }

  /// The next basis along `dim`, or nothing when it is used up.
  std::optional<SmallVector<int32_t>> takeAlong(unsigned dim) {
    if (next[dim] >= shape[dim])
      return std::nullopt;
    SmallVector<int32_t> basis(rank, 0);
    basis[dim] = next[dim];
    next[dim] *= 2;
    return basis;
  }

  bool empty() const {
    return llvm::all_of(llvm::zip(next, shape),
                        [](auto pair) { return std::get<0>(pair) >= std::get<1>(pair); });
  }

private:
  unsigned rank;
  ArrayRef<unsigned> order;
  SmallVector<int64_t> next;
  ArrayRef<int64_t> shape;
};
} // namespace

LayoutAttr LayoutAttr::blocked(MLIRContext *context, ArrayRef<int64_t> shape, int64_t perThread,
                               ArrayRef<unsigned> order, int64_t warps) {
  BitDealer dealer(shape, order);
  SmallVector<int32_t> registers, lanes, warpBases;
  for (int64_t held = 1; held < perThread; held *= 2)
    if (auto basis = dealer.takeAlong(order.front()))
      llvm::append_range(registers, *basis);
  for (unsigned bit = 0; bit < kLaneBits; ++bit)
    llvm::append_range(lanes, dealer.take());
  for (int64_t covered = 1; covered < warps; covered *= 2)
    llvm::append_range(warpBases, dealer.take());
  while (!dealer.empty())
    llvm::append_range(registers, dealer.take());
  return LayoutAttr::get(context, shape.size(), registers, lanes, warpBases);
}

LayoutAttr LayoutAttr::fma(MLIRContext *context, int64_t rows, int64_t columns, int64_t warps) {
  int64_t shape[] = {rows, columns};
  unsigned order[] = {1, 0};
  BitDealer dealer(shape, order);
  SmallVector<int32_t> registers, lanes, warpBases;
  auto deal = [&](SmallVector<int32_t> &bases, ArrayRef<unsigned> dims, bool fixed) {
    for (unsigned dim : dims) {
      auto basis = dealer.takeAlong(dim);
      if (basis)
        llvm::append_range(bases, *basis);
      else if (fixed)
        llvm::append_range(bases, dealer.take());
    }
  };
  deal(registers, {1, 1, 0, 0}, /*fixed=*/false);
  deal(lanes, {1, 1, 1, 0, 0}, /*fixed=*/true);
  for (int64_t covered = 1, dim = 1; covered < warps; covered *= 2, dim = 1 - dim)
    deal(warpBases, {unsigned(dim)}, /*fixed=*/true);
  while (!dealer.empty())
    llvm::append_range(registers, dealer.take());
  return LayoutAttr::get(context, 2, registers, lanes, warpBases);
}

LayoutAttr LayoutAttr::mma(MLIRContext *context, int64_t rows, int64_t columns, int64_t warps) {
  SmallVector<int32_t> registers{0, 1, 8, 0}, lanes{0, 2, 0, 4, 1, 0, 2, 0, 4, 0}, warpBases;
  int32_t warpRows = rows, warpColumns = columns;
  for (int64_t covered = 1; covered < warps; covered *= 2) {
    bool splitRows = warpRows >= warpColumns && warpRows > 16;
    int32_t &part = splitRows ? warpRows : warpColumns;
    part /= 2;
    llvm::append_range(warpBases,
                       splitRows ? ArrayRef<int32_t>{part, 0} : ArrayRef<int32_t>{0, part});
  }
  for (int32_t column = 8; column < warpColumns; column *= 2)
    llvm::append_range(registers, ArrayRef<int32_t>{0, column});
  for (int32_t row = 16; row < warpRows; row *= 2)
    llvm::append_range(registers, ArrayRef<int32_t>{row, 0});
  return LayoutAttr::get(context, 2, registers, lanes, warpBases);
}

LayoutAttr LayoutAttr::wgmma(MLIRContext *context, int64_t rows, int64_t columns, int64_t warps) {
  SmallVector<int32_t> registers{0, 1, 8, 0}, lanes{0, 2, 0, 4, 1, 0, 2, 0, 4, 0}, warpBases;
  for (int32_t column = 8; column < columns; column *= 2)
    llvm::append_range(registers, ArrayRef<int32_t>{0, column});
  int32_t row = 16;
  for (int64_t covered = 1; covered < warps; covered *= 2, row *= 2)
    llvm::append_range(warpBases, ArrayRef<int32_t>{row, 0});
  for (; row < rows; row *= 2)
    llvm::append_range(registers, ArrayRef<int32_t>{row, 0});
  return LayoutAttr::get(context, 2, registers, lanes, warpBases);
}

ArrayRef<int32_t> LayoutAttr::bases(Level level) const {
  switch (level) {
  case Level::Register:
    return getRegisterBases();
  case Level::Lane:
    return getLaneBases();
  case Level::Warp:
    return getWarpBases();
  }
  llvm_unreachable("a layout has three levels");
}

ArrayRef<int32_t> LayoutAttr::basis(Level level, unsigned bit) const {
  return bases(level).slice(bit * getRank(), getRank());
}

unsigned LayoutAttr::numBits(Level level) const {
  return getRank() == 0 ? 0 : bases(level).size() / getRank();
}

SmallVector<int32_t> LayoutAttr::offset(Level level, unsigned number) const {
  SmallVector<int32_t> result(getRank(), 0);
  for (unsigned bit = 0, end = numBits(level); bit < end; ++bit)
    if (number >> bit & 1)
      for (auto [sum, part] : llvm::zip(result, basis(level, bit)))
        sum ^= part;
  return result;
}

LayoutAttr LayoutAttr::reduced(unsigned axis) const {
  SmallVector<int32_t> registers;
  for (unsigned bit = 0, end = numBits(Level::Register); bit < end; ++bit) {
    ArrayRef<int32_t> old = basis(Level::Register, bit);
    if (old[axis] == 0)
      llvm::append_range(registers, old);
  }
  auto zeroAxis = [&](Level level) {
    SmallVector<int32_t> result(bases(level));
    for (unsigned bit = 0, end = numBits(level); bit < end; ++bit)
      result[bit * getRank() + axis] = 0;
    return result;
  };
  return LayoutAttr::get(getContext(), getRank(), registers, zeroAxis(Level::Lane),
                         zeroAxis(Level::Warp));
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, unsigned rank,
                                 ArrayRef<int32_t> registers, ArrayRef<int32_t> lanes,
                                 ArrayRef<int32_t> warps) {
  if (rank == 0)
    return emitError() << "a layout has at least one dimension, got: 0";
  for (ArrayRef<int32_t> bases : {registers, lanes, warps}) {
    if (bases.size() % rank != 0)
      return emitError() << "every basis must have " << rank << " coordinates";
    for (size_t bit = 0; bit < bases.size(); bit += rank) {
      ArrayRef<int32_t> basis = bases.slice(bit, rank);
      unsigned nonZero = llvm::count_if(basis, [](int32_t part) { return part != 0; });
      bool powers =
          llvm::all_of(basis, [](int32_t part) { return part >= 0 && (part & (part - 1)) == 0; });
      if (nonZero > 1 || !powers)
        return emitError() << "a basis must be zero, or one power of two along one dimension";
    }
  }
  if (lanes.size() != kLaneBits * rank)
    return emitError() << "a layout has " << kLaneBits
                       << " lane bases, got: " << lanes.size() / rank;
  return success();
}

static void printBases(AsmPrinter &printer, StringRef name, unsigned rank,
                       ArrayRef<int32_t> bases) {
  printer << name << " = [";
  for (size_t bit = 0; bit < bases.size(); bit += rank) {
    printer << (bit ? ", (" : "(");
    llvm::interleaveComma(bases.slice(bit, rank), printer);
    printer << ")";
  }
  printer << "]";
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printBases(printer, "register", getRank(), getRegisterBases());
  printBases(printer, ", lane", getRank(), getLaneBases());
  printBases(printer, ", warp", getRank(), getWarpBases());
  printer << ">";
}

/// Parses `name = [(a, b), …]`; all bases must agree on the rank.
static ParseResult parseBases(AsmParser &parser, StringRef name, unsigned &rank,
                              SmallVectorImpl<int32_t> &bases) {
  auto parseBasis = [&]() -> ParseResult {
    size_t before = bases.size();
    auto parsePart = [&]() { return parser.parseInteger(bases.emplace_back()); };
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parsePart))
      return failure();
    unsigned parts = bases.size() - before;
    if (rank == 0)
      rank = parts;
    if (parts != rank)
      return parser.emitError(loc)
             << "expected a basis of " << rank << " coordinates, got: " << parts;
    return success();
  };
  return failure(parser.parseKeyword(name) || parser.parseEqual() ||
                 parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseBasis));
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  unsigned rank = 0;
  SmallVector<int32_t> registers, lanes, warps;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parseBases(parser, "register", rank, registers) ||
      parser.parseComma() || parseBases(parser, "lane", rank, lanes) || parser.parseComma() ||
      parseBases(parser, "warp", rank, warps) || parser.parseGreater())
    return {};
  return parser.getChecked<LayoutAttr>(loc, parser.getContext(), rank, ArrayRef<int32_t>(registers),
                                       ArrayRef<int32_t>(lanes), ArrayRef<int32_t>(warps));
}
