// Changes that are seen by their maker first, in v2 and v3.
#include "artemis/rewrite/staged_table.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/evolution.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

class StagedTableTest : public ::testing::TestWithParam<int32_t> {
 protected:
  static TestTableOptions Table() {
    TestTableOptions options;
    options.fields = {MakeField(1, "mission", TypeKind::kString),
                      MakeField(2, "n", TypeKind::kLong)};
    options.partition = "mission";
    options.format_version = GetParam();
    return options;
  }

  std::vector<DataFile> Append(const std::string& rows_json) {
    const auto files = table_.Write(rows_json);
    const auto result = AppendFiles(table_.real_catalog(), table_.name(), files);
    EXPECT_TRUE(result.ok()) << result.status();
    return files;
  }
  StagedTable& Stage() {
    CommitOptions options;
    options.backoff_min_ms = 1;
    staged_ = std::make_unique<StagedTable>(
        table_.catalog(), table_.real_catalog().Load(table_.name()).ValueOrDie(), options);
    return *staged_;
  }
  Rows RowsOfState() {
    const auto state = staged_->State();
    EXPECT_TRUE(state.ok()) << state.status();
    const auto& metadata = state->metadata;
    return Sorted(
        RowsOf(OpenRows(table_, {metadata, metadata->current_snapshot_id,
                                 std::make_shared<const Schema>(metadata->CurrentSchema())})));
  }
  Rows Committed() { return Sorted(ReadRows(table_)); }
  size_t Snapshots() { return table_.metadata()->snapshots.size(); }
  BoundPredicate OfMission(const std::string& mission) {
    return table_.Bound(Leaf(PredicateOp::kEq, "mission", {mission}));
  }

  CatalogTable table_{Table()};
  std::unique_ptr<StagedTable> staged_;
};

INSTANTIATE_TEST_SUITE_P(FormatVersions, StagedTableTest, ::testing::Values(2, 3),
                         [](const auto& each) { return "V" + std::to_string(each.param); });

TEST_P(StagedTableTest, ShowsRowsToTheirMakerAlone) {
  Append(R"([{"mission": "a", "n": 1}])");
  StagedTable& staged = Stage();
  EXPECT_EQ(RowsOfState(), Rows{"a|1"});
  staged.AddFiles(table_.Write(R"([{"mission": "a", "n": 2}])"));
  EXPECT_EQ(RowsOfState(), (Rows{"a|1", "a|2"}));
  staged.AddFiles(table_.Write(R"([{"mission": "b", "n": 3}])"));
  EXPECT_EQ(RowsOfState(), (Rows{"a|1", "a|2", "b|3"}));
  EXPECT_EQ(Committed(), Rows{"a|1"});
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|1", "a|2", "b|3"}));
  EXPECT_EQ(Snapshots(), 2u);
  EXPECT_EQ(table_.metadata()->CurrentSnapshot()->summary.at("operation"), "append");
}

TEST_P(StagedTableTest, DeletesOldRowsAndItsOwnInOneSnapshot) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  StagedTable& staged = Stage();
  const auto own = table_.Write(R"([{"mission": "a", "n": 3}, {"mission": "a", "n": 4}])");
  staged.AddFiles(own);
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}, {own[0].path, {1}}}).ok());
  EXPECT_EQ(RowsOfState(), (Rows{"a|2", "a|3"}));
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|2", "a|3"}));
  EXPECT_EQ(Snapshots(), 2u);
}

TEST_P(StagedTableTest, RemovesFilesOfWhichNoRowIsLeft) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "b", "n": 2}])");
  StagedTable& staged = Stage();
  const auto own = table_.Write(R"([{"mission": "c", "n": 3}])");
  staged.AddFiles(own);
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}}).ok());
  ASSERT_TRUE(staged.DeleteRows({{own[0].path, {0}}}).ok());
  EXPECT_EQ(RowsOfState(), Rows{"b|2"});
  ASSERT_TRUE(staged.Commit().ok());
  EXPECT_EQ(Committed(), Rows{"b|2"});
  // The file of a stays for the older snapshot, that of c was in none.
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
  EXPECT_EQ(table_.DataFilesOnDisk().size(), 2u);
}

TEST_P(StagedTableTest, DeletesOnceMoreInAFileWithDeletes) {
  const auto base = Append(
      R"([{"mission": "a", "n": 0}, {"mission": "a", "n": 1}, {"mission": "a", "n": 2},
          {"mission": "a", "n": 3}])");
  for (const int64_t position : {2, 0, 3}) {
    ASSERT_TRUE(Stage().DeleteRows({{base[0].path, {position}}}).ok());
    const auto done = staged_->Commit();
    ASSERT_TRUE(done.ok()) << done.status();
  }
  EXPECT_EQ(Committed(), Rows{"a|1"});
  // The last one goes with the file, and its deletes with it.
  ASSERT_TRUE(Stage().DeleteRows({{base[0].path, {1}}}).ok());
  ASSERT_TRUE(staged_->Commit().ok());
  EXPECT_EQ(Committed(), Rows{});
  const auto metadata = table_.metadata();
  EXPECT_EQ(metadata->CurrentSnapshot()->summary.at("total-data-files"), "0");
  EXPECT_EQ(metadata->CurrentSnapshot()->summary.at("total-delete-files"), "0");
}

TEST_P(StagedTableTest, LeavesNothingBehindWhenDiscarded) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  const auto metadata_files = [&] {
    size_t count = 0;
    for (const auto& each :
         std::filesystem::recursive_directory_iterator(table_.folder() + "/metadata"))
      count += each.is_regular_file() ? 1 : 0;
    return count;
  };
  const auto on_disk = table_.DataFilesOnDisk();
  const size_t metadata_before = metadata_files();
  StagedTable& staged = Stage();
  staged.AddFiles(table_.Write(R"([{"mission": "a", "n": 3}])"));
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}}).ok());
  EXPECT_EQ(RowsOfState(), (Rows{"a|2", "a|3"}));
  EXPECT_GT(table_.DataFilesOnDisk().size(), on_disk.size());
  staged_.reset();
  EXPECT_EQ(table_.DataFilesOnDisk(), on_disk);
  EXPECT_EQ(metadata_files(), metadata_before);
  EXPECT_EQ(Committed(), (Rows{"a|1", "a|2"}));
}

TEST_P(StagedTableTest, LetsInRowsThatItsDeletesDidNotLookFor) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  StagedTable& staged = Stage();
  staged.NoteRead(OfMission("a"));
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}}).ok());
  Append(R"([{"mission": "b", "n": 7}])");
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|2", "b|7"}));
}

TEST_P(StagedTableTest, RefusesToMissRowsThatCameMeanwhile) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "a", "n": 2}])");
  StagedTable& staged = Stage();
  staged.NoteRead(OfMission("a"));
  const auto own = table_.Write(R"([{"mission": "c", "n": 3}])");
  staged.AddFiles(own);
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}}).ok());
  Append(R"([{"mission": "a", "n": 7}])");
  const auto done = staged.Commit();
  EXPECT_NE(FindDetail<CommitConflict>(done.status()), nullptr) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|1", "a|2", "a|7"}));
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

// Row-level changes that looked for a key, found none and put it in: both makers at once would have it twice.
TEST_P(StagedTableTest, PutsInNoRowsThatAnotherWriterPutInMeanwhile) {
  StagedTable& staged = Stage();
  staged.AddFiles(table_.Write(R"([{"mission": "a", "n": 1}])"));
  ASSERT_TRUE(staged.State().ok());
  staged.NoteRead(OfMission("a"));
  Append(R"([{"mission": "a", "n": 2}])");
  const auto done = staged.Commit();
  EXPECT_NE(FindDetail<CommitConflict>(done.status()), nullptr) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|2"}));
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_P(StagedTableTest, PutsInRowsBesideThoseThatItDidNotLookFor) {
  StagedTable& staged = Stage();
  staged.AddFiles(table_.Write(R"([{"mission": "a", "n": 1}])"));
  staged.NoteRead(OfMission("a"));
  Append(R"([{"mission": "b", "n": 2}])");
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|1", "b|2"}));
  EXPECT_EQ(table_.metadata()->CurrentSnapshot()->operation(), "append");
}

TEST_P(StagedTableTest, AppendsBesideOthers) {
  StagedTable& staged = Stage();
  staged.AddFiles(table_.Write(R"([{"mission": "a", "n": 1}])"));
  Append(R"([{"mission": "a", "n": 2}])");
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), (Rows{"a|1", "a|2"}));
}

TEST_P(StagedTableTest, ChangesColumnsAndRowsTogether) {
  Append(R"([{"mission": "a", "n": 1}])");
  StagedTable& staged = Stage();
  ASSERT_TRUE(
      staged
          .ChangeMetadata([](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
            ARROW_ASSIGN_OR_RAISE(auto schema,
                                  RenameColumn(metadata.CurrentSchema(), "n", "count"));
            return SetCurrentSchema(metadata, std::move(schema), metadata.last_column_id);
          })
          .ok());
  const auto state = staged.State().ValueOrDie();
  EXPECT_EQ(state.metadata->CurrentSchema().fields[1].name, "count");
  auto writer = MakeTableWriter(state.metadata, table_.files()).ValueOrDie();
  ASSERT_TRUE(writer
                  ->Write(*JsonBatch(ToArrowSchema(state.metadata->CurrentSchema()),
                                     R"([{"mission": "a", "count": 2}])"))
                  .ok());
  staged.AddFiles(writer->Close().ValueOrDie());
  EXPECT_EQ(RowsOfState(), (Rows{"a|1", "a|2"}));
  EXPECT_EQ(table_.metadata()->CurrentSchema().fields[1].name, "n");
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(table_.metadata()->CurrentSchema().fields[1].name, "count");
  EXPECT_EQ(Committed(), (Rows{"a|1", "a|2"}));
}

// Both writers' first new column gets the id 3: rows of one must not become values of the other's.
TEST_P(StagedTableTest, WritesNoRowsUnderIdsThatAnotherWriterGaveAway) {
  const auto adding = [](const std::string& name) {
    return [name](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
      ARROW_ASSIGN_OR_RAISE(auto added, AddColumn(metadata.CurrentSchema(), metadata.last_column_id,
                                                  name, Type::Of(TypeKind::kLong)));
      return SetCurrentSchema(metadata, std::move(added.schema), added.last_column_id);
    };
  };
  for (const bool has_rows : {true, false}) {
    StagedTable& staged = Stage();
    ASSERT_TRUE(staged.ChangeMetadata(adding(has_rows ? "mine" : "empty")).ok());
    if (has_rows) {
      const auto state = staged.State().ValueOrDie();
      auto writer = MakeTableWriter(state.metadata, table_.files()).ValueOrDie();
      ASSERT_TRUE(writer
                      ->Write(*JsonBatch(ToArrowSchema(state.metadata->CurrentSchema()),
                                         R"([{"mission": "a", "n": 1, "mine": 7}])"))
                      .ok());
      staged.AddFiles(writer->Close().ValueOrDie());
    }
    ASSERT_TRUE(UpdateMetadata(table_.real_catalog(), table_.name(), "alter",
                               adding(has_rows ? "theirs" : "theirs_too"))
                    .ok());
    const auto done = staged.Commit();
    if (has_rows) {
      EXPECT_NE(FindDetail<CommitConflict>(done.status()), nullptr) << done.status();
      EXPECT_EQ(Committed(), Rows{});
      EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
    } else {
      EXPECT_TRUE(done.ok()) << done.status();
    }
  }
  std::vector<std::string> names;
  for (const auto& field : table_.metadata()->CurrentSchema().fields) names.push_back(field.name);
  EXPECT_EQ(names, (std::vector<std::string>{"mission", "n", "theirs", "theirs_too", "empty"}));
}

TEST_P(StagedTableTest, PutsRowsInThePlaceOfAll) {
  const auto base = Append(R"([{"mission": "a", "n": 1}, {"mission": "b", "n": 2}])");
  StagedTable& staged = Stage();
  ASSERT_TRUE(staged.DeleteRows({{base[0].path, {0}}}).ok());
  staged.AddFiles(table_.Write(R"([{"mission": "c", "n": 3}])"));
  ASSERT_TRUE(staged.DeleteAllRows().ok());
  EXPECT_EQ(RowsOfState(), Rows{});
  staged.AddFiles(table_.Write(R"([{"mission": "d", "n": 4}])"));
  EXPECT_EQ(RowsOfState(), Rows{"d|4"});
  const auto done = staged.Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(Committed(), Rows{"d|4"});
  EXPECT_EQ(Snapshots(), 2u);
  EXPECT_EQ(table_.metadata()->CurrentSnapshot()->summary.at("operation"), "overwrite");
  EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
}

TEST_P(StagedTableTest, ReplacesNoRowsThatItHasNotSeen) {
  for (const bool has_rows : {true, false}) {
    if (has_rows) Append(R"([{"mission": "a", "n": 1}])");
    StagedTable& staged = Stage();
    ASSERT_TRUE(staged.DeleteAllRows().ok());
    staged.AddFiles(table_.Write(R"([{"mission": "d", "n": 4}])"));
    Append(R"([{"mission": "b", "n": 7}])");
    const auto done = staged.Commit();
    EXPECT_NE(FindDetail<CommitConflict>(done.status()), nullptr) << done.status();
    EXPECT_EQ(table_.DataFilesOnDisk(), table_.DataFilesOfSnapshots());
    StagedTable& emptied = Stage();
    ASSERT_TRUE(emptied.DeleteAllRows().ok());
    ASSERT_TRUE(emptied.Commit().ok());
    EXPECT_EQ(Committed(), Rows{});
  }
}

TEST_P(StagedTableTest, NamesAFileThatTheTableDoesNotHave) {
  Append(R"([{"mission": "a", "n": 1}])");
  StagedTable& staged = Stage();
  ASSERT_TRUE(staged.DeleteRows({{"/nowhere/x.parquet", {0}}}).ok());
  const auto state = staged.State();
  EXPECT_TRUE(state.status().IsInvalid()) << state.status();
  EXPECT_NE(state.status().message().find("/nowhere/x.parquet"), std::string::npos);
}

TEST_P(StagedTableTest, MakesATableWithItsRowsAtOnce) {
  const TableName name{{"sda"}, "fresh"};
  NewTable fresh;
  fresh.location = table_.real_catalog().DefaultLocation(name);
  fresh.schema = table_.metadata()->CurrentSchema();
  fresh.format_version = GetParam();
  const auto stage = [&] {
    auto metadata = MakeTableMetadata(fresh, table_.clock().Now()).ValueOrDie();
    auto staged = StagedTable::OfNewTable(table_.catalog(), name, std::move(metadata));
    auto writer = MakeTableWriter(staged->base().metadata, table_.files()).ValueOrDie();
    EXPECT_TRUE(
        writer->Write(*JsonBatch(ToArrowSchema(fresh.schema), R"([{"mission": "a", "n": 1}])"))
            .ok());
    staged->AddFiles(writer->Close().ValueOrDie());
    return staged;
  };
  auto staged = stage();
  EXPECT_NE(FindDetail<NoSuchTable>(table_.catalog().Load(name).status()), nullptr);
  const auto done = staged->Commit();
  ASSERT_TRUE(done.ok()) << done.status();
  const auto loaded = table_.catalog().Load(name).ValueOrDie();
  ASSERT_EQ(loaded.metadata->snapshots.size(), 1u);
  EXPECT_EQ(loaded.metadata->snapshots[0].summary.at("total-records"), "1");
  EXPECT_EQ(Sorted(RowsOf(OpenRows(
                table_, {loaded.metadata, loaded.metadata->current_snapshot_id,
                         std::make_shared<const Schema>(loaded.metadata->CurrentSchema())}))),
            Rows{"a|1"});
  // The name is taken by now.
  auto second = stage();
  EXPECT_TRUE(second->Commit().status().IsAlreadyExists());
}

}  // namespace
}  // namespace artemis
