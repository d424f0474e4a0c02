// This file writes what the lowerings of channels, wgmma and tcgen05 share: tied assembly and the
// descriptors of matrices in shared memory.
#include "lib/Lowering/MachineCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

static char registerLetter(Type type) {
  if (type.isF32())
    return 'f';
  return type.getIntOrFloatBitWidth() == 64 ? 'l' : 'r';
}

SmallVector<Value> azulejo::lowering::tiedAssembly(OpBuilder &builder, Location loc, StringRef text,
                                                   ValueRange tied, ValueRange inputs,
                                                   ArrayRef<char> constraints) {
  std::string outputs, ties;
  for (auto [index, value] : llvm::enumerate(tied)) {
    outputs += std::string(index ? ",=" : "=") + registerLetter(value.getType());
    ties += "," + std::to_string(index);
  }
  for (char letter : constraints)
    outputs += std::string(",") + letter;
  SmallVector<Value> operands(inputs);
  llvm::append_range(operands, tied);
  auto dialect = LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT);
  Type result = tied.front().getType();
  if (tied.size() > 1)
    result =
        LLVM::LLVMStructType::getLiteral(builder.getContext(), SmallVector<Type>(tied.getTypes()));
  Value all = LLVM::InlineAsmOp::create(builder, loc, result, operands, text,
                                        outputs + ties + ",~{memory}", /*has_side_effects=*/true,
                                        /*is_align_stack=*/false, LLVM::TailCallKind::None, dialect,
                                        ArrayAttr())
                  .getResult(0);
  if (tied.size() == 1)
    return {all};
  SmallVector<Value> results;
  for (int64_t index = 0, end = tied.size(); index < end; ++index)
    results.push_back(LLVM::ExtractValueOp::create(builder, loc, all, index));
  return results;
}

Value azulejo::lowering::addConstant(OpBuilder &builder, Location loc, Value value,
                                     int64_t constant) {
  if (constant == 0)
    return value;
  Value number = arith::ConstantIntOp::create(builder, loc, value.getType(), constant);
  return arith::AddIOp::create(builder, loc, value, number);
}

Value azulejo::lowering::barrierAddress(OpBuilder &builder, Location loc, ChannelType channel,
                                        Value base, Value stage, bool empty) {
  Value offset = arith::ShLIOp::create(builder, loc, stage, constantI32(builder, loc, 3));
  offset = addConstant(builder, loc, offset, empty ? 8 * channel.getStages() : 0);
  return LLVM::GEPOp::create(builder, loc, base.getType(), builder.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{offset});
}

//===-- Descriptors
//--------------------------------------------------------------------------------===//

// Where the fields of a descriptor start (PTX ISA, "Matrix Descriptor" of wgmma and "Shared memory
// descriptor" of tcgen05). Offsets count in units of 16 bytes.
static constexpr unsigned kLeadingBit = 16, kStrideBit = 32, kVersionBit = 46;
static constexpr unsigned kWgmmaSwizzleBit = 62, kTcgen05SwizzleBit = 61;
static constexpr uint64_t kWgmmaSwizzle128 = 1, kTcgen05Swizzle128 = 2;
/// Eight rows of 128 bytes: after them the swizzle repeats.
static constexpr int64_t kAtomBytes = 1024, kRowBytes = 128;

/// Along K the stride leads from 8 rows to the next 8, and the leading offset is not looked at.
/// Along the other dimension the leading offset leads from one panel to the next, the stride from 8
/// steps of K to the next 8.
uint64_t MatrixDescriptor::fixedBits(DescriptorKind kind) const {
  uint64_t leading = alongK() ? 1 : buffer.panelBytes() >> 4;
  uint64_t bits = leading << kLeadingBit | uint64_t(kAtomBytes >> 4) << kStrideBit;
  if (kind == DescriptorKind::Wgmma)
    return bits | kWgmmaSwizzle128 << kWgmmaSwizzleBit;
  return bits | uint64_t(1) << kVersionBit | kTcgen05Swizzle128 << kTcgen05SwizzleBit;
}

int64_t MatrixDescriptor::byteOffsetOf(int64_t k) const {
  if (!alongK())
    return k * kRowBytes;
  int64_t panel = buffer.getSwizzle().getPanel(), bytes = kRowBytes / panel;
  return k / panel * buffer.panelBytes() + k % panel * bytes;
}

MatrixDescriptor::MatrixDescriptor(OpBuilder &builder, Location loc, DescriptorKind kind,
                                   BufferType buffer, unsigned kDim, Value base, Value stage,
                                   Value offset)
    : builder(builder), loc(loc), buffer(buffer), kDim(kDim) {
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
  Value address = LLVM::PtrToIntOp::create(builder, loc, i32, base);
  Value skipped =
      arith::MulIOp::create(builder, loc, stage, constantI32(builder, loc, buffer.stageBytes()));
  address = arith::AddIOp::create(builder, loc, address, skipped);
  if (offset) {
    // Rows of 128 bytes, or whole panels: the offset is a multiple of 64 elements.
    int64_t step = alongK() ? kRowBytes : buffer.panelBytes() / buffer.getSwizzle().getPanel();
    Value bytes = arith::MulIOp::create(builder, loc, offset, constantI32(builder, loc, step));
    address = arith::AddIOp::create(builder, loc, address, bytes);
  }
  address = arith::AndIOp::create(builder, loc, address, constantI32(builder, loc, 0x3ffff));
  address = arith::ShRUIOp::create(builder, loc, address, constantI32(builder, loc, 4));
  Value wide = arith::ExtUIOp::create(builder, loc, i64, address);
  Value fixed = arith::ConstantIntOp::create(builder, loc, i64, int64_t(fixedBits(kind)));
  start = arith::OrIOp::create(builder, loc, wide, fixed);
}

Value MatrixDescriptor::at(int64_t k) {
  return addConstant(builder, loc, start, byteOffsetOf(k) >> 4);
}
