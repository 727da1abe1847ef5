// Several sessions on one engine: what they share, what is each one's own, prepared statements, time limits.
#include "artemis/sql/sql_engine.h"

#include <arrow/array.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

class SqlEngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 2;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                               TestField(2, "name", Type::Of(TypeKind::kString))});
    first_ = tables_.Append("sda.obs", R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
    tables_.Append("sda.obs", R"([{"id": 3, "name": null}])");
  }

  std::unique_ptr<SqlSession> Connect(const SqlSessionOptions& session = {}) {
    if (!engine_) engine_ = SqlEngine::Open(tables_.catalog(), options_).ValueOrDie();
    return engine_->Connect(session).ValueOrDie();
  }

  static std::shared_ptr<arrow::RecordBatch> Batch(const arrow::FieldVector& fields,
                                                   const std::string& json) {
    const auto rows = arrow::json::ArrayFromJSONString(arrow::struct_(fields), json).ValueOrDie();
    return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  }

  static std::string RowsOfPrepared(SqlPrepared& prepared,
                                    const std::shared_ptr<arrow::RecordBatch>& parameters = nullptr,
                                    int64_t row = 0) {
    auto result = prepared.Execute(parameters, row);
    if (!result.ok()) return "error: " + result.status().message();
    const auto table = (*result)->ToTable();
    return table.ok() ? (*table)->column(0)->ToString() : "error: " + table.status().message();
  }

  TestTables tables_;
  SqlOptions options_;
  SnapshotId first_;
  std::unique_ptr<SqlEngine> engine_;
};

TEST_F(SqlEngineTest, KeepsSettingsAndTemporaryTablesApart) {
  const auto one = Connect();
  const auto two = Connect();
  EXPECT_EQ(RowsOf(*one, "CREATE TEMP TABLE t AS SELECT 7 AS x"), "");
  EXPECT_EQ(RowsOf(*one, "SET artemis.projection_mode = 'current'"), "");
  EXPECT_EQ(RowsOf(*one, "SET TimeZone = 'Asia/Tokyo'"), "");
  EXPECT_EQ(RowsOf(*one, "USE artemis.sda"), "");
  EXPECT_THAT(RowsOf(*two, "FROM t"), HasSubstr("error"));
  EXPECT_THAT(RowsOf(*two, "FROM obs"), HasSubstr("error"));
  EXPECT_EQ(RowsOf(*two,
                   "SELECT current_setting('artemis.projection_mode'), "
                   "current_setting('TimeZone')"),
            "snapshot_time|UTC");
  EXPECT_EQ(RowsOf(*one, "SELECT count(*) FROM obs"), "3");
}

TEST_F(SqlEngineTest, GivesEachSessionItsOwnZone) {
  SqlSessionOptions tokyo;
  tokyo.timezone = "Asia/Tokyo";
  const auto one = Connect(tokyo);
  const auto two = Connect();
  EXPECT_EQ(RowsOf(*one, "SELECT current_setting('TimeZone')"), "Asia/Tokyo");
  EXPECT_EQ(RowsOf(*two, "SELECT current_setting('TimeZone')"), "UTC");
}

TEST_F(SqlEngineTest, ShowsEachSessionItsOwnCatalog) {
  TestTables others;
  others.Create("lab.runs", {TestField(1, "x", Type::Of(TypeKind::kInt))});
  SqlSessionOptions other;
  other.catalog = others.catalog();
  const auto one = Connect(other);
  const auto two = Connect();
  EXPECT_EQ(RowsOf(*one, "SHOW TABLES FROM artemis.lab"), "runs");
  EXPECT_THAT(RowsOf(*one, "FROM artemis.sda.obs"), HasSubstr("error"));
  EXPECT_EQ(RowsOf(*two, "SHOW TABLES FROM artemis.sda"), "obs");
  EXPECT_THAT(RowsOf(*two, "FROM artemis.lab.runs"), HasSubstr("error"));
}

TEST_F(SqlEngineTest, KeepsErrorsOfSessionsApart) {
  const auto one = Connect();
  const auto two = Connect();
  const auto missing = StatusOf(*one, "FROM artemis.sda.obs AS OF SNAPSHOT 42");
  EXPECT_NE(FindDetail<NoSuchSnapshot>(missing), nullptr) << missing;
  EXPECT_NE(FindDetail<NoSuchTable>(StatusOf(*two, "FROM artemis.sda.nosuch")), nullptr);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(StatusOf(*one, "FROM artemis.sda.obs AS OF 'nope'")),
            nullptr);
}

TEST_F(SqlEngineTest, RunsPreparedStatementsWithArrowParameters) {
  const auto session = Connect();
  const auto prepared =
      session->Prepare("SELECT count(*) FROM artemis.sda.obs WHERE id >= ? AND name <> ?")
          .ValueOrDie();
  EXPECT_EQ(prepared->kind(), StatementKind::kRows);
  ASSERT_EQ(prepared->parameters()->num_fields(), 2);
  EXPECT_TRUE(prepared->parameters()->field(0)->type()->Equals(arrow::int64()));
  EXPECT_TRUE(prepared->parameters()->field(1)->type()->Equals(arrow::utf8()));
  ASSERT_EQ(prepared->schema()->num_fields(), 1);
  EXPECT_TRUE(prepared->schema()->field(0)->type()->Equals(arrow::int64()));
  const auto rows = Batch({arrow::field("a", arrow::int64()), arrow::field("b", arrow::utf8())},
                          R"([{"a": 1, "b": "x"}, {"a": 2, "b": "x"}, {"a": 1, "b": null}])");
  EXPECT_THAT(RowsOfPrepared(*prepared, rows, 0), HasSubstr("2"));
  EXPECT_THAT(RowsOfPrepared(*prepared, rows, 1), HasSubstr("1"));
  EXPECT_THAT(RowsOfPrepared(*prepared, rows, 2), HasSubstr("0"));
  EXPECT_THAT(RowsOfPrepared(*prepared), HasSubstr("2 parameters, found 0"));
  EXPECT_THAT(RowsOfPrepared(*prepared, rows, 3), HasSubstr("no row 3"));
}

TEST_F(SqlEngineTest, PreparesTravelThroughTime) {
  const auto session = Connect();
  const auto prepared =
      session->Prepare("SELECT count(*) FROM artemis.sda.obs AS OF SNAPSHOT $1").ValueOrDie();
  EXPECT_THAT(RowsOfPrepared(*prepared, Batch({arrow::field("1", arrow::int64())},
                                              "[{\"1\": " + ToString(first_) + "}]")),
              HasSubstr("2"));
}

TEST_F(SqlEngineTest, SeesNewRowsInAPreparedStatement) {
  const auto session = Connect();
  const auto prepared = session->Prepare("SELECT count(*) FROM artemis.sda.obs").ValueOrDie();
  EXPECT_THAT(RowsOfPrepared(*prepared), HasSubstr("3"));
  tables_.Append("sda.obs", R"([{"id": 4, "name": "d"}])");
  EXPECT_THAT(RowsOfPrepared(*prepared), HasSubstr("4"));
}

// Such plans hold on to entries of the catalog, which end with the transaction that the statement was prepared in.
TEST_F(SqlEngineTest, PreparesQuestionsAboutATable) {
  const auto session = Connect();
  const auto prepared = session->Prepare("PRAGMA table_info('artemis.sda.obs')").ValueOrDie();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(RowsOf(*session, "SELECT count(*) FROM artemis.sda.obs"), "3");
    const auto rows = prepared->Execute().ValueOrDie()->ToTable().ValueOrDie();
    ASSERT_EQ(rows->num_rows(), 2);
    EXPECT_EQ(rows->GetColumnByName("name")->GetScalar(0).ValueOrDie()->ToString(), "id");
    EXPECT_EQ(rows->GetColumnByName("type")->GetScalar(1).ValueOrDie()->ToString(), "VARCHAR");
  }
}

TEST_F(SqlEngineTest, StopsStatementsThatTakeTooLong) {
  SqlSessionOptions hurried;
  hurried.statement_timeout_ms = 50;
  const auto session = Connect(hurried);
  const auto status =
      StatusOf(*session, "SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 9");
  ASSERT_TRUE(status.IsCancelled()) << status;
  ASSERT_NE(FindDetail<StatementTimeout>(status), nullptr) << status;
  EXPECT_EQ(FindDetail<StatementTimeout>(status)->timeout_ms, 50);
  EXPECT_EQ(RowsOf(*session, "SELECT 1"), "1");
}

TEST_F(SqlEngineTest, LivesOnInItsSessions) {
  auto session = Connect();
  engine_.reset();
  EXPECT_EQ(RowsOf(*session, "SELECT count(*) FROM artemis.sda.obs"), "3");
  auto prepared = session->Prepare("SELECT count(*) FROM artemis.sda.obs").ValueOrDie();
  session.reset();
  EXPECT_THAT(RowsOfPrepared(*prepared), HasSubstr("3"));
}

}  // namespace
}  // namespace artemis
