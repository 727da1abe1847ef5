// What is kept of metadata files.
#include "artemis/catalog/metadata_files.h"

#include <gtest/gtest.h>

#include "artemis/io/test_folder.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

TEST(MetadataFiles, KeepNoMoreBytesThanTheyMayAndAlwaysTheLast) {
  const TestFolder folder;
  TableMetadata metadata = SampleMetadata();
  metadata.properties["filler"] = std::string(100'000, 'x');
  // Three times the text of ten files; an eleventh makes the oldest leave.
  constexpr int64_t kBytesMax = 3'100'000;
  MetadataFiles files(LocalFileSystem(), 1000, kBytesMax);
  std::shared_ptr<const TableMetadata> first;
  for (int i = 0; i < 30; ++i) {
    const std::string location = folder.File(std::to_string(i) + ".metadata.json");
    ASSERT_TRUE(files.WriteNew(location, std::make_shared<const TableMetadata>(metadata)).ok());
    const auto read = files.Read(location).ValueOrDie();
    if (i == 0) first = read;
    ASSERT_LE(files.CachedBytes(), kBytesMax);
  }
  EXPECT_GT(files.CachedBytes(), kBytesMax * 3 / 4);
  // The first has left and is read anew.
  EXPECT_NE(files.Read(folder.File("0.metadata.json")).ValueOrDie(), first);
  EXPECT_EQ(*files.Read(folder.File("0.metadata.json")).ValueOrDie(), *first);

  MetadataFiles one(LocalFileSystem(), 1000, 1);
  const auto large = one.Read(folder.File("3.metadata.json")).ValueOrDie();
  EXPECT_EQ(one.Read(folder.File("3.metadata.json")).ValueOrDie(), large);
  one.Discard(folder.File("3.metadata.json"));
  EXPECT_EQ(one.CachedBytes(), 0);

  MetadataFiles none(LocalFileSystem(), 0);
  ASSERT_TRUE(none.Read(folder.File("4.metadata.json")).ok());
  EXPECT_EQ(none.CachedBytes(), 0);
}

}  // namespace
}  // namespace artemis
