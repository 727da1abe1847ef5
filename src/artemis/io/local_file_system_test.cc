// Tests of io/file_system.h on the local file system.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

constexpr int64_t kAny = 1 << 20;

class LocalFiles : public ::testing::Test {
 protected:
  FileSystem& files_ = LocalFileSystem();
  TestFolder folder_;
};

TEST_F(LocalFiles, ReadsWhatItWroteUnderEverySpelling) {
  const std::string path = folder_.File("a/b/mission=a%2Fb.txt");
  ASSERT_TRUE(files_.WriteNew("file://" + path, "hello").ok());
  for (const std::string& location : {path, "file:" + path, "file://" + path}) {
    EXPECT_EQ(*files_.ReadAll(location, kAny), "hello") << location;
    EXPECT_EQ(*files_.FileSize(location), 5);
    EXPECT_EQ(*files_.Exists(location), true);
  }
}

TEST_F(LocalFiles, NeverWritesOverAFile) {
  const std::string path = folder_.File("x");
  ASSERT_TRUE(files_.WriteNew(path, "old").ok());
  EXPECT_TRUE(files_.WriteNew(path, "new").IsAlreadyExists());
  EXPECT_TRUE(files_.OpenOutput(path).status().IsAlreadyExists());
  ASSERT_TRUE(files_.WriteNew(folder_.File("y"), "other").ok());
  const auto renamed = files_.RenameNoReplace(folder_.File("y"), path);
  EXPECT_TRUE(renamed.IsAlreadyExists());
  EXPECT_NE(renamed.message().find(path), std::string::npos);
  EXPECT_EQ(*files_.ReadAll(path, kAny), "old");
  EXPECT_EQ(*files_.ReadAll(folder_.File("y"), kAny), "other");
}

TEST_F(LocalFiles, RenamesWithAndWithoutReplacing) {
  ASSERT_TRUE(files_.WriteNew(folder_.File("a"), "1").ok());
  ASSERT_TRUE(files_.RenameNoReplace(folder_.File("a"), folder_.File("b")).ok());
  ASSERT_TRUE(files_.WriteNew(folder_.File("c"), "2").ok());
  ASSERT_TRUE(files_.RenameReplace(folder_.File("c"), folder_.File("b")).ok());
  EXPECT_EQ(*files_.ReadAll(folder_.File("b"), kAny), "2");
  EXPECT_EQ(*files_.Exists(folder_.File("a")), false);
}

TEST_F(LocalFiles, SaysThatAFileIsNotThere) {
  const std::string path = folder_.File("none");
  for (const auto& status : {files_.ReadAll(path, kAny).status(), files_.OpenInput(path).status(),
                             files_.FileSize(path).status(), files_.Delete(path),
                             files_.RenameNoReplace(path, folder_.File("other")),
                             files_.ListFolder(path).status(), files_.SyncFolder(path)}) {
    EXPECT_TRUE(status.IsIOError()) << status;
    EXPECT_TRUE(IsFileNotFound(status)) << status;
    EXPECT_NE(status.message().find(folder_.path()), std::string::npos) << status;
  }
  EXPECT_EQ(*files_.Exists(path), false);
  EXPECT_FALSE(IsFileNotFound(arrow::Status::OK()));
  EXPECT_FALSE(IsFileNotFound(arrow::Status::IOError("plain")));
}

TEST_F(LocalFiles, LimitsWholeReads) {
  const std::string path = folder_.File("x");
  ASSERT_TRUE(files_.WriteNew(path, "12345").ok());
  EXPECT_EQ(*files_.ReadAll(path, 5), "12345");
  const auto too_long = files_.ReadAll(path, 4);
  EXPECT_NE(FindDetail<LimitExceeded>(too_long.status()), nullptr);
}

TEST_F(LocalFiles, NamesSchemesItDoesNotKnow) {
  for (const char* location : {"s3://bucket/x", "hdfs:/x"}) {
    const auto bytes = files_.ReadAll(location, kAny);
    ASSERT_TRUE(bytes.status().IsNotImplemented()) << location;
    EXPECT_NE(bytes.status().message().find(std::string("'") + location[0]), std::string::npos);
  }
  EXPECT_TRUE(files_.WriteNew("file://elsewhere/x", "").IsNotImplemented());
  EXPECT_TRUE(files_.ReadAll("", kAny).status().IsInvalid());
  EXPECT_TRUE(files_.ReadAll(std::string("/a\0b", 4), kAny).status().IsInvalid());
}

TEST_F(LocalFiles, RefusesFoldersWhereFilesAreExpected) {
  EXPECT_TRUE(files_.ReadAll(folder_.path(), kAny).status().IsIOError());
  EXPECT_TRUE(files_.OpenInput(folder_.path()).status().IsIOError());
  ASSERT_TRUE(files_.WriteNew(folder_.File("file"), "").ok());
  EXPECT_FALSE(files_.CreateFolders(folder_.File("file/below")).ok());
}

TEST_F(LocalFiles, StreamsMoreThanItsBuffer) {
  const std::string path = folder_.File("deep/stream");
  auto stream = files_.OpenOutput(path);
  ASSERT_TRUE(stream.ok()) << stream.status();
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string block(static_cast<size_t>(i) * 4'000 + 1, static_cast<char>('a' + i % 26));
    expected += block;
    ASSERT_TRUE((*stream)->Write(block.data(), static_cast<int64_t>(block.size())).ok());
    EXPECT_EQ(*(*stream)->Tell(), static_cast<int64_t>(expected.size()));
  }
  const std::string large(3 << 20, 'z');
  ASSERT_TRUE((*stream)->Write(large.data(), static_cast<int64_t>(large.size())).ok());
  ASSERT_TRUE((*stream)->Close().ok());
  EXPECT_TRUE((*stream)->closed());
  EXPECT_TRUE((*stream)->Close().ok());
  EXPECT_FALSE((*stream)->Write("x", 1).ok());
  EXPECT_EQ(*files_.ReadAll(path, 1 << 24), expected + large);
}

TEST_F(LocalFiles, ReadsAtRandomFromSeveralThreads) {
  const std::string path = folder_.File("x");
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) bytes += std::to_string(i % 10);
  ASSERT_TRUE(files_.WriteNew(path, bytes).ok());
  const auto input = *files_.OpenInput(path);
  EXPECT_EQ(*input->GetSize(), 1'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ((*input->ReadAt(t * 10 + i, 10))->ToString(),
                  bytes.substr(static_cast<size_t>(t * 10 + i), 10));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(LocalFiles, ListsAFolderSortedInTheFormItWasAskedFor) {
  ASSERT_TRUE(files_.WriteNew(folder_.File("b.avro"), "12").ok());
  ASSERT_TRUE(files_.WriteNew(folder_.File("a/deep"), "1").ok());
  const auto entries = files_.ListFolder("file://" + folder_.path() + "/");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].path, "file://" + folder_.File("a"));
  EXPECT_TRUE((*entries)[0].is_folder);
  EXPECT_EQ((*entries)[1].path, "file://" + folder_.File("b.avro"));
  EXPECT_FALSE((*entries)[1].is_folder);
  EXPECT_EQ((*entries)[1].size_bytes, 2);
  EXPECT_GT((*entries)[1].modified, TimestampMs(1'704'067'200'000));
}

TEST_F(LocalFiles, MakesFoldersAndIsContentWhenTheyAreThere) {
  const std::string deep = folder_.File("a/b/c");
  ASSERT_TRUE(files_.CreateFolders(deep).ok());
  EXPECT_TRUE(files_.CreateFolders(deep).ok());
  EXPECT_TRUE(files_.CreateFolders(deep + "/").ok());
  EXPECT_TRUE(files_.SyncFolder("file://" + deep).ok());
}

// Runs `check` as an unprivileged user in a child process, since root ignores file modes.
template <typename Check>
bool HoldsForNobody(const Check& check) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    ::_exit(check() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(LocalFiles, SaysThatAccessWasRefused) {
  const std::string closed = folder_.File("closed");
  ASSERT_TRUE(files_.WriteNew(closed + "/x", "").ok());
  ASSERT_EQ(::chmod(closed.c_str(), 0), 0);
  EXPECT_TRUE(HoldsForNobody([&] {
    const auto read = files_.ReadAll(closed + "/x", kAny).status();
    const auto write = files_.WriteNew(closed + "/y", "");
    return FindDetail<PermissionDenied>(read) != nullptr &&
           FindDetail<PermissionDenied>(write) != nullptr && !IsFileNotFound(read) &&
           read.message().find(closed) != std::string::npos;
  }));
  ASSERT_EQ(::chmod(closed.c_str(), 0755), 0);
}

}  // namespace
}  // namespace artemis
