// This file tests base/Status: messages, annotations and ownership.
#include "base/Status.h"

#include <gtest/gtest.h>

#include <string>

using namespace azulejo::runtime;

namespace {

azj_status failAt(int value) {
  if (value > 2)
    return makeStatus(AZJ_CORRUPT, "value must be at most 2, got %d", value);
  return nullptr;
}

azj_status passOn(int value, bool &reached) {
  AZJ_TRY(failAt(value));
  reached = true;
  return nullptr;
}

TEST(Status, NullIsSuccess) {
  EXPECT_EQ(azj_status_code(nullptr), AZJ_OK);
  EXPECT_STREQ(azj_status_message(nullptr), "");
  azj_status_free(nullptr);
  EXPECT_EQ(prefix(nullptr, "x"), nullptr);
  EXPECT_EQ(suffix(nullptr, "x"), nullptr);
}

TEST(Status, FormatsItsMessage) {
  StatusPtr status(makeStatus(AZJ_NOT_FOUND, "no input '%s' of %d", "x", 3));
  EXPECT_EQ(azj_status_code(status.get()), AZJ_NOT_FOUND);
  EXPECT_STREQ(azj_status_message(status.get()), "no input 'x' of 3");
}

TEST(Status, EmptyMessageIsAllowed) {
  StatusPtr status(makeStatus(AZJ_INTERNAL, "%s", ""));
  EXPECT_STREQ(azj_status_message(status.get()), "");
}

TEST(Status, PrefixAndSuffixKeepTheCode) {
  azj_status status = makeStatus(AZJ_CORRUPT, "offset 7 with 100%% and %%s");
  status = prefix(status, "tensor '%s'", "weight/a");
  status = suffix(status, "; expected %d", 8);
  EXPECT_EQ(azj_status_code(status), AZJ_CORRUPT);
  EXPECT_STREQ(azj_status_message(status),
               "tensor 'weight/a': offset 7 with 100% and %s; expected 8");
  azj_status_free(status);
}

TEST(Status, LongMessagesAreWhole) {
  std::string longText(100000, 'q');
  StatusPtr status(prefix(makeStatus(AZJ_INTERNAL, "%s", longText.c_str()), "p"));
  EXPECT_EQ(std::string(azj_status_message(status.get())), "p: " + longText);
}

TEST(Status, TryReturnsTheFirstFailure) {
  bool reached = false;
  EXPECT_EQ(passOn(1, reached), nullptr);
  EXPECT_TRUE(reached);
  reached = false;
  StatusPtr status(passOn(3, reached));
  EXPECT_FALSE(reached);
  EXPECT_STREQ(azj_status_message(status.get()), "value must be at most 2, got 3");
}

TEST(Status, EveryCodeHasAName) {
  for (int code = AZJ_OK; code <= AZJ_INTERNAL; ++code)
    EXPECT_STRNE(azj_code_name(static_cast<azj_code>(code)), "unknown code");
}

} // namespace
