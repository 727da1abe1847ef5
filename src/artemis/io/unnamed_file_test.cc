#include "artemis/io/unnamed_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/io/file_system.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

TEST(UnnamedFile, GivesBackWhatWasAppendedWhereItWas) {
  const TestFolder folder;
  const auto file = *UnnamedFile::Create(folder.path());
  const std::string first(100'000, 'a');
  EXPECT_EQ(*file->Append(arrow::Buffer(first)), 0);
  EXPECT_EQ(*file->Append(arrow::Buffer("bc")), 100'000);
  EXPECT_EQ(file->size(), 100'002);
  EXPECT_EQ((*file->Read(99'999, 3, arrow::default_memory_pool()))->ToString(), "abc");
  file->Release(0, 100'000);
  EXPECT_EQ((*file->Read(100'000, 2, arrow::default_memory_pool()))->ToString(), "bc");
}

TEST(UnnamedFile, HasNoNameInItsFolder) {
  const TestFolder folder;
  const auto file = *UnnamedFile::Create(folder.path());
  ASSERT_TRUE(file->Append(arrow::Buffer("x")).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(UnnamedFile, TellsOfAFolderThatIsNotThereAndOfBytesThatAreNot) {
  const TestFolder folder;
  const auto missing = UnnamedFile::Create(folder.path() + "/none").status();
  EXPECT_TRUE(missing.IsIOError());
  EXPECT_NE(missing.message().find(folder.path() + "/none"), std::string::npos) << missing;
  // Else a reader would take its table for corrupt.
  EXPECT_FALSE(IsFileNotFound(missing));
  const auto file = *UnnamedFile::Create(folder.path());
  EXPECT_TRUE(file->Read(0, 1, arrow::default_memory_pool()).status().IsIOError());
}

}  // namespace
}  // namespace artemis
