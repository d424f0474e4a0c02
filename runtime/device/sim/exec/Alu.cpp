// This file makes one handler per row of AluForms.def, for one instruction set.
#include "exec/AluHandlers.h"
#include "exec/Scalar.h"

namespace azulejo::sim::AZJ_ISA {

namespace {
#define UN(id, forms, D, A, cls, ptx, sm, ...)                                                     \
  void alu_##id(WarpContext &w, const Inst &i, uint32_t mask) {                                    \
    unary<D, A>(w, i, mask, [](auto a) { return __VA_ARGS__; });                                   \
  }
#define BIN(id, forms, D, A, B, cls, ptx, sm, ...)                                                 \
  void alu_##id(WarpContext &w, const Inst &i, uint32_t mask) {                                    \
    binary<D, A, B>(w, i, mask, [](auto a, auto b) { return __VA_ARGS__; });                       \
  }
#define TER(id, forms, D, A, B, C, cls, ptx, sm, ...)                                              \
  void alu_##id(WarpContext &w, const Inst &i, uint32_t mask) {                                    \
    [[maybe_unused]] const int64_t imm = i.imm;                                                    \
    ternary<D, A, B, C>(w, i, mask, [=](auto a, auto b, auto c) { return __VA_ARGS__; });          \
  }
#define QUA(id, forms, D, A, B, C, E, cls, ptx, sm, ...)                                           \
  void alu_##id(WarpContext &w, const Inst &i, uint32_t mask) {                                    \
    const auto *fourth = w.reg<E::Raw>(i.ops[0]);                                                  \
    const auto *pa = w.reg<A::Raw>(i.a);                                                           \
    const auto *pb = w.reg<B::Raw>(i.b);                                                           \
    const auto *pc = w.reg<C::Raw>(i.c);                                                           \
    forLanes(w.reg<D::Raw>(i.d), mask, [=](unsigned l) {                                           \
      auto a = pa[l];                                                                              \
      auto b = pb[l];                                                                              \
      auto c = pc[l];                                                                              \
      auto d = fourth[l];                                                                          \
      return __VA_ARGS__;                                                                          \
    });                                                                                            \
  }
#include "ir/AluForms.def"
#undef UN
#undef BIN
#undef TER
#undef QUA
} // namespace

const Handler kAluHandlers[] = {
#define UN(id, ...) alu_##id,
#define BIN(id, ...) alu_##id,
#define TER(id, ...) alu_##id,
#define QUA(id, ...) alu_##id,
#include "ir/AluForms.def"
#undef UN
#undef BIN
#undef TER
#undef QUA
};

} // namespace azulejo::sim::AZJ_ISA
