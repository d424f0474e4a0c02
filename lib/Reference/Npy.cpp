// This file reads and writes NumPy's .npy files.

#include "lib/Reference/Npy.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace azulejo::reference {

static constexpr llvm::StringLiteral magic("\x93NUMPY");

/// Returns the text after `key` and a colon in the header, which is a Python dictionary; empty if
/// there is none.
static StringRef entryOf(StringRef header, StringRef key) {
  size_t position = header.find(key);
  if (position == StringRef::npos)
    return {};
  return header.drop_front(position + key.size()).ltrim(" '\":");
}

static Type elementTypeOf(StringRef descr, MLIRContext *context) {
  unsigned bytes;
  if (descr.size() != 3 || !StringRef("<|=").contains(descr[0]) ||
      descr.drop_front(2).getAsInteger(10, bytes))
    return {};
  unsigned bits = bytes * 8;
  Builder builder(context);
  Type type;
  if (descr[1] == 'f')
    type = bits == 16   ? builder.getF16Type()
           : bits == 32 ? builder.getF32Type()
           : bits == 64 ? Type(builder.getF64Type())
                        : Type();
  else if (descr[1] == 'b' && bytes == 1)
    type = builder.getI1Type();
  else if ((descr[1] == 'i' || descr[1] == 'u') && bits > 0)
    type = descr[1] == 'i' ? builder.getIntegerType(bits)
                           : builder.getIntegerType(bits, /*isSigned=*/false);
  return type && graph::isGraphElement(type) ? type : Type();
}

/// Reads "(2, 3)" into `shape` and multiplies `bytes` by its dimensions; fails on overflow.
static bool readShape(StringRef text, SmallVectorImpl<int64_t> &shape, int64_t &bytes) {
  if (!text.consume_front("("))
    return false;
  StringRef dims = text.take_until([](char c) { return c == ')'; });
  while (!dims.trim().empty()) {
    auto [dim, rest] = dims.split(',');
    int64_t size;
    if (dim.trim().getAsInteger(10, size) || size < 0 || llvm::MulOverflow(bytes, size, bytes))
      return false;
    shape.push_back(size);
    dims = rest;
  }
  return true;
}

std::optional<Tensor> readNpy(StringRef bytes, MLIRContext *context, std::string &error) {
  auto fail = [&](StringRef reason) {
    error = reason.str();
    return std::nullopt;
  };
  if (!bytes.consume_front(magic) || bytes.size() < 6)
    return fail("not a .npy file");
  bool isLong = bytes[0] >= 2;
  size_t headerSize = isLong ? llvm::support::endian::read32le(bytes.data() + 2)
                             : llvm::support::endian::read16le(bytes.data() + 2);
  bytes = bytes.drop_front(isLong ? 6 : 4);
  if (headerSize > bytes.size())
    return fail(".npy header is cut short");
  StringRef header = bytes.take_front(headerSize), data = bytes.drop_front(headerSize);
  if (!entryOf(header, "fortran_order").starts_with("False"))
    return fail(".npy file is not in C order");
  StringRef descr =
      entryOf(header, "descr").take_until([](char c) { return c == '\'' || c == '"'; });
  Type elementType = elementTypeOf(descr, context);
  if (!elementType)
    return fail((".npy element type '" + descr + "' is not supported").str());
  SmallVector<int64_t> shape;
  int64_t size = graph::elementByteSize(elementType);
  if (!readShape(entryOf(header, "shape"), shape, size))
    return fail(".npy shape is malformed");
  if (static_cast<int64_t>(data.size()) != size)
    return fail(("expected " + Twine(size) + " bytes of data, got: " + Twine(data.size())).str());
  return Tensor{RankedTensorType::get(shape, elementType),
                std::vector<char>(data.begin(), data.end())};
}

void writeNpy(const Tensor &tensor, raw_ostream &os) {
  Type type = tensor.elementType();
  char kind = isa<FloatType>(type)        ? 'f'
              : type.isSignlessInteger(1) ? 'b'
              : type.isUnsignedInteger()  ? 'u'
                                          : 'i';
  std::string header;
  llvm::raw_string_ostream text(header);
  text << "{'descr': '" << (graph::elementByteSize(type) == 1 ? '|' : '<') << kind
       << graph::elementByteSize(type) << "', 'fortran_order': False, 'shape': (";
  for (int64_t size : tensor.shape())
    text << size << ", ";
  text << "), }";
  // NumPy wants the data to start at a multiple of 64.
  size_t used = magic.size() + 4 + header.size() + 1;
  header.append((64 - used % 64) % 64, ' ');
  header.push_back('\n');
  char size[2];
  llvm::support::endian::write16le(size, header.size());
  os << magic << '\x01' << '\0' << StringRef(size, 2) << header
     << StringRef(tensor.data.data(), tensor.data.size());
}

} // namespace azulejo::reference
