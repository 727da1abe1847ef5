// Facts of replay: a table as it stood, whatever happens to it while it is read.
#include "artemis/replay/replay.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/replay/replay_deadline.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() { options_.read.threads = 1; }

  static TestTableOptions IdAndVoltage() {
    TestTableOptions options;
    options.fields = {MakeField(1, "id", TypeKind::kLong),
                      MakeField(2, "voltage", TypeKind::kDouble)};
    return options;
  }
  DataFile File(const std::string& rows_json) { return table_.Write(rows_json).at(0); }
  SnapshotId Append(const DataFile& file) {
    table_.clock().AdvanceMs(1000);
    const auto result = AppendFiles(table_.catalog(), table_.name(), {file});
    EXPECT_TRUE(result.ok()) << result.status();
    return *result->snapshot_id;
  }
  SnapshotId Append(const std::string& rows_json) { return Append(File(rows_json)); }
  SnapshotId Replace(const DataFile& removed, const DataFile& added) {
    table_.clock().AdvanceMs(1000);
    ReplaceFilesChange change;
    change.removed = {removed};
    change.added = {added};
    return *ReplaceFiles(table_.catalog(), table_.name(), change).ValueOrDie().snapshot_id;
  }
  void Expire(SnapshotId id) {
    table_.Change(
        [&](TableMetadata& metadata) { metadata = RemoveSnapshots(metadata, {id}).ValueOrDie(); });
  }

  arrow::Result<ReplayResult> Open(const ReplayTarget& target) {
    return ReplayEngine(table_.catalog(), table_.name()).Replay(target, options_);
  }
  Rows RowsAt(const ReplayTarget& target) {
    auto result = Open(target);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? RowsOf(result->rows) : Rows{};
  }
  std::vector<std::string> ColumnsAt(const ReplayTarget& target) {
    return Open(target).ValueOrDie().rows->schema()->field_names();
  }

  CatalogTable table_{IdAndVoltage()};
  ReplayOptions options_;
};

TEST_F(ReplayTest, ReadsTheTableAsItStood) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  const auto first = Append(file);
  const auto second = Replace(file, File(R"([{"id": 1, "voltage": 2.5}])"));
  const auto third = Append(R"([{"id": 2, "voltage": 3.5}])");
  EXPECT_EQ(RowsAt(first), Rows{"1|1.5"});
  EXPECT_EQ(RowsAt(table_.TimeOf(first)), Rows{"1|1.5"});
  EXPECT_EQ(RowsAt(TimestampMs(table_.TimeOf(second).value - 1)), Rows{"1|1.5"});
  EXPECT_EQ(RowsAt(table_.TimeOf(second)), Rows{"1|2.5"});
  EXPECT_EQ(RowsAt(second), Rows{"1|2.5"});
  EXPECT_EQ(Sorted(RowsAt(std::monostate())), (Rows{"1|2.5", "2|3.5"}));
  EXPECT_EQ(Sorted(RowsAt(std::string("main"))), (Rows{"1|2.5", "2|3.5"}));
  EXPECT_EQ(Open(table_.TimeOf(second)).ValueOrDie().pin.view.snapshot_id, second);
  EXPECT_EQ(Open(third).ValueOrDie().pin.committed_at, table_.TimeOf(third));
}

TEST_F(ReplayTest, OpensASessionByTimeSnapshotAndRef) {
  const auto first = Append(R"([{"id": 1, "voltage": 1.5}, {"id": 2, "voltage": 2.5}])");
  Append(R"([{"id": 3, "voltage": 3.5}])");
  ReplayEngine engine(table_.catalog(), table_.name());
  const auto above_two = Leaf(PredicateOp::kGt, "voltage", {2.0});
  const auto rows = [](const arrow::Result<ReplaySession>& session) {
    return session.ok() ? Sorted(RowsOf(session->Rows())) : Rows{session.status().ToString()};
  };
  EXPECT_EQ(rows(engine.ReplayAt(table_.TimeOf(first), above_two)), Rows{"2|2.5"});
  EXPECT_EQ(rows(engine.ReplayAtSnapshot(first, above_two)), Rows{"2|2.5"});
  EXPECT_EQ(rows(engine.ReplayAtRef("main", above_two)), (Rows{"2|2.5", "3|3.5"}));
  EXPECT_EQ(rows(engine.ReplayAt(table_.TimeOf(first))), (Rows{"1|1.5", "2|2.5"}));
  EXPECT_EQ(rows(engine.ReplayAtSnapshot(first)), (Rows{"1|1.5", "2|2.5"}));
  EXPECT_EQ(rows(engine.ReplayAtRef("main")), (Rows{"1|1.5", "2|2.5", "3|3.5"}));
  EXPECT_NE(FindDetail<NoSuchSnapshot>(engine.ReplayAtRef("audit").status()), nullptr);
}

TEST_F(ReplayTest, RetriesASessionOnThePinAndNeverAsksTheCatalogAgain) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  Append(file);
  ReplayEngine engine(table_.catalog(), table_.name());
  const auto session = engine.Open(std::monostate(), options_).ValueOrDie();
  Replace(file, File(R"([{"id": 2, "voltage": 2.5}])"));
  EXPECT_EQ(RowsOf(session.Rows()), Rows{"1|1.5"});
  const auto again = engine.OpenPinned(session.pin(), options_).ValueOrDie();
  // Nothing but the pin is left to go by.
  ASSERT_TRUE(table_.catalog().Drop(table_.name()).ok());
  const auto counters = std::make_shared<ReadCounters>();
  EXPECT_EQ(RowsOf(session.Rows(counters)), Rows{"1|1.5"});
  EXPECT_EQ(counters->rows, 1);
  EXPECT_EQ(RowsOf(again.Rows()), Rows{"1|1.5"});
  EXPECT_EQ(RowsOf(engine.OpenPinned(session.pin(), options_).ValueOrDie().Rows()), Rows{"1|1.5"});
}

TEST_F(ReplayTest, InspectsWithoutOpeningADataFile) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  const auto first = Append(file);
  table_.files().Forget();
  const auto found = ReplayEngine(table_.catalog(), table_.name()).Inspect(first).ValueOrDie();
  EXPECT_EQ(found.pin.view.snapshot_id, first);
  EXPECT_EQ(found.summary.files_kept, 1);
  EXPECT_EQ(found.summary.bytes_total, file.file_size_bytes);
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(ReplayTest, GivesColumnsThatEveryTableHas) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}, {"id": 2, "voltage": 2.5}])");
  Append(file);
  options_.columns = {"_pos", "id", "_file"};
  EXPECT_EQ(RowsAt(std::monostate()), (Rows{"0|1|" + file.path, "1|2|" + file.path}));
}

TEST_F(ReplayTest, EndsAtItsDeadline) {
  Append(R"([{"id": 1, "voltage": 1.5}])");
  options_.deadline_ms = 0;
  const auto at_once = Open(std::monostate()).status();
  ASSERT_NE(FindDetail<DeadlineExceeded>(at_once), nullptr) << at_once;
  EXPECT_EQ(FindDetail<DeadlineExceeded>(at_once)->limit_ms, 0);
  for (const int threads : {1, 2}) {
    options_.read.threads = threads;
    options_.deadline_ms = 60'000;
    EXPECT_EQ(RowsAt(std::monostate()), Rows{"1|1.5"});
    // A reader that dawdles is told at its next batch.
    options_.deadline_ms = 500;
    const auto late = Open(std::monostate()).ValueOrDie();
    std::this_thread::sleep_for(std::chrono::milliseconds(550));
    const auto status = TryRows(late.rows).status();
    EXPECT_NE(FindDetail<DeadlineExceeded>(status), nullptr) << status;
  }
}

TEST_F(ReplayTest, EndsWhenTheCallerStopsIt) {
  Append(R"([{"id": 1, "voltage": 1.5}])");
  for (const bool with_deadline : {false, true}) {
    arrow::StopSource source;
    options_.read.stop = source.token();
    if (with_deadline) options_.deadline_ms = 60'000;
    const auto result = Open(std::monostate()).ValueOrDie();
    source.RequestStop();
    EXPECT_TRUE(TryRows(result.rows).status().IsCancelled());
  }
}

TEST_F(ReplayTest, ReadsATagWithItsSnapshotsSchema) {
  const auto first = Append(R"([{"id": 1, "voltage": 1.5}])");
  table_.Change([&](TableMetadata& metadata) {
    SnapshotRef tag;
    tag.snapshot_id = first;
    tag.kind = SnapshotRef::Kind::kTag;
    metadata = SetRef(metadata, "launch", tag).ValueOrDie();
  });
  table_.SetFields({MakeField(1, "number", TypeKind::kLong)});
  Append(R"([{"number": 2}])");
  EXPECT_EQ(RowsAt(std::string("launch")), Rows{"1|1.5"});
  EXPECT_EQ(ColumnsAt(std::string("launch")), (std::vector<std::string>{"id", "voltage"}));
}

TEST_F(ReplayTest, ProjectsToTheSchemaOfTheSnapshotOrToTodays) {
  const auto first = Append(R"([{"id": 1, "voltage": 1.5}])");
  table_.SetFields(
      {MakeField(3, "note", TypeKind::kString), MakeField(2, "panel_voltage", TypeKind::kDouble)});
  Append(R"([{"note": "x", "panel_voltage": 2.5}])");
  EXPECT_EQ(ColumnsAt(first), (std::vector<std::string>{"id", "voltage"}));
  EXPECT_EQ(RowsAt(first), Rows{"1|1.5"});
  options_.where = Leaf(PredicateOp::kEq, "voltage", {1.5});
  EXPECT_EQ(RowsAt(first), Rows{"1|1.5"});
  options_.mode = ProjectionMode::kCurrent;
  EXPECT_TRUE(Open(first).status().IsInvalid());
  options_.where = Leaf(PredicateOp::kEq, "panel_voltage", {1.5});
  EXPECT_EQ(ColumnsAt(first), (std::vector<std::string>{"note", "panel_voltage"}));
  EXPECT_EQ(RowsAt(first), Rows{"null|1.5"});
}

TEST_F(ReplayTest, IsEmptyBeforeTheFirstCommit) {
  const auto first = Append(R"([{"id": 1, "voltage": 1.5}])");
  const auto result = Open(TimestampMs(table_.TimeOf(first).value - 500)).ValueOrDie();
  EXPECT_EQ(RowsOf(result.rows), Rows{});
  EXPECT_EQ(result.rows->schema()->field_names(), (std::vector<std::string>{"id", "voltage"}));
  EXPECT_EQ(result.pin.view.snapshot_id, std::nullopt);
}

TEST_F(ReplayTest, FiltersAndGivesTheAskedColumns) {
  Append(R"([{"id": 1, "voltage": 1.5}, {"id": 2, "voltage": 2.5}, {"id": 3, "voltage": null}])");
  options_.where = Leaf(PredicateOp::kGt, "voltage", {2.0});
  options_.columns = {"id"};
  const auto result = Open(std::monostate()).ValueOrDie();
  EXPECT_EQ(RowsOf(result.rows), Rows{"2"});
  EXPECT_EQ(result.counters->rows, 1);
  EXPECT_EQ(result.plan.summary.files_kept, 1);
  options_.columns = {"voltage", "id"};
  EXPECT_EQ(RowsAt(std::monostate()), Rows{"2.5|2"});
}

TEST_F(ReplayTest, NamesANearMatchForAnUnknownColumn) {
  Append(R"([{"id": 1, "voltage": 1.5}])");
  options_.columns = {"Voltage"};
  const auto column = Open(std::monostate()).status();
  EXPECT_TRUE(column.IsInvalid());
  EXPECT_NE(column.message().find("Voltage"), std::string::npos) << column;
  EXPECT_NE(column.message().find("did you mean"), std::string::npos) << column;
  options_.columns = std::nullopt;
  options_.where = Leaf(PredicateOp::kEq, "ID", {int64_t{1}});
  const auto filter = Open(std::monostate()).status();
  EXPECT_TRUE(filter.IsInvalid());
  EXPECT_NE(filter.message().find("did you mean"), std::string::npos) << filter;
}

TEST_F(ReplayTest, ExplainsWithoutReadingRows) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  Append(file);
  table_.files().Forget();
  options_.explain = true;
  options_.where = Leaf(PredicateOp::kEq, "id", {int64_t{9}});
  const auto result = Open(std::monostate()).ValueOrDie();
  EXPECT_EQ(result.rows, nullptr);
  ASSERT_EQ(result.plan.decisions.size(), 1u);
  EXPECT_FALSE(result.plan.decisions[0].kept);
  EXPECT_EQ(result.plan.decisions[0].path, file.path);
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(ReplayTest, GivesThePinnedRowsWhateverIsCommittedMeanwhile) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  Append(file);
  const auto before = Open(std::monostate()).ValueOrDie();
  const auto second = Replace(file, File(R"([{"id": 2, "voltage": 2.5}])"));
  table_.SetFields({MakeField(1, "number", TypeKind::kLong)});
  Append(R"([{"number": 3}])");
  EXPECT_EQ(RowsOf(before.rows), Rows{"1|1.5"});
  // Expired while it is read, as long as its files are there.
  const auto pinned = Open(second).ValueOrDie();
  Expire(second);
  EXPECT_EQ(RowsOf(pinned.rows), Rows{"2|2.5"});
  EXPECT_NE(FindDetail<SnapshotExpired>(Open(second).status()), nullptr);
}

TEST_F(ReplayTest, CallsAMissingFileOfALiveSnapshotCorrupt) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  const auto first = Append(file);
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
  const auto status = TryRows(Open(first).ValueOrDie().rows).status();
  EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
  EXPECT_NE(status.message().find(ToString(first)), std::string::npos) << status;
  EXPECT_NE(status.message().find(LocalPath(file.path)), std::string::npos) << status;
}

TEST_F(ReplayTest, CallsAMissingManifestOfALiveSnapshotCorrupt) {
  const auto first = Append(R"([{"id": 1, "voltage": 1.5}])");
  const auto manifests = *ListManifests(table_.View(first), table_.files());
  ASSERT_TRUE(table_.files().Delete(manifests.at(0).path).ok());
  const auto status = Open(first).status();
  EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
  EXPECT_NE(status.message().find(LocalPath(manifests[0].path)), std::string::npos) << status;
}

TEST_F(ReplayTest, CallsAMissingFileOfAnExpiredSnapshotExpired) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  const auto first = Append(file);
  const auto second = Replace(file, File(R"([{"id": 2, "voltage": 2.5}])"));
  const auto serial = Open(first).ValueOrDie();
  options_.read.threads = 2;
  const auto parallel = Open(first).ValueOrDie();
  Expire(first);
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
  for (const auto& stream : {serial.rows, parallel.rows}) {
    const auto status = TryRows(stream).status();
    const auto* detail = FindDetail<SnapshotExpired>(status);
    ASSERT_NE(detail, nullptr) << status;
    EXPECT_NE(detail->requested.find(ToString(first)), std::string::npos);
    EXPECT_EQ(detail->oldest_available, table_.TimeOf(second));
  }
}

TEST_F(ReplayTest, LeavesOtherFailuresAsTheyAre) {
  const auto file = File(R"([{"id": 1, "voltage": 1.5}])");
  const auto first = Append(file);
  std::filesystem::resize_file(LocalPath(file.path), 50);
  const auto status = TryRows(Open(first).ValueOrDie().rows).status();
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, file.path);
  // Where the catalog can no longer tell, the file's own failure is all there is to say.
  const auto orphaned = Open(first).ValueOrDie();
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
  ASSERT_TRUE(table_.catalog().Drop(table_.name()).ok());
  EXPECT_TRUE(IsFileNotFound(TryRows(orphaned.rows).status()));
}

}  // namespace
}  // namespace artemis
