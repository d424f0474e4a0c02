// This file lowers tile.dot to fused multiply-adds or to mma.sync.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

namespace {
using Level = LayoutAttr::Level;

/// One operand of a dot in shared memory: the stage to read, and which way round it lies.
struct Operand {
  BufferType buffer;
  Value base, stage;
};

/// The distinct offsets along `dim` of the registers of an accumulator, ascending by register.
SmallVector<int32_t> offsetsAlong(LayoutAttr layout, unsigned dim) {
  SmallVector<int32_t> offsets;
  for (unsigned index = 0; index < layout.numRegisters(); ++index) {
    int32_t offset = layout.offset(Level::Register, index)[dim];
    if (!llvm::is_contained(offsets, offset))
      offsets.push_back(offset);
  }
  llvm::sort(offsets);
  return offsets;
}

/// Multiplies with one fma for each product.
class FmaDot {
public:
  FmaDot(OpBuilder &builder, DotOp op, const Operand &a, const Operand &b)
      : builder(builder), loc(op.getLoc()), a(a), b(b),
        layout(layoutOf(op.getAccumulator().getType())),
        type(op.getAccumulator().getType().getElementType()), coordinates(builder, loc, layout),
        rows(offsetsAlong(layout, 0)), columns(offsetsAlong(layout, 1)) {}

  SmallVector<Value> run(ValueRange accumulator) {
    SmallVector<Value> sums(accumulator);
    for (int64_t k = 0, depth = a.buffer.getColumns(); k < depth; ++k) {
      SmallVector<Value> left = fragment(a, rows, /*dim=*/0, k);
      SmallVector<Value> right = fragment(b, columns, /*dim=*/1, k);
      for (unsigned index = 0; index < sums.size(); ++index) {
        SmallVector<int32_t> offset = layout.offset(Level::Register, index);
        Value x = left[llvm::find(rows, offset[0]) - rows.begin()];
        Value y = right[llvm::find(columns, offset[1]) - columns.begin()];
        sums[index] = multiplyAdd(x, y, sums[index]);
      }
    }
    return sums;
  }

private:
  /// The elements of step `k` that this thread's rows (or columns) need, adjacent ones together.
  SmallVector<Value> fragment(const Operand &operand, ArrayRef<int32_t> offsets, unsigned dim,
                              int64_t k) {
    SmallVector<Value> values;
    unsigned widest = operand.buffer.getSwizzle().getMinor() == dim ? vectorWidth(operand) : 1;
    for (size_t index = 0; index < offsets.size();) {
      unsigned width = 1;
      while (width < widest && index + 2 * width <= offsets.size() &&
             offsets[index] % (2 * width) == 0 &&
             offsets[index + 2 * width - 1] == offsets[index] + int32_t(2 * width) - 1)
        width *= 2;
      llvm::append_range(values, load(operand, dim, offsets[index], k, width));
      index += width;
    }
    return values;
  }

  /// Swizzled chunks must not be torn, and an access has 16 bytes at most.
  unsigned vectorWidth(const Operand &operand) const {
    unsigned bytes = std::max(1u, operand.buffer.getElementType().getIntOrFloatBitWidth() / 8);
    return std::min(16 / bytes, std::max(1u, operand.buffer.getSwizzle().getVector()));
  }

  SmallVector<Value> load(const Operand &operand, unsigned dim, int32_t offset, int64_t k,
                          unsigned width) {
    Value along = coordinates.base(dim);
    if (offset)
      along = arith::AddIOp::create(builder, loc, along, constantI32(builder, loc, offset));
    Value depth = constantI32(builder, loc, k);
    Value element = dim == 0 ? elementOffset(builder, loc, operand.buffer, along, depth)
                             : elementOffset(builder, loc, operand.buffer, depth, along);
    Value address =
        stageElement(builder, loc, operand.buffer, operand.base, operand.stage, element);
    Type stored = memoryType(operand.buffer.getElementType());
    unsigned bytes = stored.getIntOrFloatBitWidth() / 8 * width;
    Type loadedType = width == 1 ? stored : VectorType::get(width, stored);
    Value loaded = LLVM::LoadOp::create(builder, loc, loadedType, address, bytes);
    SmallVector<Value> values;
    for (unsigned index = 0; index < width; ++index) {
      Value part = width == 1 ? loaded
                              : LLVM::ExtractElementOp::create(builder, loc, loaded,
                                                               constantI32(builder, loc, index));
      values.push_back(widen(part));
    }
    return values;
  }

  Value widen(Value value) {
    if (value.getType() == type)
      return value;
    if (isa<FloatType>(type))
      return arith::ExtFOp::create(builder, loc, type, value);
    return arith::ExtSIOp::create(builder, loc, type, value);
  }

  Value multiplyAdd(Value x, Value y, Value sum) {
    if (isa<FloatType>(type))
      return LLVM::FMAOp::create(builder, loc, x, y, sum);
    Value product = arith::MulIOp::create(builder, loc, x, y);
    return arith::AddIOp::create(builder, loc, product, sum);
  }

  OpBuilder &builder;
  Location loc;
  Operand a, b;
  LayoutAttr layout;
  Type type;
  ThreadCoordinates coordinates;
  SmallVector<int32_t> rows, columns;
};

/// Multiplies with mma.sync m16n8k16 (m16n8k8 on sm_75), fragments loaded by ldmatrix.
/// Fragment layouts: PTX ISA, "Matrix Fragments for mma.m16n8k16".
class MmaDot {
public:
  MmaDot(OpBuilder &builder, DotOp op, const Operand &a, const Operand &b, int sm)
      : builder(builder), loc(op.getLoc()), a(a), b(b),
        layout(layoutOf(op.getAccumulator().getType())), element(a.buffer.getElementType()),
        coordinates(builder, loc, layout), instructionK(sm >= 80 ? 16 : 8) {
    for (int32_t row : offsetsAlong(layout, 0))
      if (row % 16 == 0)
        rowBlocks.push_back(row);
    for (int32_t column : offsetsAlong(layout, 1))
      if (column % 8 == 0)
        columnBlocks.push_back(column);
  }

  SmallVector<Value> run(ValueRange accumulator) {
    SmallVector<Value> sums(accumulator);
    findWarpOrigin();
    for (int64_t k = 0, depth = a.buffer.getColumns(); k < depth; k += 16) {
      SmallVector<SmallVector<Value>> left, right;
      for (int32_t row : rowBlocks)
        left.push_back(fragmentA(row, k));
      for (size_t pair = 0; pair < columnBlocks.size(); pair += 2) {
        auto [first, second] = fragmentsB(columnBlocks[pair], k);
        right.push_back(first);
        right.push_back(second);
      }
      for (auto [i, row] : llvm::enumerate(rowBlocks))
        for (auto [j, column] : llvm::enumerate(columnBlocks))
          multiply(left[i], right[j], row, column, sums);
    }
    return sums;
  }

private:
  /// The first row and column of this warp's part: the coordinates without the lane's share.
  void findWarpOrigin() {
    ThreadCoordinates ids(builder, loc, warpOnly());
    warpRow = ids.base(0);
    warpColumn = ids.base(1);
    lane = ids.lane();
  }

  LayoutAttr warpOnly() const {
    SmallVector<int32_t> noLanes(layout.getLaneBases().size(), 0);
    return LayoutAttr::get(layout.getContext(), 2, layout.getRegisterBases(), noLanes,
                           layout.getWarpBases());
  }

  Value add(Value x, int64_t y) {
    return y == 0
               ? x
               : arith::AddIOp::create(builder, loc, x, constantI32(builder, loc, y)).getResult();
  }
  Value add(Value x, Value y) { return arith::AddIOp::create(builder, loc, x, y); }

  /// Loads four 8x8 matrices. Lane l gives the address of row l % 8 of matrix l / 8. `lowAlongRows`
  /// says whether matrices 0 and 1 follow each other along the rows of the operand (else its
  /// columns).
  SmallVector<Value> loadMatrices(const Operand &operand, Value row, Value column,
                                  bool lowAlongRows) {
    bool rowMajor = operand.buffer.getSwizzle().getMinor() == 1;
    Value inner = arith::AndIOp::create(builder, loc, lane, constantI32(builder, loc, 7));
    Value low = arith::AndIOp::create(builder, loc, lane, constantI32(builder, loc, 8));
    Value high = arith::ShRUIOp::create(
        builder, loc, arith::AndIOp::create(builder, loc, lane, constantI32(builder, loc, 16)),
        constantI32(builder, loc, 1));
    Value rowStep = lowAlongRows ? low : high, columnStep = lowAlongRows ? high : low;
    row = add(row, rowStep);
    column = add(column, columnStep);
    (rowMajor ? row : column) = add(rowMajor ? row : column, inner);
    Value offset = elementOffset(builder, loc, operand.buffer, row, column);
    Value address = stageElement(builder, loc, operand.buffer, operand.base, operand.stage, offset);
    return issueLdmatrix(address);
  }

  SmallVector<Value> issueLdmatrix(Value address) {
    Type i32 = builder.getI32Type();
    auto result = LLVM::LLVMStructType::getLiteral(builder.getContext(), {i32, i32, i32, i32});
    auto shape = NVVM::LdStMatrixShapeAttr::get(builder.getContext(), 8, 8);
    Value loaded = NVVM::LdMatrixOp::create(
        builder, loc, result, address, 4, transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row,
        shape, NVVM::LdStMatrixEltType::B16);
    SmallVector<Value> words;
    for (int64_t index = 0; index < 4; ++index)
      words.push_back(LLVM::ExtractValueOp::create(builder, loc, loaded, index));
    return words;
  }

  /// Registers of a 16x16 block of A: (rows 0-7, k 0-7), (rows 8-15, k 0-7), then k 8-15.
  SmallVector<Value> fragmentA(int32_t row, int64_t k) {
    transposed = a.buffer.getSwizzle().getMinor() == 0;
    return loadMatrices(a, add(warpRow, row), constantI32(builder, loc, k), /*lowAlongRows=*/true);
  }

  /// Registers of two adjacent 16x8 blocks of B, each (k 0-7), (k 8-15).
  std::pair<SmallVector<Value>, SmallVector<Value>> fragmentsB(int32_t column, int64_t k) {
    transposed = b.buffer.getSwizzle().getMinor() == 1;
    auto words = loadMatrices(b, constantI32(builder, loc, k), add(warpColumn, column),
                              /*lowAlongRows=*/true);
    return {{words[0], words[1]}, {words[2], words[3]}};
  }

  Value asPair(Value word) {
    return LLVM::BitcastOp::create(builder, loc, VectorType::get(2, element), word);
  }

  void multiply(ArrayRef<Value> left, ArrayRef<Value> right, int32_t row, int32_t column,
                MutableArrayRef<Value> sums) {
    SmallVector<unsigned> places;
    for (unsigned index = 0; index < sums.size(); ++index) {
      SmallVector<int32_t> offset = layout.offset(Level::Register, index);
      if (offset[0] / 16 * 16 == row && offset[1] / 8 * 8 == column)
        places.push_back(index);
    }
    for (unsigned half = 0; half < 16 / instructionK; ++half) {
      ArrayRef<Value> x = left, y = right;
      if (instructionK == 8) {
        x = left.slice(2 * half, 2);
        y = right.slice(half, 1);
      }
      issueMma(x, y, places, sums);
    }
  }

  void issueMma(ArrayRef<Value> left, ArrayRef<Value> right, ArrayRef<unsigned> places,
                MutableArrayRef<Value> sums) {
    bool bf16 = element.isBF16();
    auto operandOf = [&](Value word) { return bf16 ? word : asPair(word); };
    SmallVector<Value> x = llvm::map_to_vector(left, operandOf);
    SmallVector<Value> y = llvm::map_to_vector(right, operandOf);
    SmallVector<Value> c;
    for (unsigned place : places)
      c.push_back(sums[place]);
    Type f32 = builder.getF32Type();
    auto result = LLVM::LLVMStructType::getLiteral(builder.getContext(), {f32, f32, f32, f32});
    auto type = bf16 ? NVVM::MMATypes::bf16 : NVVM::MMATypes::f16;
    Value d = NVVM::MmaOp::create(
        builder, loc, result, x, y, c, ArrayRef<int64_t>{16, 8, int64_t(instructionK)},
        /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
        std::array<NVVM::MMATypes, 2>{type, type},
        std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row, NVVM::MMALayout::col});
    for (auto [index, place] : llvm::enumerate(places))
      sums[place] = LLVM::ExtractValueOp::create(builder, loc, d, int64_t(index));
  }

  OpBuilder &builder;
  Location loc;
  Operand a, b;
  LayoutAttr layout;
  Type element;
  ThreadCoordinates coordinates;
  unsigned instructionK;
  SmallVector<int32_t> rowBlocks, columnBlocks;
  Value warpRow, warpColumn, lane;
  bool transposed = false;
};

struct LowerDotOp : OpConversionPattern<DotOp> {
  LowerDotOp(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(DotOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Operand a{op.getA().getType(), adaptor.getA().front(), adaptor.getStageA().front()};
    Operand b{op.getB().getType(), adaptor.getB().front(), adaptor.getStageB().front()};
    SmallVector<Value> sums;
    if (op.getKind() == DotKind::Mma)
      sums = MmaDot(rewriter, op, a, b, context.sm).run(adaptor.getAccumulator());
    else
      sums = FmaDot(rewriter, op, a, b).run(adaptor.getAccumulator());
    rewriter.replaceOpWithMultiple(op, {sums});
    return success();
  }

  const KernelContext &context;
};
} // namespace

void azulejo::lowering::populateDotPatterns(const TileTypeConverter &converter,
                                            const KernelContext &context,
                                            RewritePatternSet &patterns) {
  patterns.add<LowerDotOp>(converter, patterns.getContext(), context);
}
