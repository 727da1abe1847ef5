// Exit codes and error lines.
#include "artemis/cli/exit_code.h"

#include <cerrno>

#include <arrow/util/io_util.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"

namespace artemis {
namespace {

TEST(ExitCodeOf, TellsWhatACallerCanActOn) {
  EXPECT_EQ(ExitCodeOf(arrow::Status::OK()), 0);
  EXPECT_EQ(ExitCodeOf(arrow::Status::Invalid("x")), 1);
  EXPECT_EQ(ExitCodeOf(CorruptFileError("f", "x")), 1);
  EXPECT_EQ(ExitCodeOf(PermissionDeniedError("x")), 1);
  EXPECT_EQ(ExitCodeOf(UsageError("x")), 2);
  EXPECT_EQ(ExitCodeOf(AsUsageError(arrow::Status::Invalid("x"))), 2);
  EXPECT_EQ(ExitCodeOf(NoSuchTableError("a.b")), 3);
  EXPECT_EQ(ExitCodeOf(NoSuchSnapshotError("7")), 3);
  EXPECT_EQ(ExitCodeOf(SnapshotExpiredError("7", {})), 3);
  EXPECT_EQ(ExitCodeOf(arrow::internal::IOErrorFromErrno(ENOENT, "x")), 3);
  EXPECT_EQ(ExitCodeOf(arrow::internal::IOErrorFromErrno(EIO, "x")), 1);
  EXPECT_EQ(ExitCodeOf(CommitConflictError("x")), 4);
  EXPECT_EQ(ExitCodeOf(CommitUnknownError("x")), 4);
  EXPECT_EQ(ExitCodeOf(arrow::Status::Cancelled("x")), 130);
  EXPECT_EQ(ExitCodeOf(ClosedPipeError()), 0);
}

TEST(ExitCodeOf, SeesThroughContext) {
  EXPECT_EQ(ExitCodeOf(WithContext(NoSuchTableError("a.b"), "loading")), 3);
  EXPECT_EQ(ExitCodeOf(WithContext(UsageError("x"), "--where")), 2);
}

TEST(ErrorLine, IsOneLine) { EXPECT_EQ(ErrorLine(arrow::Status::Invalid("a\nb\tc \n")), "a b c"); }

TEST(ErrorLine, NamesTheNextStep) {
  EXPECT_EQ(ErrorLine(NoSuchTableError("a.b")),
            "no such table: a.b; artemis-table list names the tables of this catalog");
  EXPECT_EQ(ErrorLine(CommitConflictError("lost")), "lost; nothing was changed: run it again");
  EXPECT_NE(ErrorLine(CommitUnknownError("lost")).find("--once"), std::string::npos);
  // It exists, only not then: a list of tables would not help.
  EXPECT_EQ(ErrorLine(NoSuchTableError("a.b", TimestampMs(0))).find("artemis-table list"),
            std::string::npos);
}

}  // namespace
}  // namespace artemis
