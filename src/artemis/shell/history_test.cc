// The history's file, and what is not written there.
#include "artemis/shell/history.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SqlHistoryTest : public ::testing::Test {
 protected:
  SqlHistoryTest() { std::filesystem::remove_all(folder_); }
  ~SqlHistoryTest() override { std::filesystem::remove_all(folder_); }

  void Append(const std::string& entry, const HistoryLimits& limits = {}) {
    const auto status = AppendSqlHistory(file_, entry, limits);
    EXPECT_TRUE(status.ok()) << status;
  }
  static unsigned ModeOf(const std::filesystem::path& path) {
    struct stat found = {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("sql_history_" + std::to_string(::getpid()));
  const std::string file_ = (folder_ / "state" / "artemis" / "sql_history").string();
};

TEST_F(SqlHistoryTest, KeepsStatementsInOrder) {
  EXPECT_THAT(LoadSqlHistory(file_), IsEmpty());
  Append("SELECT 1;");
  Append("SELECT '\\n',\n  2;");
  Append(".tables");
  EXPECT_THAT(LoadSqlHistory(file_), ElementsAre("SELECT 1;", "SELECT '\\n',\n  2;", ".tables"));
}

TEST_F(SqlHistoryTest, IsForItsOwnerAlone) {
  Append("SELECT 1;");
  EXPECT_EQ(ModeOf(file_), 0600u);
  EXPECT_EQ(ModeOf(folder_ / "state" / "artemis"), 0700u);
  ::chmod(file_.c_str(), 0644);
  Append("SELECT 2;");
  EXPECT_EQ(ModeOf(file_), 0600u);
}

TEST_F(SqlHistoryTest, LosesTheOldestWhenItIsFull) {
  const HistoryLimits limits{.entries_max = 10, .bytes_max = 1 << 20, .entry_bytes_max = 100};
  for (int i = 0; i < 25; ++i) Append("SELECT " + std::to_string(i) + ";", limits);
  const auto kept = LoadSqlHistory(file_, limits);
  EXPECT_GE(kept.size(), 5u);
  EXPECT_LE(kept.size(), 10u);
  EXPECT_EQ(kept.back(), "SELECT 24;");
  EXPECT_EQ(kept[kept.size() - 2], "SELECT 23;");

  Append(std::string(101, 'x'), limits);
  EXPECT_EQ(LoadSqlHistory(file_, limits).back(), "SELECT 24;");
}

TEST_F(SqlHistoryTest, HasALimitInBytes) {
  const HistoryLimits limits{.entries_max = 1000, .bytes_max = 100, .entry_bytes_max = 50};
  for (int i = 0; i < 50; ++i) Append(std::string(40, 'a'), limits);
  EXPECT_LE(std::filesystem::file_size(file_), 200u);
  EXPECT_THAT(LoadSqlHistory(file_, limits), SizeIs(::testing::Le(2u)));
}

TEST_F(SqlHistoryTest, ReadsWhatLibeditWrote) {
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path());
  std::ofstream(file_) << "_HiStOrY_V2_\nSELECT\\0401;\nSELECT\\0122\\134;\n";
  EXPECT_THAT(LoadSqlHistory(file_), ElementsAre("SELECT 1;", "SELECT\n2\\;"));
  Append("SELECT 3;");
  EXPECT_THAT(LoadSqlHistory(file_), ElementsAre("SELECT 1;", "SELECT\n2\\;", "SELECT 3;"));
}

TEST_F(SqlHistoryTest, LeavesOutSecretsAndWhatBeginsWithABlank) {
  Append("CREATE SECRET s (TYPE s3, KEY_ID 'a');");
  Append(" SELECT 1;");
  Append("");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(SqlHistoryTest, SaysWhyItCannotBeWritten) {
  std::filesystem::create_directories(file_);
  EXPECT_TRUE(AppendSqlHistory(file_, "SELECT 1;").IsIOError());
  EXPECT_TRUE(AppendSqlHistory("", "SELECT 1;").ok());
}

TEST(HoldsSecret, FindsThem) {
  for (const char* sql : {
           "CREATE SECRET (TYPE s3)",
           "create or replace persistent secret s (type s3)",
           "SET s3_secret_access_key = 'abc'",
           "SET password TO 'abc'",
           "ATTACH 'postgresql://me:pw@host/db' AS pg",
           "ATTACH 'host=db password=abc' AS pg (TYPE postgres)",
           "SELECT * FROM users WHERE token = 'abc'",
           "CALL login(api_key := 'abc')",
           "SELECT * FROM read_json('x', headers = {'password': 'abc'})",
           "COPY t TO 'f' (ENCRYPTION_KEY 'abc')",
       }) {
    EXPECT_TRUE(HoldsSecret(sql)) << sql;
  }
}

TEST(HoldsSecret, LeavesOtherStatementsAlone) {
  for (const char* sql : {
           "SELECT token, count(*) FROM t GROUP BY token",
           "SELECT * FROM sda.obs WHERE key = 'a'",
           "SELECT 'http://host/path@2024', 'a:b@c'",
           "SELECT secret FROM t ORDER BY secret",
           "SET artemis.as_of = '2024-03-15T10:00:00Z'",
           "CREATE TABLE artemis.lab.t (id INT)",
           ".read tokens.sql",
       }) {
    EXPECT_FALSE(HoldsSecret(sql)) << sql;
  }
}

TEST(SqlHistoryFile, LiesInTheStateFolder) {
  ::setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(SqlHistoryFile(), "/state/artemis/sql_history");
  ::unsetenv("XDG_STATE_HOME");
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(SqlHistoryFile(), "/home/me/.local/state/artemis/sql_history");
}

}  // namespace
}  // namespace artemis
