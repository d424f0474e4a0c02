// This file writes the instructions that read and write global memory.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;

Type azulejo::lowering::memoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : element;
}

Value azulejo::lowering::toMemory(OpBuilder &builder, Location loc, Value value) {
  Type type = memoryType(value.getType());
  if (type == value.getType())
    return value;
  return arith::ExtUIOp::create(builder, loc, type, value);
}

Value azulejo::lowering::fromMemory(OpBuilder &builder, Location loc, Value value, Type element) {
  if (value.getType() == element)
    return value;
  Value zero = arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(value.getType(), 0));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value, zero);
}

namespace {
/// How an access of several elements is cut into registers: `count` registers of `bits` bits each.
struct Words {
  unsigned bits;
  unsigned count;

  Words(Type element, unsigned width) {
    unsigned elementBits = element.getIntOrFloatBitWidth();
    unsigned total = elementBits * width;
    bits = std::min(total, std::max(32u, elementBits));
    count = total / bits;
  }

  /// The letter of a register of this size in LLVM's inline assembly for NVPTX; bytes use 16 bits.
  char constraint() const { return bits == 64 ? 'l' : bits == 32 ? 'r' : 'h'; }
  unsigned registerBits() const { return std::max(16u, bits); }

  /// ".v4.b32", ".b16", ".b8": the end of the mnemonic.
  std::string suffix() const {
    std::string vector = count > 1 ? ".v" + std::to_string(count) : "";
    return vector + (bits == 8 ? ".u8" : ".b" + std::to_string(bits));
  }

  /// "{$0, $1}" or "$0", counting from `first`.
  std::string placeholders(unsigned first) const {
    std::string list = "$" + std::to_string(first);
    for (unsigned index = 1; index < count; ++index)
      list += ", $" + std::to_string(first + index);
    return count > 1 ? "{" + list + "}" : list;
  }
};
} // namespace

static Value buildVector(OpBuilder &builder, Location loc, ValueRange values) {
  auto type = VectorType::get(values.size(), values.front().getType());
  Value vector = LLVM::PoisonOp::create(builder, loc, type);
  for (auto [index, value] : llvm::enumerate(values))
    vector = LLVM::InsertElementOp::create(builder, loc, vector, value,
                                           constantI32(builder, loc, index));
  return vector;
}

static SmallVector<Value> splitVector(OpBuilder &builder, Location loc, Value vector,
                                      unsigned size) {
  SmallVector<Value> values;
  for (unsigned index = 0; index < size; ++index)
    values.push_back(
        LLVM::ExtractElementOp::create(builder, loc, vector, constantI32(builder, loc, index)));
  return values;
}

/// Cuts `words` (registers of an access) into `width` elements.
static SmallVector<Value> elementsOf(OpBuilder &builder, Location loc, ValueRange words,
                                     const Words &shape, Type element, unsigned width) {
  SmallVector<Value> exact;
  for (Value word : words)
    exact.push_back(
        shape.bits == shape.registerBits()
            ? word
            : LLVM::TruncOp::create(builder, loc, builder.getIntegerType(shape.bits), word));
  if (width == 1)
    return {LLVM::BitcastOp::create(builder, loc, element, exact.front())};
  Value vector = buildVector(builder, loc, exact);
  vector = LLVM::BitcastOp::create(builder, loc, VectorType::get(width, element), vector);
  return splitVector(builder, loc, vector, width);
}

static SmallVector<Value> wordsOf(OpBuilder &builder, Location loc, ValueRange values,
                                  const Words &shape) {
  auto word = builder.getIntegerType(shape.bits);
  SmallVector<Value> words;
  if (values.size() == 1) {
    words = {LLVM::BitcastOp::create(builder, loc, word, values.front())};
  } else {
    Value vector = buildVector(builder, loc, values);
    vector = LLVM::BitcastOp::create(builder, loc, VectorType::get(shape.count, word), vector);
    words = splitVector(builder, loc, vector, shape.count);
  }
  if (shape.bits < shape.registerBits())
    for (Value &value : words)
      value =
          LLVM::ZExtOp::create(builder, loc, builder.getIntegerType(shape.registerBits()), value);
  return words;
}

/// Predicated loads are assembly: a branch around each would cut the kernel into small blocks, and
/// an unconditional load would touch what the mask forbids. Registers start as zero.
static SmallVector<Value> loadMasked(OpBuilder &builder, Location loc, Value address, Type element,
                                     unsigned width, Value mask) {
  Words words(element, width);
  auto wordType = builder.getIntegerType(words.registerBits());
  Value zero = arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(wordType, 0));
  SmallVector<Value> operands{address, mask};
  std::string outputs, inputs = ",l,b";
  for (unsigned index = 0; index < words.count; ++index) {
    outputs += (index ? std::string(",=") : std::string("=")) + words.constraint();
    inputs += "," + std::to_string(index);
    operands.push_back(zero);
  }
  std::string text = "@$" + std::to_string(words.count + 1) + " ld.global.nc" + words.suffix() +
                     " " + words.placeholders(0) + ", [$" + std::to_string(words.count) + "];";
  Type result = wordType;
  if (words.count > 1)
    result = LLVM::LLVMStructType::getLiteral(builder.getContext(),
                                              SmallVector<Type>(words.count, wordType));
  auto dialect = LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT);
  Value loaded = LLVM::InlineAsmOp::create(builder, loc, result, operands, text, outputs + inputs,
                                           /*has_side_effects=*/false, /*is_align_stack=*/false,
                                           LLVM::TailCallKind::None, dialect, ArrayAttr())
                     .getResult(0);
  SmallVector<Value> registers{loaded};
  if (words.count > 1) {
    registers.clear();
    for (int64_t index = 0; index < words.count; ++index)
      registers.push_back(LLVM::ExtractValueOp::create(builder, loc, loaded, index));
  }
  return elementsOf(builder, loc, registers, words, element, width);
}

SmallVector<Value> azulejo::lowering::loadGlobal(OpBuilder &builder, Location loc, Value address,
                                                 Type element, unsigned width, Value mask) {
  if (mask)
    return loadMasked(builder, loc, address, element, width, mask);
  unsigned bytes = element.getIntOrFloatBitWidth() / 8 * width;
  Type type = width == 1 ? element : VectorType::get(width, element);
  Value loaded = LLVM::LoadOp::create(builder, loc, type, address, /*alignment=*/bytes,
                                      /*isVolatile=*/false, /*isNonTemporal=*/false,
                                      /*isInvariant=*/true);
  if (width == 1)
    return {loaded};
  return splitVector(builder, loc, loaded, width);
}

void azulejo::lowering::storeGlobal(OpBuilder &builder, Location loc, Value address,
                                    ValueRange values, Value mask) {
  Type element = values.front().getType();
  unsigned width = values.size();
  if (!mask) {
    Value value = width == 1 ? values.front() : buildVector(builder, loc, values);
    LLVM::StoreOp::create(builder, loc, value, address,
                          element.getIntOrFloatBitWidth() / 8 * width);
    return;
  }
  Words words(element, width);
  SmallVector<Value> operands{address, mask};
  std::string constraints = "l,b";
  for (Value word : wordsOf(builder, loc, values, words)) {
    operands.push_back(word);
    constraints += std::string(",") + words.constraint();
  }
  std::string text = "@$1 st.global" + words.suffix() + " [$0], " + words.placeholders(2) + ";";
  auto dialect = LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT);
  LLVM::InlineAsmOp::create(builder, loc, TypeRange(), operands, text, constraints,
                            /*has_side_effects=*/true, /*is_align_stack=*/false,
                            LLVM::TailCallKind::None, dialect, ArrayAttr());
}
