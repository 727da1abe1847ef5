// Which filters a scan takes over: by transform and kind of column, and what EXPLAIN says of it (docs/pushdown-rules.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/schema/literal.h"
#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;
constexpr int32_t kMarch14 = 19'796;  // days from 1970-01-01 to 2024-03-14

class PushdownTest : public ::testing::Test {
 protected:
  PushdownTest() { options_.temp_folder = tables_.folder() + "/tmp"; }

  SqlSession& session() {
    if (!session_) {
      options_.threads = 2;
      session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
    }
    return *session_;
  }
  std::string Rows(const std::string& sql) { return RowsOf(session(), sql); }
  std::string Explain(const std::string& sql) { return Rows("EXPLAIN " + sql); }

  // "exact", "inexact" or "unsupported", as the scan says it, with " FILTER" where the plan has one above it.
  std::string ClassOf(const std::string& table, const std::string& where) {
    const std::string plan = Explain("SELECT * FROM artemis." + table + " WHERE " + where);
    std::string text;
    if (plan.find("Exact filters") != std::string::npos) text += "exact ";
    if (plan.find("Inexact filters") != std::string::npos) text += "inexact ";
    if (plan.find("Unsupported filters") != std::string::npos) text += "unsupported ";
    if (plan.find(" FILTER ") != std::string::npos) text += "FILTER ";
    if (plan.find("EMPTY_RESULT") != std::string::npos) text += "empty ";
    if (text.empty()) return "nothing: " + plan;
    text.pop_back();
    return text;
  }

  // Four files: two missions on two days, three rows each.
  void MakeTelemetry() {
    tables_.Create("sda.tele",
                   {TestField(1, "mission_id", Type::Of(TypeKind::kString)),
                    TestField(2, "ts", Type::Of(TypeKind::kTimestamptz)),
                    TestField(3, "x", Type::Of(TypeKind::kInt)),
                    TestField(4, "notes", Type::Of(TypeKind::kString))},
                   "mission_id, day(ts) as day");
    std::vector<TestFile> files;
    int x = 0;
    for (const std::string mission : {"apollo-7", "artemis-2"}) {
      for (const int32_t day : {kMarch14, kMarch14 + 1}) {
        TestFile file;
        file.columns = tables_.Load("sda.tele").metadata->CurrentSchema().fields;
        file.partition = {LiteralValue(mission), LiteralValue(day)};
        for (int i = 0; i < 3; ++i) {
          file.rows_json += std::string(i == 0 ? "[" : ",") + "{\"mission_id\":\"" + mission +
                            "\",\"ts\":" + std::to_string(day * kDayUs + i * 3'600'000'000) +
                            ",\"x\":" + std::to_string(x++) + ",\"notes\":\"" +
                            (i == 1 ? "x" : "y") + "\"}";
        }
        file.rows_json += "]";
        files.push_back(file);
      }
    }
    tables_.Append("sda.tele", files);
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(PushdownTest, AnswersAFilterOnHiddenPartitionsWithoutOne) {
  MakeTelemetry();
  const std::string sql =
      "SELECT count(*) FROM artemis.sda.tele WHERE mission_id = 'apollo-7' AND day = '2024-03-15'";
  EXPECT_EQ(Rows(sql), "3");
  EXPECT_THAT(Explain(sql), Not(HasSubstr("FILTER")));
  const std::string rows =
      "SELECT x FROM artemis.sda.tele WHERE mission_id = 'apollo-7' AND day = '2024-03-15'";
  EXPECT_EQ(Rows(rows + " ORDER BY x"), "3\n4\n5");
  const std::string plan = Explain(rows);
  EXPECT_THAT(plan, Not(HasSubstr("FILTER")));
  EXPECT_THAT(plan, HasSubstr("Exact filters"));
  EXPECT_THAT(plan, HasSubstr("Files: 1 of 4"));
}

TEST_F(PushdownTest, LeavesAFilterOverAFunctionAboveTheScan) {
  MakeTelemetry();
  const std::string sql = "SELECT x FROM artemis.sda.tele WHERE UPPER(notes) = 'X'";
  EXPECT_EQ(Rows(sql + " ORDER BY x"), "1\n4\n7\n10");
  const std::string plan = Explain(sql);
  EXPECT_THAT(plan, HasSubstr("FILTER"));
  EXPECT_THAT(plan, HasSubstr("Unsupported filters"));
  EXPECT_LT(plan.find("FILTER"), plan.find("ARTEMIS_SCAN"));
}

TEST_F(PushdownTest, ClassifiesFiltersOnPartitionsAndColumns) {
  MakeTelemetry();
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"mission_id = 'apollo-7'", "exact"},
      {"mission_id <> 'apollo-7'", "exact"},
      {"mission_id IN ('apollo-7', 'voyager')", "exact"},
      {"mission_id NOT IN ('apollo-7', 'voyager')", "exact"},
      {"mission_id > 'apollo-7'", "exact"},
      {"mission_id LIKE 'apollo%'", "exact"},
      {"mission_id IS NOT NULL", "exact"},
      {"day = '2024-03-15'", "exact"},
      {"day <> '2024-03-15'", "exact"},
      {"day < '2024-03-15'", "exact"},
      {"day >= '2024-03-15'", "exact"},
      {"day BETWEEN '2024-03-15' AND '2024-03-20'", "exact"},
      {"day IN ('2024-03-15', '2024-03-16')", "exact"},
      {"day IS NOT NULL", "exact"},
      {"dayofmonth(day) = 15", "exact"},
      {"_spec_id = 0", "exact"},
      {"_pos = 1", "unsupported FILTER"},
      {"_partition.day = '2024-03-15'", "exact"},
      {"ts >= '2024-03-15T00:00:00Z' AND ts < '2024-03-16T00:00:00Z'", "exact"},
      {"ts::DATE = '2024-03-15'", "exact"},
      {"mission_id = 'apollo-7' OR day = '2024-03-15'", "exact"},
      {"NOT (mission_id = 'apollo-7' OR day = '2024-03-15')", "exact"},
      {"ts >= '2024-03-15T00:00:01Z'", "inexact"},
      {"ts > '2024-03-15T00:00:00Z'", "inexact"},
      {"x = 4", "inexact"},
      {"x IS NULL", "exact"},  // no file has a null
      {"notes = 'x'", "inexact"},
      {"notes LIKE 'x%'", "inexact"},
      {"notes LIKE '%x'", "unsupported FILTER"},
      {"upper(notes) = 'X'", "unsupported FILTER"},
      {"x % 2 = 1", "unsupported FILTER"},
      {"x + 1 > length(notes)", "unsupported FILTER"},
      {"(mission_id = 'apollo-7' AND upper(notes) = 'X') OR day = '2024-03-15'", "inexact FILTER"},
      {"mission_id = 'apollo-7' AND x = 4", "exact inexact"},
      {"mission_id = 'apollo-7' AND upper(notes) = 'X'", "exact unsupported FILTER"},
  };
  for (const auto& [where, expected] : cases) {
    EXPECT_EQ(ClassOf("sda.tele", where), expected) << where;
  }
}

TEST_F(PushdownTest, KeepsTheRowsThatEachFilterKeeps) {
  MakeTelemetry();
  // The same rows in a table of DuckDB's own, with the day as a column.
  ASSERT_TRUE(StatusOf(session(),
                       "CREATE TEMP TABLE own AS SELECT *, ts::DATE AS day FROM artemis.sda.tele")
                  .ok());
  for (const char* where :
       {"mission_id = 'apollo-7'",
        "mission_id <> 'apollo-7'",
        "day = '2024-03-15'",
        "day < '2024-03-15'",
        "day > '2024-03-15'",
        "day BETWEEN '2024-03-15' AND '2024-03-16'",
        "day IN ('2024-03-14', '2024-04-01')",
        "day NOT IN ('2024-03-14')",
        "day NOT IN ('2024-03-14', NULL)",
        "day IS NULL",
        "day = '2024-03-15' OR x = 0",
        "day = '2024-03-15' AND x % 2 = 0",
        "ts::DATE = '2024-03-15'",
        "ts >= '2024-03-15T01:00:00Z'",
        "ts < '2024-03-15T00:00:00Z'",
        "(mission_id = 'apollo-7' AND upper(notes) = 'X') OR day = '2024-03-15'",
        "NOT (mission_id = 'apollo-7' AND day = '2024-03-15')",
        "day = ts::DATE",
        "day > ts::DATE",
        "month(day) = 3 AND x > 7",
        "mission_id LIKE 'art%'",
        "mission_id LIKE '%7'",
        "day + 1 = '2024-03-16'",
        "coalesce(day, '2000-01-01') > '2024-03-14'"}) {
    const std::string tail = std::string(" WHERE ") + where + " ORDER BY x";
    EXPECT_EQ(Rows("SELECT x FROM artemis.sda.tele" + tail), Rows("SELECT x FROM own" + tail))
        << where;
    const std::string count = std::string("SELECT count(*), min(x), max(x) FROM ");
    EXPECT_EQ(Rows(count + "artemis.sda.tele WHERE " + where), Rows(count + "own WHERE " + where))
        << where;
  }
}

TEST_F(PushdownTest, GivesPartitionFieldsAsColumns) {
  MakeTelemetry();
  EXPECT_EQ(Rows("SELECT DISTINCT day FROM artemis.sda.tele ORDER BY 1"), "2024-03-14\n2024-03-15");
  EXPECT_EQ(Rows("SELECT day, count(*) FROM artemis.sda.tele GROUP BY day ORDER BY day"),
            "2024-03-14|6\n2024-03-15|6");
  EXPECT_EQ(Rows("SELECT typeof(day) FROM artemis.sda.tele LIMIT 1"), "DATE");
  EXPECT_EQ(Rows("SELECT count(*) FROM (SELECT * FROM artemis.sda.tele)"), "12");
  EXPECT_THAT(Rows("DESCRIBE artemis.sda.tele"), Not(HasSubstr("day")));
  EXPECT_EQ(Rows("SELECT DISTINCT _partition.mission_id FROM artemis.sda.tele ORDER BY 1"),
            "apollo-7\nartemis-2");
}

TEST_F(PushdownTest, LetsARealColumnOfTheNameWin) {
  tables_.Create("sda.named",
                 {TestField(1, "day", Type::Of(TypeKind::kString)),
                  TestField(2, "ts", Type::Of(TypeKind::kTimestamp))},
                 "day(ts) as Day");
  TestFile file;
  file.columns = tables_.Load("sda.named").metadata->CurrentSchema().fields;
  file.partition = {LiteralValue(kMarch14)};
  file.rows_json = "[{\"day\":\"friday\",\"ts\":" + std::to_string(kMarch14 * kDayUs) + "}]";
  tables_.Append("sda.named", {file});
  EXPECT_EQ(Rows("SELECT day FROM artemis.sda.named"), "friday");
  EXPECT_EQ(Rows("SELECT _partition.Day FROM artemis.sda.named"), "2024-03-14");
  EXPECT_EQ(ClassOf("sda.named", "_partition.Day = '2024-03-14'"), "exact");
  EXPECT_EQ(ClassOf("sda.named", "day = 'friday'"), "inexact");
}

struct TransformCase {
  const char* spec;
  Type source;
  const char* value;           // JSON of the one row's source
  LiteralValue tuple;          // its partition value
  const char* field;           // of the spec
  const char* type;            // of the field in SQL
  const char* shown;           // its value in SQL
  const char* exact_on_field;  // filters that keep the row
  const char* on_source;       // a filter on the source
  const char* class_on_source;
};

TEST_F(PushdownTest, TakesFiltersOnEveryTransform) {
  const int64_t us = 1'710'486'000'000'000;  // 2024-03-15T07:00:00Z
  const std::string time = std::to_string(us);
  const std::vector<TransformCase> cases = {
      {"identity(c)", Type::Of(TypeKind::kLong), "7", LiteralValue(int64_t{7}), "c", "BIGINT", "7",
       "c = 7", "c > 6", "exact"},
      {"bucket(16, c)", Type::Of(TypeKind::kLong), "34", LiteralValue(int32_t{3}), "c_bucket",
       "INTEGER", "3", "c_bucket = 3", "c = 34", "inexact"},
      {"truncate(10, c)", Type::Of(TypeKind::kInt), "34", LiteralValue(int32_t{30}), "c_trunc",
       "INTEGER", "30", "c_trunc = 30", "c >= 30 AND c < 40", "exact"},
      {"truncate(3, c)", Type::Of(TypeKind::kString), "\"iceberg\"",
       LiteralValue(std::string("ice")), "c_trunc", "VARCHAR", "ice", "c_trunc = 'ice'",
       "c LIKE 'ice%'", "exact"},
      {"year(c)", Type::Of(TypeKind::kTimestamp), time.c_str(), LiteralValue(int32_t{54}), "c_year",
       "INTEGER", "54", "c_year = 54", "c >= '2024-01-01' AND c < '2025-01-01'", "exact"},
      {"month(c)", Type::Of(TypeKind::kTimestamp), time.c_str(), LiteralValue(int32_t{650}),
       "c_month", "INTEGER", "650", "c_month = 650", "c >= '2024-03-01' AND c < '2024-04-01'",
       "exact"},
      {"day(c)", Type::Of(TypeKind::kTimestamp), time.c_str(), LiteralValue(int32_t{19797}),
       "c_day", "DATE", "2024-03-15", "c_day = '2024-03-15'", "c::DATE = '2024-03-15'", "exact"},
      {"hour(c)", Type::Of(TypeKind::kTimestamp), time.c_str(), LiteralValue(int32_t{475135}),
       "c_hour", "INTEGER", "475135", "c_hour = 475135",
       "c >= '2024-03-15 07:00:00' AND c < '2024-03-15 08:00:00'", "exact"},
      {"day(c)", Type::Of(TypeKind::kDate), "19797", LiteralValue(int32_t{19797}), "c_day", "DATE",
       "2024-03-15", "c_day = '2024-03-15'", "c = '2024-03-15'", "exact"},
      {"month(c)", Type::Of(TypeKind::kDate), "19797", LiteralValue(int32_t{650}), "c_month",
       "INTEGER", "650", "c_month >= 650", "c >= '2024-03-01'", "exact"},
  };
  int n = 0;
  for (const TransformCase& c : cases) {
    const std::string name = "sda.t" + std::to_string(n++);
    const std::string table = "artemis." + name;
    tables_.Create(name, {TestField(1, "c", c.source), TestField(2, "x", Type::Of(TypeKind::kInt))},
                   c.spec);
    TestFile file;
    file.columns = tables_.Load(name).metadata->CurrentSchema().fields;
    file.partition = {c.tuple};
    file.rows_json = std::string("[{\"c\":") + c.value + ",\"x\":1}]";
    tables_.Append(name, {file});
    const std::string field = c.field;
    EXPECT_EQ(Rows("SELECT " + field + ", typeof(" + field + ") FROM " + table),
              std::string(c.shown) + "|" + c.type)
        << c.spec;
    EXPECT_EQ(ClassOf(name, c.exact_on_field), "exact") << c.spec;
    EXPECT_EQ(Rows("SELECT x FROM " + table + " WHERE " + c.exact_on_field), "1") << c.spec;
    EXPECT_EQ(Rows("SELECT count(*) FROM " + table + " WHERE NOT (" + c.exact_on_field + ")"), "0")
        << c.spec;
    EXPECT_EQ(ClassOf(name, c.on_source), c.class_on_source) << c.spec << ": " << c.on_source;
    EXPECT_EQ(Rows("SELECT x FROM " + table + " WHERE " + c.on_source), "1") << c.spec;
  }
}

TEST_F(PushdownTest, ComputesPartitionFieldsWhereAnOlderSpecLacksThem) {
  tables_.Create("sda.old", {TestField(1, "ts", Type::Of(TypeKind::kTimestamp)),
                             TestField(2, "id", Type::Of(TypeKind::kLong))});
  tables_.Append("sda.old", "[{\"ts\":" + std::to_string(kMarch14 * kDayUs - 1) +
                                ",\"id\":34},{\"ts\":" + std::to_string(kMarch14 * kDayUs) +
                                ",\"id\":7},{\"ts\":null,\"id\":null}]");
  tables_.Change("sda.old", [&](TableMetadata& m) {
    auto spec = ParsePartitionSpec("day(ts) as day, month(ts) as month, bucket(16, id) as b",
                                   m.CurrentSchema(), SpecId(1))
                    .ValueOrDie();
    m.last_partition_id = spec.HighestFieldId();
    m.default_spec_id = spec.id;
    m.partition_specs.push_back(std::move(spec));
  });
  TestFile file;
  file.columns = tables_.Load("sda.old").metadata->CurrentSchema().fields;
  file.partition = {LiteralValue(kMarch14 + 1), LiteralValue(int32_t{650}),
                    LiteralValue(int32_t{3})};
  file.rows_json = "[{\"ts\":" + std::to_string((kMarch14 + 1) * kDayUs) + ",\"id\":34}]";
  tables_.Append("sda.old", {file});
  // The hash of 34 as a long is 2017239379 (specification, appendix B): bucket 3 of 16.
  EXPECT_EQ(Rows("SELECT day, month, b IS NULL OR b BETWEEN 0 AND 15 FROM artemis.sda.old "
                 "ORDER BY day"),
            "2024-03-13|650|true\n2024-03-14|650|true\n2024-03-15|650|true\nNULL|NULL|true");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE b = 3 AND id = 34"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE day = '2024-03-13'"), "1");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE day < '2024-03-15'"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE day >= '2024-03-14'"), "2");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE day IS NULL"), "1");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.old WHERE month = 650"), "3");
  EXPECT_EQ(ClassOf("sda.old", "day = '2024-03-13'"), "inexact FILTER");
  EXPECT_EQ(Rows("SELECT _partition.day FROM artemis.sda.old ORDER BY 1"),
            "2024-03-15\nNULL\nNULL\nNULL");
}

TEST_F(PushdownTest, CountsAndFindsExtremesWithoutReading) {
  MakeTelemetry();
  // Without its data files, only what the manifests say is left.
  ASSERT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele"), "12");
  for (const char* sql :
       {"SELECT count(*) FROM artemis.sda.tele", "SELECT min(x), max(x) FROM artemis.sda.tele",
        "SELECT count(*), max(ts) FROM artemis.sda.tele WHERE day = '2024-03-15'"}) {
    EXPECT_THAT(Explain(sql), Not(HasSubstr("ARTEMIS_SCAN"))) << sql;
  }
  EXPECT_EQ(Rows("SELECT min(x), max(x), count(*) FROM artemis.sda.tele"), "0|11|12");
  EXPECT_EQ(Rows("SELECT min(x), max(x) FROM artemis.sda.tele WHERE day = '2024-03-15'"), "3|11");
  for (const char* sql :
       {"SELECT min(notes) FROM artemis.sda.tele", "SELECT sum(x) FROM artemis.sda.tele",
        "SELECT count(*) FROM artemis.sda.tele WHERE x > 3",
        "SELECT min(x) FROM artemis.sda.tele WHERE upper(notes) = 'X'",
        "SELECT count(DISTINCT x) FROM artemis.sda.tele"}) {
    EXPECT_THAT(Explain(sql), HasSubstr("ARTEMIS_SCAN")) << sql;
  }
  EXPECT_EQ(Rows("SELECT min(notes), count(*) FILTER (WHERE x > 3) FROM artemis.sda.tele"), "x|8");
}

TEST_F(PushdownTest, FindsExtremesOfDecimalsWithoutReading) {
  // As wide as 16, 32, 64 and 128 bits hold.
  for (const char* statement :
       {"CREATE SCHEMA artemis.lab",
        "CREATE TABLE artemis.lab.decimals (a DECIMAL(4, 2), b DECIMAL(9, 0), c DECIMAL(18, 6), "
        "d DECIMAL(38, 10))",
        "INSERT INTO artemis.lab.decimals VALUES (-99.99, 999999999, -0.000001, "
        "1234567890123456789012345678.0123456789)",
        "INSERT INTO artemis.lab.decimals VALUES (0.01, -1, 123456789012.654321, "
        "-1234567890123456789012345678.0123456789), (NULL, NULL, NULL, NULL)"}) {
    ASSERT_TRUE(StatusOf(session(), statement).ok()) << statement;
  }
  const std::string sql =
      "SELECT min(a), max(a), min(b), max(b), min(c), max(c), min(d), max(d) "
      "FROM artemis.lab.decimals";
  EXPECT_THAT(Explain(sql), Not(HasSubstr("ARTEMIS_SCAN")));
  EXPECT_EQ(Rows(sql),
            "-99.99|0.01|-1|999999999|-0.000001|123456789012.654321|"
            "-1234567890123456789012345678.0123456789|1234567890123456789012345678.0123456789");
}

TEST_F(PushdownTest, ReadsForExtremesThatTheManifestsDoNotKnow) {
  tables_.Create("sda.bare", {TestField(1, "x", Type::Of(TypeKind::kInt)),
                              TestField(2, "d", Type::Of(TypeKind::kDouble))});
  TestFile file;
  file.columns = tables_.Load("sda.bare").metadata->CurrentSchema().fields;
  file.rows_json = R"([{"x": 5, "d": 1.5}, {"x": null, "d": NaN}])";
  file.metrics = false;
  tables_.Append("sda.bare", {file});
  EXPECT_EQ(Rows("SELECT min(x), max(x), count(*) FROM artemis.sda.bare"), "5|5|2");
  EXPECT_EQ(Rows("SELECT isnan(max(d)), min(d) FROM artemis.sda.bare"), "true|1.5");
  tables_.Create("sda.nulls", {TestField(1, "x", Type::Of(TypeKind::kInt))});
  tables_.Append("sda.nulls", R"([{"x": null}, {"x": null}])");
  EXPECT_EQ(Rows("SELECT min(x), max(x), count(*), count(x) FROM artemis.sda.nulls"),
            "NULL|NULL|2|0");
  tables_.Create("sda.empty", {TestField(1, "x", Type::Of(TypeKind::kInt))});
  EXPECT_EQ(Rows("SELECT min(x), count(*) FROM artemis.sda.empty"), "NULL|0");
}

TEST_F(PushdownTest, PrunesFilesByTheKeysOfAJoin) {
  MakeTelemetry();
  EXPECT_EQ(Rows("SELECT sum(t.x) FROM artemis.sda.tele t JOIN (SELECT DATE '2024-03-15' AS d) w "
                 "ON t.day = w.d"),
            std::to_string(3 + 4 + 5 + 9 + 10 + 11));
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.tele ORDER BY x DESC LIMIT 2"), "11\n10");
  EXPECT_EQ(Rows("SELECT x, day FROM artemis.sda.tele ORDER BY day DESC, x LIMIT 2"),
            "3|2024-03-15\n4|2024-03-15");
}

TEST_F(PushdownTest, FetchesWideColumnsOfTheFirstRowsAlone) {
  MakeTelemetry();
  const std::string sql = "SELECT * FROM artemis.sda.tele ORDER BY x DESC LIMIT 2";
  const std::string plan = Rows("EXPLAIN ANALYZE " + sql);
  ASSERT_THAT(plan, HasSubstr("file_row_number")) << "late materialisation has no such plan";
  // The scan that finds the rows may read all twelve; the one that fetches their other columns reads none but theirs.
  const size_t all = plan.find(" 12 rows ");
  EXPECT_TRUE(all == std::string::npos || plan.find(" 12 rows ", all + 1) == std::string::npos)
      << plan;
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.tele ORDER BY x DESC LIMIT 2"), "11\n10");
  EXPECT_EQ(Rows("SELECT notes, mission_id, x FROM artemis.sda.tele ORDER BY x LIMIT 5"),
            "y|apollo-7|0\nx|apollo-7|1\ny|apollo-7|2\ny|apollo-7|3\nx|apollo-7|4");
  ASSERT_EQ(Rows("SET late_materialization_max_rows = 0"), "");
  EXPECT_EQ(Rows("SELECT notes, mission_id, x FROM artemis.sda.tele ORDER BY x LIMIT 5"),
            "y|apollo-7|0\nx|apollo-7|1\ny|apollo-7|2\ny|apollo-7|3\nx|apollo-7|4");
  EXPECT_THAT(Rows("EXPLAIN ANALYZE " + sql), Not(HasSubstr("file_row_number")));
}

TEST_F(PushdownTest, TellsTheOptimizerWhatTheManifestsKnow) {
  MakeTelemetry();
  const std::string plan =
      Explain("SELECT x, count(*) FROM artemis.sda.tele WHERE upper(notes) = 'X' GROUP BY x");
  // The extremes of x, 0 and 11, make the groups the places of an array.
  EXPECT_THAT(plan, HasSubstr("PERFECT_HASH_GROUP_BY"));
  // A comparison that they decide is not made; one that no row can pass reads nothing.
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele WHERE x + 0 >= 0 AND upper(notes) = 'X'"),
            "4");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele WHERE x + 1 > 12"), "0");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele WHERE x IS NULL AND notes <> ''"), "0");
}

TEST_F(PushdownTest, BindsParametersBeforeItPrunes) {
  MakeTelemetry();
  ASSERT_TRUE(
      StatusOf(session(), "PREPARE p AS SELECT count(*) FROM artemis.sda.tele WHERE day = $1")
          .ok());
  EXPECT_EQ(Rows("EXECUTE p('2024-03-15')"), "6");
  EXPECT_EQ(Rows("EXECUTE p('2024-03-14')"), "6");
  EXPECT_EQ(Rows("EXECUTE p('2024-03-13')"), "0");
}

TEST_F(PushdownTest, ShowsWhereRowsAre) {
  MakeTelemetry();
  EXPECT_EQ(Rows("SELECT count(DISTINCT _file), min(_pos), max(_pos), min(_spec_id) "
                 "FROM artemis.sda.tele"),
            "4|0|2|0");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.tele WHERE _pos = 2 AND x < 7 ORDER BY x"), "2\n5");
  EXPECT_EQ(Rows("SELECT x, _pos FROM artemis.sda.tele WHERE _pos = 1 ORDER BY x"),
            "1|1\n4|1\n7|1\n10|1");
  EXPECT_EQ(Rows("SELECT DISTINCT _snapshot_id FROM artemis.sda.tele"),
            ToString(*tables_.Load("sda.tele").metadata->current_snapshot_id));
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele WHERE _snapshot_id = 1"), "0");
  EXPECT_THAT(Rows("SELECT _row_id FROM artemis.sda.tele"), HasSubstr("error"));
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.tele t JOIN (SELECT _file AS f, _pos AS p "
                 "FROM artemis.sda.tele WHERE x = 7) s ON t._file = s.f AND t._pos = s.p"),
            "1");
}

TEST_F(PushdownTest, NumbersTheRowsOfVersion3) {
  tables_.Create("sda.v3", {TestField(1, "x", Type::Of(TypeKind::kInt))}, "", {}, 3);
  tables_.Append("sda.v3", R"([{"x": 10}, {"x": 11}])");
  tables_.Append("sda.v3", R"([{"x": 12}])");
  EXPECT_EQ(Rows("SELECT _row_id, _last_updated_sequence_number, x FROM artemis.sda.v3 "
                 "ORDER BY _row_id"),
            "0|1|10\n1|1|11\n2|2|12");
  EXPECT_EQ(Rows("SELECT x FROM artemis.sda.v3 WHERE _row_id = 1"), "11");
}

TEST_F(PushdownTest, LimitsHowManyFilesAreReadAtOnce) {
  MakeTelemetry();
  EXPECT_EQ(Rows("SELECT current_setting('artemis.file_concurrency')"), "64");
  EXPECT_EQ(Rows("SET artemis.file_concurrency = 1"), "");
  EXPECT_EQ(Rows("SELECT sum(x) FROM artemis.sda.tele"), "66");
  EXPECT_THAT(Rows("SET artemis.file_concurrency = 0"), HasSubstr("error"));
  EXPECT_EQ(Rows("RESET artemis.file_concurrency"), "");
}

}  // namespace
}  // namespace artemis
