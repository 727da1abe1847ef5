// What users of table libraries expect of time travel, point by point, with the calls and the values.
#include "artemis/timetravel/table.h"

#include <chrono>
#include <cstring>
#include <fstream>
#include <type_traits>

#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/replay/evidence.h"
#include "artemis/replay/pins.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/verify.h"
#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr char kApollo[] = R"([{"mission": "apollo-7", "volts": 28.1}])";
constexpr char kGemini[] = R"([{"mission": "gemini-4", "volts": 24.5}])";

class TableTest : public TimeTravelTest {};

// ---- Snapshots ----

TEST_F(TableTest, ACommitIsASnapshotThatSaysWhatItIs) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(1 * kMinuteMs), kApollo);
  clock_.Set(Noon(2 * kMinuteMs));
  ASSERT_TRUE(table.AddColumn("site", "string").ok());
  const auto second = AppendAt(table, Noon(3 * kMinuteMs), kGemini);
  const auto snapshots = table.Snapshots().ValueOrDie();
  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[0].id, first);
  EXPECT_EQ(FormatTime(snapshots[0].timestamp), "2026-03-15T12:01:00.000Z");
  EXPECT_EQ(snapshots[0].parent_id, std::nullopt);
  EXPECT_EQ(snapshots[0].operation(), "append");
  EXPECT_EQ(snapshots[0].schema_id, SchemaId(0));
  EXPECT_EQ(snapshots[0].summary.at("added-records"), "1");
  EXPECT_EQ(snapshots[0].summary.at("total-records"), "1");
  EXPECT_TRUE(std::filesystem::exists(snapshots[0].manifest_list.substr(strlen("file://"))));
  EXPECT_EQ(snapshots[1].id, second);
  EXPECT_EQ(FormatTime(snapshots[1].timestamp), "2026-03-15T12:03:00.000Z");
  EXPECT_EQ(snapshots[1].parent_id, first);
  EXPECT_EQ(snapshots[1].schema_id, SchemaId(1));
  EXPECT_EQ(snapshots[1].summary.at("total-records"), "2");
}

TEST_F(TableTest, TheCurrentSnapshotAndOneByItsId) {
  const Table table = MakeTable();
  EXPECT_EQ(table.CurrentSnapshot().ValueOrDie(), std::nullopt);
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto second = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  EXPECT_EQ(table.CurrentSnapshot().ValueOrDie()->id, second);
  EXPECT_EQ(table.SnapshotById(first).ValueOrDie().timestamp, Noon(kMinuteMs));
}

TEST_F(TableTest, AnUnknownSnapshotIsATypedError) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  for (const auto& status :
       {table.SnapshotById(SnapshotId(42)).status(), table.TimeTravel(SnapshotId(42)).status(),
        table.RollbackTo(SnapshotId(42)), table.Tag("t", SnapshotId(42))}) {
    ASSERT_NE(FindDetail<NoSuchSnapshot>(status), nullptr) << status;
    EXPECT_EQ(FindDetail<NoSuchSnapshot>(status)->asked, "42");
  }
}

// ---- Travel ----

TEST_F(TableTest, TravelByIdGivesTheRowsOfThen) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  const auto then = Travel(table, first);
  EXPECT_EQ(then.snapshot_id(), first);
  EXPECT_EQ(then.committed_at(), Noon(kMinuteMs));
  EXPECT_EQ(then.RowCount().ValueOrDie(), 1);
  EXPECT_EQ(Sorted(RowsOf(then.Scan())), Rows{"apollo-7|28.1"});
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
}

// The log is searched for the greatest time that is not after the one asked for.
TEST_F(TableTest, TravelByTime) {
  const Table table = MakeTable();
  const TimestampMs asked = Noon(10 * kMinuteMs);
  const auto five_before = AppendAt(table, Noon(5 * kMinuteMs), kApollo);
  const auto one_before = AppendAt(table, Noon(9 * kMinuteMs), kGemini);
  AppendAt(table, Noon(11 * kMinuteMs), kApollo);
  EXPECT_EQ(Travel(table, asked).snapshot_id(), one_before);
  EXPECT_EQ(RowsAt(table, asked), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
  EXPECT_EQ(Travel(table, Noon(9 * kMinuteMs - 1)).snapshot_id(), five_before);
  EXPECT_EQ(Travel(table, Noon(9 * kMinuteMs)).snapshot_id(), one_before);
}

// By the log, not by the times of the snapshots: those of what was rolled back lie between.
TEST_F(TableTest, TravelByTimeSeesTheRollback) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto second = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  clock_.Set(Noon(3 * kMinuteMs));
  ASSERT_TRUE(table.RollbackTo(first).ok());
  EXPECT_EQ(Travel(table, Noon(2 * kMinuteMs + 1)).snapshot_id(), second);
  EXPECT_EQ(Travel(table, Noon(3 * kMinuteMs)).snapshot_id(), first);
  EXPECT_EQ(Travel(table).snapshot_id(), first);
}

TEST_F(TableTest, TravelWithoutATargetIsToday) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto second = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  EXPECT_EQ(table.TimeTravel().ValueOrDie().snapshot_id(), second);
  // One target, by its type: two cannot be given, and a bare number is none.
  static_assert(!std::is_constructible_v<ReplayTarget, int64_t>);
  static_assert(!std::is_invocable_v<decltype(&Table::TimeTravel), Table, SnapshotId, TimestampMs>);
}

TEST_F(TableTest, TravelByTag) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  ASSERT_TRUE(table.Tag("incident-12", first).ok());
  EXPECT_EQ(RowsAt(table, "incident-12"), Rows{"apollo-7|28.1"});
  const auto unknown = table.TimeTravel("incident-13").status();
  EXPECT_NE(FindDetail<NoSuchSnapshot>(unknown), nullptr) << unknown;
  EXPECT_TRUE(table.Tag("incident-12").IsAlreadyExists());
}

// Four different answers that a caller can tell apart.
TEST_F(TableTest, AnEmptyTableATooEarlyTimeAndExpiredHistoryAreToldApart) {
  const Table table = MakeTable();  // at noon
  const auto empty = Travel(table, Noon());
  EXPECT_EQ(empty.snapshot_id(), std::nullopt);
  EXPECT_EQ(empty.RowCount().ValueOrDie(), 0);
  EXPECT_EQ(ColumnsOf(empty), (std::vector<std::string>{"mission", "volts"}));

  const auto early = table.TimeTravel(Noon(-1)).status();
  ASSERT_NE(FindDetail<NoSuchTable>(early), nullptr) << early;
  EXPECT_EQ(FindDetail<NoSuchTable>(early)->created_at, Noon());

  const auto first = AppendAt(table, Noon(kHourMs), kApollo);
  AppendAt(table, Noon(2 * kHourMs), kGemini);
  AppendAt(table, Noon(3 * kHourMs), kGemini);
  ASSERT_TRUE(table.ExpireSnapshots(Noon(2 * kHourMs)).ok());
  for (const auto& status :
       {table.TimeTravel(Noon(kHourMs)).status(), table.TimeTravel(first).status(),
        table.SnapshotById(first).status(), table.RollbackTo(first)}) {
    ASSERT_NE(FindDetail<SnapshotExpired>(status), nullptr) << status;
    EXPECT_EQ(FindDetail<SnapshotExpired>(status)->oldest_available, Noon(2 * kHourMs));
    EXPECT_NE(status.message().find("2026-03-15T14:00:00.000Z"), std::string::npos) << status;
  }
  // Between creation and first commit it still was empty, and history says so.
  EXPECT_EQ(Travel(table, Noon(1)).snapshot_id(), std::nullopt);
}

TEST_F(TableTest, AViewReadsTheSameWhateverComesAfterIt) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto view = Travel(table);
  AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  ASSERT_TRUE(table.RenameColumn("volts", "panel_volts").ok());
  ASSERT_TRUE(table.Delete(Column("mission") == "apollo-7").ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Sorted(RowsOf(view.Scan())), Rows{"apollo-7|28.1"});
  EXPECT_EQ(ColumnsOf(view), (std::vector<std::string>{"mission", "volts"}));
}

TEST_F(TableTest, AStreamOutlivesItsTableAndItsView) {
  std::shared_ptr<arrow::RecordBatchReader> rows;
  {
    const Table table = MakeTable();
    AppendAt(table, Noon(kMinuteMs), kApollo);
    rows = Travel(table).Scan().ValueOrDie();
  }
  EXPECT_EQ(rows->ToTable().ValueOrDie()->num_rows(), 1);
}

TEST_F(TableTest, ScansByFilterColumnsAndLimit) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), R"([{"mission": "apollo-7", "volts": 28.1},
                                       {"mission": "apollo-7", "volts": 12.0},
                                       {"mission": "gemini-4", "volts": 24.5}])");
  const auto view = Travel(table);
  ReplayOptions options;
  options.where = Column("volts") > 20;
  options.columns = {"mission"};
  EXPECT_EQ(Sorted(RowsOf(view.Scan(options))), (Rows{"apollo-7", "gemini-4"}));
  options.read.limit = 1;
  EXPECT_EQ(RowsOf(view.Scan(options)).size(), 1u);
  EXPECT_EQ(view.RowCount(Column("volts") > 20).ValueOrDie(), 2);
  EXPECT_EQ(view.RowCount().ValueOrDie(), 3);
  EXPECT_EQ(view.ToTable(Column("volts") < 13).ValueOrDie()->num_rows(), 1);
  EXPECT_TRUE(view.ToTable(Column("amps") > 1).status().IsInvalid());
}

TEST_F(TableTest, EveryFilter) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), R"({"mission": "a", "volts": 1}
                                      {"mission": "b", "volts": 2}
                                      {"mission": "c", "volts": 3}
                                      {"mission": "d"}
                                      {"volts": 5})");
  const auto view = Travel(table);
  const Column volts("volts"), mission("mission");
  EXPECT_EQ(RowsWhere(view, volts == 2), Rows{"b|2"});
  EXPECT_EQ(RowsWhere(view, volts != 2), (Rows{"a|1", "c|3", "null|5"}));
  EXPECT_EQ(RowsWhere(view, volts > 2), (Rows{"c|3", "null|5"}));
  EXPECT_EQ(RowsWhere(view, volts >= 2), (Rows{"b|2", "c|3", "null|5"}));
  EXPECT_EQ(RowsWhere(view, volts < 2), Rows{"a|1"});
  EXPECT_EQ(RowsWhere(view, volts <= 2), (Rows{"a|1", "b|2"}));
  EXPECT_EQ(RowsWhere(view, mission.In({"a", "c", "x"})), (Rows{"a|1", "c|3"}));
  EXPECT_EQ(RowsWhere(view, mission.NotIn({"a", "c"})), (Rows{"b|2", "d|null"}));
  EXPECT_EQ(RowsWhere(view, volts.Between(2, 3)), (Rows{"b|2", "c|3"}));
  EXPECT_EQ(RowsWhere(view, volts.IsNull()), Rows{"d|null"});
  EXPECT_EQ(RowsWhere(view, mission.IsNotNull()), (Rows{"a|1", "b|2", "c|3", "d|null"}));
  EXPECT_EQ(RowsWhere(view, mission.StartsWith("c")), Rows{"c|3"});
  EXPECT_EQ(RowsWhere(view, AllOf({volts > 1, mission != "c"})), Rows{"b|2"});
  EXPECT_EQ(RowsWhere(view, AnyOf({mission == "a", volts == 5})), (Rows{"a|1", "null|5"}));
  EXPECT_EQ(RowsWhere(view, Not(volts > 1)), Rows{"a|1"});
  EXPECT_EQ(RowsWhere(view, AllOf({})).size(), 5u);
  EXPECT_EQ(RowsWhere(view, AnyOf({})).size(), 0u);
}

// ---- Change ----

TEST_F(TableTest, LostRowsComeBackFromThen) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto good = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  clock_.Set(Noon(3 * kMinuteMs));
  ASSERT_EQ(table.Delete(Column("mission") == "gemini-4").ValueOrDie().rows_deleted, 1);
  ASSERT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
  const auto then = Travel(table, good);
  ReplayOptions lost;
  lost.where = Column("mission") == "gemini-4";
  EXPECT_EQ(table.Append(*then.Scan(lost)).ValueOrDie().rows_added, 1);
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
  // Or all of it at once.
  clock_.Set(Noon(4 * kMinuteMs));
  ASSERT_TRUE(table.Delete(AllOf({})).ok());
  ASSERT_EQ(RowsAt(table), Rows{});
  EXPECT_EQ(table.Overwrite(AllOf({}), *then.Scan()).ValueOrDie().rows_added, 2);
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
}

TEST_F(TableTest, AppendsArrowRowsInAnyOrderOfColumns) {
  const Table table = MakeTable();
  const auto schema = arrow::schema(
      {arrow::field("volts", arrow::float32()), arrow::field("mission", arrow::large_utf8())});
  const auto change = table.Append(BatchOf(schema, R"([{"volts": 1.5, "mission": "a"}])"));
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->rows_added, 1);
  EXPECT_EQ(change->snapshot_id, table.CurrentSnapshot().ValueOrDie()->id);
  EXPECT_EQ(RowsAt(table), Rows{"a|1.5"});
}

TEST_F(TableTest, AppendsOfTheTypedSchemaDoNotLoseIds) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  clock_.Set(Noon(2 * kMinuteMs));
  ASSERT_TRUE(table.AddColumn("site", "string").ok());
  ASSERT_TRUE(table.RenameColumn("volts", "panel_volts").ok());
  AppendAt(table, Noon(3 * kMinuteMs),
           R"({"mission": "gemini-4", "panel_volts": 24.5, "site": "KSC"})");
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1|null", "gemini-4|24.5|KSC"}));
  const auto schema = table.CurrentSchema().ValueOrDie();
  EXPECT_EQ(schema.FindField("panel_volts")->id, FieldId(2));
  EXPECT_EQ(schema.FindField("site")->id, FieldId(3));
  // A dropped name that comes back is another column.
  ASSERT_TRUE(table.DropColumn("site").ok());
  ASSERT_TRUE(table.AddColumn("site", "string").ok());
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1|null", "gemini-4|24.5|null"}));
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().FindField("site")->id, FieldId(4));
}

TEST_F(TableTest, AWidenedColumnTakesWiderValues) {
  Schema schema;
  schema.fields = {OptionalField(1, "count", "int")};
  const Table table = CreateTable("lab.counts", schema, Options()).ValueOrDie();
  AppendAt(table, Noon(kMinuteMs), R"({"count": 7})");
  EXPECT_FALSE(table.AppendJson(R"({"count": 3000000000})").ok());
  ASSERT_TRUE(table.WidenColumn("count", "long").ok());
  AppendAt(table, Noon(2 * kMinuteMs), R"({"count": 3000000000})");
  EXPECT_EQ(RowsAt(table), (Rows{"3000000000", "7"}));
}

TEST_F(TableTest, RowsThatDoNotFitChangeNothing) {
  const Table table = MakeTable();
  const auto before = table.Load().ValueOrDie().metadata_location;
  const auto schema = arrow::schema({arrow::field("amps", arrow::float64())});
  const auto unknown = table.Append(BatchOf(schema, R"([{"amps": 1.5}])")).status();
  EXPECT_TRUE(unknown.IsInvalid());
  EXPECT_NE(unknown.message().find("amps"), std::string::npos) << unknown;
  const auto text = table.AppendJson(R"([{"volts": 1}, {"volts": "high"}])").status();
  EXPECT_TRUE(text.IsInvalid());
  EXPECT_NE(text.message().find("line 2, column 'volts'"), std::string::npos) << text;
  EXPECT_TRUE(table.Append(std::shared_ptr<arrow::RecordBatch>()).status().IsInvalid());
  EXPECT_EQ(table.Load().ValueOrDie().metadata_location, before);
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 0u);
}

TEST_F(TableTest, OverwritesWhatAFilterNames) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), R"([{"mission": "apollo-7", "volts": 28.1},
                                       {"mission": "apollo-7", "volts": 12.0},
                                       {"mission": "gemini-4", "volts": 24.5}])");
  clock_.Set(Noon(2 * kMinuteMs));
  const auto schema = arrow::schema(
      {arrow::field("mission", arrow::utf8()), arrow::field("volts", arrow::float64())});
  const auto change =
      table.Overwrite(Column("mission") == "apollo-7",
                      BatchOf(schema, R"([{"mission": "apollo-7", "volts": 28.0}])"));
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->rows_deleted, 2);
  EXPECT_EQ(change->rows_added, 1);
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28", "gemini-4|24.5"}));
  EXPECT_EQ(table.CurrentSnapshot().ValueOrDie()->operation(), "overwrite");
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 2u);
}

TEST_F(TableTest, DeletingNoRowMakesNoSnapshot) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto change = table.Delete(Column("mission") == "skylab").ValueOrDie();
  EXPECT_EQ(change.snapshot_id, std::nullopt);
  EXPECT_EQ(change.rows_deleted, 0);
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 1u);
}

TEST_F(TableTest, AKeyIsCommittedOnce) {
  const Table table = MakeTable();
  CommitOptions once;
  once.once_key = "load-7";
  const auto first = table.AppendJson(kApollo, once).ValueOrDie();
  const auto again = table.AppendJson(kApollo, once).ValueOrDie();
  EXPECT_FALSE(first.already_done);
  EXPECT_TRUE(again.already_done);
  EXPECT_EQ(again.snapshot_id, first.snapshot_id);
  EXPECT_EQ(again.rows_added, 0);
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 1u);
}

TEST_F(TableTest, RollsBackToASnapshotOrATime) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto second = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  clock_.Set(Noon(3 * kMinuteMs));
  ASSERT_TRUE(table.RollbackTo(first).ok());
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
  // What was rolled back is still there, by its id; it is no ancestor, so nothing rolls back to it.
  EXPECT_EQ(RowsAt(table, second), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
  EXPECT_TRUE(table.RollbackTo(second).IsInvalid());
  AppendAt(table, Noon(4 * kMinuteMs), R"({"mission": "skylab", "volts": 1})");
  clock_.Set(Noon(5 * kMinuteMs));
  ASSERT_TRUE(table.RollbackTo(Noon(kMinuteMs + 1)).ok());
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
  const auto empty = table.RollbackTo(Noon(1));
  EXPECT_TRUE(empty.IsInvalid());
  EXPECT_NE(empty.message().find("no snapshot yet"), std::string::npos) << empty;
}

// ---- Expiry ----

// A week, once as an age and once as the milliseconds of a week taken for an instant: only the first expires anything.
TEST_F(TableTest, AnAgeAndAnInstantAreTwoTypes) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kDayMs), kApollo);
  const auto second = AppendAt(table, Noon(9 * kDayMs), kGemini);
  clock_.Set(Noon(10 * kDayMs));
  static_assert(!std::is_convertible_v<int64_t, OlderThan>);
  EXPECT_TRUE(table.ExpireSnapshots(TimestampMs(604'800'000)).ValueOrDie().empty());
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 2u);
  const auto expired = table.ExpireSnapshots(milliseconds(604'800'000)).ValueOrDie();
  EXPECT_EQ(expired.snapshots, std::vector<SnapshotId>{first});
  EXPECT_EQ(expired.older_than, Noon(3 * kDayMs));
  EXPECT_EQ(table.CurrentSnapshot().ValueOrDie()->id, second);
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
}

TEST_F(TableTest, ExpiryKeepsTagsTheCurrentSnapshotAndTheNumberAskedFor) {
  const Table table = MakeTable();
  std::vector<SnapshotId> ids;
  for (int day = 1; day <= 4; ++day) ids.push_back(AppendAt(table, Noon(day * kDayMs), kApollo));
  ASSERT_TRUE(table.Tag("incident", ids[0]).ok());
  EXPECT_EQ(table.ExpireSnapshots(hours(0), 2).ValueOrDie().snapshots,
            std::vector<SnapshotId>{ids[1]});
  EXPECT_EQ(RowsAt(table, "incident"), Rows{"apollo-7|28.1"});
  clock_.AdvanceMs(1);
  EXPECT_EQ(table.ExpireSnapshots(hours(0)).ValueOrDie().snapshots,
            std::vector<SnapshotId>{ids[2]});
  EXPECT_EQ(RowsAt(table).size(), 4u);
}

TEST_F(TableTest, FilesOfExpiredSnapshotsStay) {
  const Table table = MakeTable();
  AppendAt(table, Noon(kDayMs), kApollo);
  clock_.Set(Noon(2 * kDayMs));
  ASSERT_TRUE(table.Overwrite(AllOf({}), *Travel(table).Scan()).ok());
  clock_.Set(Noon(3 * kDayMs));
  ASSERT_EQ(table.ExpireSnapshots(hours(24)).ValueOrDie().snapshots.size(), 1u);
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 2u);
}

// ---- History ----

TEST_F(TableTest, HistoryIsWhatWasCurrentAndWhen) {
  const Table table = MakeTable();
  EXPECT_EQ(table.History().ValueOrDie(), std::vector<CurrentInterval>{});
  const auto a = AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto b = AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  clock_.Set(Noon(3 * kMinuteMs));
  ASSERT_TRUE(table.RollbackTo(a).ok());
  // A change without a snapshot is no new interval.
  ASSERT_TRUE(table.AddColumn("site", "string").ok());
  const auto c = AppendAt(table, Noon(4 * kMinuteMs), kApollo);
  const std::vector<CurrentInterval> expected = {
      {a, Noon(kMinuteMs), Noon(2 * kMinuteMs), false, false},
      {b, Noon(2 * kMinuteMs), Noon(3 * kMinuteMs), false, false},
      {a, Noon(3 * kMinuteMs), Noon(4 * kMinuteMs), true, false},
      {c, Noon(4 * kMinuteMs), std::nullopt, false, false}};
  EXPECT_EQ(table.History().ValueOrDie(), expected);
  EXPECT_EQ(Travel(table, Noon(3 * kMinuteMs + 1)).snapshot_id(), a);
}

TEST_F(TableTest, HistoryOutlivesExpiry) {
  const Table table = MakeTable();
  const auto a = AppendAt(table, Noon(kDayMs), kApollo);
  const auto b = AppendAt(table, Noon(2 * kDayMs), kGemini);
  const auto c = AppendAt(table, Noon(3 * kDayMs), kGemini);
  ASSERT_TRUE(table.ExpireSnapshots(Noon(3 * kDayMs)).ok());
  const std::vector<CurrentInterval> expected = {
      {a, Noon(kDayMs), Noon(2 * kDayMs), false, true},
      {b, Noon(2 * kDayMs), Noon(3 * kDayMs), false, true},
      {c, Noon(3 * kDayMs), std::nullopt, false, false}};
  EXPECT_EQ(table.History().ValueOrDie(), expected);
}

// ---- Several tables, audits, the whole ----

// An id is of one table: the other says that it does not know it. A time is of all.
TEST_F(TableTest, SeveralTablesTravelToOneTime) {
  const Table readings = MakeTable("lab.readings");
  const Table events = MakeTable("lab.events");
  const auto reading = AppendAt(readings, Noon(kMinuteMs), kApollo);
  const auto event = AppendAt(events, Noon(2 * kMinuteMs), kGemini);
  AppendAt(readings, Noon(3 * kMinuteMs), kGemini);
  EXPECT_EQ(Travel(readings, Noon(2 * kMinuteMs)).snapshot_id(), reading);
  EXPECT_EQ(Travel(events, Noon(2 * kMinuteMs)).snapshot_id(), event);
  const auto pins =
      PinTables(readings.catalog(), {events.name(), readings.name()}, Noon(2 * kMinuteMs));
  ASSERT_TRUE(pins.ok()) << pins.status();
  EXPECT_EQ((*pins)[0].pin.view.snapshot_id, event);
  EXPECT_EQ((*pins)[1].pin.view.snapshot_id, reading);
  const auto mixed = events.TimeTravel(reading).status();
  EXPECT_NE(FindDetail<NoSuchSnapshot>(mixed), nullptr) << mixed;
}

TEST_F(TableTest, AuditsByOperationAndAuthor) {
  const Table table = MakeTable();
  CommitOptions by_ada;
  by_ada.author = "ada";
  by_ada.message = "calibration 7";
  ASSERT_TRUE(table.AppendJson(kApollo, by_ada).ok());
  clock_.AdvanceMs(kMinuteMs);
  ASSERT_TRUE(table.Delete(Column("mission") == "apollo-7").ok());
  std::vector<std::string> operations;
  for (const auto& snapshot : table.Snapshots().ValueOrDie()) {
    operations.push_back(snapshot.operation());
  }
  EXPECT_EQ(operations, (std::vector<std::string>{"append", "delete"}));
  const auto first = table.Snapshots().ValueOrDie()[0];
  EXPECT_EQ(first.summary.at("artemis.author"), "ada");
  EXPECT_EQ(first.summary.at("artemis.message"), "calibration 7");
}

// What was read can be shown, and read again, by anyone: rows, files and the snapshot that they are of.
TEST_F(TableTest, AnAnalysisLeavesARecordThatCanBeVerified) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  AppendAt(table, Noon(2 * kMinuteMs), kGemini);
  ReplayEngine engine(table.catalog(), table.name());
  const auto session = engine.OpenPinned(Travel(table, Noon(kMinuteMs)).pin()).ValueOrDie();
  RowSetHash hash;
  const auto rows = session.Rows().ValueOrDie()->ToRecordBatches().ValueOrDie();
  for (const auto& batch : rows) ASSERT_TRUE(hash.Add(*batch).ok());
  EvidenceOptions options;
  options.full = true;
  options.principal = "ada";
  options.now = clock_.Now();
  const Evidence record = CollectEvidence(table.catalog(), session, hash, options).ValueOrDie();
  EXPECT_EQ(record.principal, "ada");
  EXPECT_EQ(record.snapshot_id, first);
  EXPECT_EQ(record.result_rows, 1);
  ASSERT_EQ(record.files.size(), 1u);

  AppendAt(table, Noon(3 * kMinuteMs), kGemini);
  const auto later = VerifyEvidence(table.catalog(), record).ValueOrDie();
  EXPECT_TRUE(later.is_same());
  EXPECT_EQ(later.rows, 1);
  Evidence forged = record;
  forged.result_rows = 2;
  const auto other = VerifyEvidence(table.catalog(), forged).ValueOrDie();
  ASSERT_EQ(other.differences.size(), 1u);
  EXPECT_EQ(other.differences[0].what, "rows");
  EXPECT_EQ(other.differences[0].expected, "2");
  EXPECT_EQ(other.differences[0].found, "1");
  // Between the mark at its beginning and the pages.
  std::fstream file(record.files[0].path.substr(strlen("file://")),
                    std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(4).put('!');
  file.close();
  const auto changed = VerifyEvidence(table.catalog(), record).ValueOrDie();
  ASSERT_FALSE(changed.is_same());
  EXPECT_EQ(changed.differences[0].what, "file");
  EXPECT_EQ(changed.differences[0].path, record.files[0].path);
}

TEST_F(TableTest, TheWholeWorkflow) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kDayMs), kApollo);
  const auto second = AppendAt(table, Noon(2 * kDayMs), kGemini);
  EXPECT_EQ(Travel(table, first).RowCount().ValueOrDie(), 1);
  EXPECT_EQ(Travel(table, second).RowCount().ValueOrDie(), 2);
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 2u);
  clock_.Set(Noon(10 * kDayMs));
  EXPECT_EQ(table.ExpireSnapshots(hours(7 * 24)).ValueOrDie().snapshots,
            std::vector<SnapshotId>{first});
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|24.5"}));
  const auto gone = table.TimeTravel(first).status();
  EXPECT_NE(FindDetail<SnapshotExpired>(gone), nullptr) << gone;
}

}  // namespace
}  // namespace artemis
