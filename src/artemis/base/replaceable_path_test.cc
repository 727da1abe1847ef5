// Tests of base/replaceable_path.h.
#include "artemis/base/replaceable_path.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

class ReplaceablePathTest : public testing::Test {
 protected:
  ReplaceablePathTest() : folder_(::testing::TempDir() + "places-" + RandomUuid()) {
    fs::create_directory(folder_);
  }
  ~ReplaceablePathTest() override { fs::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_;
};

TEST_F(ReplaceablePathTest, AFileAndNothingAreWhereTheyAre) {
  std::ofstream(At("file")) << "x";
  EXPECT_EQ(ReplaceablePath(At("file")), At("file"));
  EXPECT_EQ(ReplaceablePath(At("nothing")), At("nothing"));
  EXPECT_EQ(ReplaceablePath("nothing"), "nothing");
  EXPECT_EQ(ReplaceablePath(folder_), folder_);
}

TEST_F(ReplaceablePathTest, OfALinkItIsWhatTheLinkNames) {
  std::ofstream(At("file")) << "x";
  fs::create_symlink("file", At("near"));
  fs::create_symlink(At("near"), At("far"));
  fs::create_symlink("to come", At("ahead"));
  EXPECT_EQ(ReplaceablePath(At("near")), At("file"));
  EXPECT_EQ(ReplaceablePath(At("far")), At("file"));
  EXPECT_EQ(ReplaceablePath(At("ahead")), At("to come"));
}

TEST_F(ReplaceablePathTest, DevicesAndPipesAreNotReplaced) {
  ASSERT_EQ(::mkfifo(At("pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/null", At("nowhere"));
  for (const auto& path : {std::string("/dev/null"), At("pipe"), At("nowhere")}) {
    EXPECT_EQ(ReplaceablePath(path), std::nullopt) << path;
  }
}

// Also where the descriptor is open on a plain file: the name is not that file's.
TEST_F(ReplaceablePathTest, NamesOfDescriptorsAreNotReplaced) {
  fs::create_symlink("/dev/stdout", At("output"));
  for (const auto& path : {std::string("/dev/stdout"), std::string("/dev/fd/2"),
                           std::string("/proc/self/fd/1"), At("output")}) {
    EXPECT_EQ(ReplaceablePath(path), std::nullopt) << path;
  }
}

TEST_F(ReplaceablePathTest, ARingOfLinksIsNotFollowedForEver) {
  fs::create_symlink("b", At("a"));
  fs::create_symlink("a", At("b"));
  EXPECT_TRUE(ReplaceablePath(At("a")).has_value());
}

}  // namespace
}  // namespace artemis
