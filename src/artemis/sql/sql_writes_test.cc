// Statements that change tables: rows, columns, names; transactions, conflicts and refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

class SqlWritesTest : public ::testing::TestWithParam<int> {
 protected:
  SqlWritesTest() {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 2;
    tables_.Create("sda.obs",
                   {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                    TestField(2, "name", Type::Of(TypeKind::kString)),
                    TestField(3, "volts", Type::Of(TypeKind::kDouble))},
                   "", {}, GetParam());
    session_ = Open();
  }

  std::unique_ptr<SqlSession> Open() {
    return SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
  }
  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }
  arrow::Status Run(const std::string& sql) { return StatusOf(*session_, sql); }
  void Do(const std::string& sql) {
    const arrow::Status status = Run(sql);
    ASSERT_TRUE(status.ok()) << sql << ": " << status;
  }
  // What another session sees.
  std::string Seen(const std::string& sql) { return RowsOf(*Open(), sql); }
  std::string All() { return "SELECT * FROM artemis.sda.obs ORDER BY id"; }
  size_t Snapshots() { return tables_.Load("sda.obs").metadata->snapshots.size(); }
  std::string Summary(const std::string& key) {
    const auto loaded = tables_.Load("sda.obs");
    const auto& summary = loaded.metadata->CurrentSnapshot()->summary;
    const auto found = summary.find(key);
    return found == summary.end() ? "absent" : found->second;
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

INSTANTIATE_TEST_SUITE_P(FormatVersions, SqlWritesTest, ::testing::Values(2, 3),
                         [](const auto& each) { return "V" + std::to_string(each.param); });

TEST_P(SqlWritesTest, InsertsRows) {
  auto result = session_->Execute("INSERT INTO artemis.sda.obs VALUES (1, 'a', 0.5), (2, NULL, 1)");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)->rows_changed(), 2);
  EXPECT_EQ(Seen(All()), "1|a|0.5\n2|NULL|1");
  EXPECT_EQ(Summary("operation"), "append");
  EXPECT_EQ(Summary("added-records"), "2");
  // Columns by name; those left out are null.
  Do("INSERT INTO artemis.sda.obs (volts, id) SELECT 2.5, 3");
  Do("INSERT INTO artemis.sda.obs BY NAME SELECT 4 AS id, 'd' AS name");
  EXPECT_EQ(Seen(All()), "1|a|0.5\n2|NULL|1\n3|NULL|2.5\n4|d|NULL");
  EXPECT_EQ(Snapshots(), 3u);
}

TEST_P(SqlWritesTest, InsertsWhatATableHolds) {
  Do("INSERT INTO artemis.sda.obs SELECT range, 'n' || range, range / 2 FROM range(5000)");
  Do("INSERT INTO artemis.sda.obs SELECT id + 5000, name, volts FROM artemis.sda.obs");
  EXPECT_EQ(Seen("SELECT count(*), count(DISTINCT id), max(id), max(name) FROM artemis.sda.obs"),
            "10000|10000|9999|n999");
}

TEST_P(SqlWritesTest, RefusesRowsThatDoNotFit) {
  const arrow::Status null = Run("INSERT INTO artemis.sda.obs VALUES (NULL, 'a', 1)");
  EXPECT_TRUE(null.IsInvalid()) << null;
  EXPECT_THAT(null.message(), HasSubstr("id"));
  EXPECT_TRUE(Run("INSERT INTO artemis.sda.obs VALUES ('x', 'a', 1)").IsInvalid());
  EXPECT_TRUE(Run("INSERT INTO artemis.sda.obs (nosuch) VALUES (1)").IsInvalid());
  EXPECT_TRUE(
      Run("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1) RETURNING id").IsNotImplemented());
  EXPECT_EQ(Snapshots(), 0u);
}

TEST_P(SqlWritesTest, DeletesRows) {
  Do("INSERT INTO artemis.sda.obs SELECT range, 'n' || range, range FROM range(10)");
  auto result = session_->Execute("DELETE FROM artemis.sda.obs WHERE volts BETWEEN 3 AND 7");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)->rows_changed(), 5);
  EXPECT_EQ(Seen("SELECT list(id ORDER BY id)::VARCHAR FROM artemis.sda.obs"), "[0, 1, 2, 8, 9]");
  EXPECT_EQ(Summary("added-position-deletes"), "5");
  // Nothing matches: no snapshot.
  Do("DELETE FROM artemis.sda.obs WHERE id = 5");
  EXPECT_EQ(Snapshots(), 2u);
  Do("DELETE FROM artemis.sda.obs WHERE id IN (SELECT range * 2 FROM range(5))");
  EXPECT_EQ(Seen("SELECT list(id ORDER BY id)::VARCHAR FROM artemis.sda.obs"), "[1, 9]");
  Do("DELETE FROM artemis.sda.obs");
  EXPECT_EQ(Seen("SELECT count(*) FROM artemis.sda.obs"), "0");
  EXPECT_EQ(Summary("total-data-files"), "0");
}

TEST_P(SqlWritesTest, UpdatesRows) {
  Do("INSERT INTO artemis.sda.obs SELECT range, 'n' || range, range FROM range(4)");
  auto result =
      session_->Execute("UPDATE artemis.sda.obs SET volts = volts * 10, name = NULL WHERE id >= 2");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)->rows_changed(), 2);
  EXPECT_EQ(Seen(All()), "0|n0|0\n1|n1|1\n2|NULL|20\n3|NULL|30");
  EXPECT_EQ(Summary("operation"), "overwrite");
  EXPECT_EQ(Snapshots(), 2u);
  Do("UPDATE artemis.sda.obs o SET name = s.name FROM (VALUES (0, 'zero'), (9, 'nine')) s(id, "
     "name) "
     "WHERE o.id = s.id");
  EXPECT_EQ(Seen("SELECT name FROM artemis.sda.obs WHERE id = 0"), "zero");
  EXPECT_EQ(Seen("SELECT count(*) FROM artemis.sda.obs"), "4");
}

TEST_P(SqlWritesTest, MergesRows) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
  Do("MERGE INTO artemis.sda.obs t USING (VALUES (2, 'B'), (3, 'gone'), (4, 'd')) s(id, name) "
     "ON t.id = s.id "
     "WHEN MATCHED AND s.name = 'gone' THEN DELETE "
     "WHEN MATCHED THEN UPDATE SET name = s.name "
     "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)");
  EXPECT_EQ(Seen(All()), "1|a|1\n2|B|2\n4|d|NULL");
  EXPECT_EQ(Snapshots(), 2u);
}

TEST_P(SqlWritesTest, KeepsTheIdsOfUpdatedRows) {
  if (GetParam() < 3) return;  // There are none.
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
  const std::string ids = "SELECT id, _row_id FROM artemis.sda.obs ORDER BY id";
  EXPECT_EQ(Seen(ids), "1|0\n2|1\n3|2");
  Do("UPDATE artemis.sda.obs SET volts = 7 WHERE id = 2");
  EXPECT_EQ(Seen(ids), "1|0\n2|1\n3|2");
}

TEST_P(SqlWritesTest, KeepsTheIdsOfRowsThatWereMerged) {
  if (GetParam() < 3) return;  // There are none.
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2)");
  Do("MERGE INTO artemis.sda.obs t USING (VALUES (2, 'B'), (3, 'c')) s(id, name) ON t.id = s.id "
     "WHEN MATCHED THEN UPDATE SET name = s.name "
     "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)");
  // The new row's id is one that the merge's snapshot gave, which numbers its rows from 2 on.
  const std::string ids =
      "SELECT id, if(id = 3, _row_id BETWEEN 2 AND 3, _row_id = id - 1) FROM artemis.sda.obs "
      "ORDER BY id";
  EXPECT_EQ(Seen(ids), "1|true\n2|true\n3|true");
  const std::string given = Seen("SELECT _row_id FROM artemis.sda.obs WHERE id = 3");
  Do("UPDATE artemis.sda.obs SET volts = 9");
  EXPECT_EQ(Seen(ids), "1|true\n2|true\n3|true");
  EXPECT_EQ(Seen("SELECT _row_id FROM artemis.sda.obs WHERE id = 3"), given);
}

TEST_P(SqlWritesTest, CommitsATransactionAsOneSnapshot) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2)");
  Do("BEGIN");
  Do("INSERT INTO artemis.sda.obs VALUES (3, 'c', 3)");
  Do("DELETE FROM artemis.sda.obs WHERE id = 1");
  Do("UPDATE artemis.sda.obs SET name = 'x' WHERE id = 3");
  EXPECT_EQ(Rows(All()), "2|b|2\n3|x|3");
  EXPECT_EQ(Seen(All()), "1|a|1\n2|b|2");
  Do("COMMIT");
  EXPECT_EQ(Seen(All()), "2|b|2\n3|x|3");
  EXPECT_EQ(Snapshots(), 2u);
}

TEST_P(SqlWritesTest, RollsBack) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1)");
  Do("BEGIN");
  Do("INSERT INTO artemis.sda.obs VALUES (2, 'b', 2)");
  Do("ALTER TABLE artemis.sda.obs ADD COLUMN flux DOUBLE");
  EXPECT_EQ(Rows("SELECT id, flux FROM artemis.sda.obs ORDER BY id"), "1|NULL\n2|NULL");
  Do("ROLLBACK");
  EXPECT_EQ(Rows(All()), "1|a|1");
  EXPECT_EQ(Snapshots(), 1u);
}

TEST_P(SqlWritesTest, ChangesOneTableInATransaction) {
  tables_.Create("sda.other", {TestField(1, "id", Type::Of(TypeKind::kLong))});
  Do("BEGIN");
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1)");
  const arrow::Status second = Run("INSERT INTO artemis.sda.other VALUES (1)");
  EXPECT_TRUE(second.IsInvalid()) << second;
  EXPECT_THAT(second.message(), HasSubstr("sda.other"));
  Do("ROLLBACK");
}

TEST_P(SqlWritesTest, SaysToRunAConflictingTransactionAgain) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2)");
  Do("BEGIN");
  Do("DELETE FROM artemis.sda.obs WHERE id = 1");
  ASSERT_TRUE(StatusOf(*Open(), "UPDATE artemis.sda.obs SET name = 'other' WHERE id = 1").ok());
  const arrow::Status status = Run("COMMIT");
  EXPECT_NE(FindDetail<CommitConflict>(status), nullptr) << status;
  EXPECT_THAT(status.message(), HasSubstr("run the transaction again"));
  EXPECT_EQ(Seen(All()), "1|other|1\n2|b|2");
  // The session goes on.
  Do("DELETE FROM artemis.sda.obs WHERE id = 1");
  EXPECT_EQ(Seen(All()), "2|b|2");
}

TEST_P(SqlWritesTest, LetsInRowsThatADeleteDidNotLookFor) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 1), (2, 'b', 2)");
  Do("BEGIN");
  Do("DELETE FROM artemis.sda.obs WHERE id = 1");
  ASSERT_TRUE(StatusOf(*Open(), "INSERT INTO artemis.sda.obs VALUES (7, 'g', 7)").ok());
  Do("COMMIT");
  EXPECT_EQ(Seen("SELECT list(id ORDER BY id)::VARCHAR FROM artemis.sda.obs"), "[2, 7]");
  Do("BEGIN");
  Do("DELETE FROM artemis.sda.obs WHERE id = 2");
  ASSERT_TRUE(StatusOf(*Open(), "INSERT INTO artemis.sda.obs VALUES (2, 'new', 7)").ok());
  EXPECT_NE(FindDetail<CommitConflict>(Run("COMMIT")), nullptr);
}

TEST_P(SqlWritesTest, MergesNoKeyThatAnotherSessionPutInMeanwhile) {
  const std::string upsert =
      "MERGE INTO artemis.sda.obs t USING (SELECT 5 AS id, 'mine' AS name) s ON t.id = s.id "
      "WHEN MATCHED THEN UPDATE SET name = s.name "
      "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)";
  Do("BEGIN");
  Do(upsert);
  ASSERT_TRUE(StatusOf(*Open(), "INSERT INTO artemis.sda.obs VALUES (5, 'other', 1)").ok());
  EXPECT_NE(FindDetail<CommitConflict>(Run("COMMIT")), nullptr);
  Do(upsert);
  EXPECT_EQ(Seen(All()), "5|mine|1");
}

TEST_P(SqlWritesTest, PutsInNoKeyInPlaceOfNoneThatAnotherSessionPutInMeanwhile) {
  Do("BEGIN");
  Do("DELETE FROM artemis.sda.obs WHERE id = 5");
  Do("INSERT INTO artemis.sda.obs VALUES (5, 'mine', 1)");
  ASSERT_TRUE(StatusOf(*Open(), "INSERT INTO artemis.sda.obs VALUES (5, 'other', 1)").ok());
  EXPECT_NE(FindDetail<CommitConflict>(Run("COMMIT")), nullptr);
  EXPECT_EQ(Seen(All()), "5|other|1");
}

// Specification, "Row Lineage": ids are unique in a table, and those of rows that a commit adds are given by the commit.
TEST_P(SqlWritesTest, GivesNoRowIdTwice) {
  if (GetParam() < 3) return;  // There are none.
  const std::string ids = "SELECT count(*) - count(DISTINCT _row_id) FROM artemis.sda.obs";
  Do("BEGIN");
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 0)");
  Do("INSERT INTO artemis.sda.obs VALUES (2, 'a', 0), (3, 'a', 0)");
  Do("UPDATE artemis.sda.obs SET volts = 1 WHERE id IN (1, 2)");
  Do("COMMIT");
  EXPECT_EQ(Seen(ids), "0");
  const std::string kept = Seen("SELECT _row_id FROM artemis.sda.obs WHERE id = 3");
  Do("BEGIN");
  Do("INSERT INTO artemis.sda.obs VALUES (4, 'a', 0), (5, 'a', 0)");
  Do("UPDATE artemis.sda.obs SET volts = 2 WHERE id IN (3, 4)");
  Do("UPDATE artemis.sda.obs SET volts = 3 WHERE id IN (3, 4)");
  ASSERT_TRUE(
      StatusOf(*Open(), "INSERT INTO artemis.sda.obs VALUES (10, 'b', 0), (11, 'b', 0)").ok());
  Do("COMMIT");
  EXPECT_EQ(Seen(ids), "0");
  EXPECT_EQ(Seen("SELECT _row_id FROM artemis.sda.obs WHERE id = 3"), kept);
  EXPECT_EQ(Seen("SELECT count(*), count(_row_id) FROM artemis.sda.obs"), "7|7");
}

TEST_P(SqlWritesTest, ChangesNothingWhileItLooksAtAnotherMoment) {
  Do("INSERT INTO artemis.sda.obs VALUES (1, 'a', 0.5)");
  Do("SET artemis.as_of = '" + FormatTime(tables_.Load("sda.obs").metadata->last_updated) + "'");
  for (const std::string statement :
       {"INSERT INTO artemis.sda.obs VALUES (2, 'b', 0)", "DELETE FROM artemis.sda.obs",
        "ALTER TABLE artemis.sda.obs ADD COLUMN x INTEGER", "DROP TABLE artemis.sda.obs",
        "ALTER TABLE artemis.sda.obs RENAME TO other", "COMMENT ON TABLE artemis.sda.obs IS 'x'",
        "CREATE TABLE artemis.sda.other (id INTEGER)", "CREATE SCHEMA artemis.other",
        "DROP SCHEMA artemis.sda", "TRUNCATE artemis.sda.obs"}) {
    const arrow::Status status = Run(statement);
    EXPECT_THAT(status.message(), HasSubstr("as_of")) << statement << ": " << status;
  }
  Do("RESET artemis.as_of");
  EXPECT_EQ(Seen(All()), "1|a|0.5");
  Do("DELETE FROM artemis.sda.obs");
}

TEST_P(SqlWritesTest, WritesBooleansAndUuids) {
  Do("CREATE TABLE artemis.sda.b (id INTEGER, b BOOLEAN, u UUID, s STRUCT(x BOOLEAN), "
     "l BOOLEAN[], m MAP(VARCHAR, BOOLEAN))");
  Do("INSERT INTO artemis.sda.b VALUES (1, true, '00000000-0000-0000-0000-000000000001', "
     "{'x': false}, [true, NULL, false], MAP {'k': true}), (2, NULL, NULL, NULL, NULL, NULL)");
  Do("UPDATE artemis.sda.b SET b = NOT b WHERE id = 1");
  EXPECT_EQ(Seen("SELECT id, b, u::VARCHAR, s.x, l::VARCHAR, m::VARCHAR FROM artemis.sda.b "
                 "ORDER BY id"),
            "1|false|00000000-0000-0000-0000-000000000001|false|[true, NULL, false]|{k=true}\n"
            "2|NULL|NULL|NULL|NULL|NULL");
  Do("CREATE TABLE artemis.sda.c AS SELECT id, b FROM artemis.sda.b WHERE NOT b");
  EXPECT_EQ(Seen("SELECT * FROM artemis.sda.c"), "1|false");
}

TEST_P(SqlWritesTest, WidensAColumnByNoOtherValuesThanItsOwn) {
  Do("CREATE TABLE artemis.sda.a (n INTEGER)");
  const arrow::Status refused = Run("ALTER TABLE artemis.sda.a ALTER n TYPE BIGINT USING n * 100");
  EXPECT_TRUE(refused.IsNotImplemented()) << refused;
  EXPECT_THAT(refused.message(), HasSubstr("USING"));
  EXPECT_EQ(Seen("SELECT data_type FROM duckdb_columns() WHERE table_name = 'a'"), "INTEGER");
  Do("ALTER TABLE artemis.sda.a ALTER n TYPE BIGINT USING n::BIGINT");
  EXPECT_EQ(Seen("SELECT data_type FROM duckdb_columns() WHERE table_name = 'a'"), "BIGINT");
}

TEST_P(SqlWritesTest, CreatesATable) {
  const std::string version = std::to_string(GetParam());
  Do("CREATE SCHEMA artemis.lab");
  Do("CREATE TABLE artemis.lab.runs (run BIGINT NOT NULL, mission VARCHAR, ts TIMESTAMPTZ, "
     "spot STRUCT(lat DOUBLE, lon DOUBLE), tags VARCHAR[], m MAP(VARCHAR, INTEGER), "
     "price DECIMAL(9, 2), u UUID, b BLOB, d DATE) "
     "PARTITIONED BY (mission, day(ts), bucket(4, run)) "
     "WITH ('format-version' = '" +
     version + "', 'owner' = 'ada')");
  const auto metadata = tables_.Load("lab.runs").metadata;
  EXPECT_EQ(metadata->format_version, GetParam());
  EXPECT_EQ(metadata->properties.at("owner"), "ada");
  EXPECT_EQ(FormatPartitionSpec(metadata->DefaultSpec(), metadata->CurrentSchema()),
            "mission, day(ts), bucket(4, run)");
  EXPECT_TRUE(metadata->CurrentSchema().fields[0].required);
  EXPECT_TRUE(metadata->snapshots.empty());
  Do("INSERT INTO artemis.lab.runs VALUES (1, 'm', TIMESTAMPTZ '2024-03-15 07:00:00+00', "
     "{'lat': 1.5, 'lon': -2}, ['a', NULL], MAP {'k': 7}, 12.34, "
     "'00000000-0000-0000-0000-0000000000ff', '\\x00\\xff'::BLOB, DATE '1969-12-31')");
  EXPECT_EQ(Seen("SELECT COLUMNS(*)::VARCHAR FROM artemis.lab.runs"),
            "1|m|2024-03-15 07:00:00+00|{'lat': 1.5, 'lon': -2.0}|[a, NULL]|{k=7}|12.34|"
            "00000000-0000-0000-0000-0000000000ff|\\x00\\xFF|1969-12-31");
}

TEST_P(SqlWritesTest, CreatesATableFromAQuery) {
  Do("CREATE TABLE artemis.sda.squares AS SELECT range AS n, range * range AS square, NULL AS gap "
     "FROM range(100)");
  const auto metadata = tables_.Load("sda.squares").metadata;
  EXPECT_EQ(metadata->snapshots.size(), 1u);
  EXPECT_EQ(Seen("SELECT count(*), max(square) FROM artemis.sda.squares"), "100|9801");
  EXPECT_TRUE(Run("CREATE TABLE artemis.sda.squares AS SELECT 1 AS n").IsAlreadyExists());
  Do("CREATE TABLE IF NOT EXISTS artemis.sda.squares AS SELECT 1 AS n");
  EXPECT_EQ(Seen("SELECT count(*) FROM artemis.sda.squares"), "100");
  // A query that fails leaves no table.
  EXPECT_FALSE(Run("CREATE TABLE artemis.sda.bad AS SELECT error('no') AS n").ok());
  EXPECT_NE(FindDetail<NoSuchTable>(tables_.catalog()->Load(tables_.Name("sda.bad")).status()),
            nullptr);
}

TEST_P(SqlWritesTest, CreatesAndFillsATableInOneTransaction) {
  Do("BEGIN");
  Do("CREATE TABLE artemis.sda.fresh (n BIGINT)");
  Do("INSERT INTO artemis.sda.fresh VALUES (1), (2)");
  EXPECT_EQ(Rows("SELECT sum(n) FROM artemis.sda.fresh"), "3");
  EXPECT_THAT(Seen("SELECT * FROM artemis.sda.fresh"), HasSubstr("error"));
  Do("COMMIT");
  EXPECT_EQ(Seen("SELECT sum(n) FROM artemis.sda.fresh"), "3");
}

TEST_P(SqlWritesTest, AltersColumns) {
  Do("CREATE TABLE artemis.sda.a (n INTEGER NOT NULL, f FLOAT, s STRUCT(x INTEGER), "
     "d DECIMAL(5, 2))");
  Do("INSERT INTO artemis.sda.a VALUES (1, 0.5, {'x': 7}, 1.25)");
  Do("ALTER TABLE artemis.sda.a ALTER n TYPE BIGINT");
  Do("ALTER TABLE artemis.sda.a ALTER d TYPE DECIMAL(9, 2)");
  Do("ALTER TABLE artemis.sda.a ALTER n DROP NOT NULL");
  Do("ALTER TABLE artemis.sda.a RENAME f TO flux");
  Do("ALTER TABLE artemis.sda.a ADD COLUMN note VARCHAR");
  Do("ALTER TABLE artemis.sda.a ADD COLUMN s.y DOUBLE");
  Do("COMMENT ON COLUMN artemis.sda.a.flux IS 'W/m2'");
  Do("COMMENT ON TABLE artemis.sda.a IS 'a table'");
  EXPECT_EQ(Seen("SELECT * FROM artemis.sda.a"), "1|0.5|{x:int32 = 7, y:double = null}|1.25|NULL");
  const auto metadata = tables_.Load("sda.a").metadata;
  EXPECT_EQ(metadata->CurrentSchema().fields[1].doc, "W/m2");
  EXPECT_EQ(metadata->properties.at("comment"), "a table");
  EXPECT_FALSE(metadata->CurrentSchema().fields[0].required);
  Do("ALTER TABLE artemis.sda.a DROP COLUMN d");
  EXPECT_EQ(Seen("SELECT * FROM artemis.sda.a"), "1|0.5|{x:int32 = 7, y:double = null}|NULL");
  // Narrower: refused.
  EXPECT_TRUE(Run("ALTER TABLE artemis.sda.a ALTER n TYPE INTEGER").IsInvalid());
  EXPECT_TRUE(Run("ALTER TABLE artemis.sda.a DROP COLUMN nosuch").IsInvalid());
}

TEST_P(SqlWritesTest, FillsInDefaults) {
  if (GetParam() < 3) {
    EXPECT_TRUE(Run("ALTER TABLE artemis.sda.obs ALTER name SET DEFAULT 'none'").IsInvalid());
    return;
  }
  Do("CREATE TABLE artemis.sda.d (n BIGINT, s VARCHAR DEFAULT 'none') WITH ('format-version' = "
     "'3')");
  Do("INSERT INTO artemis.sda.d (n) VALUES (1)");
  Do("INSERT INTO artemis.sda.d VALUES (2, DEFAULT), (3, 'x')");
  EXPECT_EQ(Seen("SELECT * FROM artemis.sda.d ORDER BY n"), "1|none\n2|none\n3|x");
}

TEST_P(SqlWritesTest, DropsAndRenames) {
  Do("CREATE TABLE artemis.sda.gone (n BIGINT)");
  Do("ALTER TABLE artemis.sda.gone RENAME TO kept");
  EXPECT_EQ(Seen("SELECT count(*) FROM artemis.sda.kept"), "0");
  Do("BEGIN");
  EXPECT_TRUE(Run("DROP TABLE artemis.sda.kept").IsInvalid());
  Do("ROLLBACK");
  Do("DROP TABLE artemis.sda.kept");
  EXPECT_THAT(Seen("SELECT count(*) FROM artemis.sda.kept"), HasSubstr("error"));
  Do("DROP TABLE IF EXISTS artemis.sda.kept");
  EXPECT_NE(FindDetail<NoSuchTable>(Run("DROP TABLE artemis.sda.kept")), nullptr);
  Do("CREATE SCHEMA artemis.empty");
  Do("DROP SCHEMA artemis.empty");
  EXPECT_FALSE(Run("DROP SCHEMA artemis.sda").ok());
}

TEST_P(SqlWritesTest, RefusesWhatTablesDoNotHave) {
  for (const std::string sql :
       {"CREATE TABLE artemis.sda.x (n BIGINT PRIMARY KEY)",
        "CREATE INDEX i ON artemis.sda.obs (id)", "CREATE TABLE artemis.sda.x (n INTERVAL)",
        "CREATE VIEW artemis.sda.v AS SELECT 1",
        "CREATE OR REPLACE TABLE artemis.sda.obs (n BIGINT)",
        "INSERT INTO artemis.sda.obs VALUES (1, 'a', 1) ON CONFLICT DO NOTHING"}) {
    EXPECT_FALSE(Run(sql).ok()) << sql;
  }
  EXPECT_EQ(Snapshots(), 0u);
}

TEST_P(SqlWritesTest, OnlyReadsWhereToldSo) {
  options_.read_only = true;
  session_ = Open();
  for (const std::string sql :
       {"INSERT INTO artemis.sda.obs VALUES (1, 'a', 1)", "DELETE FROM artemis.sda.obs",
        "UPDATE artemis.sda.obs SET name = 'x'", "CREATE TABLE artemis.sda.x (n BIGINT)",
        "CREATE TABLE artemis.sda.x AS SELECT 1 AS n", "DROP TABLE artemis.sda.obs",
        "ALTER TABLE artemis.sda.obs ADD COLUMN x BIGINT", "CREATE SCHEMA artemis.lab",
        "DROP SCHEMA artemis.sda", "COMMENT ON TABLE artemis.sda.obs IS 'x'"}) {
    EXPECT_NE(FindDetail<PermissionDenied>(Run(sql)), nullptr) << sql;
  }
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "0");
}

}  // namespace
}  // namespace artemis
