// Several changes at once: seen together, or not at all.
#include "artemis/timetravel/table_transaction.h"

#include <chrono>

#include "artemis/base/error.h"
#include "artemis/table/update.h"
#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

using std::chrono::hours;

constexpr char kApollo[] = R"({"mission": "apollo-7", "volts": 28.1})";

class TableTransactionTest : public TimeTravelTest {
 protected:
  static std::string Location(const Table& table) {
    return table.Load().ValueOrDie().metadata_location;
  }
};

TEST_F(TableTransactionTest, NothingIsSeenBeforeTheCommit) {
  const Table table = MakeTable();
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AddColumn("site", "string").ok());
  ASSERT_TRUE(
      transaction.AppendJson(R"({"mission": "apollo-7", "volts": 28.1, "site": "KSC"})").ok());
  ASSERT_TRUE(transaction.SetProperty("owner", "flight").ok());
  EXPECT_EQ(RowsAt(table), Rows{});
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().fields.size(), 2u);
  const auto change = transaction.Commit();
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->rows_added, 1);
  EXPECT_EQ(change->snapshot_id, table.CurrentSnapshot().ValueOrDie()->id);
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1|KSC"});
  EXPECT_EQ(table.Load().ValueOrDie().metadata->properties.at("owner"), "flight");
  EXPECT_EQ(table.Load().ValueOrDie().metadata->metadata_log.size(), 1u);
}

TEST_F(TableTransactionTest, ExpiresOldSnapshotsWithTheAppend) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kDayMs), kApollo);
  const auto second = AppendAt(table, Noon(9 * kDayMs), kApollo);
  clock_.Set(Noon(10 * kDayMs));
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(transaction.ExpireSnapshots(hours(7 * 24)).ok());
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 2u);
  const auto third = transaction.Commit().ValueOrDie().snapshot_id;
  std::vector<SnapshotId> left;
  for (const auto& snapshot : table.Snapshots().ValueOrDie()) left.push_back(snapshot.id);
  EXPECT_EQ(left, (std::vector<SnapshotId>{second, *third}));
  EXPECT_EQ(RowsAt(table).size(), 3u);
  EXPECT_NE(FindDetail<SnapshotExpired>(table.TimeTravel(first).status()), nullptr);
}

TEST_F(TableTransactionTest, RollsBackTagsAndAppendsInOneStep) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kApollo);
  const auto bad = AppendAt(table, Noon(2 * kMinuteMs), R"({"mission": "bad"})");
  clock_.Set(Noon(3 * kMinuteMs));
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.Tag("bad-load", bad).ok());
  ASSERT_TRUE(transaction.RollbackTo(first).ok());
  ASSERT_TRUE(transaction.AppendJson(R"({"mission": "good"})").ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "good|null"}));
  EXPECT_EQ(RowsAt(table, "bad-load"), (Rows{"apollo-7|28.1", "bad|null"}));
  EXPECT_EQ(RowsAt(table, Noon(2 * kMinuteMs)), (Rows{"apollo-7|28.1", "bad|null"}));
}

TEST_F(TableTransactionTest, WithoutCommitNothingIsLeft) {
  const Table table = MakeTable();
  const auto before = Location(table);
  {
    auto transaction = table.NewTransaction().ValueOrDie();
    ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
    EXPECT_EQ(DataFilesOnDisk("lab/readings"), 1u);
    auto moved = std::move(transaction);
    EXPECT_EQ(DataFilesOnDisk("lab/readings"), 1u);
  }
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 0u);
  EXPECT_EQ(Location(table), before);
}

TEST_F(TableTransactionTest, AChangeThatFailsLeavesTheOthers) {
  const Table table = MakeTable();
  auto transaction = table.NewTransaction().ValueOrDie();
  EXPECT_TRUE(transaction.AddColumn("volts", "double").IsInvalid());
  EXPECT_TRUE(transaction.AppendJson(R"({"site": "KSC"})").IsInvalid());
  EXPECT_NE(FindDetail<NoSuchSnapshot>(transaction.RollbackTo(SnapshotId(7))), nullptr);
  EXPECT_TRUE(transaction.ExpireSnapshots(hours(-1)).IsInvalid());
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
}

TEST_F(TableTransactionTest, WithoutChangesNothingIsCommitted) {
  const Table table = MakeTable();
  const auto before = Location(table);
  EXPECT_EQ(table.NewTransaction().ValueOrDie().Commit().ValueOrDie().snapshot_id, std::nullopt);
  EXPECT_EQ(Location(table), before);
}

TEST_F(TableTransactionTest, IsCommittedOnce) {
  const Table table = MakeTable();
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_TRUE(transaction.Commit().status().IsInvalid());
  EXPECT_TRUE(transaction.AppendJson(kApollo).IsInvalid());
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
}

// C3
TEST_F(TableTransactionTest, KeepsWhatOthersCommittedMeanwhile) {
  const Table table = MakeTable();
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(table.AppendJson(R"({"mission": "gemini-4"})").ok());
  ASSERT_TRUE(table.RenameColumn("volts", "panel_volts").ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|28.1", "gemini-4|null"}));
}

// Both would give id 3 to columns of their own; the rows that were written under it must not change their column.
TEST_F(TableTransactionTest, RowsInNewColumnsConflictWithNewColumnsOfOthers) {
  const Table table = MakeTable();
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AddColumn("site", "string").ok());
  ASSERT_TRUE(transaction.AppendJson(R"({"mission": "apollo-7", "site": "KSC"})").ok());
  ASSERT_TRUE(table.AddColumn("note", "string").ok());
  const auto conflict = transaction.Commit().status();
  EXPECT_NE(FindDetail<CommitConflict>(conflict), nullptr) << conflict;
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 0u);
  EXPECT_EQ(RowsAt(table), Rows{});
  // Without rows there is nothing to get wrong: the column gets the next id.
  auto another = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(another.AddColumn("site", "string").ok());
  ASSERT_TRUE(table.AddColumn("pad", "string").ok());
  ASSERT_TRUE(another.Commit().ok());
  EXPECT_EQ(table.CurrentSchema().ValueOrDie().FindField("site")->id, FieldId(5));
}

TEST_F(TableTransactionTest, RowsOfANewPartitioningConflictWithAnotherOne) {
  const Table table = MakeTable();
  const auto partition_by = [](const std::string& text) {
    return [text](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
      ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec(text, metadata.CurrentSchema()));
      return SetDefaultSpec(metadata, std::move(spec));
    };
  };
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.ChangeMetadata(partition_by("mission")).ok());
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  auto other = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(other.ChangeMetadata(partition_by("truncate(3, mission)")).ok());
  ASSERT_TRUE(other.Commit().ok());
  const auto conflict = transaction.Commit().status();
  EXPECT_NE(FindDetail<CommitConflict>(conflict), nullptr) << conflict;
}

TEST_F(TableTransactionTest, AKeyIsCommittedOnce) {
  const Table table = MakeTable();
  CommitOptions once;
  once.once_key = "load-7";
  for (int i = 0; i < 2; ++i) {
    auto transaction = table.NewTransaction().ValueOrDie();
    ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
    EXPECT_EQ(transaction.Commit(once).ValueOrDie().already_done, i == 1);
  }
  EXPECT_EQ(RowsAt(table), Rows{"apollo-7|28.1"});
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 1u);
}

// ---- Rows that leave ----

constexpr char kThreeRows[] = R"([{"mission": "apollo-7", "volts": 28.1},
                                  {"mission": "apollo-7", "volts": 27.9},
                                  {"mission": "gemini-4", "volts": 24.5}])";

TEST_F(TableTransactionTest, DeletesRowsOfTheTableAndItsOwnInOneSnapshot) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(
      transaction.AppendJson(R"([{"mission": "apollo-7", "volts": 1.0}, {"mission": "skylab"}])")
          .ok());
  EXPECT_EQ(transaction.Delete(Column("mission") == "apollo-7").ValueOrDie(), 3);
  EXPECT_EQ(transaction.Delete(Column("mission") == "apollo-7").ValueOrDie(), 0);
  EXPECT_EQ(RowsAt(table).size(), 3u);
  const auto change = transaction.Commit().ValueOrDie();
  EXPECT_EQ(change.rows_added, 2);
  EXPECT_EQ(change.rows_deleted, 3);
  EXPECT_EQ(RowsAt(table), (Rows{"gemini-4|24.5", "skylab|null"}));
  const auto snapshots = table.Snapshots().ValueOrDie();
  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[1].id, *change.snapshot_id);
  EXPECT_EQ(snapshots[1].operation(), "overwrite");
  EXPECT_EQ(RowsAt(table, snapshots[0].id).size(), 3u);
}

TEST_F(TableTransactionTest, OverwritesRowsAndDoesNotTakeTheNewOnes) {
  for (const int32_t version : {2, 3}) {
    TableOptions options = Options();
    options.format_version = version;
    const Table table =
        CreateTable("lab.v" + std::to_string(version), MissionAndVolts(), options).ValueOrDie();
    ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
    auto transaction = table.NewTransaction().ValueOrDie();
    const auto rows = BatchOf(arrow::schema({arrow::field("mission", arrow::utf8()),
                                             arrow::field("volts", arrow::float64())}),
                              R"([["apollo-7", 28.5]])");
    EXPECT_EQ(transaction.Overwrite(Column("volts") > 28.0, rows).ValueOrDie(), 1);
    // The file has deletes of the transaction by now, and in v3 a vector, which the next one replaces.
    EXPECT_EQ(transaction.Overwrite(Column("volts") < 25.0, rows).ValueOrDie(), 1);
    ASSERT_TRUE(transaction.Commit().ok());
    const Rows expected = {"apollo-7|27.9", "apollo-7|28.5", "apollo-7|28.5"};
    EXPECT_EQ(RowsAt(table), expected);
    auto another = table.NewTransaction().ValueOrDie();
    EXPECT_EQ(another.Delete(Column("volts") == 27.9).ValueOrDie(), 1);
    EXPECT_EQ(another.Delete(Column("volts") == 28.5).ValueOrDie(), 2);
    ASSERT_TRUE(another.Commit().ok());
    EXPECT_EQ(RowsAt(table), Rows{});
    // Nothing is left of files whose rows are all gone.
    const auto summary = table.CurrentSnapshot().ValueOrDie()->summary;
    EXPECT_EQ(summary.at("total-data-files"), "0");
    EXPECT_EQ(summary.at("total-delete-files"), "0");
  }
}

TEST_F(TableTransactionTest, DeletesByTheColumnsOfItsOwnTime) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.RenameColumn("volts", "panel_volts").ok());
  ASSERT_TRUE(transaction.AddColumn("site", "string").ok());
  ASSERT_TRUE(transaction.AppendJson(R"({"mission": "apollo-7", "site": "KSC"})").ok());
  EXPECT_TRUE(transaction.Delete(Column("volts") > 0.0).status().IsInvalid());
  EXPECT_EQ(transaction.Delete(Column("panel_volts") > 28.0).ValueOrDie(), 1);
  EXPECT_EQ(transaction.Delete(AllOf({Column("site").IsNull(), Column("mission") == "apollo-7"}))
                .ValueOrDie(),
            1);
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|null|KSC", "gemini-4|24.5|null"}));
}

TEST_F(TableTransactionTest, RefusesToMissRowsThatOthersAddedMeanwhile) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  for (const bool is_serializable : {true, false}) {
    auto transaction = table.NewTransaction().ValueOrDie();
    ASSERT_TRUE(transaction.AppendJson(R"({"mission": "skylab"})").ok());
    ASSERT_EQ(transaction.Delete(Column("mission") == "gemini-4").ValueOrDie(), 1);
    ASSERT_TRUE(table.AppendJson(R"({"mission": "gemini-4", "volts": 1})").ok());
    const size_t rows = RowsAt(table).size();
    CommitOptions options;
    if (!is_serializable) options.isolation = Isolation::kSnapshot;
    const auto change = transaction.Commit(options);
    if (is_serializable) {
      EXPECT_NE(FindDetail<CommitConflict>(change.status()), nullptr) << change.status();
      EXPECT_EQ(RowsAt(table).size(), rows);
      EXPECT_EQ(DataFilesOnDisk("lab/readings"), 2u) << "none of the transaction's";
      ASSERT_TRUE(table.Delete(Column("volts") == 1.0).ok());
    } else {
      ASSERT_TRUE(change.ok()) << change.status();
      EXPECT_EQ(RowsAt(table),
                (Rows{"apollo-7|27.9", "apollo-7|28.1", "gemini-4|1", "skylab|null"}));
    }
  }
}

TEST_F(TableTransactionTest, LetsInRowsOfOthersThatItsDeletesDoNotMean) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(R"({"mission": "gemini-4", "volts": 3})").ok());
  ASSERT_EQ(transaction.Delete(Column("mission") == "gemini-4").ValueOrDie(), 2);
  ASSERT_TRUE(table.AppendJson(R"({"mission": "apollo-8", "volts": 1})").ok());
  const auto change = transaction.Commit();
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|27.9", "apollo-7|28.1", "apollo-8|1"}));
  // The file that was empty before the commit is not kept.
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 3u) << "two files of rows, one of deletes";
}

TEST_F(TableTransactionTest, DeletesOnWhatARollbackLeaves) {
  const Table table = MakeTable();
  const auto first = AppendAt(table, Noon(kMinuteMs), kThreeRows);
  const auto second = AppendAt(table, Noon(2 * kMinuteMs), R"({"mission": "gemini-4"})");
  clock_.Set(Noon(3 * kMinuteMs));
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.RollbackTo(first).ok());
  EXPECT_EQ(transaction.Delete(Column("mission") == "gemini-4").ValueOrDie(), 1);
  const auto late = transaction.RollbackTo(first);
  EXPECT_TRUE(late.IsInvalid()) << late;
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(RowsAt(table), (Rows{"apollo-7|27.9", "apollo-7|28.1"}));
  EXPECT_EQ(RowsAt(table, second).size(), 4u);
  EXPECT_EQ(table.CurrentSnapshot().ValueOrDie()->parent_id, first);
}

TEST_F(TableTransactionTest, ADeleteThatFindsNothingChangesNothing) {
  const Table table = MakeTable();
  auto empty = table.NewTransaction().ValueOrDie();
  EXPECT_EQ(empty.Delete(Column("volts") > 0.0).ValueOrDie(), 0);
  EXPECT_EQ(empty.Commit().ValueOrDie().snapshot_id, std::nullopt);
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  const auto before = Location(table);
  auto transaction = table.NewTransaction().ValueOrDie();
  EXPECT_EQ(transaction.Delete(Column("volts") > 100.0).ValueOrDie(), 0);
  EXPECT_EQ(transaction.Commit().ValueOrDie().rows_deleted, 0);
  EXPECT_EQ(Location(table), before);
}

TEST_F(TableTransactionTest, DeletesOnMainAlone) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.AppendJson(kThreeRows).ok());
  RefChange branch;
  branch.name = "audit";
  ASSERT_TRUE(SetRef(table.catalog(), table.name(), branch).ok());
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(transaction.Delete(Column("mission") == "gemini-4").ok());
  CommitOptions options;
  options.branch = "audit";
  EXPECT_TRUE(transaction.Commit(options).status().IsInvalid());
  EXPECT_EQ(DataFilesOnDisk("lab/readings"), 1u);
  EXPECT_EQ(RowsAt(table).size(), 3u);
}

TEST_F(TableTransactionTest, ExpiresWhatItsOwnSnapshotReplaces) {
  const Table table = MakeTable();
  AppendAt(table, Noon(), kApollo);
  clock_.Set(Noon(30 * kDayMs));
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.ExpireSnapshots(hours(7 * 24)).ok());
  ASSERT_TRUE(transaction.AppendJson(kApollo).ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(table.Snapshots().ValueOrDie().size(), 1u);
  EXPECT_EQ(RowsAt(table).size(), 2u);
}

}  // namespace
}  // namespace artemis
