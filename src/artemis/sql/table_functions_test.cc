// Functions on tables, the session's instant, and what they show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

class TableFunctionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SqlOptions options;
    options.temp_folder = tables_.folder() + "/tmp";
    options.threads = 2;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong)),
                               TestField(2, "name", Type::Of(TypeKind::kString))});
    first_ = tables_.Append("sda.obs", R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
    first_time_ = FormatTime(tables_.clock().Now());
    second_ = tables_.Append("sda.obs", R"([{"id": 3, "name": null}])");
    tables_.Create("sda.late", {TestField(1, "x", Type::Of(TypeKind::kInt))});
    session_ = SqlSession::Open(tables_.catalog(), options).ValueOrDie();
  }
  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }

  TestTables tables_;
  SnapshotId first_, second_;
  std::string first_time_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(TableFunctionsTest, ListSnapshotsAndHistory) {
  EXPECT_EQ(Rows("SELECT snapshot_id, parent_id, operation, summary['added-records'] "
                 "FROM artemis.snapshots('sda.obs') ORDER BY committed_at"),
            ToString(first_) + "|NULL|append|2\n" + ToString(second_) + "|" + ToString(first_) +
                "|append|1");
  EXPECT_EQ(Rows("SELECT snapshot_id, is_current_ancestor FROM artemis.history('sda.obs')"),
            ToString(first_) + "|true\n" + ToString(second_) + "|true");
  EXPECT_EQ(Rows("SELECT name, type, snapshot_id FROM artemis.refs('sda.obs')"),
            "main|BRANCH|" + ToString(second_));
  EXPECT_EQ(Rows("SELECT operation FROM artemis.metadata_log('sda.obs') ORDER BY timestamp"),
            "create\nappend\nappend");
}

TEST_F(TableFunctionsTest, ListFilesManifestsAndPartitions) {
  EXPECT_EQ(Rows("SELECT content, record_count, snapshot_id FROM artemis.files('sda.obs') "
                 "ORDER BY sequence_number"),
            "data|2|" + ToString(first_) + "\ndata|1|" + ToString(second_));
  EXPECT_EQ(Rows("SELECT content, sum(added_rows_count + existing_rows_count) "
                 "FROM artemis.manifests('sda.obs') GROUP BY 1"),
            "data|3");
  EXPECT_EQ(Rows("SELECT spec_id, record_count, file_count FROM artemis.partitions('sda.obs')"),
            "0|3|2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.files('sda.late')"), "0");
}

TEST_F(TableFunctionsTest, TakeNamesAsStatementsDo) {
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.snapshots('artemis.sda.obs')"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.snapshots('SDA.OBS')"), "2");
  ASSERT_TRUE(StatusOf(*session_, "USE artemis.sda").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.snapshots('obs')"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM snapshots('obs')"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM range(3)"), "3");
  const auto missing = StatusOf(*session_, "FROM artemis.snapshots('sda.nosuch')");
  EXPECT_NE(FindDetail<NoSuchTable>(missing), nullptr) << missing;
  EXPECT_THAT(Rows("FROM artemis.nosuch('sda.obs')"), HasSubstr("error"));
}

TEST_F(TableFunctionsTest, GiveTheChangesBetweenTwoMoments) {
  const std::string from = ToString(first_);
  EXPECT_EQ(Rows("SELECT _change_type, id, name FROM artemis.changes('sda.obs', " + from + ", " +
                 ToString(second_) + ")"),
            "insert|3|NULL");
  EXPECT_EQ(Rows("SELECT _change_type, id FROM artemis.changes('sda.obs', TIMESTAMPTZ '" +
                 first_time_ + "', 'main', net := true)"),
            "insert|3");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.changes('sda.obs', " + from + ", " + from + ")"),
            "0");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.changes('sda.obs', " + from + ")"), "1");
  const auto unknown = StatusOf(*session_, "FROM artemis.changes('sda.obs', 42, 43)");
  EXPECT_NE(FindDetail<NoSuchSnapshot>(unknown), nullptr) << unknown;
}

TEST_F(TableFunctionsTest, GiveChangesTheTypesOfTheTable) {
  const auto run = [&](const std::string& sql) {
    const arrow::Status status = StatusOf(*session_, sql);
    ASSERT_TRUE(status.ok()) << sql << ": " << status;
  };
  run("CREATE TABLE artemis.sda.u (u UUID, s STRUCT(u UUID, n INTEGER), l UUID[], m MAP(VARCHAR, "
      "UUID))");
  run("INSERT INTO artemis.sda.u VALUES (NULL, NULL, NULL, NULL)");
  const std::string one = "'00000000-0000-0000-0000-000000000001'";
  run("INSERT INTO artemis.sda.u VALUES (" + one + ", {'u': " + one + ", 'n': 7}, [" + one +
      "], MAP {'k': " + one + "})");
  const auto history = tables_.Load("sda.u").metadata->snapshots;
  ASSERT_EQ(history.size(), 2u);
  const std::string changes =
      "artemis.changes('sda.u', " + ToString(history[0].id) + ", " + ToString(history[1].id) + ")";
  EXPECT_EQ(Rows("SELECT typeof(u), typeof(s), typeof(l), typeof(m) FROM " + changes),
            Rows("SELECT typeof(u), typeof(s), typeof(l), typeof(m) FROM artemis.sda.u LIMIT 1"));
  EXPECT_EQ(Rows("SELECT t.s.n, t.l = c.l, t.m = c.m, t.s = c.s FROM " + changes +
                 " c JOIN artemis.sda.u t ON t.u = c.u"),
            "7|true|true|true");
}

TEST_F(TableFunctionsTest, PinTheSessionToAnInstant) {
  ASSERT_TRUE(StatusOf(*session_, "SET artemis.as_of = '" + first_time_ + "'").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs AS OF 'main'"), "3");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.files('sda.obs')"), "1");
  EXPECT_EQ(Rows("SHOW TABLES FROM artemis.sda"), "obs");
  EXPECT_TRUE(session_->TakeWarnings().empty());
  const auto late = StatusOf(*session_, "FROM artemis.sda.late");
  EXPECT_NE(FindDetail<NoSuchTable>(late), nullptr) << late;
  EXPECT_EQ(Rows("SELECT snapshot_id, error IS NULL FROM artemis.pins() "
                 "WHERE table_name = 'sda.obs'"),
            ToString(first_) + "|true");
  EXPECT_EQ(Rows("SELECT error IS NULL FROM artemis.pins() WHERE table_name = 'sda.late'"),
            "false");
  ASSERT_TRUE(StatusOf(*session_, "RESET artemis.as_of").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.pins()"), "0");
  ASSERT_TRUE(StatusOf(*session_, "BEGIN").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  EXPECT_EQ(Rows("SELECT table_name, snapshot_id FROM artemis.pins()"),
            "sda.obs|" + ToString(second_));
  ASSERT_TRUE(StatusOf(*session_, "ROLLBACK").ok());
}

TEST_F(TableFunctionsTest, RefuseInstantsThatAreNone) {
  for (const char* value : {"'2024-03-09 16:00:02'", "'yesterday'", "'2999-01-01T00:00:00Z'"}) {
    EXPECT_THAT(Rows(std::string("SET artemis.as_of = ") + value), HasSubstr("error")) << value;
  }
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  EXPECT_EQ(Rows("SET TimeZone = 'Europe/Berlin'"), "");
  // 17:00:02 in Berlin is 16:00:02 UTC.
  EXPECT_EQ(Rows("SET artemis.as_of = '2024-03-09 17:00:02'"), "");
  EXPECT_EQ(Rows("SELECT current_setting('artemis.as_of')"), "2024-03-09T16:00:02.000Z");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "2");
}

TEST_F(TableFunctionsTest, AreFoundByViewsAndJoins) {
  EXPECT_EQ(Rows("SELECT s.operation FROM artemis.snapshots('sda.obs') s "
                 "JOIN artemis.refs('sda.obs') r USING (snapshot_id)"),
            "append");
  ASSERT_TRUE(StatusOf(*session_,
                       "CREATE TEMP VIEW v AS SELECT count(*) AS n FROM "
                       "artemis.snapshots('sda.obs')")
                  .ok());
  EXPECT_EQ(Rows("FROM v"), "2");
  tables_.Append("sda.obs", R"([{"id": 4, "name": "d"}])");
  EXPECT_EQ(Rows("FROM v"), "3");
}

}  // namespace
}  // namespace artemis
