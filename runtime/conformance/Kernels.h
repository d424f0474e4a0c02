// This file holds the PTX of the conformance suite: small kernels that every target loads.
#ifndef AZULEJO_RUNTIME_CONFORMANCE_KERNELS_H
#define AZULEJO_RUNTIME_CONFORMANCE_KERNELS_H

namespace azulejo::runtime::conformance {

// add(x, w, y, n): y[i] = x[i] + w[i % 4].
inline constexpr char addPtx[] = R"(.version 6.3
.target sm_75
.address_size 64

.visible .entry add(.param .u64 px, .param .u64 pw, .param .u64 py, .param .u32 pn)
{
  .reg .pred %p<2>;
  .reg .f32 %f<4>;
  .reg .b32 %r<8>;
  .reg .b64 %rd<12>;
  ld.param.u64 %rd1, [px];
  ld.param.u64 %rd2, [pw];
  ld.param.u64 %rd3, [py];
  ld.param.u32 %r1, [pn];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p1, %r5, %r1;
  @%p1 bra DONE;
  cvta.to.global.u64 %rd4, %rd1;
  cvta.to.global.u64 %rd5, %rd2;
  cvta.to.global.u64 %rd6, %rd3;
  mul.wide.s32 %rd7, %r5, 4;
  add.s64 %rd8, %rd4, %rd7;
  ld.global.f32 %f1, [%rd8];
  and.b32 %r6, %r5, 3;
  mul.wide.s32 %rd9, %r6, 4;
  add.s64 %rd10, %rd5, %rd9;
  ld.global.f32 %f2, [%rd10];
  add.f32 %f3, %f1, %f2;
  add.s64 %rd11, %rd6, %rd7;
  st.global.f32 [%rd11], %f3;
DONE:
  ret;
}
)";

// reverse(x, y): one block of 64 threads reverses 64 words through dynamic shared memory; and
// scalars(y, i32, i64, f32) stores its arguments.
inline constexpr char mixedPtx[] = R"(.version 6.3
.target sm_75
.address_size 64

.extern .shared .align 16 .b8 buffer[];

.visible .entry reverse(.param .u64 px, .param .u64 py)
{
  .reg .b32 %r<8>;
  .reg .b64 %rd<10>;
  ld.param.u64 %rd1, [px];
  ld.param.u64 %rd2, [py];
  cvta.to.global.u64 %rd3, %rd1;
  cvta.to.global.u64 %rd4, %rd2;
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd5, %r1, 4;
  add.s64 %rd6, %rd3, %rd5;
  ld.global.u32 %r2, [%rd6];
  mov.u32 %r3, buffer;
  shl.b32 %r4, %r1, 2;
  add.s32 %r5, %r3, %r4;
  st.shared.u32 [%r5], %r2;
  bar.sync 0;
  mov.u32 %r6, 252;
  sub.s32 %r6, %r6, %r4;
  add.s32 %r7, %r3, %r6;
  ld.shared.u32 %r2, [%r7];
  add.s64 %rd7, %rd4, %rd5;
  st.global.u32 [%rd7], %r2;
  ret;
}

.visible .entry scalars(.param .u64 py, .param .u32 pi, .param .u64 pl, .param .f32 pf)
{
  .reg .f32 %f<2>;
  .reg .b32 %r<2>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [py];
  ld.param.u32 %r1, [pi];
  ld.param.u64 %rd2, [pl];
  ld.param.f32 %f1, [pf];
  cvta.to.global.u64 %rd3, %rd1;
  st.global.u64 [%rd3], %rd2;
  st.global.u32 [%rd3+8], %r1;
  st.global.f32 [%rd3+12], %f1;
  ret;
}
)";

} // namespace azulejo::runtime::conformance

#endif // AZULEJO_RUNTIME_CONFORMANCE_KERNELS_H
