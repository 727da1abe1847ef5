// Deletes and updates that mark rows instead of writing their files again, in v2 (position delete files) and v3 (deletion vectors).
#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

Predicate Number(PredicateOp op, int64_t n) { return Leaf(op, "n", {n}); }

class MergeOnReadTest : public ::testing::TestWithParam<int32_t> {
 protected:
  MergeOnReadTest() {
    options_.commit.backoff_min_ms = 1;
    options_.commit.backoff_max_ms = 2;
    options_.mode = RewriteMode::kMergeOnRead;
  }

  static TestTableOptions Table() {
    TestTableOptions options;
    options.fields = {MakeField(1, "mission", TypeKind::kString),
                      MakeField(2, "n", TypeKind::kLong), MakeField(3, "volts", TypeKind::kDouble)};
    options.partition = "mission";
    options.format_version = GetParam();
    return options;
  }
  bool is_v3() const { return GetParam() >= 3; }

  std::vector<DataFile> Append(const std::string& rows_json) {
    const auto files = table_.Write(rows_json);
    const auto result = AppendFiles(table_.real_catalog(), table_.name(), files);
    EXPECT_TRUE(result.ok()) << result.status();
    return files;
  }
  arrow::Result<RewriteResult> TryDelete(Catalog& catalog, const Predicate& predicate) {
    return DeleteWhere(catalog, table_.name(), predicate, options_);
  }
  RewriteResult Delete(const Predicate& predicate) {
    auto result = TryDelete(table_.catalog(), predicate);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : RewriteResult();
  }
  RewriteResult SetVolts(const Predicate& predicate, double volts) {
    auto result = UpdateWhere(table_.catalog(), table_.name(), predicate,
                              SetColumns({{"volts", arrow::MakeScalar(volts)}}), options_);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : RewriteResult();
  }
  Rows Left() { return Sorted(ReadRows(table_)); }
  std::string Summary(const std::string& key) {
    const auto metadata = table_.metadata();
    const auto& summary = metadata->CurrentSnapshot()->summary;
    const auto found = summary.find(key);
    return found == summary.end() ? "absent" : found->second;
  }
  // Live delete files of the current snapshot.
  std::vector<DeleteFile> Deletes() {
    PlanOptions options;
    options.prune_row_groups = false;
    const auto plan =
        PlanScan(table_.View(), BoundPredicate::True(), table_.files(), options).ValueOrDie();
    std::map<std::string, DeleteFile> deletes;
    for (const auto& task : plan.tasks) {
      for (const auto& each : task.deletes) {
        deletes.emplace(each.file.path + std::to_string(each.file.content_offset.value_or(-1)),
                        each);
      }
    }
    std::vector<DeleteFile> all;
    for (auto& [key, each] : deletes) all.push_back(std::move(each));
    return all;
  }

  CatalogTable table_{Table()};
  RewriteOptions options_;
};

INSTANTIATE_TEST_SUITE_P(FormatVersions, MergeOnReadTest, ::testing::Values(2, 3),
                         [](const auto& each) { return "V" + std::to_string(each.param); });

TEST_P(MergeOnReadTest, MarksRowsAndLeavesTheirFile) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3},
             {"mission": "b", "n": 2}])");
  const auto on_disk = table_.DataFilesOnDisk();
  const auto result = Delete(Number(PredicateOp::kGe, 2));
  // All of b goes; of a, two rows are marked.
  EXPECT_EQ(result.rows_deleted, 3);
  EXPECT_EQ(result.files_removed, 1);
  EXPECT_EQ(result.files_added, 0);
  EXPECT_EQ(result.delete_files_added, 1);
  EXPECT_EQ(Left(), Rows{"a|1|null"});
  EXPECT_EQ(Summary("operation"), "delete");
  EXPECT_EQ(Summary("added-position-deletes"), "2");
  EXPECT_EQ(Summary(is_v3() ? "added-dvs" : "added-position-delete-files"), "1");
  EXPECT_EQ(Summary("deleted-data-files"), "1");
  EXPECT_EQ(table_.DataFilesOnDisk().size(), on_disk.size() + 1);
}

TEST_P(MergeOnReadTest, MakesNoSnapshotWhereNothingMatches) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 9}])");
  const auto before = table_.metadata();
  const auto result = Delete(Number(PredicateOp::kEq, 5));
  EXPECT_EQ(result.commit.snapshot_id, std::nullopt);
  EXPECT_EQ(*table_.metadata(), *before);
}

// C10
TEST_P(MergeOnReadTest, DeletesAgainInAFileWithDeletes) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3},
             {"mission": "a", "n": 4}])");
  Delete(Number(PredicateOp::kEq, 2));
  const auto result = Delete(Number(PredicateOp::kLe, 3));
  EXPECT_EQ(result.rows_deleted, 2);
  EXPECT_EQ(Left(), Rows{"a|4|null"});
  const auto deletes = Deletes();
  ASSERT_EQ(deletes.size(), is_v3() ? 1u : 2u);
  if (is_v3()) {
    EXPECT_EQ(deletes[0].file.record_count, 3);
    EXPECT_EQ(result.delete_files_removed, 1);
    EXPECT_EQ(Summary("removed-dvs"), "1");
    EXPECT_EQ(Summary("total-position-deletes"), "3");
  }
  // What is left goes with the file, and its deletes with it.
  Delete(Number(PredicateOp::kEq, 4));
  EXPECT_TRUE(Left().empty());
  EXPECT_EQ(Summary("total-delete-files"), "0");
}

TEST_P(MergeOnReadTest, UpdatesRowsInBothModes) {
  for (const auto mode : {RewriteMode::kMergeOnRead, RewriteMode::kCopyOnWrite}) {
    options_.mode = mode;
    Delete(Number(PredicateOp::kGe, 0));
    Append(R"([{"mission": "a", "n": 1, "volts": 0.5}, {"mission": "a", "n": 2, "volts": 1.5},
               {"mission": "b", "n": 2, "volts": 2.5}])");
    const auto result = SetVolts(Number(PredicateOp::kEq, 2), 7.0);
    EXPECT_EQ(result.rows_updated, 2);
    EXPECT_EQ(result.rows_deleted, 0);
    EXPECT_EQ(result.rows_added, 0);
    EXPECT_EQ(Left(), (Rows{"a|1|0.5", "a|2|7", "b|2|7"}));
    EXPECT_EQ(Summary("operation"), "overwrite");
    EXPECT_EQ(result.delete_files_added, mode == RewriteMode::kMergeOnRead ? 1 : 0);
  }
}

TEST_P(MergeOnReadTest, UpdatesOnlyRowsThatAreNotDeleted) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  Delete(Number(PredicateOp::kEq, 2));
  for (const auto mode : {RewriteMode::kMergeOnRead, RewriteMode::kCopyOnWrite}) {
    options_.mode = mode;
    const double volts = mode == RewriteMode::kMergeOnRead ? 4 : 5;
    EXPECT_EQ(SetVolts(Number(PredicateOp::kLe, 2), volts).rows_updated, 1);
    EXPECT_EQ(Left(), (Rows{"a|1|" + std::to_string(static_cast<int>(volts)), "a|3|null"}));
  }
}

TEST_P(MergeOnReadTest, OverwritesMatchingRows) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  const auto batch = JsonBatch(ToArrowSchema(table_.metadata()->CurrentSchema()),
                               R"([{"mission": "a", "n": 20}])");
  const auto rows = arrow::RecordBatchReader::Make({batch}).ValueOrDie();
  const auto result =
      OverwriteWhere(table_.catalog(), table_.name(), Number(PredicateOp::kEq, 2), rows, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->rows_deleted, 1);
  EXPECT_EQ(result->rows_added, 1);
  EXPECT_EQ(result->files_removed, 0);
  EXPECT_EQ(Left(), (Rows{"a|1|null", "a|20|null"}));
}

TEST_P(MergeOnReadTest, TakesTheModeFromTheTable) {
  options_.mode = RewriteMode::kTableProperty;
  const auto set = [&](const std::string& key, const std::string& value) {
    const auto done =
        UpdateMetadata(table_.real_catalog(), table_.name(), "alter",
                       [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
                         return SetProperties(metadata, {{key, value}});
                       });
    ASSERT_TRUE(done.ok()) << done.status();
  };
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  EXPECT_EQ(Delete(Number(PredicateOp::kEq, 1)).delete_files_added, 0);
  set("write.delete.mode", "merge-on-read");
  EXPECT_EQ(Delete(Number(PredicateOp::kEq, 2)).delete_files_added, 1);
  set("write.delete.mode", "sometimes");
  const auto result = TryDelete(table_.catalog(), Number(PredicateOp::kEq, 3));
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_NE(result.status().message().find("sometimes"), std::string::npos);
  EXPECT_EQ(Left(), Rows{"a|3|null"});
}

// C4, C10
TEST_P(MergeOnReadTest, DeletesOfTwoWritersInOneFileBothHold) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  bool intruded = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(intruded, true)) return;
    EXPECT_TRUE(TryDelete(table_.real_catalog(), Number(PredicateOp::kEq, 1)).ok());
  };
  Delete(Number(PredicateOp::kEq, 2));
  EXPECT_EQ(Left(), Rows{"a|3|null"});
  EXPECT_EQ(Deletes().size(), is_v3() ? 1u : 2u);
}

// C4
TEST_P(MergeOnReadTest, AnUpdateDoesNotBringBackARowThatWasDeletedMeanwhile) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  options_.commit.isolation = Isolation::kSnapshot;
  bool intruded = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(intruded, true)) return;
    EXPECT_TRUE(TryDelete(table_.real_catalog(), Number(PredicateOp::kEq, 2)).ok());
  };
  const auto result = SetVolts(Number(PredicateOp::kLe, 2), 7.0);
  EXPECT_EQ(result.rows_updated, 1);
  EXPECT_EQ(Left(), (Rows{"a|1|7", "a|3|null"}));
}

// C4
TEST_P(MergeOnReadTest, PlansAgainWhereItsFileWasRewrittenMeanwhile) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}, {"mission": "a", "n": 3}])");
  bool intruded = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(intruded, true)) return;
    RewriteOptions other = options_;
    other.mode = RewriteMode::kCopyOnWrite;
    EXPECT_TRUE(
        DeleteWhere(table_.real_catalog(), table_.name(), Number(PredicateOp::kEq, 1), other).ok());
  };
  const auto on_disk = table_.DataFilesOnDisk().size();
  Delete(Number(PredicateOp::kEq, 2));
  EXPECT_EQ(Left(), Rows{"a|3|null"});
  // One data file and one delete file came; those of the lost plan are gone.
  EXPECT_EQ(table_.DataFilesOnDisk().size(), on_disk + 2);
}

// C5
TEST_P(MergeOnReadTest, RemovesItsFilesWhenItFailsAndKeepsThemWhenTheOutcomeIsUnknown) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  const auto on_disk = table_.DataFilesOnDisk();
  table_.catalog().failures = {arrow::Status::IOError("disk full")};
  EXPECT_FALSE(TryDelete(table_.catalog(), Number(PredicateOp::kEq, 1)).ok());
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
  table_.catalog().lose_reply = true;
  table_.catalog().stay_blind = true;
  const auto unknown = TryDelete(table_.catalog(), Number(PredicateOp::kEq, 1));
  EXPECT_NE(FindDetail<CommitUnknown>(unknown.status()), nullptr) << unknown.status();
  EXPECT_EQ(table_.DataFilesOnDisk().size(), on_disk.size() + 1);
  EXPECT_EQ(Left(), Rows{"a|2|null"});
}

TEST_P(MergeOnReadTest, WorksOnTheRowsOfItsBranch) {
  Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  RefChange branch;
  branch.name = "audit";
  ASSERT_TRUE(SetRef(table_.catalog(), table_.name(), branch).ok());
  Append(R"([{"mission": "a", "n": 2}])");
  options_.commit.branch = "audit";
  EXPECT_EQ(Delete(Number(PredicateOp::kEq, 2)).rows_deleted, 1);
  EXPECT_EQ(Left(), (Rows{"a|1|null", "a|2|null", "a|2|null"}));
  const auto head = table_.metadata()->refs.at("audit").snapshot_id;
  EXPECT_EQ(Sorted(RowsOf(OpenRows(table_, table_.View(head)))), Rows{"a|1|null"});
}

TEST_P(MergeOnReadTest, LeavesTheTableWhereAnUpdateCannotBe) {
  Append(R"([{"mission": "a", "n": 1}])");
  const auto before = table_.metadata();
  const auto on_disk = table_.DataFilesOnDisk();
  const auto update = [&](const RowChange& change) {
    return UpdateWhere(table_.catalog(), table_.name(), Number(PredicateOp::kEq, 1), change,
                       options_)
        .status();
  };
  const auto unknown = update(SetColumns({{"wolts", arrow::MakeScalar(1.0)}}));
  EXPECT_TRUE(unknown.IsInvalid()) << unknown;
  EXPECT_NE(unknown.message().find("wolts"), std::string::npos);
  const auto text = update(SetColumns({{"n", arrow::MakeScalar("many")}}));
  EXPECT_TRUE(text.IsInvalid()) << text;
  const auto fewer = update(
      [](const std::shared_ptr<arrow::RecordBatch>& batch)
          -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> { return batch->Slice(0, 0); });
  EXPECT_TRUE(fewer.IsInvalid()) << fewer;
  EXPECT_EQ(*table_.metadata(), *before);
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
}

}  // namespace
}  // namespace artemis
