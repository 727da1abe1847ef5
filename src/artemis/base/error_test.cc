// Tests of base/error.h.
#include "artemis/base/error.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FindDetail, FindsTheDetailOfItsOwnTypeOnly) {
  const arrow::Status status = CorruptFileError("file:///m.avro", "expected 12 entries, found 9");
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr);
  EXPECT_EQ(corrupt->path, "file:///m.avro");
  EXPECT_EQ(corrupt->what, "expected 12 entries, found 9");
  EXPECT_EQ(FindDetail<CommitConflict>(status), nullptr);
  EXPECT_EQ(FindDetail<CorruptFile>(arrow::Status::Invalid("plain")), nullptr);
  EXPECT_EQ(FindDetail<CorruptFile>(arrow::Status::OK()), nullptr);
}

TEST(ErrorStatus, EveryConstructorCarriesItsDetail) {
  EXPECT_NE(FindDetail<NoSuchTable>(NoSuchTableError("a.b")), nullptr);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(NoSuchSnapshotError("7")), nullptr);
  EXPECT_NE(FindDetail<SnapshotExpired>(SnapshotExpiredError("7", {})), nullptr);
  EXPECT_NE(FindDetail<CommitConflict>(CommitConflictError("m")), nullptr);
  EXPECT_NE(FindDetail<CommitUnknown>(CommitUnknownError("m")), nullptr);
  EXPECT_NE(FindDetail<LimitExceeded>(LimitExceededError("m")), nullptr);
  EXPECT_NE(FindDetail<PermissionDenied>(PermissionDeniedError("m")), nullptr);
}

TEST(ErrorStatus, ExpiredNamesTheRequestAndTheOldestTime) {
  const arrow::Status status = SnapshotExpiredError("snapshot 7", TimestampMs(0));
  EXPECT_NE(status.message().find("snapshot 7"), std::string::npos);
  EXPECT_NE(status.message().find("1970-01-01T00:00:00.000Z"), std::string::npos);
  EXPECT_EQ(FindDetail<SnapshotExpired>(status)->oldest_available, TimestampMs(0));
}

TEST(ErrorStatus, MissingTableNamesItsCreationTime) {
  const arrow::Status status = NoSuchTableError("sda.obs", TimestampMs(1000));
  EXPECT_NE(status.message().find("sda.obs"), std::string::npos);
  EXPECT_NE(status.message().find("1970-01-01T00:00:01.000Z"), std::string::npos);
}

TEST(WithContext, PutsTheContextFirstAndKeepsCodeAndDetail) {
  const arrow::Status status = WithContext(CommitConflictError("pointer moved"), "append to a.b");
  EXPECT_EQ(status.message(), "append to a.b: pointer moved");
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(FindDetail<CommitConflict>(status), nullptr);
  EXPECT_TRUE(WithContext(arrow::Status::OK(), "x").ok());
}

TEST(CheckDeathTest, StopsTheProgramAndNamesTheCondition) {
  EXPECT_DEATH(ARTEMIS_CHECK(1 + 1 == 3), "check failed: 1 \\+ 1 == 3 \\(error_test.cc");
}

}  // namespace
}  // namespace artemis
