// Facts of the planner's first two passes, on manifests of files that exist in metadata only.
#include "artemis/scan/scan_plan.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

using Names = std::vector<std::string>;

const Type kLong = Type::Of(TypeKind::kLong);
const Type kDouble = Type::Of(TypeKind::kDouble);

// 1 mission string, 2 ts timestamp, 3 volts double, 4 n long, by mission.
TestTableOptions Telemetry() {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString),
                    MakeField(2, "ts", TypeKind::kTimestamp),
                    MakeField(3, "volts", TypeKind::kDouble), MakeField(4, "n", TypeKind::kLong)};
  options.partition = "mission";
  return options;
}

Predicate MissionIs(const std::string& mission) {
  return Leaf(PredicateOp::kEq, "mission", {mission});
}

Predicate NumberIs(int64_t n) { return Leaf(PredicateOp::kEq, "n", {n}); }

class ScanPlanTest : public ::testing::Test {
 protected:
  static DataFile InMission(const std::string& name, const std::string& mission) {
    return NamedFile(name, {LiteralValue(mission)});
  }
  static DataFile WithNumbers(const std::string& name, int64_t lower, int64_t upper,
                              std::optional<int64_t> nulls = 0) {
    DataFile file = InMission(name, "a");
    file.metrics = {Metrics(4, kLong, LiteralValue(lower), LiteralValue(upper), nulls)};
    return file;
  }
  static DataFile WithVolts(const std::string& name, std::optional<double> lower,
                            std::optional<double> upper, std::optional<int64_t> nans) {
    DataFile file = InMission(name, "a");
    file.metrics = {Metrics(3, kDouble, lower ? std::optional(LiteralValue(*lower)) : std::nullopt,
                            upper ? std::optional(LiteralValue(*upper)) : std::nullopt, 0, nans)};
    return file;
  }

  ScanPlan PlanFor(const Predicate& predicate, const PlanOptions& options = {}) {
    auto plan = PlanScan(table_.View(), table_.Bound(predicate), table_.files(), options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return plan.ok() ? *plan : ScanPlan();
  }
  Names Kept(const Predicate& predicate) { return StemsOf(PlanFor(predicate).tasks); }

  std::vector<std::string> ManifestPaths() {
    std::vector<std::string> paths;
    for (const auto& manifest : *ListManifests(table_.View(), table_.files()))
      paths.push_back(manifest.path);
    return paths;
  }

  TestTable table_{Telemetry()};
};

TEST_F(ScanPlanTest, IsEmptyBeforeTheFirstCommit) {
  const auto plan = PlanFor({});
  EXPECT_TRUE(plan.tasks.empty());
  EXPECT_EQ(plan.summary.manifests_total, 0);
  EXPECT_TRUE(plan.summary.spec_ids.empty());
  EXPECT_TRUE(table_.files().ReadPaths().empty());
  EXPECT_TRUE(ListFiles(table_.View(), table_.files())->empty());
}

TEST_F(ScanPlanTest, FollowsTheOrderOfManifestsAndOfTheirEntries) {
  table_.Commit({InMission("z", "b"), InMission("a", "a")});
  table_.Commit({InMission("m", "c")});
  const Names expected = {"m", "z", "a"};
  for (int run = 0; run < 3; ++run) EXPECT_EQ(Kept({}), expected);
}

TEST_F(ScanPlanTest, PlansTheAskedSnapshot) {
  const auto first = table_.Commit({InMission("old", "a")});
  table_.Commit({InMission("new", "a")});
  const auto plan =
      PlanScan(table_.View(first), BoundPredicate::True(), table_.files()).ValueOrDie();
  EXPECT_EQ(StemsOf(plan.tasks), Names{"old"});
  EXPECT_EQ(plan.tasks[0].added_snapshot_id, first);
  EXPECT_EQ(plan.tasks[0].data_sequence_number, SequenceNumber(1));
}

TEST_F(ScanPlanTest, RefusesASnapshotTheTableDoesNotHave) {
  const auto plan =
      PlanScan(table_.View(SnapshotId(9)), BoundPredicate::True(), table_.files(), {});
  EXPECT_NE(FindDetail<NoSuchSnapshot>(plan.status()), nullptr) << plan.status();
}

TEST_F(ScanPlanTest, DropsManifestsByTheirSummariesWithoutReadingThem) {
  table_.Commit({InMission("a1", "a"), InMission("c1", "c")});
  table_.Commit({InMission("d1", "d"), InMission("f1", "f"), InMission("f2", "f")});
  const auto manifests = ManifestPaths();
  table_.files().Forget();
  const auto plan = PlanFor(MissionIs("f"));
  EXPECT_EQ(StemsOf(plan.tasks), (Names{"f1", "f2"}));
  EXPECT_EQ(plan.summary.manifests_total, 2);
  EXPECT_EQ(plan.summary.manifests_kept, 1);
  EXPECT_EQ(plan.summary.files_total, 5);
  EXPECT_EQ(plan.summary.files_kept, 2);
  EXPECT_EQ(plan.summary.bytes_total, 3000);
  EXPECT_EQ(plan.summary.bytes_kept, 2000);
  EXPECT_TRUE(table_.files().ReadPaths().contains(manifests.at(0)));
  EXPECT_FALSE(table_.files().ReadPaths().contains(manifests.at(1)));
}

TEST_F(ScanPlanTest, CountsTheBytesOfDroppedManifestsWhereTheSnapshotTellsThem) {
  table_.Commit({InMission("a1", "a"), InMission("a2", "a")});
  table_.Commit({InMission("f1", "f")});
  table_.Change([](TableMetadata& metadata) {
    metadata.snapshots.back().summary["total-files-size"] = "3000";
  });
  EXPECT_EQ(PlanFor(MissionIs("f")).summary.bytes_total, 3000);
  EXPECT_EQ(PlanFor(MissionIs("f")).summary.bytes_kept, 1000);
}

TEST_F(ScanPlanTest, KnowsFromSummariesWhichManifestsHoldNulls) {
  table_.Commit({NamedFile("null", {std::nullopt})});
  table_.Commit({InMission("a", "a")});
  const auto of_null = PlanFor(Leaf(PredicateOp::kIsNull, "mission"));
  EXPECT_EQ(StemsOf(of_null.tasks), Names{"null"});
  EXPECT_EQ(of_null.summary.manifests_kept, 1);
  const auto of_values = PlanFor(Leaf(PredicateOp::kNotNull, "mission"));
  EXPECT_EQ(StemsOf(of_values.tasks), Names{"a"});
  EXPECT_EQ(of_values.summary.manifests_kept, 1);
}

TEST_F(ScanPlanTest, DropsFilesByTheirPartition) {
  table_.Commit({InMission("a", "a"), InMission("b", "b"), InMission("c", "c"),
                 NamedFile("null", {std::nullopt})});
  EXPECT_EQ(Kept(MissionIs("b")), Names{"b"});
  EXPECT_EQ(Kept(Leaf(PredicateOp::kNe, "mission", {std::string("b")})), (Names{"a", "c"}));
  EXPECT_EQ(Kept(Leaf(PredicateOp::kIn, "mission", {std::string("c"), std::string("a")})),
            (Names{"a", "c"}));
}

TEST_F(ScanPlanTest, DropsFilesByTheirBoundsAndKeepsThoseWithoutMetrics) {
  table_.Commit({WithNumbers("low", 0, 9), WithNumbers("high", 10, 19), InMission("unknown", "a")});
  EXPECT_EQ(Kept(NumberIs(9)), (Names{"low", "unknown"}));
  EXPECT_EQ(Kept(NumberIs(10)), (Names{"high", "unknown"}));
  EXPECT_EQ(Kept(NumberIs(20)), Names{"unknown"});
  EXPECT_EQ(Kept(Leaf(PredicateOp::kIsNull, "n")), Names{"unknown"});
}

TEST_F(ScanPlanTest, KeepsFilesThatMayHoldNaNForWhatIsGreater) {
  table_.Commit({WithVolts("none", 1, 3, 0), WithVolts("some", 1, 3, 2),
                 WithVolts("unknown", 1, 3, std::nullopt),
                 WithVolts("only", std::nullopt, std::nullopt, 100)});
  const Names may_be_nan = {"some", "unknown", "only"};
  EXPECT_EQ(Kept(Leaf(PredicateOp::kGt, "volts", {5.0})), may_be_nan);
  EXPECT_EQ(Kept(Leaf(PredicateOp::kGe, "volts", {5.0})), may_be_nan);
  EXPECT_EQ(Kept(Leaf(PredicateOp::kIsNaN, "volts")), may_be_nan);
  EXPECT_EQ(Kept(Joined(PredicateOp::kNot, {Leaf(PredicateOp::kLe, "volts", {5.0})})), may_be_nan);
  EXPECT_EQ(Kept(Leaf(PredicateOp::kLt, "volts", {0.0})), Names{});
  EXPECT_EQ(Kept(Leaf(PredicateOp::kEq, "volts", {2.0})), (Names{"none", "some", "unknown"}));
}

TEST_F(ScanPlanTest, LeavesNoResidualWhereThePartitionProvesThePredicate) {
  table_.Commit({InMission("a", "a"), InMission("b", "b")});
  const auto both = PlanFor(Joined(PredicateOp::kOr, {MissionIs("a"), NumberIs(5)}));
  ASSERT_EQ(StemsOf(both.tasks), (Names{"a", "b"}));
  EXPECT_TRUE(both.tasks[0].residual.is_true());
  EXPECT_EQ(both.tasks[1].residual, table_.Bound(NumberIs(5)));
  const auto one = PlanFor(Joined(PredicateOp::kAnd, {MissionIs("a"), NumberIs(5)}));
  ASSERT_EQ(StemsOf(one.tasks), Names{"a"});
  EXPECT_EQ(one.tasks[0].residual, table_.Bound(NumberIs(5)));
}

TEST_F(ScanPlanTest, LeavesNoResidualWhereBoundsProveThePredicate) {
  table_.Commit({WithNumbers("sure", 3, 9), WithNumbers("nulls", 3, 9, 1),
                 WithNumbers("unknown", 3, 9, std::nullopt), WithNumbers("below", 2, 9)});
  const auto plan = PlanFor(Leaf(PredicateOp::kGe, "n", {int64_t{3}}));
  ASSERT_EQ(StemsOf(plan.tasks), (Names{"sure", "nulls", "unknown", "below"}));
  EXPECT_TRUE(plan.tasks[0].residual.is_true());
  for (size_t i = 1; i < 4; ++i) EXPECT_FALSE(plan.tasks[i].residual.is_true()) << i;
}

TEST_F(ScanPlanTest, PlansEachFileUnderTheSpecItWasWrittenWith) {
  table_.Commit({InMission("a", "a"), InMission("b", "b")});
  const SpecId by_day = table_.SetSpec("day(ts)");
  // 2024-03-15 is day 19797.
  table_.Commit({NamedFile("before", {LiteralValue(int32_t{19796})}, by_day),
                 NamedFile("on", {LiteralValue(int32_t{19797})}, by_day)});
  const Predicate from_day = Leaf(PredicateOp::kGe, "ts", {std::string("2024-03-15T00:00:00")});
  const auto plan = PlanFor(Joined(PredicateOp::kAnd, {MissionIs("b"), from_day}));
  ASSERT_EQ(StemsOf(plan.tasks), (Names{"on", "b"}));
  EXPECT_EQ(plan.tasks[0].residual, table_.Bound(MissionIs("b")));
  EXPECT_EQ(plan.tasks[1].residual, table_.Bound(from_day));
  EXPECT_EQ(plan.summary.spec_ids, (std::vector{SpecId(0), by_day}));
}

TEST_F(ScanPlanTest, ComparesPartitionValuesWrittenBeforeTheColumnWasWidened) {
  TestTableOptions options;
  options.fields = {MakeField(1, "k", TypeKind::kInt)};
  options.partition = "k";
  TestTable table(options);
  DataFile deletes = NamedFile("deletes", {LiteralValue(int64_t{7})});
  deletes.content = FileContent::kPositionDeletes;
  table.Commit({NamedFile("seven", {LiteralValue(int32_t{7})}),
                NamedFile("eight", {LiteralValue(int32_t{8})})});
  table.SetFields({MakeField(1, "k", TypeKind::kLong)});
  table.Commit({deletes, NamedFile("new", {LiteralValue(int64_t{7})})});
  const auto plan =
      PlanScan(table.View(), table.Bound(Leaf(PredicateOp::kEq, "k", {int64_t{7}})), table.files())
          .ValueOrDie();
  ASSERT_EQ(StemsOf(plan.tasks), (Names{"new", "seven"}));
  for (const auto& task : plan.tasks) {
    EXPECT_TRUE(task.residual.is_true());
    EXPECT_EQ(task.deletes.size(), 1u);
  }
}

TEST_F(ScanPlanTest, FindsDeletesOfAPartitionWhoseSourceWasWidenedAndDropped) {
  TestTableOptions options;
  options.fields = {MakeField(1, "k", TypeKind::kInt), MakeField(2, "n", TypeKind::kLong)};
  options.partition = "k";
  TestTable table(options);
  DataFile deletes = NamedFile("deletes", {LiteralValue(int64_t{7})});
  deletes.content = FileContent::kPositionDeletes;
  table.Commit({NamedFile("seven", {LiteralValue(int32_t{7})})});
  table.SetFields({MakeField(1, "k", TypeKind::kLong), MakeField(2, "n", TypeKind::kLong)});
  table.Commit({deletes});
  table.SetSpec("");
  table.SetFields({MakeField(2, "n", TypeKind::kLong)});
  const auto plan = PlanScan(table.View(), BoundPredicate::True(), table.files()).ValueOrDie();
  ASSERT_EQ(plan.tasks.size(), 1u);
  EXPECT_EQ(plan.tasks[0].deletes.size(), 1u);
}

TEST_F(ScanPlanTest, GivesEachFileItsDeletes) {
  table_.Commit({InMission("a", "a"), InMission("b", "b")});
  DataFile positions = InMission("positions", "a");
  positions.content = FileContent::kPositionDeletes;
  DataFile equalities = InMission("equalities", "b");
  equalities.content = FileContent::kEqualityDeletes;
  equalities.equality_ids = {FieldId(4)};
  table_.Commit({positions, equalities, InMission("b2", "b")});
  const auto plan = PlanFor({});
  EXPECT_EQ(plan.summary.delete_files, 2);
  EXPECT_EQ(plan.summary.files_total, 3);
  ASSERT_EQ(StemsOf(plan.tasks), (Names{"b2", "a", "b"}));
  EXPECT_TRUE(plan.tasks[0].deletes.empty());
  ASSERT_EQ(plan.tasks[1].deletes.size(), 1u);
  EXPECT_EQ(StemOf(plan.tasks[1].deletes[0].file.path), "positions");
  EXPECT_EQ(plan.tasks[1].deletes[0].data_sequence_number, SequenceNumber(2));
  ASSERT_EQ(plan.tasks[2].deletes.size(), 1u);
  EXPECT_EQ(plan.tasks[2].deletes[0].file.equality_ids, std::vector{FieldId(4)});
}

TEST_F(ScanPlanTest, ReadsNoDeleteManifestOfOtherPartitions) {
  DataFile positions = InMission("positions", "a");
  positions.content = FileContent::kPositionDeletes;
  table_.Commit({InMission("a", "a"), InMission("b", "b")});
  table_.Commit({positions});
  EXPECT_EQ(PlanFor(MissionIs("b")).summary.delete_files, 0);
  EXPECT_EQ(PlanFor(MissionIs("a")).summary.delete_files, 1);
}

TEST_F(ScanPlanTest, LeavesOutDeletedEntries) {
  std::vector<ManifestEntry> entries(2);
  entries[0].file = InMission("gone", "a");
  entries[0].status = EntryStatus::kDeleted;
  entries[1].file = InMission("live", "a");
  entries[1].status = EntryStatus::kExisting;
  entries[1].data_sequence_number = SequenceNumber(1);
  table_.CommitManifests(
      {table_.WriteEntries(entries, ManifestContent::kData, table_.metadata()->DefaultSpec())});
  const auto plan = PlanFor({});
  EXPECT_EQ(StemsOf(plan.tasks), Names{"live"});
  EXPECT_EQ(plan.summary.files_total, 1);
  EXPECT_EQ(ListFiles(table_.View(), table_.files())->size(), 1u);
}

TEST_F(ScanPlanTest, KnowsTheRangesOfThePredicatesColumnsOrAllMetrics) {
  DataFile file = InMission("f", "a");
  file.metrics = {Metrics(3, kDouble, LiteralValue(1.0), LiteralValue(2.0), 0, 0),
                  Metrics(4, kLong, LiteralValue(int64_t{1}), LiteralValue(int64_t{2}))};
  table_.Commit({file});
  const auto some = PlanFor(NumberIs(1));
  ASSERT_EQ(some.tasks.size(), 1u);
  const auto ranges = TaskRanges(some.tasks[0], *some.view.schema);
  ASSERT_TRUE(ranges(FieldId(4)));
  EXPECT_EQ(ranges(FieldId(4))->upper, LiteralValue(int64_t{2}));
  EXPECT_FALSE(ranges(FieldId(3))) << "not asked for";
  PlanOptions options;
  options.all_metrics = true;
  EXPECT_EQ(PlanFor(NumberIs(1), options).tasks.at(0).file.metrics, file.metrics);
  EXPECT_EQ(ListFiles(table_.View(), table_.files())->at(0).file.metrics, file.metrics);
}

TEST_F(ScanPlanTest, ExplainsEveryFileOfTheManifestsItRead) {
  DataFile other = WithNumbers("other", 0, 9);
  other.partition = {LiteralValue("b")};
  table_.Commit(
      {WithNumbers("low", 0, 9), WithNumbers("some", 8, 12), WithNumbers("all", 10, 12), other});
  PlanOptions options;
  options.explain = true;
  const auto plan = PlanFor(
      Joined(PredicateOp::kAnd, {MissionIs("a"), Leaf(PredicateOp::kGe, "n", {int64_t{10}})}),
      options);
  ASSERT_EQ(plan.decisions.size(), 4u);
  const auto& [low, some, all, of_b] =
      std::tie(plan.decisions[0], plan.decisions[1], plan.decisions[2], plan.decisions[3]);
  EXPECT_FALSE(low.kept);
  EXPECT_EQ(low.reason, "dropped in pass 2 by n in [0, 9]");
  EXPECT_EQ(StemOf(low.path), "low");
  EXPECT_TRUE(some.kept);
  EXPECT_EQ(some.reason, "kept: bounds of n [8, 12] may hold >= 10");
  EXPECT_EQ(low.dropped_in_pass, 2);
  EXPECT_EQ(some.dropped_in_pass, 0);
  EXPECT_TRUE(all.kept);
  EXPECT_EQ(all.reason, "kept: every row matches");
  EXPECT_FALSE(of_b.kept);
  EXPECT_EQ(of_b.reason, "dropped in pass 2 by its partition");
  EXPECT_TRUE(PlanFor(MissionIs("a")).decisions.empty());
}

TEST_F(ScanPlanTest, CallsAManifestOfAnUnknownSpecCorrupt) {
  table_.Commit({InMission("a", "a")});
  table_.SetSpec("");
  table_.Change([](TableMetadata& metadata) {
    std::erase_if(metadata.partition_specs,
                  [](const PartitionSpec& spec) { return !spec.fields.empty(); });
  });
  const auto plan = PlanScan(table_.View(), BoundPredicate::True(), table_.files());
  const auto* corrupt = FindDetail<CorruptFile>(plan.status());
  ASSERT_NE(corrupt, nullptr) << plan.status();
  EXPECT_EQ(corrupt->path, ManifestPaths().at(0));
}

TEST_F(ScanPlanTest, NamesAMissingManifestAndAMissingList) {
  table_.Commit({InMission("a", "a")});
  const std::string manifest = ManifestPaths().at(0);
  const std::string list = table_.metadata()->CurrentSnapshot()->manifest_list;
  for (const auto& path : {manifest, list}) {
    ASSERT_TRUE(table_.files().Delete(path).ok());
    const auto plan = PlanScan(table_.View(), BoundPredicate::True(), table_.files());
    EXPECT_TRUE(plan.status().IsIOError());
    EXPECT_TRUE(IsFileNotFound(plan.status())) << plan.status();
    EXPECT_NE(plan.status().message().find(LocalPath(path)), std::string::npos) << plan.status();
  }
}

TEST_F(ScanPlanTest, ReadsManifestsThatASnapshotOfAnOldTableNamesItself) {
  table_.Commit({InMission("a", "a"), InMission("b", "b")});
  const auto manifests = ManifestPaths();
  table_.Change([&](TableMetadata& metadata) {
    metadata.snapshots.back().manifest_list.clear();
    metadata.snapshots.back().embedded_manifests = manifests;
  });
  const auto plan = PlanFor(MissionIs("b"));
  EXPECT_EQ(StemsOf(plan.tasks), Names{"b"});
  EXPECT_EQ(plan.summary.files_total, 2);
  EXPECT_EQ(plan.tasks.at(0).data_sequence_number, SequenceNumber(0));
}

}  // namespace
}  // namespace artemis
