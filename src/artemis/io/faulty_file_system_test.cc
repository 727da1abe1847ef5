// Tests of io/faulty_file_system.h and io/fault_plan.h.
#include "artemis/io/faulty_file_system.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include <arrow/buffer.h>
#include <arrow/util/io_util.h>
#include <gtest/gtest.h>

#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

TEST(ParseFaultPlan, ReadsOperationsCallsAndActions) {
  const auto plan =
      ParseFaultPlan("WriteNew:3:fail,*:10:delay=50,StreamClose:0:lose,Delete:1:kill");
  ASSERT_TRUE(plan.ok()) << plan.status();
  const FaultPlan expected = {
      {FileOperation::kWriteNew, false, 3, FaultAction::kFail, 0},
      {FileOperation::kReadAll, true, 10, FaultAction::kDelay, 50},
      {FileOperation::kStreamClose, false, 0, FaultAction::kLose, 0},
      {FileOperation::kDelete, false, 1, FaultAction::kKill, 0},
  };
  EXPECT_EQ(*plan, expected);
  EXPECT_TRUE(ParseFaultPlan("")->empty());
}

TEST(ParseFaultPlan, KnowsEveryOperationByName) {
  for (int i = 0; i < kFileOperationCount; ++i) {
    const auto operation = static_cast<FileOperation>(i);
    const auto plan = ParseFaultPlan(std::string(FileOperationName(operation)) + ":1:kill_after");
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ((*plan)[0].operation, operation);
  }
}

TEST(ParseFaultPlan, NamesWhatItDoesNotUnderstand) {
  for (const char* text :
       {"WriteNew", "WriteNew:1", "Write:1:fail", "WriteNew:x:fail", "WriteNew:-1:fail",
        "WriteNew:1:explode", "WriteNew:1:delay=x", "WriteNew:1:fail,,"}) {
    EXPECT_TRUE(ParseFaultPlan(text).status().IsInvalid()) << text;
  }
}

class FaultyFiles : public ::testing::Test {
 protected:
  void Plan(std::string_view text) { files_.Reset(*ParseFaultPlan(text)); }

  TestFolder folder_;
  FaultyFileSystem files_{LocalFileSystem()};
};

TEST_F(FaultyFiles, FailsTheNthCallOfAnOperationOnly) {
  Plan("WriteNew:2:fail");
  EXPECT_TRUE(files_.WriteNew(folder_.File("1"), "").ok());
  EXPECT_EQ(*files_.Exists(folder_.File("1")), true);
  const auto failed = files_.WriteNew(folder_.File("2"), "");
  EXPECT_EQ(failed.message(), "injected fault: WriteNew call 2 (" + folder_.File("2") + ")");
  EXPECT_TRUE(files_.WriteNew(folder_.File("3"), "").ok());
  EXPECT_EQ(*LocalFileSystem().Exists(folder_.File("2")), false);
  EXPECT_EQ(files_.calls(FileOperation::kWriteNew), 3);
  EXPECT_EQ(files_.total_calls(), 4);
}

TEST_F(FaultyFiles, CountsAllOperationsTogetherForAStar) {
  Plan("*:2:fail");
  EXPECT_TRUE(files_.WriteNew(folder_.File("1"), "").ok());
  EXPECT_FALSE(files_.Exists(folder_.File("1")).ok());
  EXPECT_TRUE(files_.Exists(folder_.File("1")).ok());
}

TEST_F(FaultyFiles, LosesTheReplyOfACallThatWasMade) {
  Plan("WriteNew:1:lose");
  EXPECT_TRUE(files_.WriteNew(folder_.File("1"), "x").IsIOError());
  EXPECT_EQ(*LocalFileSystem().ReadAll(folder_.File("1"), 10), "x");
}

TEST_F(FaultyFiles, SyncsFilesThatAreThere) {
  ASSERT_TRUE(files_.WriteNew(folder_.File("1"), "x").ok());
  EXPECT_TRUE(files_.SyncFile("file://" + folder_.File("1")).ok());
  EXPECT_TRUE(IsFileNotFound(files_.SyncFile(folder_.File("2"))));
}

TEST_F(FaultyFiles, CountsReadsAndWritesOfStreams) {
  Plan("StreamWrite:2:fail,ReadAt:1:fail");
  const auto output = *files_.OpenOutput(folder_.File("s"));
  EXPECT_TRUE(output->Write("ab", 2).ok());
  EXPECT_FALSE(output->Write("cd", 2).ok());
  EXPECT_TRUE(output->Close().ok());
  EXPECT_EQ(files_.calls(FileOperation::kStreamClose), 1);
  const auto input = *files_.OpenInput(folder_.File("s"));
  EXPECT_FALSE(input->ReadAt(0, 2).ok());
  EXPECT_EQ((*input->ReadAt(0, 2))->ToString(), "ab");
}

TEST_F(FaultyFiles, FailsWithTheErrnoOfThePlan) {
  for (const auto& [plan, error] : {std::pair{"OpenLocked:1:fail=EMFILE", EMFILE},
                                    {"OpenLocked:1:fail=ENOSPC", ENOSPC},
                                    {"OpenLocked:1:fail=EIO", EIO}}) {
    Plan(plan);
    const auto status = files_.OpenLocked(folder_.File("x")).status();
    EXPECT_TRUE(status.IsIOError());
    EXPECT_EQ(arrow::internal::ErrnoFromStatus(status), error);
    EXPECT_NE(status.message().find("injected fault"), std::string::npos) << status;
  }
  EXPECT_FALSE(ParseFaultPlan("OpenLocked:1:fail=EPIPE").ok());
}

TEST_F(FaultyFiles, HoldsALockAsLongAsTheStreamLives) {
  auto first = *files_.OpenLocked(folder_.File("held"));
  ASSERT_TRUE(first->Write("half", 4).ok());
  ASSERT_TRUE(first->Close().ok());
  EXPECT_FALSE(files_.OpenLocked(folder_.File("held")).ok());
  first.reset();
  EXPECT_TRUE(files_.OpenLocked(folder_.File("held")).ok());
  EXPECT_EQ(*LocalFileSystem().FileSize(folder_.File("held")), 0);
}

TEST_F(FaultyFiles, DelaysACall) {
  Plan("Exists:1:delay=30");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(files_.Exists(folder_.path()).ok());
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST_F(FaultyFiles, KillsTheProcessBeforeOrAfterACall) {
  for (const bool after : {false, true}) {
    const std::string path = folder_.File(after ? "after" : "before");
    const pid_t child = ::fork();
    if (child == 0) {
      Plan(after ? "WriteNew:1:kill_after" : "WriteNew:1:kill");
      (void)files_.WriteNew(path, "x");
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    EXPECT_EQ(*LocalFileSystem().Exists(path), after);
  }
}

TEST_F(FaultyFiles, EveryOperationPassesThroughAndCanFail) {
  const auto use_all = [&](const std::string& name) -> arrow::Status {
    const std::string base = folder_.File(name);
    ARROW_RETURN_NOT_OK(files_.CreateFolders(base));
    ARROW_RETURN_NOT_OK(files_.WriteNew(base + "/a", "12"));
    ARROW_RETURN_NOT_OK(files_.RenameNoReplace(base + "/a", base + "/b"));
    ARROW_RETURN_NOT_OK(files_.RenameReplace(base + "/b", base + "/c"));
    ARROW_RETURN_NOT_OK(files_.SyncFile(base + "/c"));
    ARROW_RETURN_NOT_OK(files_.SyncFolder(base));
    ARROW_RETURN_NOT_OK(files_.ReadAll(base + "/c", 10).status());
    ARROW_RETURN_NOT_OK(files_.FileSize(base + "/c").status());
    ARROW_RETURN_NOT_OK(files_.Exists(base + "/c").status());
    ARROW_RETURN_NOT_OK(files_.ListFolder(base).status());
    ARROW_ASSIGN_OR_RAISE(const auto output, files_.OpenOutput(base + "/d"));
    ARROW_RETURN_NOT_OK(output->Write("x", 1));
    ARROW_RETURN_NOT_OK(output->Close());
    ARROW_ASSIGN_OR_RAISE(const auto input, files_.OpenInput(base + "/d"));
    ARROW_RETURN_NOT_OK(input->ReadAt(0, 1).status());
    ARROW_RETURN_NOT_OK(files_.OpenLocked(base + "/e").status());
    return files_.Delete(base + "/d");
  };
  Plan("");
  ASSERT_TRUE(use_all("whole").ok());
  EXPECT_EQ(files_.total_calls(), kFileOperationCount);
  for (int i = 0; i < kFileOperationCount; ++i) {
    EXPECT_EQ(files_.calls(static_cast<FileOperation>(i)), 1) << i;
    const std::string number = std::to_string(i + 1);
    Plan("*:" + number + ":fail");
    EXPECT_NE(use_all("run" + number).message().find("injected fault"), std::string::npos) << i;
    EXPECT_EQ(files_.total_calls(), i + 1);
    files_.Reset({});
    ASSERT_TRUE(use_all("again" + number).ok());
  }
}

}  // namespace
}  // namespace artemis
