// Which files a top-N opens, and that it misses none.
#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

class FileOrderTest : public ::testing::Test {
 protected:
  FileOrderTest() {
    options_.temp_folder = tables_.folder() + "/tmp";
    // Another thread opens its file while the first one has found nothing yet.
    options_.threads = 1;
    tables_.Create("sda.obs", {TestField(1, "x", Type::Of(TypeKind::kLong)),
                               TestField(2, "d", Type::Of(TypeKind::kDouble))});
    session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
  }

  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }
  void Do(const std::string& sql) {
    const arrow::Status status = StatusOf(*session_, sql);
    ASSERT_TRUE(status.ok()) << sql << ": " << status;
  }
  // Ten files; file i holds 10 * i to 10 * i + 2.
  void MakeTenFiles() {
    for (const int i : {3, 9, 0, 7, 1, 8, 2, 6, 5, 4}) {
      const std::string first = std::to_string(10 * i);
      Do("INSERT INTO artemis.sda.obs SELECT " + first + " + range, " + first +
         " + range FROM range(3)");
    }
  }
  void RemoveFilesOf(const std::string& where) {
    std::istringstream paths(Rows("SELECT DISTINCT _file FROM artemis.sda.obs WHERE " + where));
    for (std::string path; std::getline(paths, path);) {
      if (path.starts_with("file://")) path.erase(0, 7);
      ASSERT_TRUE(std::filesystem::remove(path)) << path;
    }
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(FileOrderTest, OpensTheLastFilesForTheGreatestValues) {
  MakeTenFiles();
  RemoveFilesOf("x < 60");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.obs ORDER BY x DESC LIMIT 4"), "92\n91\n90\n82");
  EXPECT_EQ(Rows("SELECT d FROM artemis.sda.obs ORDER BY x DESC, d LIMIT 1"), "92");
  EXPECT_THAT(Rows("SELECT x FROM artemis.sda.obs ORDER BY x LIMIT 4"), HasSubstr("error"));
}

TEST_F(FileOrderTest, OpensTheFirstFilesForTheLeastValues) {
  MakeTenFiles();
  RemoveFilesOf("x >= 40");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.obs ORDER BY x LIMIT 4"), "0\n1\n2\n10");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.obs WHERE x > 1 ORDER BY x LIMIT 1 OFFSET 1"), "10");
  EXPECT_THAT(Rows("SELECT x FROM artemis.sda.obs ORDER BY x DESC LIMIT 4"), HasSubstr("error"));
}

TEST_F(FileOrderTest, MissesNeitherNullsNorNan) {
  MakeTenFiles();
  Do("INSERT INTO artemis.sda.obs VALUES (NULL, 'nan'), (-1, 5)");
  Do("INSERT INTO artemis.sda.obs VALUES (NULL, NULL)");
  // NaN is DuckDB's greatest number; the second is of a file whose upper bound is 5.
  EXPECT_EQ(Rows("SELECT d FROM artemis.sda.obs ORDER BY d DESC LIMIT 2"), "nan\n92");
  EXPECT_EQ(Rows("SELECT d FROM artemis.sda.obs ORDER BY d LIMIT 1"), "0");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.obs ORDER BY x DESC NULLS FIRST LIMIT 3"),
            "NULL\nNULL\n92");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.obs ORDER BY x NULLS FIRST LIMIT 3"), "NULL\nNULL\n-1");
  // More than there are of numbers: the nulls come last.
  EXPECT_EQ(Rows("SELECT count(*), count(x) FROM "
                 "(SELECT x FROM artemis.sda.obs ORDER BY x DESC NULLS LAST LIMIT 32)"),
            "32|31");
}

}  // namespace
}  // namespace artemis
