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
    session_ = engine_->Connect().ValueOrDie();
  }

  std::string Rows(const std::string& sql) { return RowsOf(*session_, sql); }

  TestTables tables_;
  std::unique_ptr<SqlEngine> engine_;
  std::unique_ptr<SqlSession> session_;
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
           "PRAGMA database_list",
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
           "SELECT write_log('x')",
           "INSERT INTO artemis.sda.obs VALUES (9, 'x')"}) {
    EXPECT_FALSE(StatusOf(*session_, sql).ok()) << sql;
    EXPECT_THAT(Rows(sql), Not(HasSubstr("hidden"))) << sql;
  }
}

TEST_F(ConfinementTest, SaysThatItIsTheSessionThatRefuses) {
  for (const char* sql : {"FROM read_csv('x')", "ATTACH ':memory:' AS x", "SET threads = 2",
                          "CREATE TABLE t (x INTEGER)", "PRAGMA database_list"}) {
    const auto status = session_->Execute(sql).status();
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
