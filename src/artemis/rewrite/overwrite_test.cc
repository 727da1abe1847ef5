// Facts of overwrite and delete by predicate, on real tables in a catalog.
#include "artemis/rewrite/overwrite.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

TestTableOptions ByMission() {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString), MakeField(2, "n", TypeKind::kLong),
                    MakeField(3, "volts", TypeKind::kDouble)};
  options.partition = "mission";
  return options;
}

Predicate MissionIs(const std::string& mission) {
  return Leaf(PredicateOp::kEq, "mission", {mission});
}

Predicate NumberIs(PredicateOp op, int64_t n) { return Leaf(op, "n", {n}); }

// A stream of some batches that fails after them, or ends.
class RowSource : public arrow::RecordBatchReader {
 public:
  RowSource(std::shared_ptr<arrow::RecordBatch> batch, int times, arrow::Status end)
      : batch_(std::move(batch)), left_(times), end_(std::move(end)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return batch_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ++asked;
    *batch = nullptr;
    if (left_-- <= 0) return end_;
    *batch = batch_;
    return arrow::Status::OK();
  }
  int asked = 0;

 private:
  std::shared_ptr<arrow::RecordBatch> batch_;
  int left_;
  arrow::Status end_;
};

class OverwriteTest : public ::testing::Test {
 protected:
  OverwriteTest() {
    options_.commit.backoff_min_ms = 1;
    options_.commit.backoff_max_ms = 2;
  }

  arrow::Result<RewriteResult> TryDelete(const Predicate& predicate) {
    return DeleteWhere(table_.catalog(), table_.name(), predicate, options_);
  }
  RewriteResult Delete(const Predicate& predicate) {
    auto result = TryDelete(predicate);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : RewriteResult();
  }
  std::shared_ptr<RowSource> Source(const std::string& rows_json,
                                    arrow::Status end = arrow::Status::OK()) {
    const auto schema = ToArrowSchema(table_.metadata()->CurrentSchema());
    return std::make_shared<RowSource>(JsonBatch(schema, rows_json), 1, std::move(end));
  }
  arrow::Result<RewriteResult> TryOverwrite(const Predicate& predicate,
                                            std::shared_ptr<arrow::RecordBatchReader> rows) {
    return OverwriteWhere(table_.catalog(), table_.name(), predicate, std::move(rows), options_);
  }
  RewriteResult Overwrite(const Predicate& predicate, const std::string& rows_json) {
    auto result = TryOverwrite(predicate, Source(rows_json));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : RewriteResult();
  }
  Rows Left() { return Sorted(ReadRows(table_)); }
  const Snapshot& Current() {
    metadata_ = table_.metadata();
    return *metadata_->CurrentSnapshot();
  }
  std::string Summary(const std::string& member) {
    const auto& summary = Current().summary;
    const auto found = summary.find(member);
    return found == summary.end() ? "" : found->second;
  }

  CatalogTable table_{ByMission()};
  RewriteOptions options_;
  std::shared_ptr<const TableMetadata> metadata_;
};

TEST_F(OverwriteTest, DeletesAWholePartitionWithoutReadingIt) {
  table_.Append(
      R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "b", "n": 3}])");
  table_.Append(R"([{"mission": "a", "n": 4}])");
  const auto parent = table_.metadata()->current_snapshot_id;
  table_.files().Forget();
  const auto result = Delete(MissionIs("a"));
  EXPECT_EQ(result.files_removed, 2);
  EXPECT_EQ(result.files_added, 0);
  EXPECT_EQ(result.rows_deleted, 3);
  EXPECT_EQ(result.rows_added, 0);
  for (const auto& path : table_.files().ReadPaths())
    EXPECT_FALSE(path.ends_with(".parquet")) << path;
  EXPECT_EQ(Left(), Rows{"b|3|null"});
  EXPECT_EQ(result.commit.snapshot_id, Current().id);
  EXPECT_EQ(Current().parent_id, parent);
  EXPECT_EQ(Current().operation(), "delete");
  EXPECT_EQ(Summary("deleted-data-files"), "2");
  EXPECT_EQ(Summary("deleted-records"), "3");
}

TEST_F(OverwriteTest, DeletesFilesWholeWhereTheirBoundsProveIt) {
  table_.Append(R"([{"mission": "a", "n": 10}, {"mission": "a", "n": 19}])");
  table_.Append(R"([{"mission": "a", "n": 0}])");
  table_.files().Forget();
  const auto result = Delete(NumberIs(PredicateOp::kGe, 10));
  EXPECT_EQ(result.files_removed, 1);
  EXPECT_EQ(result.files_added, 0);
  EXPECT_EQ(result.rows_deleted, 2);
  for (const auto& path : table_.files().ReadPaths())
    EXPECT_FALSE(path.ends_with(".parquet")) << path;
  EXPECT_EQ(Left(), Rows{"a|0|null"});
}

TEST_F(OverwriteTest, KeepsRowsForWhichThePredicateIsFalseOrNull) {
  const struct {
    Predicate predicate;
    Rows left;
  } cases[] = {
      {NumberIs(PredicateOp::kGe, 2), {"a|1|null", "a|null|7"}},
      {NumberIs(PredicateOp::kNe, 2), {"a|2|0.5", "a|null|7"}},
      {Joined(PredicateOp::kNot, {NumberIs(PredicateOp::kEq, 2)}), {"a|2|0.5", "a|null|7"}},
      {Leaf(PredicateOp::kIsNull, "n"), {"a|1|null", "a|2|0.5", "a|3|nan"}},
      // NaN is greater than every number.
      {Leaf(PredicateOp::kGt, "volts", {1.0}), {"a|1|null", "a|2|0.5"}},
      {Joined(PredicateOp::kOr,
              {NumberIs(PredicateOp::kEq, 1), Leaf(PredicateOp::kLt, "volts", {1.0})}),
       {"a|3|nan", "a|null|7"}},
  };
  for (const auto& each : cases) {
    table_.CommitManifests({});
    table_.Append(
        R"([{"mission": "a", "n": 1, "volts": null}, {"mission": "a", "n": 2, "volts": 0.5},
                      {"mission": "a", "n": 3, "volts": NaN}, {"mission": "a", "n": null, "volts": 7}])");
    const auto result = Delete(each.predicate);
    EXPECT_EQ(Left(), each.left) << FormatPredicate(each.predicate);
    EXPECT_EQ(result.rows_deleted, 4 - static_cast<int64_t>(each.left.size()));
    EXPECT_EQ(result.rows_added, 0);
    EXPECT_EQ(result.files_removed, 1);
    EXPECT_EQ(result.files_added, 1);
    EXPECT_EQ(Current().operation(), "overwrite");
  }
}

TEST_F(OverwriteTest, LeavesFilesWithoutAMatchingRowAsTheyAre) {
  const auto stays = table_.Write(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 9}])");
  const auto goes = table_.Write(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  table_.Commit({stays.at(0), goes.at(0)});
  const auto result = Delete(NumberIs(PredicateOp::kEq, 5));
  EXPECT_EQ(result.files_removed, 1);
  EXPECT_EQ(result.files_added, 1);
  EXPECT_EQ(Left(), (Rows{"a|1|null", "a|6|null", "a|9|null"}));
  std::set<std::string> live;
  for (const auto& entry : *ListFiles(table_.View(), table_.files())) live.insert(entry.file.path);
  EXPECT_EQ(live.size(), 2u);
  EXPECT_TRUE(live.contains(stays[0].path));
  EXPECT_FALSE(live.contains(goes[0].path));
}

TEST_F(OverwriteTest, MakesNoSnapshotWhereNothingMatches) {
  const auto empty = Delete(MissionIs("a"));
  EXPECT_EQ(empty.commit.snapshot_id, std::nullopt);
  EXPECT_TRUE(table_.metadata()->snapshots.empty());
  table_.Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 9}])");
  const auto before = table_.metadata();
  // By partition, by bounds, and only by the rows.
  for (const auto& predicate :
       {MissionIs("z"), NumberIs(PredicateOp::kGt, 9), NumberIs(PredicateOp::kEq, 5)}) {
    const auto result = Delete(predicate);
    EXPECT_EQ(result.commit.snapshot_id, std::nullopt);
    EXPECT_EQ(result.rows_deleted, 0);
    EXPECT_EQ(result.commit.table.metadata->current_snapshot_id, before->current_snapshot_id);
  }
  EXPECT_EQ(*table_.metadata(), *before);
  EXPECT_EQ(table_.catalog().swaps, 0);
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_F(OverwriteTest, OverwritesInOneSnapshotWithCounts) {
  table_.Append(
      R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "b", "n": 3}])");
  const auto parent = table_.metadata()->current_snapshot_id;
  const auto result = Overwrite(
      Joined(PredicateOp::kOr, {MissionIs("b"), NumberIs(PredicateOp::kEq, 2)}),
      R"([{"mission": "b", "n": 30}, {"mission": "b", "n": 31}, {"mission": "c", "n": 40}])");
  // Both old files leave; b and c get a new one, and a what is left of it.
  EXPECT_EQ(result.files_removed, 2);
  EXPECT_EQ(result.files_added, 3);
  EXPECT_EQ(result.rows_deleted, 2);
  EXPECT_EQ(result.rows_added, 3);
  EXPECT_EQ(Left(), (Rows{"a|1|null", "b|30|null", "b|31|null", "c|40|null"}));
  EXPECT_EQ(Current().parent_id, parent);
  EXPECT_EQ(Current().operation(), "overwrite");
  EXPECT_EQ(Summary("added-data-files"), "3");
  EXPECT_EQ(Summary("deleted-data-files"), "2");
  EXPECT_EQ(Summary("added-records"), "4");
  EXPECT_EQ(Summary("deleted-records"), "3");
  EXPECT_EQ(table_.metadata()->snapshots.size(), 2u);
}

TEST_F(OverwriteTest, AddsRowsWhereNothingIsThereToReplace) {
  const auto result = Overwrite(MissionIs("a"), R"([{"mission": "a", "n": 1}])");
  EXPECT_EQ(result.files_removed, 0);
  EXPECT_EQ(result.rows_added, 1);
  EXPECT_EQ(Left(), Rows{"a|1|null"});
  const auto nothing = Overwrite(MissionIs("z"), "[]");
  EXPECT_EQ(nothing.commit.snapshot_id, std::nullopt);
  EXPECT_EQ(table_.metadata()->snapshots.size(), 1u);
}

// C4
TEST_F(OverwriteTest, PlansAgainWhenMatchingRowsCameInBetween) {
  table_.Append(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  bool intruded = false;
  table_.catalog().before_swap = [&] {
    if (!std::exchange(intruded, true))
      table_.Append(R"([{"mission": "b", "n": 5}, {"mission": "b", "n": 7}])");
  };
  const auto result = Overwrite(NumberIs(PredicateOp::kEq, 5), R"([{"mission": "c", "n": 8}])");
  EXPECT_EQ(result.rows_deleted, 2);
  EXPECT_EQ(result.rows_added, 1);
  EXPECT_EQ(Left(), (Rows{"a|6|null", "b|7|null", "c|8|null"}));
  EXPECT_EQ(table_.metadata()->snapshots.size(), 3u);
  // What the lost plan had written is gone.
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_F(OverwriteTest, KeepsItsPlanWhenRowsThatCannotMatchCameInBetween) {
  table_.Append(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  std::set<std::string> after_plan;
  table_.catalog().before_swap = [&] {
    if (!after_plan.empty()) return;
    table_.Append(R"([{"mission": "b", "n": 70}])");
    after_plan = table_.DataFilesOnDisk();
  };
  const auto result = Delete(NumberIs(PredicateOp::kEq, 5));
  EXPECT_EQ(result.commit.attempts, 2);
  EXPECT_EQ(Left(), (Rows{"a|6|null", "b|70|null"}));
  EXPECT_EQ(table_.DataFilesOnDisk(), after_plan);
}

// C4
TEST_F(OverwriteTest, PlansAgainWhenAFileItRewritesWasRewritten) {
  table_.Append(
      R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}, {"mission": "a", "n": 7}])");
  bool intruded = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(intruded, true)) return;
    const auto other =
        DeleteWhere(table_.real_catalog(), table_.name(), NumberIs(PredicateOp::kEq, 7), options_);
    EXPECT_TRUE(other.ok()) << other.status();
  };
  const auto result = Delete(NumberIs(PredicateOp::kEq, 5));
  EXPECT_EQ(result.rows_deleted, 1);
  EXPECT_EQ(Left(), Rows{"a|6|null"});
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_F(OverwriteTest, GivesUpWhenEveryPlanIsOvertaken) {
  table_.Append(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  table_.catalog().before_swap = [&] { table_.Append(R"([{"mission": "a", "n": 5}])"); };
  const auto result =
      TryOverwrite(NumberIs(PredicateOp::kEq, 5), Source(R"([{"mission": "c", "n": 8}])"));
  EXPECT_NE(FindDetail<CommitConflict>(result.status()), nullptr) << result.status();
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_F(OverwriteTest, LeavesNothingBehindWhenTheRowsFail) {
  table_.Append(R"([{"mission": "a", "n": 5}])");
  const auto before = table_.metadata();
  const auto on_disk = table_.DataFilesOnDisk();
  const auto result =
      TryOverwrite(MissionIs("a"), Source(R"([{"mission": "a", "n": 6}, {"mission": "b", "n": 7}])",
                                          arrow::Status::IOError("the pipe broke")));
  EXPECT_TRUE(result.status().IsIOError());
  EXPECT_NE(result.status().message().find("the pipe broke"), std::string::npos);
  EXPECT_EQ(*table_.metadata(), *before);
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
}

TEST_F(OverwriteTest, RefusesAnUnknownColumnBeforeRowsAreRead) {
  table_.Append(R"([{"mission": "a", "n": 5}])");
  const auto on_disk = table_.DataFilesOnDisk();
  const auto source = Source(R"([{"mission": "a", "n": 6}])");
  const auto result = TryOverwrite(Leaf(PredicateOp::kEq, "misson", {std::string("a")}), source);
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_NE(result.status().message().find("misson"), std::string::npos) << result.status();
  EXPECT_EQ(source->asked, 0);
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
  EXPECT_TRUE(TryDelete(Leaf(PredicateOp::kIsNull, "misson")).status().IsInvalid());
}

TEST_F(OverwriteTest, LeavesTheTableUnchangedWhenAFileItMustReadIsCorrupt) {
  const auto files = table_.Write(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  table_.Commit(files);
  const auto before = table_.metadata();
  const auto on_disk = table_.DataFilesOnDisk();
  std::filesystem::resize_file(LocalPath(files[0].path), 100);
  const auto result =
      TryOverwrite(NumberIs(PredicateOp::kEq, 5), Source(R"([{"mission": "b", "n": 7}])"));
  const auto* corrupt = FindDetail<CorruptFile>(result.status());
  ASSERT_NE(corrupt, nullptr) << result.status();
  EXPECT_EQ(corrupt->path, files[0].path);
  EXPECT_EQ(*table_.metadata(), *before);
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
}

// C5
TEST_F(OverwriteTest, KeepsEveryFileWhenTheOutcomeIsUnknown) {
  table_.Append(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  table_.catalog().lose_reply = true;
  table_.catalog().stay_blind = true;
  const auto result =
      TryOverwrite(NumberIs(PredicateOp::kEq, 5), Source(R"([{"mission": "b", "n": 7}])"));
  EXPECT_NE(FindDetail<CommitUnknown>(result.status()), nullptr) << result.status();
  EXPECT_EQ(Left(), (Rows{"a|6|null", "b|7|null"}));
}

// C5
TEST_F(OverwriteTest, FindsItsOwnSnapshotWhenOnlyTheReplyWasLost) {
  table_.Append(R"([{"mission": "a", "n": 5}, {"mission": "a", "n": 6}])");
  table_.catalog().lose_reply = true;
  const auto result =
      TryOverwrite(NumberIs(PredicateOp::kEq, 5), Source(R"([{"mission": "b", "n": 7}])"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->commit.snapshot_id, Current().id);
  EXPECT_EQ(Left(), (Rows{"a|6|null", "b|7|null"}));
}

TEST_F(OverwriteTest, ChangesNothingWhenItsOnceKeyWasSeen) {
  options_.commit.once_key = "load-17";
  Overwrite(MissionIs("a"), R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  const auto on_disk = table_.DataFilesOnDisk();
  const auto again = Overwrite(NumberIs(PredicateOp::kEq, 1), R"([{"mission": "a", "n": 3}])");
  EXPECT_TRUE(again.commit.already_done);
  EXPECT_EQ(again.commit.snapshot_id, Current().id);
  EXPECT_EQ(again.rows_deleted + again.rows_added + again.files_added + again.files_removed, 0);
  EXPECT_EQ(Left(), (Rows{"a|1|null", "a|2|null"}));
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
}

TEST_F(OverwriteTest, RewritesOldFilesUnderTodaysSchemaAndSpec) {
  table_.Append(R"([{"mission": "a", "n": 1, "volts": 1}, {"mission": "a", "n": 2, "volts": 2}])");
  table_.SetFields({MakeField(2, "number", TypeKind::kLong),
                    MakeField(1, "mission", TypeKind::kString),
                    MakeField(4, "note", TypeKind::kString)});
  const SpecId by_number = table_.SetSpec("truncate(10, number)");
  const auto result = Delete(Leaf(PredicateOp::kEq, "number", {int64_t{2}}));
  EXPECT_EQ(result.rows_deleted, 1);
  EXPECT_EQ(Left(), Rows{"1|a|null"});
  const auto entries = *ListFiles(table_.View(), table_.files());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].file.spec_id, by_number);
  EXPECT_EQ(entries[0].file.partition, PartitionTuple{LiteralValue(int64_t{0})});
}

TEST_F(OverwriteTest, DoesNotBringBackRowsThatADeleteFileRemoved) {
  const auto files = table_.Write(
      R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  table_.Commit(files);
  ForeignFileOptions in_partition;
  in_partition.partition = files[0].partition;
  table_.Commit({WritePositionDeletes(table_, {{files[0].path, 0}}, in_partition)});
  ASSERT_EQ(Left(), (Rows{"a|2|null", "a|3|null"}));
  const auto result = Delete(NumberIs(PredicateOp::kLe, 2));
  EXPECT_EQ(result.rows_deleted, 1);
  EXPECT_EQ(result.files_added, 1);
  EXPECT_EQ(Left(), Rows{"a|3|null"});
}

TEST_F(OverwriteTest, LeavesNoFilesInATableItCannotCommitTo) {
  TestTableOptions v1 = ByMission();
  v1.format_version = 1;
  CatalogTable table(v1);
  const auto rows = std::make_shared<RowSource>(
      JsonBatch(ToArrowSchema(table.metadata()->CurrentSchema()), R"([{"mission": "a", "n": 1}])"),
      1, arrow::Status::OK());
  const auto result = OverwriteWhere(table.catalog(), table.name(), MissionIs("a"), rows, options_);
  EXPECT_TRUE(result.status().IsNotImplemented()) << result.status();
  EXPECT_TRUE(table.DataFilesOnDisk().empty());
}

}  // namespace
}  // namespace artemis
