// Spill folders: one per session, gone with it, swept when its process died.
#include "artemis/sql/temp_folder.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace artemis {
namespace {

namespace fs = std::filesystem;

class TempFolderTest : public ::testing::Test {
 protected:
  TempFolderTest() { fs::remove_all(root_); }
  ~TempFolderTest() override { fs::remove_all(root_); }

  std::unique_ptr<TempFolder> Make() {
    auto made = TempFolder::Make(root_);
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return made.ok() ? std::move(*made) : nullptr;
  }

  const std::string root_ =
      ::testing::TempDir() + "/artemis_temp_folder_" + std::to_string(getpid());
};

TEST_F(TempFolderTest, IsMadeAndRemoved) {
  auto folder = Make();
  ASSERT_NE(folder, nullptr);
  std::ofstream(folder->path() + "/spill.tmp") << "x";
  EXPECT_TRUE(fs::is_directory(folder->path()));
  folder.reset();
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST_F(TempFolderTest, IsNotSharedAndNotSweptWhileHeld) {
  const auto first = Make();
  const auto second = Make();
  ASSERT_NE(second, nullptr);
  EXPECT_NE(first->path(), second->path());
  EXPECT_TRUE(fs::is_directory(first->path()));
  EXPECT_TRUE(fs::is_directory(second->path()));
}

TEST_F(TempFolderTest, SweepsWhatADeadProcessLeft) {
  fs::create_directories(root_ + "/123-0");
  std::ofstream(root_ + "/123-0/duckdb_temp_storage_0.tmp") << "spilled";
  std::ofstream(root_ + "/123-0.lock") << "";
  fs::create_directories(root_ + "/somebody-elses");
  const auto folder = Make();
  EXPECT_FALSE(fs::exists(root_ + "/123-0"));
  EXPECT_FALSE(fs::exists(root_ + "/123-0.lock"));
  EXPECT_TRUE(fs::exists(root_ + "/somebody-elses"));
}

TEST_F(TempFolderTest, NamesAFolderThatCannotBeMade) {
  std::ofstream(root_) << "a file";
  const auto made = TempFolder::Make(root_ + "/below");
  ASSERT_TRUE(made.status().IsIOError());
  EXPECT_NE(made.status().message().find(root_), std::string::npos);
}

}  // namespace
}  // namespace artemis
