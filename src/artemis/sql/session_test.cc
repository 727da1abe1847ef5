// The session over real tables: the catalog in SQL, time travel, what is refused and how errors come out.
#include "artemis/sql/session.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/event_log.h"
#include "artemis/base/time_text.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

class SqlSessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 2;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                               TestField(2, "name", Type::Of(TypeKind::kString))});
    first_ = tables_.Append("sda.obs", R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
    first_time_ = tables_.clock().Now();
    second_ = tables_.Append("sda.obs", R"([{"id": 3, "name": null}])");
  }

  SqlSession& session() {
    if (!session_) {
      auto opened = SqlSession::Open(tables_.catalog(), options_);
      if (!opened.ok()) throw std::runtime_error(opened.status().ToString());
      session_ = std::move(*opened);
    }
    return *session_;
  }
  std::string Rows(const std::string& sql) { return RowsOf(session(), sql); }

  TestTables tables_;
  SqlOptions options_;
  SnapshotId first_, second_;
  TimestampMs first_time_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(SqlSessionTest, ReadsATable) {
  EXPECT_EQ(Rows("SELECT * FROM artemis.sda.obs ORDER BY id"), "1|a\n2|b\n3|NULL");
  EXPECT_EQ(Rows("SELECT count(*), sum(id) FROM artemis.sda.obs WHERE id > 1"), "2|5");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
}

TEST_F(SqlSessionTest, TravelsToATimeASnapshotAndATag) {
  tables_.Change("sda.obs", [&](TableMetadata& m) {
    m.refs["v1"] = SnapshotRef{first_, SnapshotRef::Kind::kTag, {}, {}, {}};
  });
  const std::string id = ToString(first_);
  const std::string time = FormatTime(first_time_);
  for (const std::string& at :
       {"AS OF SNAPSHOT " + id, "AS OF TIMESTAMP '" + time + "'", std::string("AS OF 'v1'"),
        "AT (VERSION => " + id + ")", "AT (TIMESTAMP => TIMESTAMPTZ '" + time + "')",
        "AT (TIMESTAMP => " + std::to_string(first_time_.value) + ")"}) {
    EXPECT_EQ(Rows("SELECT * FROM artemis.sda.obs " + at + " ORDER BY id"), "1|a\n2|b") << at;
  }
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs AS OF 'main' m WHERE m.id < 9"), "3");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs AS OF TIMESTAMP 'now'"), "3");
}

TEST_F(SqlSessionTest, JoinsTwoTimesOfOneTable) {
  EXPECT_EQ(
      Rows("SELECT n.id, o.id FROM artemis.sda.obs n LEFT JOIN artemis.sda.obs AS OF SNAPSHOT " +
           ToString(first_) + " o USING (id) ORDER BY n.id"),
      "1|1\n2|2\n3|NULL");
  EXPECT_EQ(Rows("WITH old AS (FROM artemis.sda.obs AS OF SNAPSHOT " + ToString(first_) +
                 ") SELECT count(*), (SELECT count(*) FROM artemis.sda.obs) FROM old"),
            "2|3");
}

TEST_F(SqlSessionTest, PreparesWithParameters) {
  ASSERT_TRUE(StatusOf(session(),
                       "PREPARE p AS SELECT count(*) FROM artemis.sda.obs "
                       "AS OF SNAPSHOT $1 WHERE id >= $2")
                  .ok());
  EXPECT_EQ(Rows("EXECUTE p(" + ToString(first_) + ", 2)"), "1");
  EXPECT_EQ(Rows("EXECUTE p(" + ToString(second_) + ", 2)"), "2");
}

TEST_F(SqlSessionTest, ShowsWhatThereIs) {
  EXPECT_EQ(Rows("SHOW TABLES IN artemis.sda"), "obs");
  EXPECT_EQ(Rows("SHOW TABLES FROM artemis.sda"), "obs");
  EXPECT_THAT(Rows("SHOW SCHEMAS"), HasSubstr("sda"));
  EXPECT_THAT(Rows("SHOW ALL TABLES"), HasSubstr("artemis|sda|obs"));
  EXPECT_EQ(Rows("DESCRIBE artemis.sda.obs"),
            "id|BIGINT|NO|NULL|NULL|NULL\nname|VARCHAR|YES|NULL|NULL|NULL");
  EXPECT_EQ(Rows("SELECT table_schema, table_name FROM information_schema.tables "
                 "WHERE table_catalog = 'artemis'"),
            "sda|obs");
  EXPECT_EQ(Rows("SELECT column_name FROM information_schema.columns "
                 "WHERE table_name = 'obs' ORDER BY ordinal_position"),
            "id\nname");
}

TEST_F(SqlSessionTest, UsesTheCatalogAsDefault) {
  ASSERT_TRUE(StatusOf(session(), "USE artemis").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM sda.obs"), "3");
  ASSERT_TRUE(StatusOf(session(), "USE artemis.sda").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM obs AS OF SNAPSHOT " + ToString(first_)), "2");
}

TEST_F(SqlSessionTest, FindsNamesWithoutRegardToCase) {
  EXPECT_EQ(Rows("SELECT count(*) FROM ARTEMIS.SDA.Obs"), "3");
}

TEST_F(SqlSessionTest, SeesNewTablesAndRowsWithoutRestart) {
  EXPECT_THAT(Rows("FROM artemis.ground.passes"), HasSubstr("error"));
  tables_.Create("ground.passes", {TestField(1, "x", Type::Of(TypeKind::kInt))});
  EXPECT_EQ(Rows("FROM artemis.ground.passes"), "");
  tables_.Append("ground.passes", R"([{"x": 7}])");
  EXPECT_EQ(Rows("FROM artemis.ground.passes"), "7");
}

TEST_F(SqlSessionTest, KeepsATablePinnedInATransaction) {
  ASSERT_TRUE(StatusOf(session(), "BEGIN").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  tables_.Append("sda.obs", R"([{"id": 4, "name": "d"}])");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  ASSERT_TRUE(StatusOf(session(), "COMMIT").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "4");
}

TEST_F(SqlSessionTest, ReadsOldSnapshotsInTheirSchemaOrTheCurrentOne) {
  tables_.SetSchema("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true),
                                TestField(2, "label", Type::Of(TypeKind::kString)),
                                TestField(3, "added", Type::Of(TypeKind::kInt))});
  const std::string old =
      "FROM artemis.sda.obs AS OF SNAPSHOT " + ToString(first_) + " ORDER BY id";
  EXPECT_EQ(Rows("SELECT id, name " + old), "1|a\n2|b");
  ASSERT_TRUE(StatusOf(session(), "SET artemis.projection_mode = 'current'").ok());
  EXPECT_EQ(Rows("SELECT id, label, added " + old), "1|a|NULL\n2|b|NULL");
  ASSERT_TRUE(StatusOf(session(), "RESET artemis.projection_mode").ok());
  EXPECT_EQ(Rows("SELECT name " + old), "a\nb");
  EXPECT_THAT(Rows("SET artemis.projection_mode = 'newest'"), HasSubstr("snapshot_time"));
}

TEST_F(SqlSessionTest, CarriesOurErrorsWithTheirDetails) {
  const auto before =
      StatusOf(session(), "FROM artemis.sda.obs AS OF TIMESTAMP '2001-01-01T00:00:00Z'");
  ASSERT_NE(FindDetail<NoSuchTable>(before), nullptr) << before.ToString();
  EXPECT_TRUE(FindDetail<NoSuchTable>(before)->created_at.has_value());

  const auto snapshot = StatusOf(session(), "FROM artemis.sda.obs AS OF SNAPSHOT 42");
  ASSERT_NE(FindDetail<NoSuchSnapshot>(snapshot), nullptr) << snapshot.ToString();
  EXPECT_NE(FindDetail<NoSuchSnapshot>(StatusOf(session(), "FROM artemis.sda.obs AS OF 'nope'")),
            nullptr);

  for (const char* sql : {"FROM artemis.sda.nosuch", "FROM artemis.nosuch.obs",
                          "FROM artemis.sda.nosuch AS OF SNAPSHOT 1"}) {
    const auto missing = StatusOf(session(), sql);
    EXPECT_NE(FindDetail<NoSuchTable>(missing), nullptr) << sql << ": " << missing.ToString();
  }
  EXPECT_THAT(Rows("FROM artemis.sda.obss"), HasSubstr("obs"));
}

TEST_F(SqlSessionTest, NamesExpiredHistory) {
  tables_.Change("sda.obs", [&](TableMetadata& m) {
    std::erase_if(m.snapshots, [&](const Snapshot& s) { return s.id == first_; });
  });
  const auto expired =
      StatusOf(session(), "FROM artemis.sda.obs AS OF TIMESTAMP '" + FormatTime(first_time_) + "'");
  EXPECT_NE(FindDetail<SnapshotExpired>(expired), nullptr) << expired.ToString();
}

TEST_F(SqlSessionTest, KeepsOtherErrorsPlain) {
  const auto syntax = StatusOf(session(), "SELEC 1");
  EXPECT_TRUE(syntax.IsInvalid());
  EXPECT_THAT(syntax.message(), HasSubstr("SELEC"));
  EXPECT_TRUE(StatusOf(session(), "SELECT nope FROM artemis.sda.obs").IsInvalid());
  EXPECT_TRUE(StatusOf(session(), "SELECT CAST('x' AS INTEGER)").IsInvalid());
  EXPECT_EQ(FindDetail<NoSuchTable>(StatusOf(session(), "FROM memory.main.nope")), nullptr);
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(SqlSessionTest, TellsHowTablesAreNamedWhereTheCatalogWasLeftOut) {
  const auto status = session().Execute("SELECT * FROM sda.obs").status();
  EXPECT_THAT(status.message(), HasSubstr("artemis.<namespace>.<table>"));
  EXPECT_EQ(status.message().find('\n'), std::string::npos) << status;
}

TEST_F(SqlSessionTest, RefusesTimesWithoutAZoneUnlessOneIsSet) {
  const auto refused =
      StatusOf(session(), "FROM artemis.sda.obs AS OF TIMESTAMP '2024-03-09 16:00:02'");
  ASSERT_TRUE(refused.IsInvalid()) << refused.ToString();
  EXPECT_THAT(refused.message(), HasSubstr("zone"));
  EXPECT_TRUE(StatusOf(session(), "FROM artemis.sda.obs AT (TIMESTAMP => TIMESTAMP '2024-03-09')")
                  .IsInvalid());
  EXPECT_TRUE(StatusOf(session(), "FROM artemis.sda.obs AS OF TIMESTAMP '2999-01-01T00:00:00Z'")
                  .IsInvalid());
  std::string local = FormatTime(first_time_);
  local.pop_back();
  const std::string count = "SELECT count(*) FROM artemis.sda.obs AS OF TIMESTAMP '" + local + "'";
  EXPECT_EQ(Rows("SET TimeZone = 'UTC'"), "");
  EXPECT_EQ(Rows(count), "2");
  session_.reset();
  options_.timezone = "+00:00";
  EXPECT_EQ(Rows(count), "2");
}

TEST_F(SqlSessionTest, SaysWhereAsOfMayStand) {
  for (const char* sql : {"FROM (SELECT 1) x AS OF 'v1'", "FROM range(5) AS OF 'v1'",
                          "FROM artemis.sda.obs AS OF 'v1' AS OF 'v2'"}) {
    const auto status = StatusOf(session(), sql);
    EXPECT_TRUE(status.IsInvalid()) << status;
    EXPECT_THAT(status.message(), HasSubstr("AS OF")) << sql;
  }
  ASSERT_TRUE(StatusOf(session(), "CREATE VIEW all_of_it AS FROM artemis.sda.obs").ok());
  EXPECT_THAT(StatusOf(session(), "FROM all_of_it AS OF 'v1'").message(), HasSubstr("view"));
}

TEST_F(SqlSessionTest, LetsDuckDbKeepItsOwnTablesAndViews) {
  ASSERT_TRUE(StatusOf(session(), "CREATE TEMP TABLE mine AS FROM artemis.sda.obs").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM mine"), "3");
  ASSERT_TRUE(StatusOf(session(), "CREATE VIEW big AS FROM artemis.sda.obs WHERE id > 1").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM big"), "2");
}

TEST_F(SqlSessionTest, RunsSeveralStatementsInOrder) {
  std::vector<std::string> seen;
  const auto status = session().ExecuteAll(
      "CREATE TEMP TABLE t(i INTEGER); INSERT INTO t VALUES (1), (2); SELECT sum(i) FROM t;",
      [&](std::unique_ptr<SqlResult> result) -> arrow::Status {
        std::string text = result->statement();
        if (result->rows_changed()) text += " " + std::to_string(*result->rows_changed());
        std::shared_ptr<arrow::RecordBatch> batch;
        ARROW_RETURN_NOT_OK(result->ReadNext(&batch));
        if (batch) text += " rows " + std::to_string(result->rows_read());
        seen.push_back(text);
        return arrow::Status::OK();
      });
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_THAT(seen[0], HasSubstr("CREATE"));
  EXPECT_THAT(seen[1], HasSubstr("INSERT 2"));
  EXPECT_THAT(seen[2], HasSubstr("SELECT rows 1"));
  EXPECT_TRUE(session().Execute("SELECT 1; SELECT 2").status().IsInvalid());
  EXPECT_TRUE(session().Execute("").status().IsInvalid());
}

TEST_F(SqlSessionTest, StreamsRowsThatOutliveTheSession) {
  auto result = session().Execute("SELECT i FROM range(100000) t(i)");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)->kind(), StatementKind::kRows);
  session_.reset();
  int64_t rows = 0;
  for (std::shared_ptr<arrow::RecordBatch> batch;;) {
    ASSERT_TRUE((*result)->ReadNext(&batch).ok());
    if (batch == nullptr) break;
    ASSERT_TRUE(batch->ValidateFull().ok());
    rows += batch->num_rows();
  }
  EXPECT_EQ(rows, 100000);
  EXPECT_EQ((*result)->rows_read(), 100000);
}

TEST_F(SqlSessionTest, CanBeInterrupted) {
  SqlSession& running = session();
  std::atomic<bool> done = false;
  // An interruption before the statement runs is lost: it is repeated until the statement ends.
  std::thread interrupter([&] {
    while (!done) {
      running.Interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto status =
      StatusOf(running, "SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 9");
  done = true;
  interrupter.join();
  EXPECT_TRUE(status.IsCancelled()) << status.ToString();
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(SqlSessionTest, ExplainsTheScan) {
  const std::string plan = Rows("EXPLAIN SELECT name FROM artemis.sda.obs WHERE id = 3");
  EXPECT_THAT(plan, HasSubstr("sda.obs"));
  EXPECT_THAT(plan, HasSubstr(ToString(second_)));
  EXPECT_THAT(plan, HasSubstr("Files: 1 of 2"));
  EXPECT_THAT(plan, HasSubstr("Schema id: 0"));
  EXPECT_THAT(plan, HasSubstr("Manifests: "));
}

TEST_F(SqlSessionTest, TellsTimesInUtc) {
  EXPECT_EQ(Rows("SELECT current_setting('TimeZone')"), "UTC");
  EXPECT_EQ(
      Rows("SELECT TIMESTAMPTZ '2024-03-15T08:00:00+01:00' = TIMESTAMPTZ '2024-03-15 07:00:00'"),
      "true");
}

TEST_F(SqlSessionTest, SpillsAboveItsMemoryLimit) {
  options_.memory_limit_bytes = int64_t{64} << 20;
  EXPECT_EQ(Rows("SELECT count(*) FROM (SELECT i, repeat('x', 100) AS s FROM range(2000000) t(i) "
                 "ORDER BY hash(i))"),
            "2000000");
}

TEST_F(SqlSessionTest, SaysHowMuchAnAggregationSpilled) {
  options_.memory_limit_bytes = int64_t{40} << 20;
  const std::string log_path = tables_.folder() + "/events.jsonl";
  const auto log = EventLog::Open(log_path).ValueOrDie();
  options_.events = log.get();
  options_.principal = "ada";
  // 400,000 groups of over 100 bytes each.
  const std::string sql =
      "SELECT count(*) FROM (SELECT i, repeat('x', 100) || i AS s, count(*) FROM "
      "range(400000) t(i) GROUP BY i, s)";
  EXPECT_EQ(Rows(sql), "400000");
  const std::string plan = Rows("EXPLAIN ANALYZE " + sql);
  std::smatch spilled;
  ASSERT_TRUE(std::regex_search(plan, spilled, std::regex("Spilled: ([0-9]+) bytes"))) << plan;
  EXPECT_GT(std::stoll(spilled[1]), 0);
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.obs"), "3");
  std::ifstream events(log_path);
  std::string first, line, last;
  std::getline(events, first);
  while (std::getline(events, line)) last = line;
  EXPECT_THAT(first, HasSubstr("\"event\":\"query\""));
  EXPECT_THAT(first, HasSubstr("\"principal\":\"ada\""));
  EXPECT_THAT(first, HasSubstr("\"rows\":1,"));
  EXPECT_THAT(first, HasSubstr("\"outcome\":\"done\""));
  ASSERT_TRUE(std::regex_search(first, spilled, std::regex("\"spilled_bytes\":([0-9]+)"))) << first;
  EXPECT_GT(std::stoll(spilled[1]), 0) << first;
  std::smatch peak;
  ASSERT_TRUE(std::regex_search(first, peak, std::regex("\"peak_bytes\":([0-9]+)")));
  // A reservation is counted before it is refused.
  EXPECT_LE(std::stoll(peak[1]), options_.memory_limit_bytes * 5 / 4) << first;
  EXPECT_GT(std::stoll(peak[1]), 0) << first;
  EXPECT_THAT(last, HasSubstr("\"pins\":[{\"table\":\"sda.obs\",\"snapshot_id\":" +
                              ToString(second_) + ",\"schema_id\":0}]"));
}

TEST_F(SqlSessionTest, FailsWhereSpilledDataPassesItsLimit) {
  options_.memory_limit_bytes = int64_t{40} << 20;
  options_.temp_limit_bytes = int64_t{1} << 20;
  const auto status =
      StatusOf(session(),
               "SELECT count(*) FROM (SELECT i, repeat('x', 100) || i AS s, count(*) FROM "
               "range(900000) t(i) GROUP BY i, s)");
  EXPECT_TRUE(status.IsOutOfMemory()) << status;
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(SqlSessionTest, LeavesTablesOutThatCannotBeLoaded) {
  tables_.Create("sda.broken", {TestField(1, "x", Type::Of(TypeKind::kInt))});
  std::filesystem::remove(
      tables_.Load("sda.broken").metadata_location.substr(std::string("file://").size()));
  tables_.Reopen();
  EXPECT_EQ(Rows("SHOW TABLES FROM artemis.sda"), "obs");
  const auto warnings = session().TakeWarnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("sda.broken"));
  EXPECT_TRUE(StatusOf(session(), "FROM artemis.sda.broken").IsIOError());
}

TEST_F(SqlSessionTest, LoadsNoExtensions) {
  EXPECT_EQ(Rows("SELECT current_setting('autoinstall_known_extensions'), "
                 "current_setting('autoload_known_extensions')"),
            "false|false");
}

}  // namespace
}  // namespace artemis
