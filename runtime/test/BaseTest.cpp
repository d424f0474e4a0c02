// This file tests the small parts of base/: strings, checked arithmetic, SHA-256, mapped files and
// the wall against exceptions.
#include "TestBundle.h"
#include "azulejo/runtime/allocator.h"
#include "base/Checked.h"
#include "base/Guard.h"
#include "base/MappedFile.h"
#include "base/Sha256.h"
#include "base/Strings.h"

#include <gtest/gtest.h>

#include <vector>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

TEST(Strings, PrintableHidesControlCharactersAndCuts) {
  EXPECT_EQ(printable("plain"), "plain");
  EXPECT_EQ(printable(std::string_view("a\n'\0\x7f", 5)), "a\\x0a\\x27\\x00\\x7f");
  EXPECT_EQ(printable(std::string(200, 'x'), 10), "xxxxxxxxxx...");
}

TEST(Strings, BareFileNames) {
  EXPECT_TRUE(isBareFileName("ab12.safetensors"));
  for (const char *name : {"", ".", "..", "../a", "a/b", "/etc/passwd", ".hidden", "a b", "a\nb"})
    EXPECT_FALSE(isBareFileName(name)) << name;
}

TEST(Checked, DivisionRoundsTowardMinusInfinity) {
  EXPECT_EQ(floorDiv(-7, 2), -4);
  EXPECT_EQ(floorMod(-7, 2), 1);
  EXPECT_EQ(ceilDiv(-7, 2), -3);
  EXPECT_EQ(ceilDiv(7, 2), 4);
  EXPECT_EQ(floorDiv(INT64_MIN, 1), INT64_MIN);
  EXPECT_EQ(ceilDiv(INT64_MAX, 1), INT64_MAX);
  EXPECT_EQ(floorMod(INT64_MIN, INT64_MAX), INT64_MAX - 1);
}

TEST(Checked, OverflowIsReportedAndLeavesTheOutput) {
  int64_t out = 42;
  EXPECT_FALSE(checkedAdd(INT64_MAX, int64_t(1), out));
  EXPECT_FALSE(checkedSub(INT64_MIN, int64_t(1), out));
  EXPECT_FALSE(checkedMul(INT64_MAX, int64_t(2), out));
  EXPECT_EQ(out, 42);
  uint64_t aligned = 0;
  EXPECT_TRUE(alignUp(65, 64, aligned));
  EXPECT_EQ(aligned, 128u);
  EXPECT_FALSE(alignUp(UINT64_MAX, 64, aligned));
}

TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(sha256Hex("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc", 3),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  std::string two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  EXPECT_EQ(sha256Hex(two.data(), two.size()),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  std::string million(1000000, 'a');
  EXPECT_EQ(sha256Hex(million.data(), million.size()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(MappedFile, ReadsWholeFilesAndRefusesOthers) {
  TemporaryFolder folder;
  MappedFile file;
  ASSERT_EQ(take(file.open(folder.write("a", "hello"))), "");
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(file.data()), file.size()), "hello");
  ASSERT_EQ(take(file.open(folder.write("empty", ""))), "");
  EXPECT_EQ(file.size(), 0u);
  EXPECT_NE(take(file.open(folder.path("absent"))).find("not found: cannot open"),
            std::string::npos);
  EXPECT_NE(take(file.open(folder.path(""))).find("is not a regular file"), std::string::npos);
  EXPECT_NE(take(file.open("/dev/null")).find("is not a regular file"), std::string::npos);
}

TEST(Guard, TurnsExceptionsIntoStatuses) {
  EXPECT_EQ(take(guarded([]() -> azj_status { throw std::bad_alloc(); })),
            "out of memory: out of host memory");
  EXPECT_EQ(take(guarded([]() -> azj_status { throw std::runtime_error("odd"); })),
            "internal: unexpected exception: odd");
  EXPECT_EQ(take(guarded([]() -> azj_status { throw 1; })), "internal: unexpected exception");
  EXPECT_EQ(take(guarded([]() -> azj_status { return nullptr; })), "");
}

TEST(Allocator, SystemAllocatesAligned) {
  azj_allocator allocator = azj_allocator_system();
  for (size_t alignment : {1u, 8u, 64u, 4096u}) {
    void *memory = allocator.allocate(allocator.self, 100, alignment);
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % alignment, 0u);
    allocator.release(allocator.self, memory, 100);
  }
}

} // namespace
