// This file lowers multiplications of warpgroups to wgmma. Fences and waits are assembly tied to
// the accumulators: the instructions themselves name no register, so nothing else would keep LLVM
// from moving what makes or uses an accumulator across them.
#include "lib/Lowering/MachineCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

/// The instruction: its accumulator is $0…, then come the descriptors of A and B.
static std::string instructionText(unsigned registers, int64_t columns, Type element, bool aAlongK,
                                   bool bAlongK) {
  std::string type = element.isF16() ? "f16" : "bf16";
  std::string text = "{ .reg .pred p; setp.ne.b32 p, 1, 0; "
                     "wgmma.mma_async.sync.aligned.m64n" +
                     std::to_string(columns) + "k16.f32." + type + "." + type + " {";
  for (unsigned index = 0; index < registers; ++index)
    text += (index ? ", $" : "$") + std::to_string(index);
  text += "}, $" + std::to_string(registers) + ", $" + std::to_string(registers + 1);
  // Add to the accumulator; negate nothing; which operands are transposed.
  return text + ", p, 1, 1, " + (aAlongK ? "0" : "1") + ", " + (bAlongK ? "0" : "1") + "; }";
}

namespace {
/// 64 rows of an accumulator are one instruction's; a warpgroup with more of them has several.
class WgmmaProduct {
public:
  WgmmaProduct(OpBuilder &builder, WgmmaOp op, Value a, Value stageA, Value b, Value stageB)
      : builder(builder), loc(op.getLoc()), a(op.getA().getType()), b(op.getB().getType()),
        tile(op.getResult().getType().getTile()), baseA(a), stageA(stageA), baseB(b),
        stageB(stageB) {}

  SmallVector<Value> run(ValueRange accumulator) {
    int64_t warps = layoutOf(tile).numWarps(), rowsAtOnce = 16 * warps;
    unsigned registers = tile.getDimSize(1) / 2;
    MatrixDescriptor right(builder, loc, DescriptorKind::Wgmma, b, /*kDim=*/0, baseB, stageB);
    SmallVector<Value> sums;
    for (int64_t block = 0; block < tile.getDimSize(0) / rowsAtOnce; ++block) {
      Value row = addConstant(builder, loc, firstRow(warps), block * rowsAtOnce);
      MatrixDescriptor left(builder, loc, DescriptorKind::Wgmma, a, /*kDim=*/1, baseA, stageA, row);
      llvm::append_range(sums,
                         multiply(left, right, accumulator.slice(block * registers, registers)));
    }
    NVVM::WgmmaGroupSyncAlignedOp::create(builder, loc);
    return sums;
  }

private:
  /// The first row of this warpgroup, the same number in all its threads.
  Value firstRow(int64_t warps) {
    Type i32 = builder.getI32Type();
    Value thread = NVVM::ThreadIdXOp::create(builder, loc, i32);
    Value warp = arith::ShRUIOp::create(builder, loc, thread, constantI32(builder, loc, 5));
    warp = NVVM::ShflOp::create(builder, loc, i32, constantI32(builder, loc, -1), warp,
                                constantI32(builder, loc, 0), constantI32(builder, loc, 31),
                                NVVM::ShflKind::idx, UnitAttr());
    // Bits above those of the warps of a group, within the role.
    Value group = arith::AndIOp::create(builder, loc, warp, constantI32(builder, loc, warps - 4));
    return arith::MulIOp::create(builder, loc, group, constantI32(builder, loc, 16));
  }

  SmallVector<Value> multiply(MatrixDescriptor &left, MatrixDescriptor &right, ValueRange sums) {
    std::string text = instructionText(sums.size(), tile.getDimSize(1), a.getElementType(),
                                       left.alongK(), right.alongK());
    SmallVector<Value> result(sums);
    for (int64_t k = 0; k < a.getColumns(); k += 16)
      result = tiedAssembly(builder, loc, text, result, {left.at(k), right.at(k)}, {'l', 'l'});
    return result;
  }

  OpBuilder &builder;
  Location loc;
  BufferType a, b;
  RankedTensorType tile;
  Value baseA, stageA, baseB, stageB;
};

struct LowerWgmma : OpConversionPattern<WgmmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(WgmmaOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    WgmmaProduct product(rewriter, op, adaptor.getA().front(), adaptor.getStageA().front(),
                         adaptor.getB().front(), adaptor.getStageB().front());
    rewriter.replaceOpWithMultiple(op, {product.run(adaptor.getAccumulator())});
    return success();
  }
};

struct LowerFence : OpConversionPattern<WgmmaFenceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(WgmmaFenceOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithMultiple(op,
                                   {tiedAssembly(rewriter, op.getLoc(), "wgmma.fence.sync.aligned;",
                                                 adaptor.getAccumulator())});
    return success();
  }
};

struct LowerWgmmaWait : OpConversionPattern<WgmmaWaitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(WgmmaWaitOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    std::string text = "wgmma.wait_group.sync.aligned " + std::to_string(op.getGroups()) + ";";
    rewriter.replaceOpWithMultiple(
        op, {tiedAssembly(rewriter, op.getLoc(), text, adaptor.getAccumulator())});
    return success();
  }
};
} // namespace

void azulejo::lowering::populateWgmmaPatterns(const TileTypeConverter &converter,
                                              const KernelContext &context,
                                              RewritePatternSet &patterns) {
  patterns.add<LowerWgmma, LowerFence, LowerWgmmaWait>(converter, patterns.getContext());
}
