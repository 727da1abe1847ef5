// --map.
#include "artemis/cli/mapped_files.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/cli/exit_code.h"

namespace artemis {
namespace {

PathMap MapOf(const std::vector<std::string>& pairs) { return PathMap::Parse(pairs).ValueOrDie(); }

TEST(PathMap, ReplacesWholeFolders) {
  const auto map = MapOf({"/old/w=/new"});
  EXPECT_EQ(map.Apply("/old/w/t/a.avro"), "/new/t/a.avro");
  EXPECT_EQ(map.Apply("file:///old/w/t/a.avro"), "/new/t/a.avro");
  EXPECT_EQ(map.Apply("file:/old/w"), "/new");
  EXPECT_EQ(map.Apply("/old/warehouse/t"), "/old/warehouse/t");
  EXPECT_EQ(map.Apply("s3://old/w"), "s3://old/w");
}

TEST(PathMap, TakesTheLongestPrefix) {
  const auto map = MapOf({"/a=/x", "file:///a/b/=/y/"});
  EXPECT_EQ(map.Apply("/a/b/c"), "/y/c");
  EXPECT_EQ(map.Apply("/a/c"), "/x/c");
}

TEST(PathMap, DecodesNothing) { EXPECT_EQ(MapOf({"/a=/x"}).Apply("/a/m=1%2F2/f"), "/x/m=1%2F2/f"); }

TEST(PathMap, RefusesOtherShapes) {
  for (const char* text : {"", "/a", "=/a", "/a="}) {
    EXPECT_EQ(ExitCodeOf(PathMap::Parse({text}).status()), kExitUsage) << text;
  }
}

TEST(MappedFiles, OnlyRead) {
  const std::string folder = ::testing::TempDir() + "artemis_mapped_files";
  auto& files = LocalFileSystem();
  ASSERT_TRUE(files.CreateFolders(folder).ok());
  (void)files.Delete(folder + "/f");
  ASSERT_TRUE(files.WriteNew(folder + "/f", "text").ok());
  const auto mapped = MakeMappedFiles(files, MapOf({"/gone=" + folder}));
  EXPECT_EQ(mapped->ReadAll("file:///gone/f", 10).ValueOrDie(), "text");
  EXPECT_EQ(mapped->FileSize("/gone/f").ValueOrDie(), 4);
  EXPECT_TRUE(mapped->Exists("/gone/f").ValueOrDie());
  EXPECT_NE(FindDetail<PermissionDenied>(mapped->WriteNew("/gone/g", "")), nullptr);
  EXPECT_NE(FindDetail<PermissionDenied>(mapped->Delete("/gone/f")), nullptr);
  EXPECT_TRUE(files.Exists(folder + "/f").ValueOrDie());
}

}  // namespace
}  // namespace artemis
