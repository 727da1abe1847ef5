// Tests of base/progress.h, with a pipe in the place of stderr.
#include "artemis/base/progress.h"

#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

namespace artemis {
namespace {

class ProgressPipe : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }

  std::string ReadToEnd() {
    ::close(ends_[1]);
    char buffer[4096];
    const ssize_t size = ::read(ends_[0], buffer, sizeof(buffer));
    ::close(ends_[0]);
    return std::string(buffer, static_cast<size_t>(size));
  }

  std::array<int, 2> ends_;
};

TEST_F(ProgressPipe, ShowsTheFirstAndTheLastUpdate) {
  {
    ProgressLine progress(ProgressMode::kOn, "replay", ends_[1]);
    EXPECT_TRUE(progress.shown());
    for (int i = 1; i <= 12; ++i) progress.Update(i, 12, "files");
  }
  EXPECT_EQ(ReadToEnd(), "replay: 1 of 12 files (8 %)\nreplay: 12 of 12 files (100 %)\n");
}

TEST_F(ProgressPipe, NeedsNoTotalAndIgnoresUpdatesAfterTheEnd) {
  ProgressLine progress(ProgressMode::kOn, "append", ends_[1]);
  progress.Update(5, std::nullopt, "rows");
  progress.Finish();
  progress.Update(6, std::nullopt, "rows");
  progress.Finish();
  EXPECT_EQ(ReadToEnd(), "append: 5 rows\n");
}

TEST_F(ProgressPipe, IsSilentOffTheTerminalUnlessForced) {
  for (const ProgressMode mode : {ProgressMode::kAuto, ProgressMode::kOff}) {
    ProgressLine progress(mode, "replay", ends_[1]);
    EXPECT_FALSE(progress.shown());
    progress.Update(1, 2, "files");
  }
  EXPECT_EQ(ReadToEnd(), "");
}

TEST(ParseProgressMode, TakesThreeWords) {
  EXPECT_EQ(*ParseProgressMode("auto"), ProgressMode::kAuto);
  EXPECT_EQ(*ParseProgressMode("on"), ProgressMode::kOn);
  EXPECT_EQ(*ParseProgressMode("off"), ProgressMode::kOff);
  EXPECT_TRUE(ParseProgressMode("yes").status().IsInvalid());
}

}  // namespace
}  // namespace artemis
