// This file declares the PTX that the tests of tcgen05 are made of.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05KERNELS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05KERNELS_H

#include "test/SimHarness.h"

#include <string>

namespace azulejo::sim::test {

constexpr uint32_t kRows = 128, kColumns = 32, kDepth = 16;
inline const char *const kOrders[] = {"lazy", "eager", "random"};

// The parts of a kernel that multiplies A (128 x 16) by B (32 x 16) and stores D as words. Each
// can be replaced, so that a test can leave one out.
struct Program {
  std::string target = "sm_100a", version = "8.6";
  std::string alloc = "mov.b32 %r2, 64;\n"
                      "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [slot], %r2;\n"
                      "tcgen05.relinquish_alloc_permit.cta_group::1.sync.aligned;\n";
  std::string start = "tcgen05.fence::before_thread_sync;\nbar.sync 0;\n"
                      "tcgen05.fence::after_thread_sync;\nld.shared.b32 %r3, [slot];\n";
  std::string prepare; // by all threads, before the multiplication
  std::string multiply = "tcgen05.mma.cta_group::1.kind::f16 [%r3], %rd10, %rd11, %r4, %p2;\n";
  std::string commit = "tcgen05.commit.cta_group::1.mbarrier::arrive::one.b64 [%rd12];\n";
  std::string wait = "WAIT: mbarrier.try_wait.parity.shared.b64 %p3, [bar], 0;\n@!%p3 bra WAIT;\n";
  std::string after = "tcgen05.fence::after_thread_sync;\n";
  std::string waitLoad = "tcgen05.wait::ld.sync.aligned;\n";
  std::string beforeEnd = "tcgen05.fence::before_thread_sync;\nbar.sync 0;\n";
  std::string dealloc = "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 64;\n";

  std::string text() const;
};

// "{%q<first>, …}" of `count` registers.
std::string registers(unsigned first, unsigned count);
// Copies the 32 bytes of a thread's row from global to shared memory: see describeMatrix().
std::string copyRow(const char *from, const char *to);
// Makes the descriptor of a matrix in core matrices of 8 rows of 16 bytes: the two of a row's 32
// bytes lie 128 bytes apart, eight rows further on 256 bytes apart.
std::string describeMatrix(const char *matrix, const char *to);
// The instruction descriptor.
constexpr uint32_t instructionOf(uint32_t d, uint32_t a, uint32_t m, uint32_t n) {
  return d << 4 | a << 7 | a << 10 | (n >> 3) << 17 | (m >> 4) << 24;
}

// What a program gave: all findings, what it read and what it stored.
struct Outcome {
  std::string error;
  std::vector<uint16_t> a, b;
  std::vector<float> d;

  double product(uint32_t row, uint32_t column) const;
};
Outcome run(const Program &program, const std::string &order, const std::string &checks = "all");
// The program must have a finding with that text in each order.
void expectFinding(const Program &program, const std::string &text,
                   std::initializer_list<const char *> orders = {"lazy", "eager", "random"});

// Byte k of a row of 32 as e4m3. The rows are halves elsewhere.
double valueOfByte(const std::vector<uint16_t> &halves, uint32_t row, uint32_t k);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05KERNELS_H
