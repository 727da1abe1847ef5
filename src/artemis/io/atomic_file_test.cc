// Tests of io/atomic_file.h.
#include "artemis/io/atomic_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "artemis/io/file_system.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

class AtomicFileTest : public ::testing::Test {
 protected:
  bool Exists(const std::string& path) { return *LocalFileSystem().Exists(path); }
  std::string Text(const std::string& path) { return *LocalFileSystem().ReadAll(path, 1 << 20); }

  arrow::Status WriteText(const std::string& text, const AtomicFileOptions& options = {}) {
    ARROW_ASSIGN_OR_RAISE(const auto file, AtomicFile::Open(path_, options));
    ARROW_RETURN_NOT_OK(file->stream()->Write(text.data(), static_cast<int64_t>(text.size())));
    return file->Commit();
  }

  TestFolder folder_;
  const std::string path_ = folder_.File("deep/out.parquet");
  const std::string unfinished_ = path_ + ".inprogress";
};

TEST_F(AtomicFileTest, AppearsWhenItIsCommitted) {
  auto file = *AtomicFile::Open("file://" + path_);
  ASSERT_TRUE(file->stream()->Write("hello", 5).ok());
  EXPECT_TRUE(Exists(unfinished_));
  EXPECT_FALSE(Exists(path_));
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_FALSE(Exists(unfinished_));
  EXPECT_EQ(Text(path_), "hello");
  EXPECT_TRUE(file->Commit().IsInvalid());
  file.reset();
  EXPECT_EQ(Text(path_), "hello");
}

TEST_F(AtomicFileTest, LeavesNothingWhenItIsNotCommitted) {
  {
    const auto file = *AtomicFile::Open(path_);
    ASSERT_TRUE(file->stream()->Write("half", 4).ok());
  }
  EXPECT_FALSE(Exists(unfinished_));
  EXPECT_FALSE(Exists(path_));
}

TEST_F(AtomicFileTest, KeepsWhatIsUnfinishedWhenAsked) {
  {
    const auto file = *AtomicFile::Open(path_);
    file->KeepUnfinished(true);
    ASSERT_TRUE(file->stream()->Write("half", 4).ok());
    ASSERT_TRUE(file->stream()->Flush().ok());
  }
  EXPECT_FALSE(Exists(path_));
  EXPECT_EQ(Text(unfinished_), "half");
  ASSERT_TRUE(WriteText("fresh").ok());
  EXPECT_EQ(Text(path_), "fresh");
  EXPECT_FALSE(Exists(unfinished_));
}

TEST_F(AtomicFileTest, ReplacesOnlyWhenAsked) {
  ASSERT_TRUE(WriteText("old").ok());
  EXPECT_TRUE(WriteText("new").IsAlreadyExists());
  EXPECT_EQ(Text(path_), "old");
  ASSERT_TRUE(WriteText("new", {.replace = true}).ok());
  EXPECT_EQ(Text(path_), "new");
  EXPECT_FALSE(Exists(unfinished_));
}

TEST_F(AtomicFileTest, DoesNotReplaceAFileThatAppearedMeanwhile) {
  auto file = *AtomicFile::Open(path_);
  ASSERT_TRUE(LocalFileSystem().WriteNew(path_, "theirs").ok());
  EXPECT_TRUE(file->Commit().IsAlreadyExists());
  file.reset();
  EXPECT_EQ(Text(path_), "theirs");
  EXPECT_FALSE(Exists(unfinished_));
}

TEST_F(AtomicFileTest, RefusesAFileThatIsBeingWritten) {
  const auto first = *AtomicFile::Open(path_);
  const auto second = AtomicFile::Open(path_);
  ASSERT_TRUE(second.status().IsIOError());
  EXPECT_NE(second.status().message().find("being written by another process"), std::string::npos);
  EXPECT_TRUE(Exists(unfinished_));
  ASSERT_TRUE(first->stream()->Close().ok());
  EXPECT_TRUE(AtomicFile::Open(path_).status().IsIOError()) << "closing the stream keeps the lock";
  EXPECT_TRUE(first->Commit().ok());
}

TEST_F(AtomicFileTest, TakesOverWhatACrashLeft) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto file = AtomicFile::Open(path_);
    const std::string text(100'000, 'x');
    (void)(*file)->stream()->Write(text.data(), static_cast<int64_t>(text.size()));
    (void)(*file)->stream()->Flush();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(Exists(unfinished_));
  EXPECT_EQ(*LocalFileSystem().FileSize(unfinished_), 100'000);
  ASSERT_TRUE(WriteText("fresh").ok());
  EXPECT_EQ(Text(path_), "fresh");
}

}  // namespace
}  // namespace artemis
