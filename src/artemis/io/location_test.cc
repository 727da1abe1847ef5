// Tests of io/location.h.
#include "artemis/io/location.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(LocalPath, TakesAllSpellingsOfAPlace) {
  for (const char* location : {"/a/b", "file:/a/b", "file:///a/b", "file://localhost/a/b"}) {
    EXPECT_EQ(LocalPath(location), "/a/b") << location;
  }
  EXPECT_EQ(LocalPath("a/b"), "a/b");
}

TEST(LocalPath, DecodesNothing) {
  EXPECT_EQ(LocalPath("file:///w/mission=a%2Fb/x+y.parquet"), "/w/mission=a%2Fb/x+y.parquet");
}

TEST(LocalPath, LeavesOtherSchemesAndHostsAsTheyAre) {
  for (const char* location : {"s3://bucket/x", "hdfs:/x", "file://host/x"}) {
    EXPECT_EQ(LocalPath(location), location);
  }
}

TEST(SchemeOf, NeedsASlashBehindTheColon) {
  EXPECT_EQ(SchemeOf("s3://bucket/x"), "s3");
  EXPECT_EQ(SchemeOf("file:/x"), "file");
  EXPECT_EQ(SchemeOf("/a:b/c"), "");
  EXPECT_EQ(SchemeOf("ts=07:00/x"), "");
  EXPECT_EQ(SchemeOf("C:x"), "");
  EXPECT_EQ(SchemeOf(""), "");
}

TEST(FileUri, IsAbsoluteAndNormal) {
  EXPECT_EQ(FileUri("/a/./b/../c/"), "file:///a/c");
  EXPECT_EQ(FileUri("/"), "file:///");
  EXPECT_EQ(FileUri("x"), "file://" + (std::filesystem::current_path() / "x").string());
  EXPECT_EQ(FileUri("s3://bucket/x"), "s3://bucket/x");
  EXPECT_EQ(FileUri("file:/a"), "file:/a");
}

TEST(JoinLocation, PutsOneSlashBetween) {
  EXPECT_EQ(JoinLocation("file:///a", "b"), "file:///a/b");
  EXPECT_EQ(JoinLocation("/a/", "b"), "/a/b");
  EXPECT_EQ(JoinLocation("/", "b"), "/b");
}

TEST(FolderOf, KeepsTheFormOfTheLocation) {
  EXPECT_EQ(FolderOf("file:///a/b"), "file:///a");
  EXPECT_EQ(FolderOf("file:///a"), "file:///");
  EXPECT_EQ(FolderOf("file:/a"), "file:/");
  EXPECT_EQ(FolderOf("/b"), "/");
  EXPECT_EQ(FolderOf("a/b"), "a");
  EXPECT_EQ(FolderOf("b"), ".");
}

TEST(SameLocation, ComparesWithoutSchemeAndTrailingSlash) {
  EXPECT_TRUE(SameLocation("file:///a/b/", "/a/b"));
  EXPECT_TRUE(SameLocation("file:/a", "file:///a"));
  EXPECT_FALSE(SameLocation("/a", "/b"));
  EXPECT_FALSE(SameLocation("s3://a/b", "/a/b"));
}

}  // namespace
}  // namespace artemis
