// This file lowers tile.dot of kind mma: fragments from shared memory, and mma.sync.
#include "lib/Lowering/LowerDot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

using Level = LayoutAttr::Level;

namespace {
/// Multiplies with mma.sync m16n8k16 of f16 or bf16 (m16n8k8 on sm_75), or m16n8k8 of tf32.
/// Fragment layouts: PTX ISA, "Matrix Fragments for mma.m16n8k16" and "for mma.m16n8k8".
///
/// A fragment is made of 8x8 matrices of 16 bits, which are 8 rows of 16 bytes along K: 8 elements
/// of f16, 4 of f32. In both cases lane l holds the four bytes l % 4 of row l / 4.
class MmaDot {
public:
  MmaDot(OpBuilder &builder, DotOp op, const DotOperand &a, const DotOperand &b, int sm)
      : builder(builder), loc(op.getLoc()), a(a), b(b),
        layout(layoutOf(op.getAccumulator().getType())), element(a.buffer.getElementType()),
        matrixK(element.isF32() ? 4 : 8), instructions(!element.isF32() && sm < 80 ? 2 : 1) {
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
    for (int64_t k = 0, depth = a.buffer.getColumns(); k < depth; k += 2 * matrixK) {
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
  Value laneBits(int64_t mask) {
    return arith::AndIOp::create(builder, loc, lane, constantI32(builder, loc, mask));
  }
  Value shiftRight(Value x, int64_t bits) {
    return bits == 0 ? x
                     : arith::ShRUIOp::create(builder, loc, x, constantI32(builder, loc, bits))
                           .getResult();
  }

  Value addressOf(const DotOperand &operand, Value row, Value column) {
    Value offset = elementOffset(builder, loc, operand.buffer, row, column);
    return stageElement(builder, loc, operand.buffer, operand.base, operand.stage, offset);
  }

  /// Loads four 8x8 matrices, the second below the first and the other two beside them, where
  /// `kDim` is the dimension of K. Elements of 32 bits that are not neighbours along K are loaded
  /// one by one: ldmatrix transposes units of 16 bits only.
  SmallVector<Value> loadMatrices(const DotOperand &operand, unsigned kDim, Value row,
                                  Value column) {
    bool alongK = operand.buffer.getSwizzle().getMinor() == kDim;
    if (!element.isF32())
      return ldmatrix(operand, kDim, row, column, /*transposed=*/!alongK);
    SmallVector<Value> words = alongK ? ldmatrix(operand, kDim, row, column, /*transposed=*/false)
                                      : loadWords(operand, kDim, row, column);
    for (Value &word : words)
      word = roundToTf32(word);
    return words;
  }

  /// Lane l gives the address of row l % 8 of matrix l / 8.
  SmallVector<Value> ldmatrix(const DotOperand &operand, unsigned kDim, Value row, Value column,
                              bool transposed) {
    // Bits 3 and 4 of the lane choose the matrix: the next one is 8 rows away, or one along K.
    int64_t narrower = matrixK == 8 ? 0 : 1;
    row = add(row, shiftRight(laneBits(8), kDim == 0 ? narrower : 0));
    column = add(column, shiftRight(laneBits(16), kDim == 1 ? 1 + narrower : 1));
    bool rowMajor = operand.buffer.getSwizzle().getMinor() == 1;
    (rowMajor ? row : column) = add(rowMajor ? row : column, laneBits(7));
    return issueLdmatrix(addressOf(operand, row, column), transposed);
  }

  SmallVector<Value> issueLdmatrix(Value address, bool transposed) {
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

  /// The same words as ldmatrix, each lane its own.
  SmallVector<Value> loadWords(const DotOperand &operand, unsigned kDim, Value row, Value column) {
    Value along = laneBits(3), across = shiftRight(lane, 2);
    row = add(row, kDim == 0 ? along : across);
    column = add(column, kDim == 1 ? along : across);
    int64_t below = kDim == 0 ? matrixK : 8, beside = kDim == 1 ? matrixK : 8;
    SmallVector<Value> words;
    for (int64_t index = 0; index < 4; ++index) {
      Value address =
          addressOf(operand, add(row, index % 2 * below), add(column, index / 2 * beside));
      words.push_back(LLVM::LoadOp::create(builder, loc, builder.getI32Type(), address, 4));
    }
    return words;
  }

  Value roundToTf32(Value word) {
    Value number = LLVM::BitcastOp::create(builder, loc, builder.getF32Type(), word);
    return NVVM::ConvertFloatToTF32Op::create(builder, loc, builder.getI32Type(), number,
                                              NVVM::FPRoundingMode::RNA, NVVM::SaturationMode::NONE,
                                              /*relu=*/false);
  }

  /// Registers of a block of A of 16 rows: (rows 0-7, first half of K), (rows 8-15, first half),
  /// then the second half.
  SmallVector<Value> fragmentA(int32_t row, int64_t k) {
    return loadMatrices(a, /*kDim=*/1, add(warpRow, row), constantI32(builder, loc, k));
  }

  /// Registers of two adjacent blocks of B of 8 columns, each (first half of K), (second half).
  std::pair<SmallVector<Value>, SmallVector<Value>> fragmentsB(int32_t column, int64_t k) {
    auto words = loadMatrices(b, /*kDim=*/0, constantI32(builder, loc, k), add(warpColumn, column));
    return {{words[0], words[1]}, {words[2], words[3]}};
  }

  void multiply(ArrayRef<Value> left, ArrayRef<Value> right, int32_t row, int32_t column,
                MutableArrayRef<Value> sums) {
    SmallVector<unsigned> places;
    for (unsigned index = 0; index < sums.size(); ++index) {
      SmallVector<int32_t> offset = layout.offset(Level::Register, index);
      if (offset[0] / 16 * 16 == row && offset[1] / 8 * 8 == column)
        places.push_back(index);
    }
    size_t ofLeft = left.size() / instructions, ofRight = right.size() / instructions;
    for (unsigned part = 0; part < instructions; ++part)
      issueMma(left.slice(part * ofLeft, ofLeft), right.slice(part * ofRight, ofRight), places,
               sums);
  }

  /// The type of the products. Operands of f16 are passed as pairs, others as words.
  NVVM::MMATypes productType() const {
    return element.isF32()    ? NVVM::MMATypes::tf32
           : element.isBF16() ? NVVM::MMATypes::bf16
                              : NVVM::MMATypes::f16;
  }
  Value asOperand(Value word) {
    if (!element.isF16())
      return word;
    return LLVM::BitcastOp::create(builder, loc, VectorType::get(2, element), word);
  }

  void issueMma(ArrayRef<Value> left, ArrayRef<Value> right, ArrayRef<unsigned> places,
                MutableArrayRef<Value> sums) {
    auto operandOf = [&](Value word) { return asOperand(word); };
    SmallVector<Value> x = llvm::map_to_vector(left, operandOf);
    SmallVector<Value> y = llvm::map_to_vector(right, operandOf);
    SmallVector<Value> c;
    for (unsigned place : places)
      c.push_back(sums[place]);
    Type f32 = builder.getF32Type();
    auto result = LLVM::LLVMStructType::getLiteral(builder.getContext(), {f32, f32, f32, f32});
    Value d = NVVM::MmaOp::create(
        builder, loc, result, x, y, c, ArrayRef<int64_t>{16, 8, 2 * matrixK / instructions},
        /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
        std::array<NVVM::MMATypes, 2>{productType(), productType()},
        std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row, NVVM::MMALayout::col});
    for (auto [index, place] : llvm::enumerate(places))
      sums[place] = LLVM::ExtractValueOp::create(builder, loc, d, int64_t(index));
  }

  OpBuilder &builder;
  Location loc;
  DotOperand a, b;
  LayoutAttr layout;
  Type element;
  /// Elements along K of an 8x8 matrix, and instructions for two of them.
  int64_t matrixK;
  unsigned instructions;
  SmallVector<int32_t> rowBlocks, columnBlocks;
  Value warpRow, warpColumn, lane;
};
} // namespace

SmallVector<Value> azulejo::lowering::multiplyWithMma(OpBuilder &builder, DotOp op,
                                                      const DotOperand &a, const DotOperand &b,
                                                      int sm, ValueRange accumulator) {
  return MmaDot(builder, op, a, b, sm).run(accumulator);
}
