// CALL artemis.create_table: what a table is told to be, and what is refused.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/schema/partition_spec.h"
#include "artemis/schema/schema_json.h"
#include "artemis/sql/session.h"
#include "artemis/sql/sql_engine.h"
#include "artemis/sql/test_tables.h"
#include "artemis/write/row_order.h"

namespace artemis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The one block of SQL in docs/sql-reference.md; empty when the page is not found.
std::string ExampleOfTheReference() {
  namespace fs = std::filesystem;
  fs::path folder = fs::absolute(__FILE__).parent_path();
  if (!fs::exists(folder)) folder = fs::current_path();
  const fs::path page = fs::path("docs") / "sql-reference.md";
  while (folder != folder.root_path() && !fs::exists(folder / page)) folder = folder.parent_path();
  std::ostringstream text;
  text << std::ifstream(folder / page).rdbuf();
  const std::string all = text.str();
  constexpr std::string_view kFence = "```sql\n";
  const size_t begin = all.find(kFence);
  if (begin == std::string::npos) return "";
  const size_t end = all.find("```", begin + kFence.size());
  return all.substr(begin + kFence.size(), end - begin - kFence.size());
}

class CreateTableFunctionTest : public ::testing::Test {
 protected:
  CreateTableFunctionTest() {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 2;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong))});
  }

  SqlSession& session() {
    if (!session_) session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
    return *session_;
  }
  std::string Rows(const std::string& sql) { return RowsOf(session(), sql); }
  // Of a call that makes sda.t of the columns id BIGINT and ts TIMESTAMP.
  std::string Call(const std::string& arguments) {
    return Rows("CALL artemis.create_table('sda.t', columns := 'id BIGINT, ts TIMESTAMP'" +
                (arguments.empty() ? "" : ", " + arguments) + ")");
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(CreateTableFunctionTest, SaysWhatCreateTableCannot) {
  const std::string made = Rows(
      "CALL artemis.create_table('sda.t', columns := 'id BIGINT NOT NULL, ts TIMESTAMPTZ, "
      "pos STRUCT(lat DOUBLE)[]', partition := ['day(ts) as d', 'bucket(16, id)'], "
      "sort_order := ['ts desc nulls last', 'id'], comment := 'passes', "
      "properties := MAP {'write.target-file-size-bytes': '1000000'})");
  const auto table = tables_.Load("sda.t");
  const TableMetadata& metadata = *table.metadata;
  EXPECT_EQ(made, "sda.t|" + metadata.location + "|2|true");
  EXPECT_EQ(
      FormatPartitionSpec(*metadata.FindSpec(metadata.default_spec_id), metadata.CurrentSchema()),
      "day(ts) as d, bucket(16, id)");
  EXPECT_EQ(RowOrderText(metadata), "ts desc nulls last, id asc nulls first");
  EXPECT_EQ(metadata.properties.at("comment"), "passes");
  EXPECT_EQ(metadata.properties.at("write.target-file-size-bytes"), "1000000");
  EXPECT_TRUE(metadata.CurrentSchema().FindField("id")->required);
  EXPECT_EQ(Rows("INSERT INTO artemis.sda.t VALUES (1, '2024-03-14T10:00:00Z', [{'lat': 1.5}])"),
            "");
  EXPECT_EQ(Rows("SELECT id, d, pos[1].lat FROM artemis.sda.t"), "1|2024-03-14|1.5");
}

TEST_F(CreateTableFunctionTest, WorksAsTheReferenceShowsIt) {
  const std::string example = ExampleOfTheReference();
  ASSERT_THAT(example, HasSubstr("artemis.create_table('lab.passes'"));
  EXPECT_EQ(Rows("CREATE SCHEMA artemis.lab"), "");
  EXPECT_THAT(Rows(example), StartsWith("lab.passes|"));
  const auto table = tables_.Load("lab.passes");
  const TableMetadata& metadata = *table.metadata;
  EXPECT_EQ(
      FormatPartitionSpec(*metadata.FindSpec(metadata.default_spec_id), metadata.CurrentSchema()),
      "mission_id, day(ts) as day, bucket(16, id)");
  EXPECT_EQ(RowOrderText(metadata), "ts desc nulls last, id asc nulls first");
  EXPECT_EQ(Rows("SELECT comment FROM duckdb_tables() WHERE table_name = 'passes'"),
            "one row a pass");
}

TEST_F(CreateTableFunctionTest, TakesAnIcebergSchema) {
  const std::string schema =
      R"({"type":"struct","schema-id":0,"identifier-field-ids":[7],"fields":[)"
      R"({"id":7,"name":"key","required":true,"type":"fixed[16]","doc":"who"},)"
      R"({"id":9,"name":"at","required":false,"type":"timestamptz_ns"}]})";
  EXPECT_THAT(Rows("CALL artemis.create_table('sda.t', schema := '" + schema + "')"),
              ::testing::EndsWith("|3|true"));  // Version 3 is the first with nanoseconds.
  const auto table = tables_.Load("sda.t");
  const Schema& made = table.metadata->CurrentSchema();
  ASSERT_EQ(made.fields.size(), 2u);
  EXPECT_EQ(made.fields[0].type, Type::Fixed(16));
  EXPECT_EQ(made.fields[0].doc, "who");
  EXPECT_EQ(made.fields[0].id, FieldId(1));
  EXPECT_EQ(made.fields[1].type, Type::Of(TypeKind::kTimestamptzNs));
}

TEST_F(CreateTableFunctionTest, FindsItsPlaceAsOtherNamesDo) {
  EXPECT_THAT(Rows("CALL artemis.create_table('artemis.sda.a', columns := 'x INT')"),
              StartsWith("sda.a|"));
  EXPECT_EQ(Rows("USE artemis.sda"), "");
  EXPECT_THAT(Rows("CALL artemis.create_table('b', columns := 'x INT')"), StartsWith("sda.b|"));
  EXPECT_EQ(Rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sda' "
                 "ORDER BY 1"),
            "a\nb\nobs");
}

TEST_F(CreateTableFunctionTest, IsPartOfItsTransaction) {
  EXPECT_EQ(Rows("BEGIN"), "");
  EXPECT_THAT(Call(""), StartsWith("sda.t|"));
  EXPECT_EQ(Rows("INSERT INTO artemis.sda.t (id) VALUES (1), (2)"), "");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.t"), "2");
  EXPECT_FALSE(tables_.catalog()->Load(tables_.Name("sda.t")).ok());
  EXPECT_EQ(Rows("ROLLBACK"), "");
  EXPECT_THAT(Rows("FROM artemis.sda.t"), HasSubstr("does not exist"));
  EXPECT_THAT(Rows("EXPLAIN CALL artemis.create_table('sda.t', columns := 'x INT')"),
              HasSubstr("CREATE_TABLE"));
  EXPECT_THAT(Rows("FROM artemis.sda.t"), HasSubstr("does not exist"));
}

TEST_F(CreateTableFunctionTest, LeavesATableThatIsThere) {
  EXPECT_THAT(Rows("CALL artemis.create_table('sda.obs', columns := 'x INT')"),
              HasSubstr("there is a table sda.obs already"));
  EXPECT_THAT(
      Rows("CALL artemis.create_table('sda.obs', columns := 'x INT', if_not_exists := true)"),
      ::testing::EndsWith("|2|false"));
  EXPECT_EQ(tables_.Load("sda.obs").metadata->CurrentSchema().fields[0].name, "id");
}

TEST_F(CreateTableFunctionTest, NamesWhatWasMeant) {
  const std::pair<const char*, const char*> cases[] = {
      {"partition := ['day(tss)']", "did you mean 'ts'"},
      {"partition := 'bucket(16, idd)'", "did you mean 'id'"},
      {"sort_order := 'tz desc'", "did you mean 'ts'"},
      {"partitions := ['id']", "partition"},
      {"partition := 3", "expected a list of texts"},
      {"partition := ['id', NULL]", "holds a NULL"},
      {"format_version := 4", "expected 2 or 3"},
      {"properties := MAP {'format_version': '3'}", "write 'format-version'"},
      {"properties := MAP {'location': '/x'}", "there is no option location"},
      {"schema := '{}'", "one of columns"},
      {"comment := NULL", "comment is NULL"}};
  for (const auto& [arguments, message] : cases) {
    EXPECT_THAT(Call(arguments), AllOf(StartsWith("error"), HasSubstr(message))) << arguments;
  }
  const std::string call = "CALL artemis.create_table('sda.t', columns := ";
  EXPECT_THAT(Rows(call + "'id BIGINT) WITH (a = 1')"), HasSubstr("parentheses of CREATE TABLE"));
  EXPECT_THAT(Rows(call + "'id BIGINT); DROP TABLE artemis.sda.obs; CREATE TABLE u (x INT')"),
              HasSubstr("parentheses of CREATE TABLE"));
  EXPECT_THAT(Rows(call + "'id BIGINT PRIMARY KEY')"), HasSubstr("nothing would enforce it"));
  EXPECT_THAT(Rows(call + "'id NOSUCHTYPE')"), HasSubstr("NOSUCHTYPE"));
  EXPECT_THAT(Rows("CALL artemis.create_table('sdb.t', columns := 'x INT')"), HasSubstr("sdb"));
  EXPECT_THAT(Rows("CALL artemis.create_table(NULL, columns := 'x INT')"), HasSubstr("NULL"));
  EXPECT_FALSE(tables_.catalog()->Load(tables_.Name("sda.t")).ok());
  EXPECT_TRUE(tables_.catalog()->Load(tables_.Name("sda.obs")).ok());
}

TEST_F(CreateTableFunctionTest, RefusesWordsThatWouldBeLostAsProperties) {
  EXPECT_THAT(Rows("CREATE TABLE artemis.sda.t (id INT) WITH (format_version = 3)"),
              HasSubstr("there is no option format_version: write 'format-version'"));
  EXPECT_THAT(Rows("CREATE TABLE artemis.sda.t (id INT) WITH (partitioned_by = 'id')"),
              HasSubstr("PARTITIONED BY"));
  EXPECT_EQ(Rows("CREATE TABLE artemis.sda.t (id INT) WITH ('format-version' = 3)"), "");
}

TEST_F(CreateTableFunctionTest, KeepsAConfinedSessionWithinTheWarehouse) {
  options_.confined = true;
  const auto engine = SqlEngine::Open(tables_.catalog(), options_).ValueOrDie();
  SqlSessionOptions reading;
  reading.read_only = true;
  reading.read_only_reason = "this reader may only read";
  const auto reader = engine->Connect(reading).ValueOrDie();
  const auto writer = engine->Connect().ValueOrDie();
  const std::string call = "CALL artemis.create_table('sda.t', columns := 'x INT'";
  EXPECT_THAT(RowsOf(*reader, call + ")"), HasSubstr("this reader may only read"));
  EXPECT_THAT(RowsOf(*writer, call + ", properties := MAP {'write.data.path': '/tmp/x'})"),
              HasSubstr("does not take the table property write.data.path"));
  EXPECT_FALSE(tables_.catalog()->Load(tables_.Name("sda.t")).ok());
  EXPECT_THAT(RowsOf(*writer, call + ")"), StartsWith("sda.t|"));
}

}  // namespace
}  // namespace artemis
