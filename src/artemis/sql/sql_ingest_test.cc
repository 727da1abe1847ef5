// Rows that enter tables without a statement, and many rows of parameters as one INSERT.
#include "artemis/sql/sql_ingest.h"

#include <filesystem>

#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<arrow::RecordBatch> IngestBatch(const arrow::FieldVector& fields,
                                                const std::string& json) {
  const auto rows = arrow::json::ArrayFromJSONString(arrow::struct_(fields), json).ValueOrDie();
  return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
}

const arrow::FieldVector kIdAndName = {arrow::field("id", arrow::int64()),
                                       arrow::field("name", arrow::utf8())};

class SqlIngestTest : public ::testing::Test {
 protected:
  SqlIngestTest() {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 2;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                               TestField(2, "name", Type::Of(TypeKind::kString))});
    tables_.Append("sda.obs", R"([{"id": 1, "name": "a"}])");
    session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
  }

  static IngestTarget To(const std::string& table, IfMissing if_missing, IfExists if_exists) {
    return {"sda", table, if_missing, if_exists};
  }
  static IngestTarget Append(const std::string& table) {
    return To(table, IfMissing::kFail, IfExists::kAppend);
  }
  arrow::Result<int64_t> Ingest(const IngestTarget& target,
                                const std::shared_ptr<arrow::RecordBatch>& batch) {
    ARROW_ASSIGN_OR_RAISE(const auto ingest, session_->Ingest(target, batch->schema()));
    ARROW_RETURN_NOT_OK(ingest->Write(*batch));
    return ingest->Finish();
  }
  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }
  // What another session sees.
  std::string Seen(const std::string& sql) {
    return RowsOf(*SqlSession::Open(tables_.catalog(), options_).ValueOrDie(), sql);
  }
  size_t Snapshots(const std::string& table = "sda.obs") {
    return tables_.Load(table).metadata->snapshots.size();
  }
  size_t DataFiles() {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tables_.folder())) {
      count += entry.path().extension() == ".parquet" ? 1 : 0;
    }
    return count;
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

constexpr char kAll[] = "SELECT * FROM artemis.sda.obs ORDER BY id";

TEST_F(SqlIngestTest, AppendsBatchesInOneSnapshot) {
  const auto first = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  const auto ingest = session_->Ingest(Append("obs"), first->schema()).ValueOrDie();
  ASSERT_TRUE(ingest->Write(*first).ok());
  ASSERT_TRUE(ingest->Write(*IngestBatch(kIdAndName, R"([{"id": 3, "name": null}])")).ok());
  EXPECT_EQ(Seen(kAll), "1|a");
  EXPECT_EQ(ingest->Finish().ValueOrDie(), 2);
  EXPECT_EQ(Seen(kAll), "1|a\n2|b\n3|NULL");
  EXPECT_EQ(Snapshots(), 2u);
  EXPECT_TRUE(ingest->Finish().status().IsInvalid());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
}

TEST_F(SqlIngestTest, LeavesNothingWithoutItsFinish) {
  const size_t files = DataFiles();
  for (const auto& target : {Append("obs"), To("obs", IfMissing::kFail, IfExists::kReplace),
                             To("fresh", IfMissing::kCreate, IfExists::kFail)}) {
    const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
    auto ingest = session_->Ingest(target, batch->schema()).ValueOrDie();
    ASSERT_TRUE(ingest->Write(*batch).ok());
    ingest.reset();
    EXPECT_EQ(Seen(kAll), "1|a");
    EXPECT_EQ(Snapshots(), 1u);
    EXPECT_EQ(Seen("SHOW TABLES FROM artemis.sda"), "obs");
    EXPECT_EQ(DataFiles(), files);
    EXPECT_EQ(Rows(kAll), "1|a");
  }
}

TEST_F(SqlIngestTest, MakesATableWithItsRowsInOneCommit) {
  const auto batch = IngestBatch({arrow::field("n", arrow::int32()),
                                  arrow::field("at", arrow::timestamp(arrow::TimeUnit::NANO)),
                                  arrow::field("tags", arrow::list(arrow::utf8()))},
                                 R"([{"n": 7, "at": "2024-03-15T07:00:00", "tags": ["x", "y"]}])");
  EXPECT_EQ(Ingest(To("fresh", IfMissing::kCreate, IfExists::kFail), batch).ValueOrDie(), 1);
  EXPECT_EQ(Seen("SELECT n, \"at\"::VARCHAR, tags[2] FROM artemis.sda.fresh"),
            "7|2024-03-15 07:00:00|y");
  EXPECT_EQ(Snapshots("sda.fresh"), 1u);
  const auto again = Ingest(To("fresh", IfMissing::kCreate, IfExists::kFail), batch).status();
  EXPECT_TRUE(again.IsAlreadyExists()) << again;
  EXPECT_EQ(Ingest(To("fresh", IfMissing::kCreate, IfExists::kAppend), batch).ValueOrDie(), 1);
  EXPECT_EQ(Seen("SELECT count(*) FROM artemis.sda.fresh"), "2");
}

TEST_F(SqlIngestTest, PutsRowsInThePlaceOfAllOfThem) {
  const auto replace = To("obs", IfMissing::kCreate, IfExists::kReplace);
  EXPECT_EQ(Ingest(replace, IngestBatch(kIdAndName, R"([{"id": 8, "name": "h"}])")).ValueOrDie(),
            1);
  EXPECT_EQ(Seen(kAll), "8|h");
  EXPECT_EQ(Snapshots(), 2u);
  // Other columns: those that stay keep their ids, and what was is still to be read.
  const arrow::FieldVector others = {arrow::field("id", arrow::int64()),
                                     arrow::field("volts", arrow::float64())};
  EXPECT_EQ(Ingest(replace, IngestBatch(others, R"([{"id": 9, "volts": 0.5}])")).ValueOrDie(), 1);
  EXPECT_EQ(Seen(kAll), "9|0.5");
  EXPECT_EQ(Snapshots(), 3u);
  const auto snapshot = tables_.Load("sda.obs").metadata->snapshots[1].id;
  EXPECT_EQ(Seen("SELECT * FROM artemis.sda.obs AS OF SNAPSHOT " + ToString(snapshot)), "8|h");
  const auto narrow =
      Ingest(replace, IngestBatch({arrow::field("id", arrow::utf8())}, R"([{"id": "x"}])"));
  EXPECT_TRUE(narrow.status().IsInvalid()) << narrow.status();
  EXPECT_THAT(narrow.status().message(), HasSubstr("id"));
  EXPECT_EQ(Seen(kAll), "9|0.5");
}

TEST_F(SqlIngestTest, SaysWhatIsMissingOrDoesNotFit) {
  const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  const auto missing = Ingest(Append("nosuch"), batch).status();
  EXPECT_NE(FindDetail<NoSuchTable>(missing), nullptr) << missing;
  const auto nowhere = session_->Ingest({"nosuch", "obs"}, batch->schema()).status();
  EXPECT_NE(FindDetail<NoSuchTable>(nowhere), nullptr) << nowhere;
  EXPECT_TRUE(session_->Ingest({"", "obs"}, batch->schema()).status().IsInvalid());
  const auto column =
      Ingest(Append("obs"),
             IngestBatch({arrow::field("id", arrow::int64()), arrow::field("nmae", arrow::utf8())},
                         R"([{"id": 2, "nmae": "b"}])"));
  EXPECT_TRUE(column.status().IsInvalid()) << column.status();
  EXPECT_THAT(column.status().message(), HasSubstr("nmae"));
  const auto null =
      Ingest(Append("obs"), IngestBatch(kIdAndName, R"([{"id": null, "name": "b"}])"));
  EXPECT_TRUE(null.status().IsInvalid()) << null.status();
  const auto odd = Ingest(To("../odd", IfMissing::kCreate, IfExists::kFail), batch).status();
  EXPECT_TRUE(odd.IsInvalid()) << odd;
  EXPECT_EQ(Seen(kAll), "1|a");
  EXPECT_EQ(Rows(kAll), "1|a");
}

TEST_F(SqlIngestTest, GoesWhereUseHasPutTheSession) {
  EXPECT_EQ(Rows("USE artemis.sda"), "");
  const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  EXPECT_EQ(Ingest({"", "OBS", IfMissing::kFail, IfExists::kAppend}, batch).ValueOrDie(), 1);
  EXPECT_EQ(Seen(kAll), "1|a\n2|b");
}

TEST_F(SqlIngestTest, IsPartOfTheTransactionItIsIn) {
  const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  for (const std::string end : {"ROLLBACK", "COMMIT"}) {
    EXPECT_EQ(Rows("BEGIN"), "");
    EXPECT_EQ(Ingest(Append("obs"), batch).ValueOrDie(), 1);
    EXPECT_TRUE(StatusOf(*session_, "UPDATE artemis.sda.obs SET name = 'z' WHERE id = 2").ok());
    EXPECT_EQ(Rows(kAll), "1|a\n2|z");
    EXPECT_EQ(Seen(kAll), "1|a");
    EXPECT_EQ(Rows(end), "");
  }
  EXPECT_EQ(Seen(kAll), "1|a\n2|z");
  EXPECT_EQ(Snapshots(), 2u);
}

TEST_F(SqlIngestTest, IsAConflictWhereARowCameThatItWouldReplace) {
  const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  const auto ingest =
      session_->Ingest(To("obs", IfMissing::kFail, IfExists::kReplace), batch->schema())
          .ValueOrDie();
  ASSERT_TRUE(ingest->Write(*batch).ok());
  tables_.Append("sda.obs", R"([{"id": 5, "name": "e"}])");
  const auto status = ingest->Finish().status();
  EXPECT_NE(FindDetail<CommitConflict>(status), nullptr) << status;
  EXPECT_EQ(Seen(kAll), "1|a\n5|e");
  EXPECT_EQ(Rows(kAll), "1|a\n5|e");
}

TEST_F(SqlIngestTest, EndsWhenTheSessionIsInterrupted) {
  const auto batch = IngestBatch(kIdAndName, R"([{"id": 2, "name": "b"}])");
  const auto ingest = session_->Ingest(Append("obs"), batch->schema()).ValueOrDie();
  ASSERT_TRUE(ingest->Write(*batch).ok());
  session_->Interrupt();
  EXPECT_TRUE(ingest->Finish().status().IsCancelled());
  EXPECT_EQ(Seen(kAll), "1|a");
  EXPECT_EQ(Ingest(Append("obs"), batch).ValueOrDie(), 1);
}

TEST_F(SqlIngestTest, IsRefusedWhereTheSessionMayOnlyRead) {
  options_.read_only = true;
  const auto reader = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
  const auto status = reader->Ingest(Append("obs"), arrow::schema(kIdAndName)).status();
  EXPECT_NE(FindDetail<PermissionDenied>(status), nullptr) << status;
}

TEST_F(SqlIngestTest, RunsManyRowsOfParametersAsOneInsert) {
  const auto insert =
      session_->Prepare("INSERT INTO artemis.sda.obs (name, id) VALUES (upper(?), ?)").ValueOrDie();
  EXPECT_EQ(insert->effect(), StatementEffect::kCatalog);
  ASSERT_TRUE(insert->takes_all_rows());
  std::string json = "[";
  for (int i = 0; i < 5000; ++i) {
    json += (i > 0 ? "," : "") + std::string(R"({"1": "n)") + std::to_string(i) + R"(", "2": ")" +
            std::to_string(100 + i) + "\"}";
  }
  // The ids come as text, and are cast as they are for one row.
  const auto rows =
      IngestBatch({arrow::field("1", arrow::utf8()), arrow::field("2", arrow::utf8())}, json + "]");
  const auto inserted = insert->ExecuteAll(rows);
  ASSERT_TRUE(inserted.ok()) << inserted.status();
  EXPECT_EQ(*inserted, 5000);
  EXPECT_EQ(Seen("SELECT count(*), min(id), max(id), max(name) FROM artemis.sda.obs WHERE id > 1"),
            "5000|100|5099|N999");
  EXPECT_EQ(Snapshots(), 2u);
  EXPECT_TRUE(insert->ExecuteAll(nullptr).status().IsInvalid());
}

TEST_F(SqlIngestTest, TellsWhichStatementsTakeAllRows) {
  const auto takes = [&](const std::string& sql) {
    const auto prepared = session_->Prepare(sql);
    EXPECT_TRUE(prepared.ok()) << sql << prepared.status();
    return prepared.ok() && (*prepared)->takes_all_rows();
  };
  EXPECT_TRUE(takes("INSERT INTO artemis.sda.obs VALUES (?, 'x')"));
  EXPECT_FALSE(takes("INSERT INTO artemis.sda.obs VALUES (?, DEFAULT)"));
  EXPECT_FALSE(takes("INSERT INTO artemis.sda.obs VALUES (?, 'x'), (7, 'y')"));
  EXPECT_FALSE(takes("INSERT INTO artemis.sda.obs SELECT ?, 'x'"));
  EXPECT_FALSE(takes("INSERT INTO artemis.sda.obs VALUES (1, 'x')"));
  EXPECT_FALSE(takes("UPDATE artemis.sda.obs SET name = ?"));
  EXPECT_FALSE(takes("SELECT ?"));
}

TEST_F(SqlIngestTest, TellsWhatAStatementLeavesBehind) {
  const auto effect = [&](const std::string& sql) {
    const auto prepared = session_->Prepare(sql);
    EXPECT_TRUE(prepared.ok()) << sql << prepared.status();
    return prepared.ok() ? (*prepared)->effect() : StatementEffect::kNone;
  };
  for (const char* sql : {"SELECT 1", "FROM artemis.sda.obs", "EXPLAIN SELECT 1"}) {
    EXPECT_EQ(effect(sql), StatementEffect::kNone) << sql;
  }
  for (const char* sql : {"SET TimeZone = 'UTC'", "USE artemis.sda", "CREATE TEMP TABLE t (a INT)",
                          "CREATE TEMP TABLE t AS SELECT 1 AS a", "BEGIN", "SET VARIABLE x = 1"}) {
    EXPECT_EQ(effect(sql), StatementEffect::kSession) << sql;
  }
  for (const char* sql :
       {"DELETE FROM artemis.sda.obs", "CREATE SCHEMA artemis.lab", "DROP TABLE artemis.sda.obs",
        "CREATE TABLE artemis.sda.t (a INT)", "CREATE TABLE artemis.sda.t AS SELECT 1 AS a",
        "ALTER TABLE artemis.sda.obs ADD COLUMN x INT", "DROP SCHEMA artemis.sda",
        "COMMENT ON TABLE artemis.sda.obs IS 'x'", "COMMENT ON COLUMN artemis.sda.obs.id IS 'x'"}) {
    EXPECT_EQ(effect(sql), StatementEffect::kCatalog) << sql;
  }
}

}  // namespace
}  // namespace artemis
