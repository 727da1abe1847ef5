// Which manifests and files a diff of two snapshots looks at.
#include "artemis/replay/diff_files.h"

#include <gtest/gtest.h>

#include "artemis/io/file_system.h"
#include "artemis/replay/diff_fixture.h"
#include "artemis/scan/snapshot_files.h"

namespace artemis {
namespace {

class DiffFilesTest : public DiffTest {
 protected:
  FileDifference Compare(SnapshotId older, SnapshotId newer, const BoundPredicate& predicate = {}) {
    PlanCaches caches;
    const auto schema = std::make_shared<const Schema>(table_.metadata()->CurrentSchema());
    FileDiffer differ(predicate, table_.files(), caches);
    TableView before = table_.View(older), after = table_.View(newer);
    before.schema = after.schema = schema;
    auto difference = differ.Compare(before, after);
    EXPECT_TRUE(difference.ok()) << difference.status();
    return difference.ok() ? *std::move(difference) : FileDifference{};
  }
};

TEST_F(DiffFilesTest, ReadsOnlyManifestsThatOneSnapshotHasAlone) {
  std::vector<SnapshotId> snapshots;
  for (int i = 0; i < 5; ++i)
    snapshots.push_back(Append(R"([{"id": )" + std::to_string(i) + R"(, "v": "a"}])"));
  const auto manifests = ListManifests(table_.View(), table_.files()).ValueOrDie();
  ASSERT_EQ(manifests.size(), 5u);
  table_.files().Forget();
  const auto difference = Compare(snapshots[3], snapshots[4]);
  EXPECT_EQ(difference.added.size(), 1u);
  EXPECT_EQ(difference.removed.size(), 0u);
  EXPECT_EQ(difference.unchanged, 4);
  const auto read = table_.files().ReadPaths();
  for (const auto& manifest : manifests) {
    EXPECT_EQ(read.contains(manifest.path), manifest.added_snapshot_id == snapshots[4]);
  }
}

TEST_F(DiffFilesTest, CancelsEntriesThatWereCarriedIntoAnotherManifest) {
  const auto a = File(R"([{"id": 1, "v": "a"}])"), b = File(R"([{"id": 2, "v": "b"}])"),
             c = File(R"([{"id": 3, "v": "c"}])");
  const auto first = Append({a, b, c});
  const auto d = File(R"([{"id": 4, "v": "d"}])");
  const auto second = Replace({b}, {d});
  const auto difference = Compare(first, second);
  EXPECT_EQ(StemsOf(difference.removed), Rows{StemOf(b.path)});
  EXPECT_EQ(StemsOf(difference.added), Rows{StemOf(d.path)});
  EXPECT_EQ(difference.unchanged, 2);
  EXPECT_TRUE(difference.touched.empty());
}

TEST_F(DiffFilesTest, ReadsManifestsOfThePartitionThatDeletesAreOfAlone) {
  table_.SetSpec("v");
  const auto a = File(R"([{"id": 1, "v": "a"}])"), b = File(R"([{"id": 2, "v": "b"}])");
  Append({a});
  const auto first = Append({b});
  const auto manifests = ListManifests(table_.View(), table_.files()).ValueOrDie();
  DataFile deletes = WritePositionDeletes(table_, {{b.path, 0}});
  deletes.spec_id = b.spec_id;
  deletes.partition = b.partition;
  const auto second = table_.Commit({deletes});
  table_.files().Forget();
  const auto difference = Compare(first, second);
  ASSERT_EQ(difference.touched.size(), 1u);
  EXPECT_EQ(difference.touched[0].before.file.path, b.path);
  EXPECT_EQ(difference.touched[0].before.deletes.size(), 0u);
  EXPECT_EQ(difference.touched[0].after.deletes.size(), 1u);
  EXPECT_EQ(difference.unchanged, 1);
  const auto read = table_.files().ReadPaths();
  for (const auto& manifest : manifests) {
    EXPECT_EQ(read.contains(manifest.path), manifest.added_snapshot_id == first) << manifest.path;
  }
}

TEST_F(DiffFilesTest, TouchesNoFileThatCameAfterTheDeletes) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto deleted = table_.Commit({EqualityDeletesOfIds(R"([{"id": 1}])")});
  const auto again = Append(R"([{"id": 1, "v": "a"}])");
  EXPECT_EQ(Compare(first, deleted).touched.size(), 1u);
  EXPECT_EQ(Compare(deleted, again).touched.size(), 0u);
  const auto both = Compare(first, again);
  EXPECT_EQ(both.touched.size(), 1u);
  EXPECT_EQ(both.added.size(), 1u);
}

// A commit that was rolled back is made again: its file is then younger than deletes that applied to it.
TEST_F(DiffFilesTest, TouchesAFileThatWasMadeAgainAfterARollback) {
  const auto root = Append(R"([{"id": 9, "v": "z"}])");
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  Append({file});
  const auto deleted = table_.Commit({EqualityDeletesOfIds(R"([{"id": 1}])")});
  RollBackTo(root);
  const auto again = Append({file});
  EXPECT_EQ(Diff(deleted, again).added, Rows{"1|a"});
  EXPECT_EQ(Diff(again, deleted).removed, Rows{"1|a"});
}

TEST_F(DiffFilesTest, TouchesAFileThatWasMadeAgainUnderDeletesThatBothSidesHold) {
  const auto root = Append(R"([{"id": 9, "v": "z"}])");
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto held = Append({file});
  const auto deletes = EqualityDeletesOfIds(R"([{"id": 1}])");
  const auto deleted = table_.Commit({deletes});
  const auto moved = Replace({file}, {});
  const auto again = Append({file});
  EXPECT_EQ(Diff(deleted, moved).removed, Rows{"2|b"});
  EXPECT_EQ(Diff(held, again).removed, Rows{});
  const auto difference = Compare(deleted, again);
  ASSERT_EQ(difference.touched.size(), 1u);
  EXPECT_EQ(difference.touched[0].before.deletes.size(), 1u);
  EXPECT_EQ(difference.touched[0].after.deletes.size(), 0u);
  EXPECT_EQ(Diff(deleted, again).added, Rows{"1|a"});
  EXPECT_EQ(difference.touched[0].before.file.path, file.path);
  EXPECT_EQ(Diff(root, again).added, (Rows{"1|a", "2|b"}));
}

TEST_F(DiffFilesTest, DropsFilesThatTheFilterExcludes) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  Append(R"([{"id": 10, "v": "b"}])");
  const auto last = Append(R"([{"id": 20, "v": "c"}])");
  const auto difference =
      Compare(first, last, table_.Bound(Leaf(PredicateOp::kGe, "id", {int64_t{15}})));
  ASSERT_EQ(difference.added.size(), 1u);
  EXPECT_TRUE(difference.added[0].residual.is_true());
}

TEST_F(DiffFilesTest, NamesAManifestThatIsMissing) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto last = Append(R"([{"id": 2, "v": "b"}])");
  for (const auto& manifest : *ListManifests(table_.View(), table_.files())) {
    if (manifest.added_snapshot_id == last) {
      ASSERT_TRUE(table_.files().Delete(manifest.path).ok());
    }
  }
  PlanCaches caches;
  FileDiffer differ({}, table_.files(), caches);
  const auto status = differ.Compare(table_.View(first), table_.View(last)).status();
  EXPECT_TRUE(IsFileNotFound(status)) << status;
}

}  // namespace
}  // namespace artemis
