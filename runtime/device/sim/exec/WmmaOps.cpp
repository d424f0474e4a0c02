// This file implements wmma: loads and stores of opaque fragments, and their multiplication.
#include "exec/Handlers.h"
#include "exec/WmmaForms.h"
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
// A fragment and the place of its matrix in memory.
struct Matrix {
  const WmmaMove &move;
  tc::WmmaFragment fragment;
  unsigned bytes; // of an element
  uint64_t base = 0;
  int64_t leading = 0;

  explicit Matrix(const WmmaMove &move)
      : move(move), fragment(move.operand, move.m, move.n, move.k, move.type),
        bytes(unsigned(tc::storageBits(move.type)) / 8) {}

  // Neighbours in a lane that are neighbours in memory.
  int run() const {
    bool isAlong = move.isRowMajor == (move.operand != tc::Operand::B);
    return isAlong ? std::min(fragment.elements(), int(16 / bytes)) : 1;
  }
};

template <typename T> bool isUniform(const T *values) {
  return std::all_of(values, values + 32, [&](T other) { return other == values[0]; });
}

// Reads address and stride, which are the same in all lanes. Returns false after reporting.
bool locate(WarpContext &w, const Inst &i, Matrix &matrix) {
  bool isWide = i.flags & 1;
  bool agrees = isWide ? isUniform(w.reg<uint64_t>(i.a)) : isUniform(w.reg<uint32_t>(i.a));
  if (!agrees || (i.b != 0 && !isUniform(w.reg<uint32_t>(i.b)))) {
    failCta(w, i, 0, "sync", "not-uniform",
            "the lanes of the warp give different addresses to wmma");
    return false;
  }
  matrix.base = isWide ? w.reg<uint64_t>(i.a)[0] + uint64_t(i.imm)
                       : uint32_t(w.reg<uint32_t>(i.a)[0] + uint32_t(i.imm));
  int64_t elements = i.b != 0 ? int64_t(w.reg<int32_t>(i.b)[0]) : matrix.move.defaultStride;
  if (elements % matrix.move.perWord != 0) {
    failCta(w, i, 0, "mem", "misaligned",
            "wmma needs a stride of whole words, multiples of " +
                std::to_string(matrix.move.perWord) + " elements, got " + std::to_string(elements));
    return false;
  }
  matrix.leading = elements / matrix.move.perWord;
  // Rows start where a fragment may, but 16 bytes are enough: default strides are no larger.
  uint64_t size = uint64_t(matrix.fragment.registers()) * (matrix.bytes == 8 ? 8 : 4);
  int64_t stride = matrix.leading * int64_t(matrix.bytes);
  if (matrix.base % size == 0 && uint64_t(stride) % std::min<uint64_t>(size, 16) == 0)
    return true;
  failCta(w, i, 0, "mem", "misaligned",
          "wmma needs an address that is a multiple of the fragment's " + std::to_string(size) +
              " bytes, and a stride that is one of " +
              std::to_string(std::min<uint64_t>(size, 16)) + ", got address " +
              std::to_string(matrix.base) + " and a stride of " + std::to_string(stride) +
              " bytes");
  return false;
}

// Calls fn(lane, element, host address) for every element that may be accessed.
template <typename Fn>
void forElements(WarpContext &w, const Inst &i, const Matrix &matrix, Access access, Fn fn) {
  int run = matrix.run();
  for (int first = 0; first < matrix.fragment.elements(); first += run) {
    uint64_t addresses[32];
    uint8_t *host[32];
    for (int lane = 0; lane < 32; ++lane)
      addresses[lane] =
          matrix.base +
          uint64_t(matrix.fragment.offset(lane, first, matrix.move.isRowMajor, matrix.leading)) *
              matrix.bytes;
    uint32_t ok =
        resolveAddresses(w, i, 0xffffffffu, addresses, unsigned(run) * matrix.bytes, access, host);
    for (uint32_t m = ok; m != 0; m &= m - 1) {
      unsigned lane = unsigned(__builtin_ctz(m));
      for (int e = 0; e < run; ++e)
        fn(lane, first + e, host[lane] + unsigned(e) * matrix.bytes);
    }
  }
}

// The bytes of an element inside its register.
uint8_t *elementOf(WarpContext &w, const Inst &i, const Matrix &matrix, unsigned lane,
                   int element) {
  int per = matrix.fragment.perRegister();
  unsigned width = matrix.bytes == 8 ? 8 : 4;
  return reinterpret_cast<uint8_t *>(w.regs + i.ops[element / per]) + lane * width +
         unsigned(element % per) * matrix.bytes;
}
} // namespace

void wmmaLoad(WarpContext &w, const Inst &i, uint32_t mask) {
  Matrix matrix(*static_cast<const WmmaMove *>(i.data));
  if (!isWholeWarp(w, i, mask, "wmma") || !locate(w, i, matrix))
    return;
  for (int r = 0; r < matrix.fragment.registers(); ++r)
    std::memset(w.regs + i.ops[r], 0, matrix.bytes == 8 ? 256 : 128);
  forElements(w, i, matrix, Access::Load, [&](unsigned lane, int element, const uint8_t *from) {
    std::memcpy(elementOf(w, i, matrix, lane, element), from, matrix.bytes);
  });
}

void wmmaStore(WarpContext &w, const Inst &i, uint32_t mask) {
  Matrix matrix(*static_cast<const WmmaMove *>(i.data));
  if (!isWholeWarp(w, i, mask, "wmma") || !locate(w, i, matrix))
    return;
  forElements(w, i, matrix, Access::Store, [&](unsigned lane, int element, uint8_t *to) {
    std::memcpy(to, elementOf(w, i, matrix, lane, element), matrix.bytes);
  });
}

void wmmaMultiply(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "wmma"))
    return;
  const WmmaMultiply &multiply = *static_cast<const WmmaMultiply *>(i.data);
  const tc::MmaForm &form = multiply.op.form;
  uint32_t *d[8];
  const uint32_t *operands[3][8];
  const uint32_t *slot = i.ops;
  for (int r = 0; r < multiply.registers[0]; ++r)
    d[r] = w.reg<uint32_t>(*slot++);
  for (int o = 0; o < 3; ++o)
    for (int r = 0; r < multiply.registers[o + 1]; ++r)
      operands[o][r] = w.reg<uint32_t>(*slot++);
  tc::wmmaWarp(multiply.op, operands[0], operands[1], operands[2], d);
  countMacs(*w.worker, unsigned(form.a), uint64_t(form.m) * unsigned(form.n) * unsigned(form.k));
}

} // namespace azulejo::sim
