// What a confined session takes, and ways out of it that are closed.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/sql/open_paths.h"
#include "artemis/sql/sql_engine.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConfinementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SqlOptions options;
    options.temp_folder = tables_.folder() + "/tmp";
    options.threads = 2;
    options.confined = true;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                               TestField(2, "name", Type::Of(TypeKind::kString))});
    tables_.Append("sda.obs", R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
    std::ofstream(tables_.folder() + "/secret.csv") << "word\nhidden\n";
    engine_ = SqlEngine::Open(tables_.catalog(), options).ValueOrDie();
    SqlSessionOptions reading;
    reading.read_only = true;
    reading.read_only_reason = "this reader may only read";
    session_ = engine_->Connect(reading).ValueOrDie();
    writer_ = engine_->Connect().ValueOrDie();
  }

  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }
  void ExpectRefused(const std::string& sql) {
    for (auto* session : {session_.get(), writer_.get()}) {
      EXPECT_FALSE(StatusOf(*session, sql).ok()) << sql;
      EXPECT_THAT(RowsOf(*session, sql), Not(HasSubstr("hidden"))) << sql;
    }
  }

  TestTables tables_;
  std::unique_ptr<SqlEngine> engine_;
  // May only read.
  std::unique_ptr<SqlSession> session_;
  // May change tables of the catalog.
  std::unique_ptr<SqlSession> writer_;
};

TEST_F(ConfinementTest, LetsQueriesThrough) {
  EXPECT_EQ(Rows("SELECT name FROM artemis.sda.obs WHERE id = 2"), "b");
  EXPECT_EQ(Rows("WITH o AS (FROM artemis.sda.obs) SELECT count(*) FROM o JOIN o AS p USING (id)"),
            "2");
  EXPECT_EQ(Rows("SHOW TABLES FROM artemis.sda"), "obs");
  EXPECT_THAT(Rows("DESCRIBE artemis.sda.obs"), HasSubstr("BIGINT"));
  EXPECT_EQ(Rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sda'"),
            "obs");
  EXPECT_EQ(Rows("SELECT sum(i) FROM range(4) t(i)"), "6");
  EXPECT_EQ(Rows("USE artemis.sda"), "");
  EXPECT_EQ(Rows("SELECT count(*) FROM obs"), "2");
  EXPECT_EQ(Rows("SET artemis.projection_mode = 'current'"), "");
  EXPECT_EQ(Rows("RESET artemis.projection_mode"), "");
  EXPECT_EQ(Rows("SET TimeZone = 'Asia/Tokyo'"), "");
  EXPECT_EQ(Rows("SELECT current_setting('TimeZone')"), "Asia/Tokyo");
  EXPECT_EQ(Rows("CREATE TEMP TABLE t AS SELECT 1 AS x"), "");
  EXPECT_TRUE(StatusOf(*session_, "INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(Rows("SELECT sum(x) FROM t"), "3");
  EXPECT_EQ(Rows("DROP TABLE t"), "");
  EXPECT_EQ(Rows("PREPARE p AS SELECT count(*) FROM artemis.sda.obs WHERE id >= $1"), "");
  EXPECT_EQ(Rows("EXECUTE p(2)"), "1");
  EXPECT_EQ(Rows("DEALLOCATE p"), "");
  EXPECT_THAT(Rows("EXPLAIN SELECT * FROM artemis.sda.obs WHERE id = 2"), HasSubstr("sda.obs"));
  EXPECT_EQ(Rows("SELECT * FROM (VALUES (1), (2)) v(i) PIVOT (count(*) FOR i IN (1, 2))"), "1|1");
}

TEST_F(ConfinementTest, RefusesEveryWayOutByName) {
  const std::string csv = tables_.folder() + "/secret.csv";
  for (const std::string& sql : std::vector<std::string>{
           "SELECT * FROM read_csv('" + csv + "')",
           "SELECT * FROM read_csv_auto('" + csv + "')",
           "SELECT * FROM read_text('" + csv + "')",
           "SELECT * FROM read_blob('" + csv + "')",
           "SELECT * FROM read_json('" + csv + "')",
           "SELECT * FROM read_parquet('" + csv + "')",
           "SELECT * FROM parquet_scan('" + csv + "')",
           "SELECT * FROM parquet_metadata('" + csv + "')",
           "SELECT * FROM parquet_schema('" + csv + "')",
           "SELECT * FROM parquet_file_metadata('" + csv + "')",
           "SELECT * FROM parquet_kv_metadata('" + csv + "')",
           "SELECT * FROM parquet_bloom_probe('" + csv + "', 'a', 1)",
           "SELECT * FROM sniff_csv('" + csv + "')",
           "SELECT * FROM glob('/etc/*')",
           "SELECT (SELECT content FROM read_text('" + csv + "'))",
           "SELECT 1 WHERE EXISTS (FROM read_csv('" + csv + "'))",
           "WITH a AS (WITH b AS (FROM read_csv('" + csv + "')) FROM b) FROM a",
           "SELECT 1 UNION ALL SELECT 2 FROM read_csv('" + csv + "')",
           "SELECT 1 ORDER BY (SELECT count(*) FROM read_csv('" + csv + "'))",
           "SELECT 1 LIMIT (SELECT count(*) FROM read_csv('" + csv + "'))",
           "SELECT count(*) OVER (PARTITION BY (SELECT 1 FROM read_csv('" + csv + "')))",
           "SELECT count(*) FILTER (WHERE (SELECT true FROM read_csv('" + csv + "')))",
           "FROM (VALUES (1)) v(i), LATERAL (SELECT i FROM read_csv('" + csv + "'))",
           "FROM artemis.sda.obs JOIN read_csv('" + csv + "') ON true",
           "EXPLAIN ANALYZE SELECT * FROM read_csv('" + csv + "')",
           "PREPARE p AS SELECT * FROM read_csv('" + csv + "')",
           "DESCRIBE SELECT * FROM read_csv('" + csv + "')",
           "SUMMARIZE SELECT * FROM read_csv('" + csv + "')",
           "FROM query('SELECT * FROM read_csv(''" + csv + "'')')",
           "FROM query_table('" + csv + "')",
           "CREATE TEMP TABLE t AS FROM read_csv('" + csv + "')",
           "CREATE TEMP VIEW v AS FROM read_csv('" + csv + "')",
           "CREATE TEMP MACRO m() AS TABLE FROM read_csv('" + csv + "')",
           "CREATE TABLE t (x INTEGER)",
           "CREATE VIEW v AS SELECT 1",
           "CREATE SCHEMA s",
           "CREATE SECRET s (TYPE s3)",
           "CREATE SEQUENCE s",
           "CREATE TYPE e AS ENUM ('a')",
           "ATTACH '" + tables_.folder() + "/x.db' AS x",
           "ATTACH ':memory:' AS x",
           "DETACH artemis",
           "COPY (SELECT 1) TO '" + tables_.folder() + "/out.csv'",
           "COPY artemis.sda.obs TO '" + tables_.folder() + "/out.parquet'",
           "COPY artemis.sda.obs FROM '" + csv + "'",
           "EXPORT DATABASE '" + tables_.folder() + "/out'",
           "IMPORT DATABASE '" + tables_.folder() + "/out'",
           "INSTALL httpfs",
           "LOAD httpfs",
           "LOAD '" + csv + "'",
           "UPDATE EXTENSIONS",
           "PRAGMA enable_profiling",
           "PRAGMA profiling_output = '" + csv + "'",
           "CALL pragma_database_size()",
           "CHECKPOINT",
           "VACUUM",
           "SET memory_limit = '100GB'",
           "SET threads = 64",
           "SET GLOBAL TimeZone = 'UTC'",
           "SET temp_directory = '/tmp'",
           "SET enable_external_access = true",
           "SET lock_configuration = false",
           "SET allowed_directories = ['/']",
           "SET log_query_path = '/tmp/x'",
           "SET home_directory = '/'",
           "SET custom_extension_repository = 'http://x'",
           "RESET lock_configuration",
           "SET TimeZone = (SELECT content FROM read_text('" + csv + "'))",
           "SET VARIABLE x = (SELECT content FROM read_text('" + csv + "'))",
           "SELECT current_setting('allowed_directories')",
           "SELECT current_setting('temp_directory')",
           "SELECT current_setting('temp_' || 'directory')",
           "SELECT getenv('HOME')",
           "FROM duckdb_settings()",
           "FROM duckdb_secrets()",
           "FROM duckdb_databases()",
           "FROM duckdb_temporary_files()",
           "FROM duckdb_extensions()",
           "FROM duckdb_logs",
           "FROM pg_settings",
           "FROM pg_catalog.pg_settings",
           "FROM which_secret('s3://x', 's3')",
           "SELECT write_log('x')"}) {
    ExpectRefused(sql);
  }
}

TEST_F(ConfinementTest, RefusesWaysOutThroughChanges) {
  const std::string folder = tables_.folder();
  const std::string csv = folder + "/secret.csv";
  for (const std::string& sql : std::vector<std::string>{
           "INSERT INTO artemis.sda.obs SELECT 9, word FROM read_csv('" + csv + "')",
           "INSERT INTO artemis.sda.obs VALUES (9, (SELECT content FROM read_text('" + csv + "')))",
           "INSERT INTO artemis.sda.obs FROM '" + csv + "'",
           "WITH s AS (FROM read_csv('" + csv +
               "')) INSERT INTO artemis.sda.obs SELECT 9, * FROM s",
           "INSERT INTO artemis.sda.obs VALUES (9, getenv('HOME'))",
           "UPDATE artemis.sda.obs SET name = (SELECT content FROM read_text('" + csv + "'))",
           "UPDATE artemis.sda.obs SET name = word FROM read_csv('" + csv + "')",
           "DELETE FROM artemis.sda.obs USING read_csv('" + csv + "')",
           "DELETE FROM artemis.sda.obs WHERE name IN (SELECT word FROM read_csv('" + csv + "'))",
           "MERGE INTO artemis.sda.obs AS t USING read_csv('" + csv +
               "') AS s ON t.name = s.word WHEN MATCHED THEN DELETE",
           "MERGE INTO artemis.sda.obs AS t USING (SELECT 1 AS i) AS s ON t.id = s.i "
           "WHEN MATCHED THEN UPDATE SET name = (SELECT content FROM read_text('" +
               csv + "'))",
           "CREATE TABLE artemis.sda.taken AS FROM read_csv('" + csv + "')",
           "CREATE TABLE artemis.sda.taken AS FROM '" + csv + "'",
           "CREATE TABLE artemis.sda.taken (a VARCHAR DEFAULT getenv('HOME'))",
           "CREATE TABLE artemis.sda.taken (a VARCHAR) WITH ('write.data.path' = '" + folder + "')",
           "CREATE TABLE artemis.sda.taken WITH ('write.data.path' = '" + folder +
               "') AS SELECT 1 AS a",
           "CREATE TABLE artemis.sda.taken (a INTEGER) WITH ('Write.Metadata.Path' = '/tmp')",
           "CREATE TABLE artemis.sda.taken (a INTEGER) WITH (location = '/tmp')",
           "CREATE TABLE artemis.sda.\"../../taken\" (a INTEGER)",
           "CREATE TABLE artemis.sda.\"" + folder + "/taken\" (a INTEGER)",
           "ALTER TABLE artemis.sda.obs SET ('write.data.path' = '" + folder + "')",
           "ALTER TABLE artemis.sda.obs SET ('write.object-storage.path' = '" + folder + "')",
           "ALTER TABLE artemis.sda.obs RESET ('write.data.path')",
           "ALTER TABLE artemis.sda.obs ADD COLUMN x VARCHAR DEFAULT getenv('HOME')",
           "ALTER TABLE artemis.sda.obs ALTER name SET DEFAULT getenv('HOME')",
           "ALTER TABLE artemis.sda.obs ALTER id TYPE VARCHAR USING getenv('HOME')",
           "ALTER TABLE artemis.sda.obs RENAME TO \"../taken\"",
           "CREATE SCHEMA artemis.\"../taken\"",
           "CREATE SCHEMA artemis.\"/tmp\"",
           "CREATE SCHEMA memory.taken",
           "CREATE SCHEMA taken",
           "CREATE TABLE memory.main.taken AS SELECT 1",
           "CREATE TABLE main.taken (a INTEGER)",
           "CREATE TABLE system.main.taken (a INTEGER)",
           "CREATE VIEW artemis.sda.v AS SELECT 1",
           "CREATE MACRO artemis.sda.m() AS 1",
           "CREATE MACRO m() AS 1",
           "CREATE TEMP MACRO m() AS getenv('HOME')",
           "CREATE FUNCTION f() AS TABLE FROM read_csv('" + csv + "')",
           "CREATE TYPE artemis.sda.e AS ENUM ('a')",
           "CREATE INDEX i ON artemis.sda.obs (id)",
           "CREATE SEQUENCE artemis.sda.s",
           "CREATE OR REPLACE SECRET s (TYPE s3)",
           "CREATE TEMPORARY SECRET s (TYPE s3)",
           "DROP SCHEMA memory.main",
           "DROP SCHEMA system.main CASCADE",
           "DROP TYPE e",
           "DROP FUNCTION read_csv",
           "DROP SECRET s",
           "COMMENT ON TABLE pg_catalog.pg_class IS 'x'",
           "COMMENT ON TABLE system.information_schema.tables IS 'x'",
           "COMMENT ON COLUMN pg_catalog.pg_class.oid IS 'x'",
           "COMMENT ON VIEW duckdb_tables IS 'x'",
           "COMMENT ON FUNCTION read_csv IS 'x'",
           "COMMENT ON DATABASE artemis IS 'x'",
           "ALTER DATABASE artemis RENAME TO x",
           "ALTER VIEW duckdb_tables RENAME TO x",
           "INSERT INTO duckdb_tables VALUES (1)",
           "DELETE FROM pg_catalog.pg_class",
           "UPDATE information_schema.tables SET table_name = 'x'",
           "COPY artemis.sda.obs TO '" + folder + "/out.csv'",
           "COPY artemis.sda.obs FROM '" + csv + "'",
           "COPY FROM DATABASE artemis TO memory",
           "PREPARE p AS INSERT INTO artemis.sda.obs SELECT 9, word FROM read_csv('" + csv + "')",
           "PREPARE p AS CREATE TABLE artemis.sda.taken AS FROM read_csv('" + csv + "')",
           "PREPARE p AS CREATE TABLE memory.main.taken (a INTEGER)",
           "PREPARE p AS COPY artemis.sda.obs TO '" + folder + "/out.csv'",
           "EXPLAIN INSERT INTO artemis.sda.obs SELECT 9, word FROM read_csv('" + csv + "')",
           "EXPLAIN ANALYZE CREATE TABLE memory.main.taken AS SELECT 1",
           "SELECT * FROM (INSERT INTO artemis.sda.obs VALUES (9, 'x') RETURNING *)",
           "WITH x AS (DELETE FROM artemis.sda.obs) SELECT 1",
           "FROM query('DELETE FROM artemis.sda.obs')"}) {
    ExpectRefused(sql);
  }
  EXPECT_EQ(Rows("SELECT string_agg(name, ',' ORDER BY id) FROM artemis.sda.obs"), "a,b");
  EXPECT_EQ(Rows("SHOW TABLES FROM artemis.sda"), "obs");
}

TEST_F(ConfinementTest, LetsWritersChangeTablesOfTheCatalog) {
  const auto run = [&](const std::string& sql) {
    const arrow::Status status = StatusOf(*writer_, sql);
    EXPECT_TRUE(status.ok()) << sql << ": " << status;
  };
  run("CREATE SCHEMA artemis.lab");
  run("CREATE TABLE artemis.lab.runs (id BIGINT NOT NULL, note VARCHAR) PARTITIONED BY (bucket(4, "
      "id)) WITH ('owner' = 'ada')");
  run("INSERT INTO artemis.lab.runs SELECT id, name FROM artemis.sda.obs");
  run("UPDATE artemis.lab.runs SET note = upper(note) WHERE id = 2");
  run("DELETE FROM artemis.lab.runs WHERE id = 1");
  run("MERGE INTO artemis.lab.runs AS t USING (VALUES (3, 'c')) AS s(id, note) ON t.id = s.id "
      "WHEN NOT MATCHED THEN INSERT");
  run("ALTER TABLE artemis.lab.runs ADD COLUMN volts DOUBLE");
  run("COMMENT ON TABLE artemis.lab.runs IS 'runs'");
  run("COMMENT ON COLUMN artemis.lab.runs.volts IS 'of the bus'");
  run("PREPARE p AS INSERT INTO artemis.lab.runs VALUES ($1, 'p', 0.5)");
  run("EXECUTE p(4)");
  run("CREATE TABLE artemis.lab.copied AS SELECT * FROM artemis.lab.runs");
  EXPECT_EQ(Rows("SELECT id, note, volts FROM artemis.lab.copied ORDER BY id"),
            "2|B|NULL\n3|c|NULL\n4|p|0.5");
  run("ALTER TABLE artemis.lab.copied RENAME TO moved");
  run("DROP TABLE artemis.lab.moved");
  run("DROP TABLE artemis.lab.runs");
  run("DROP SCHEMA artemis.lab");
}

TEST_F(ConfinementTest, RefusesChangesOfReadersAndSaysWhy) {
  for (const char* sql :
       {"INSERT INTO artemis.sda.obs VALUES (9, 'x')", "DELETE FROM artemis.sda.obs",
        "UPDATE artemis.sda.obs SET name = 'x'", "DROP TABLE artemis.sda.obs",
        "CREATE TABLE artemis.sda.t (a INTEGER)", "CREATE TABLE artemis.sda.t AS SELECT 1 AS a",
        "CREATE SCHEMA artemis.lab", "DROP SCHEMA artemis.sda",
        "ALTER TABLE artemis.sda.obs ADD COLUMN x INTEGER",
        "COMMENT ON TABLE artemis.sda.obs IS 'x'", "COMMENT ON COLUMN artemis.sda.obs.id IS 'x'",
        "MERGE INTO artemis.sda.obs AS t USING (SELECT 1 AS i) AS s ON t.id = s.i WHEN MATCHED "
        "THEN DELETE",
        "PREPARE p AS DELETE FROM artemis.sda.obs"}) {
    const auto status = StatusOf(*session_, sql);
    EXPECT_NE(FindDetail<PermissionDenied>(status), nullptr) << sql << ": " << status;
    EXPECT_THAT(status.message(), HasSubstr("this reader may only read")) << sql;
    EXPECT_FALSE(session_->Prepare(sql).ok()) << sql;
  }
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "2");
}

// Only names and what version it is: the file of each database is empty.
TEST_F(ConfinementTest, AnswersPragmasThatRevealNothing) {
  EXPECT_THAT(Rows("PRAGMA version"), HasSubstr("v1."));
  EXPECT_THAT(Rows("SELECT version()"), HasSubstr("v1."));
  EXPECT_THAT(Rows("PRAGMA table_info('artemis.sda.obs')"), HasSubstr("name|VARCHAR"));
  EXPECT_EQ(Rows("SELECT name, file FROM pragma_database_list WHERE file <> ''"), "");
  EXPECT_THAT(Rows("PRAGMA database_list"), Not(HasSubstr("/")));
  EXPECT_EQ(Rows("USE artemis.sda"), "");
  EXPECT_EQ(Rows("PRAGMA show_tables"), "obs");
}

TEST_F(ConfinementTest, SaysThatItIsTheSessionThatRefuses) {
  for (const char* sql : {"FROM read_csv('x')", "ATTACH ':memory:' AS x", "SET threads = 2",
                          "CREATE TABLE t (x INTEGER)", "PRAGMA enable_profiling"}) {
    const auto status = writer_->Execute(sql).status();
    EXPECT_NE(FindDetail<PermissionDenied>(status), nullptr) << sql << ": " << status;
  }
}

TEST_F(ConfinementTest, OpensNoFileByItsPath) {
  const std::string csv = tables_.folder() + "/secret.csv";
  for (const std::string& sql : std::vector<std::string>{
           "FROM '" + csv + "'", "FROM \"" + csv + "\"", "SELECT * FROM '" + csv + "' AS t",
           "DESCRIBE '" + csv + "'", "SUMMARIZE '" + csv + "'", "FROM '/etc/passwd'",
           "FROM 'artemis://x" + csv + "'"}) {
    EXPECT_FALSE(StatusOf(*session_, sql).ok()) << sql;
  }
}

TEST_F(ConfinementTest, ShowsNoSecretPath) {
  for (const char* sql :
       {"EXPLAIN ANALYZE SELECT * FROM artemis.sda.obs", "SELECT filename FROM artemis.sda.obs",
        "FROM duckdb_tables()", "SHOW ALL TABLES", "SHOW DATABASES",
        "FROM information_schema.schemata"}) {
    EXPECT_THAT(Rows(sql), Not(HasSubstr("artemis://"))) << sql;
  }
}

TEST_F(ConfinementTest, ConfinesPreparedStatementsToo) {
  EXPECT_NE(FindDetail<PermissionDenied>(session_->Prepare("FROM read_csv('x')").status()),
            nullptr);
  EXPECT_FALSE(session_->Prepare("INSERT INTO artemis.sda.obs VALUES (9, 'x')").ok());
  EXPECT_TRUE(writer_->Prepare("INSERT INTO artemis.sda.obs VALUES (9, 'x')").ok());
  EXPECT_TRUE(session_->Prepare("SELECT count(*) FROM artemis.sda.obs").ok());
}

TEST(OpenPaths, CountsHowManyPlansNameAPath) {
  OpenPaths paths;
  paths.Add({"/a", "/b"});
  paths.Add({"/a"});
  paths.Remove({"/a", "/b"});
  EXPECT_TRUE(paths.Contains("/a"));
  EXPECT_FALSE(paths.Contains("/b"));
  paths.Remove({"/a"});
  EXPECT_FALSE(paths.Contains("/a"));
}

TEST(OpenPaths, HidesItsPrefix) {
  OpenPaths paths;
  EXPECT_EQ(
      paths.Hide("cannot open " + paths.prefix() + "/w/f.parquet or " + paths.prefix() + "/g"),
      "cannot open /w/f.parquet or /g");
  OpenPaths others;
  EXPECT_NE(paths.prefix(), others.prefix());
}

}  // namespace
}  // namespace artemis
