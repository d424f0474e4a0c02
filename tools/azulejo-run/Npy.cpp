// This file reads and writes .npy files; the reader trusts nothing in them.
#include "Npy.h"

#include "ToolError.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include <sys/stat.h>

namespace azulejo::run {
namespace {

constexpr size_t maxHeaderBytes = 65536;

struct TypeRow {
  const char *descr; // without the byte order
  azj_dtype dtype;
};
constexpr TypeRow types[] = {{"f4", AZJ_F32}, {"f2", AZJ_F16}, {"f8", AZJ_F64}, {"i1", AZJ_I8},
                             {"i2", AZJ_I16}, {"i4", AZJ_I32}, {"i8", AZJ_I64}, {"u1", AZJ_U8},
                             {"u2", AZJ_U16}, {"u4", AZJ_U32}, {"u8", AZJ_U64}, {"b1", AZJ_BOOL},
                             {"V2", AZJ_BF16}};

struct Header {
  std::string descr;
  bool isFortran = false;
  std::vector<int64_t> shape;
};

// Reads the header, the text of a Python dict with the keys descr, fortran_order and shape.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  bool parse(Header &out) {
    bool seen[3] = {};
    if (!eat('{'))
      return false;
    while (!eat('}')) {
      std::string key;
      if (!quoted(key) || !eat(':'))
        return false;
      bool isRead = key == "descr"           ? quoted(out.descr) && mark(seen[0])
                    : key == "fortran_order" ? boolean(out.isFortran) && mark(seen[1])
                    : key == "shape"         ? tuple(out.shape) && mark(seen[2])
                                             : false;
      if (!isRead)
        return false;
      if (!eat(',') && peek() != '}')
        return false;
    }
    skip();
    return at == text.size() && seen[0] && seen[1] && seen[2];
  }

private:
  static bool mark(bool &seen) { return !std::exchange(seen, true); }
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
  }
  char peek() {
    skip();
    return at < text.size() ? text[at] : '\0';
  }
  bool eat(char wanted) {
    if (peek() != wanted)
      return false;
    ++at;
    return true;
  }
  bool quoted(std::string &out) {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return false;
    size_t end = text.find(quote, at + 1);
    if (end == std::string_view::npos)
      return false;
    out = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }
  bool boolean(bool &out) {
    skip();
    out = text.substr(at, 4) == "True";
    if (!out && text.substr(at, 5) != "False")
      return false;
    at += out ? 4 : 5;
    return true;
  }
  bool tuple(std::vector<int64_t> &out) {
    if (!eat('('))
      return false;
    while (!eat(')')) {
      int64_t value = 0;
      skip();
      size_t begin = at;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at - begin < 18; ++at)
        value = value * 10 + (text[at] - '0');
      if (at == begin || out.size() == AZJ_MAX_RANK)
        return false;
      out.push_back(value);
      if (!eat(',') && peek() != ')')
        return false;
    }
    return true;
  }

  std::string_view text;
  size_t at = 0;
};

[[noreturn]] void fail(const std::string &path, const std::string &reason) {
  throw ToolError{exitInput, "'" + path + "': " + reason};
}

std::string readFile(const std::string &path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0)
    fail(path, std::string("cannot open: ") + strerror(errno));
  if (!S_ISREG(facts.st_mode))
    fail(path, "is not a regular file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    fail(path, std::string("cannot open: ") + strerror(errno));
  std::string content(static_cast<size_t>(facts.st_size), '\0');
  if (!stream.read(content.data(), static_cast<std::streamsize>(content.size())))
    fail(path, "cannot be read");
  return content;
}

// Finds the header's text and where the data begins.
std::string_view headerText(const std::string &path, const std::string &file, size_t &dataAt) {
  if (file.size() < 10 || file.compare(0, 6, "\x93NUMPY") != 0)
    fail(path, "is not a .npy file: it does not start with \\x93NUMPY; write it with numpy.save");
  auto byte = [&](size_t index) { return static_cast<size_t>(static_cast<uint8_t>(file[index])); };
  size_t version = byte(6), lengthBytes = version == 1 ? 2 : 4;
  if (version < 1 || version > 3)
    fail(path, ".npy version must be 1, 2 or 3, got " + std::to_string(version));
  size_t start = 8 + lengthBytes, length = 0;
  for (size_t i = 0; i < lengthBytes && start <= file.size(); ++i)
    length |= byte(8 + i) << (8 * i);
  if (start > file.size() || length > maxHeaderBytes || length > file.size() - start)
    fail(path, "header of " + std::to_string(length) + " bytes in a file of " +
                   std::to_string(file.size()) + "; the file is truncated or damaged");
  dataAt = start + length;
  return std::string_view(file).substr(start, length);
}

azj_dtype dtypeOf(const std::string &path, const std::string &descr) {
  if (descr.size() == 3) {
    for (const TypeRow &row : types) {
      if (descr.compare(1, 2, row.descr) != 0)
        continue;
      bool hasOrder = descr[0] == '<' || descr[0] == '|' || descr[0] == '=';
      if (hasOrder || azj_dtype_size(row.dtype) == 1)
        return row.dtype;
      fail(path, "byte order of '" + descr +
                     "' must be little-endian; convert it with "
                     "numpy's astype");
    }
  }
  fail(path,
       "element type '" + descr +
           "' is not supported; use float16, float32, float64, int8 to int64, uint8 to uint64 "
           "or bool");
}

// Turns Fortran order (first dimension fastest) into C order.
std::vector<uint8_t> transposed(const Tensor &tensor, const char *data) {
  size_t rank = tensor.shape.size(), element = azj_dtype_size(tensor.dtype);
  std::vector<uint8_t> result(tensor.bytes.size());
  std::vector<size_t> index(rank, 0), strides(rank, element);
  for (size_t i = 1; i < rank; ++i)
    strides[i] = strides[i - 1] * static_cast<size_t>(tensor.shape[i - 1]);
  for (size_t to = 0; to < result.size(); to += element) {
    size_t from = 0;
    for (size_t i = 0; i < rank; ++i)
      from += index[i] * strides[i];
    memcpy(result.data() + to, data + from, element);
    for (size_t i = rank; i-- > 0;) {
      if (++index[i] < static_cast<size_t>(tensor.shape[i]))
        break;
      index[i] = 0;
    }
  }
  return result;
}

} // namespace

Tensor readNpy(const std::string &path) {
  std::string file = readFile(path);
  size_t dataAt = 0;
  Header header;
  if (!HeaderParser(headerText(path, file, dataAt)).parse(header))
    fail(path, "the header is not a dictionary of descr, fortran_order and shape with at most " +
                   std::to_string(AZJ_MAX_RANK) + " dimensions");
  Tensor tensor;
  tensor.dtype = dtypeOf(path, header.descr);
  tensor.shape = header.shape;
  size_t bytes = 0;
  check(azj_buffer_size(tensor.dtype, tensor.shape.data(),
                        static_cast<uint32_t>(tensor.shape.size()), &bytes),
        "'" + path + "'");
  if (bytes != file.size() - dataAt)
    fail(path, describe(tensor.dtype, tensor.shape) + " needs " + std::to_string(bytes) +
                   " bytes of data, the file has " + std::to_string(file.size() - dataAt));
  tensor.bytes.assign(file.begin() + static_cast<std::ptrdiff_t>(dataAt), file.end());
  if (header.isFortran && tensor.shape.size() > 1)
    tensor.bytes = transposed(tensor, file.data() + dataAt);
  return tensor;
}

void writeNpy(const std::string &path, const Tensor &tensor) {
  std::string descr;
  for (const TypeRow &row : types)
    if (row.dtype == tensor.dtype)
      descr = (azj_dtype_size(row.dtype) == 1 ? "|" : "<") + std::string(row.descr);
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    header += (i ? ", " : "") + std::to_string(tensor.shape[i]);
  header += tensor.shape.size() == 1 ? ",), }" : "), }";
  // The data starts at a multiple of 64, after a line break.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  const char length[2] = {static_cast<char>(header.size() & 255),
                          static_cast<char>(header.size() >> 8)};
  stream.write("\x93NUMPY\x01\x00", 8).write(length, 2);
  stream << header;
  stream.write(reinterpret_cast<const char *>(tensor.bytes.data()),
               static_cast<std::streamsize>(tensor.bytes.size()));
  stream.close();
  if (!stream)
    fail(path, std::string("cannot be written: ") + strerror(errno));
}

} // namespace azulejo::run
