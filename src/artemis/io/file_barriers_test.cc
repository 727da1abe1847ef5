// Tests of io/barrier.h and io/file_barriers.h.
#include "artemis/io/file_barriers.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "artemis/io/file_system.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

TEST(NoBarriers, HoldNobody) { EXPECT_TRUE(NoBarriers().Reach("before_swap").ok()); }

TEST(FileBarriers, LetEveryoneThroughWhenAllHaveCome) {
  const TestFolder folder;
  const std::string text = "before_swap:" + folder.File("b") + "/3";
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto barriers = ParseFileBarriers(text, 10'000);
      const bool passed = (*barriers)->Reach("other").ok() &&
                          (*barriers)->Reach("before_swap").ok() &&
                          (*barriers)->Reach("before_swap").ok();
      ::_exit(passed ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  EXPECT_EQ(LocalFileSystem().ListFolder(folder.File("b"))->size(), 3u);
}

TEST(FileBarriers, FailWhenTheOthersDoNotCome) {
  const TestFolder folder;
  const auto barriers = ParseFileBarriers("p:" + folder.path() + "/2", 20);
  const auto status = (*barriers)->Reach("p");
  ASSERT_TRUE(status.IsIOError());
  EXPECT_NE(status.message().find("expected 2 processes, found 1"), std::string::npos);
}

TEST(ParseFileBarriers, RefusesOtherShapes) {
  for (const char* text : {"p", "p:2", "p:/2", ":/dir/2", "p:/dir/x", "p:/dir/0", "p:/dir/"}) {
    EXPECT_TRUE(ParseFileBarriers(text).status().IsInvalid()) << text;
  }
  EXPECT_TRUE(ParseFileBarriers("").ok());
}

}  // namespace
}  // namespace artemis
