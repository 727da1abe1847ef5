// Usage errors and closed pipes are told from other failures.
#include "artemis/base/program_error.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

TEST(UsageError, IsToldFromOtherFailures) {
  EXPECT_TRUE(IsUsageError(UsageError("x")));
  EXPECT_TRUE(IsUsageError(WithContext(UsageError("x"), "--where")));
  EXPECT_FALSE(IsUsageError(arrow::Status::Invalid("x")));
  EXPECT_FALSE(IsUsageError(ClosedPipeError()));
  EXPECT_FALSE(IsUsageError(arrow::Status::OK()));
}

TEST(AsUsageError, KeepsTheMessageAndLeavesSuccessAlone) {
  const auto status = AsUsageError(arrow::Status::IOError("expected a time, found 'x'"));
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_EQ(status.message(), "expected a time, found 'x'");
  EXPECT_TRUE(AsUsageError(arrow::Status::OK()).ok());
}

TEST(ClosedPipeError, IsToldFromOtherFailures) {
  EXPECT_TRUE(IsClosedPipe(ClosedPipeError()));
  EXPECT_TRUE(IsClosedPipe(WithContext(ClosedPipeError(), "writing")));
  EXPECT_FALSE(IsClosedPipe(arrow::Status::IOError("x")));
  EXPECT_FALSE(IsClosedPipe(UsageError("x")));
}

}  // namespace
}  // namespace artemis
