// Facts of the paths that adoption takes, and of what it reads from folder names.
#include "artemis/rewrite/adopt_paths.h"

#include <gtest/gtest.h>

#include "artemis/io/location.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

class AdoptPaths : public ::testing::Test {
 protected:
  std::string Touch(const std::string& name) {
    const std::string path = folder_.File(name);
    EXPECT_TRUE(LocalFileSystem().WriteNew(path, "x").ok());
    return FileUri(path);
  }
  arrow::Result<std::vector<std::string>> Find(const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const auto& name : names) paths.push_back(folder_.File(name));
    return ParquetFilesOf(LocalFileSystem(), paths);
  }

  TestFolder folder_;
};

TEST_F(AdoptPaths, TakeFilesInTheirOrderAndEachOnce) {
  Touch("x/other.txt");
  const std::vector<std::string> expected = {Touch("b.parquet"), Touch("a.data")};
  EXPECT_EQ(*Find({"b.parquet", "a.data", "./b.parquet", "x/../a.data"}), expected);
  EXPECT_EQ(*ParquetFilesOf(LocalFileSystem(), {expected[0], LocalPath(expected[1]),
                                                "file:" + LocalPath(expected[0])}),
            expected);
}

TEST_F(AdoptPaths, TakeAllParquetFilesBelowAFolderByName) {
  const std::vector<std::string> expected = {Touch("in/_mission=a/1.parquet"),
                                             Touch("in/day=2/2.parquet"), Touch("in/day=2/3.parq"),
                                             Touch("in/z.parquet")};
  for (const char* other : {"in/_temporary/4.parquet", "in/.hidden/5.parquet", "in/_SUCCESS",
                            "in/.6.parquet", "in/z.parquet.crc", "in/notes.txt"}) {
    Touch(other);
  }
  EXPECT_EQ(*Find({"in"}), expected);
  EXPECT_EQ(*Find({"in/"}), expected);
  EXPECT_EQ(*Find({"in/z.parquet", "in"}),
            (std::vector<std::string>{expected[3], expected[0], expected[1], expected[2]}));
}

TEST_F(AdoptPaths, RefuseWhatIsNotThere) {
  Touch("empty/readme.txt");
  EXPECT_NE(Find({"empty"}).status().message().find("holds no files named *.parquet"),
            std::string::npos);
  EXPECT_TRUE(IsFileNotFound(Find({"gone.parquet"}).status()));
  EXPECT_TRUE(ParquetFilesOf(LocalFileSystem(), {""}).status().IsInvalid());
  EXPECT_TRUE(
      ParquetFilesOf(LocalFileSystem(), {"s3://bucket/x.parquet"}).status().IsNotImplemented());
}

TEST(HiveFolders, DecodeAsHiveDoes) {
  const struct {
    const char* path;
    std::vector<FolderValue> values;
  } cases[] = {
      {"file:///w/f.parquet", {}},
      {"/w/mission_id=apollo-7/day=2024-03-15/f.parquet",
       {{"mission_id", "apollo-7"}, {"day", "2024-03-15"}}},
      {"/w/a%3Db=c%2Fd%20e+f/x.parquet", {{"a=b", "c/d e+f"}}},
      {"/w/a=100%/b=%zz%4/c=%41/x", {{"a", "100%"}, {"b", "%zz%4"}, {"c", "A"}}},
      {"/w/a=/x", {{"a", ""}}},
      {"/w/=a/b/x=1.parquet", {}},
      {"/w/a=b=c/x", {{"a", "b=c"}}},
      {"/w/day=__HIVE_DEFAULT_PARTITION__/x", {{"day", std::nullopt}}},
      {"a=1/x", {{"a", "1"}}},
  };
  for (const auto& each : cases) EXPECT_EQ(HiveFolders(each.path), each.values) << each.path;
}

}  // namespace
}  // namespace artemis
