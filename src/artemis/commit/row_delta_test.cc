// Row deltas, deletes by path and rewrites: what enters and leaves, in v2 and in v3 with its row lineage.
#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

class RowDeltaTest : public CommitTest {};

class RowDeltaV3Test : public CommitTest {
 protected:
  RowDeltaV3Test() : CommitTest(3) {}
};

TEST_F(RowDeltaTest, AddsRowsAndPositionDeletesInOneSnapshot) {
  Append("a");
  RowDeltaChange change;
  change.added_data = {File("new", "apollo", 4)};
  change.added_deletes = {Deletes("d", "a", 2)};
  change.referenced = {File("a").path};
  const auto result = RowDelta(*catalog_, name_, change, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(LiveNames(), (Names{"a", "d", "new"}));
  EXPECT_EQ(Current().operation(), "overwrite");
  for (const auto& manifest : Manifests()) {
    const bool is_deletes = manifest.content == ManifestContent::kDeletes;
    EXPECT_EQ(manifest.added_rows, manifest.sequence_number.value == 1 ? 10 : is_deletes ? 2 : 4);
  }
  EXPECT_EQ(Summary("added-position-deletes"), "2");
  EXPECT_EQ(Summary("added-position-delete-files"), "1");
  EXPECT_EQ(Summary("added-delete-files"), "1");
  EXPECT_EQ(Summary("total-delete-files"), "1");
  EXPECT_EQ(Summary("total-position-deletes"), "2");
  EXPECT_EQ(Summary("total-records"), "14");
  EXPECT_EQ(Summary("added-files-size"), "107");
}

TEST_F(RowDeltaTest, NamesTheOperationAsJavaDoes) {
  Append(*catalog_, {File("a"), File("b")});
  RowDeltaChange rows;
  rows.added_data = {File("c")};
  ASSERT_TRUE(RowDelta(*catalog_, name_, rows, options_).ok());
  EXPECT_EQ(Current().operation(), "append");
  RowDeltaChange deletes;
  deletes.added_deletes = {Deletes("d", "a")};
  ASSERT_TRUE(RowDelta(*catalog_, name_, deletes, options_).ok());
  EXPECT_EQ(Current().operation(), "delete");
}

TEST_F(RowDeltaTest, RemovesDataFilesWithTheDeletesThatPointAtThem) {
  Append(*catalog_, {File("a"), File("b")});
  RowDeltaChange deletes;
  deletes.added_deletes = {Deletes("da", "a"), Deletes("db", "b"), Deletes("any")};
  ASSERT_TRUE(RowDelta(*catalog_, name_, deletes, options_).ok());
  RowDeltaChange whole;
  whole.removed_data = {File("a")};
  ASSERT_TRUE(RowDelta(*catalog_, name_, whole, options_).ok());
  EXPECT_EQ(LiveNames(), (Names{"any", "b", "db"}));
  EXPECT_EQ(Summary("removed-delete-files"), "1");
  EXPECT_EQ(Summary("removed-position-deletes"), "1");
  EXPECT_EQ(Summary("total-delete-files"), "2");
  EXPECT_EQ(Current().operation(), "delete");
}

TEST_F(RowDeltaTest, RefusesRowDeletesOfAFileItRemoves) {
  Append("a");
  RowDeltaChange change;
  change.added_deletes = {Deletes("d", "a")};
  change.referenced = {File("a").path};
  change.removed_data = {File("a")};
  EXPECT_TRUE(RowDelta(*catalog_, name_, change, options_).status().IsInvalid());
}

TEST_F(RowDeltaTest, IsAConflictWhereAReferencedFileIsNotLive) {
  Append("a");
  RowDeltaChange change;
  change.added_deletes = {Deletes("d", "gone")};
  change.referenced = {File("gone").path};
  const auto result = RowDelta(*catalog_, name_, change, options_);
  EXPECT_TRUE(IsConflict(result.status())) << result.status();
  EXPECT_NE(result.status().message().find("gone.parquet"), std::string::npos);
}

TEST_F(RowDeltaTest, IsAConflictWhereADeleteFileToRemoveIsGone) {
  Append("a");
  RowDeltaChange change;
  change.removed_deletes = {Deletes("d", "a")};
  EXPECT_TRUE(IsConflict(RowDelta(*catalog_, name_, change, options_).status()));
}

TEST_F(RowDeltaTest, TakesOnlyTheDeletesOfItsFormatVersion) {
  Append("a");
  RowDeltaChange change;
  change.added_deletes = {Vector("v", "a")};
  EXPECT_TRUE(RowDelta(*catalog_, name_, change, options_).status().IsInvalid());
  const auto upgrade = [](const TableMetadata& metadata) { return UpgradeFormat(metadata, 3); };
  ASSERT_TRUE(UpdateMetadata(*catalog_, name_, "upgrade", upgrade, options_).ok());
  EXPECT_TRUE(RowDelta(*catalog_, name_, change, options_).ok());
  change.added_deletes = {Deletes("d", "a")};
  EXPECT_TRUE(RowDelta(*catalog_, name_, change, options_).status().IsInvalid());
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(RowDeltaTest, WritesItsManifestsAgainWhenTheFormatVersionRoseMeanwhile) {
  bool raised = false;
  catalog_->before_swap = [&] {
    if (std::exchange(raised, true)) return;
    const auto upgrade = [](const TableMetadata& metadata) { return UpgradeFormat(metadata, 3); };
    ASSERT_TRUE(UpdateMetadata(*real_, name_, "upgrade", upgrade).ok());
  };
  Append("a");
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
  EXPECT_EQ(Current().first_row_id, 0);
  EXPECT_EQ(Entries().at(0).file.first_row_id, 0);
}

// C9
TEST_F(RowDeltaV3Test, GivesEverySnapshotAndManifestItsRowIds) {
  Append(*catalog_, {File("a", "apollo", 10), File("b", "apollo", 5)});
  EXPECT_EQ(Current().first_row_id, 0);
  EXPECT_EQ(Current().added_rows, 15);
  EXPECT_EQ(Metadata()->next_row_id, 15);
  Append(*catalog_, {File("c", "apollo", 7)});
  EXPECT_EQ(Current().first_row_id, 15);
  EXPECT_EQ(Current().added_rows, 7);
  EXPECT_EQ(Metadata()->next_row_id, 22);
  std::map<std::string, int64_t> first_rows;
  for (const auto& entry : Entries()) first_rows[Stem(entry.file)] = *entry.file.first_row_id;
  EXPECT_EQ(first_rows, (std::map<std::string, int64_t>{{"a", 0}, {"b", 10}, {"c", 15}}));
}

// C9
TEST_F(RowDeltaV3Test, KeepsRowIdsOfFilesWhoseManifestIsWrittenAgain) {
  Append(*catalog_, {File("a", "apollo", 10), File("b", "apollo", 5), File("c", "apollo", 1)});
  ASSERT_TRUE(DeleteFiles(*catalog_, name_, {File("a").path}, options_).ok());
  options_.manifest_min_count_to_merge = 2;
  Append(*catalog_, {File("d", "apollo", 2)});
  EXPECT_EQ(Manifests().size(), 1u);
  std::map<std::string, int64_t> first_rows;
  std::set<int64_t> taken;
  for (const auto& entry : Entries()) {
    first_rows[Stem(entry.file)] = *entry.file.first_row_id;
    for (int64_t row = 0; row < entry.file.record_count; ++row) {
      EXPECT_TRUE(taken.insert(*entry.file.first_row_id + row).second) << Stem(entry.file);
    }
  }
  EXPECT_EQ(first_rows.at("b"), 10);
  EXPECT_EQ(first_rows.at("c"), 15);
  EXPECT_GE(first_rows.at("d"), 16);
  EXPECT_EQ(*Current().first_row_id + *Current().added_rows, Metadata()->next_row_id);
  EXPECT_GE(Metadata()->next_row_id, first_rows.at("d") + 2);
}

// C9
TEST_F(RowDeltaTest, GivesRowIdsToOldFilesInTheFirstCommitAfterAnUpgrade) {
  Append(*catalog_, {File("a", "apollo", 10)});
  const auto upgrade = [](const TableMetadata& metadata) { return UpgradeFormat(metadata, 3); };
  ASSERT_TRUE(UpdateMetadata(*catalog_, name_, "upgrade", upgrade, options_).ok());
  Append(*catalog_, {File("b", "apollo", 5)});
  std::set<int64_t> taken;
  for (const auto& entry : Entries()) {
    ASSERT_TRUE(entry.file.first_row_id.has_value()) << Stem(entry.file);
    for (int64_t row = 0; row < entry.file.record_count; ++row) {
      EXPECT_TRUE(taken.insert(*entry.file.first_row_id + row).second);
    }
  }
  EXPECT_EQ(taken.size(), 15u);
  EXPECT_EQ(Current().added_rows, 15);
  EXPECT_EQ(Metadata()->next_row_id, 15);
}

TEST_F(RowDeltaV3Test, ReplacesADeletionVectorByOneThatHoldsMore) {
  Append(*catalog_, {File("a"), File("b")});
  RowDeltaChange first;
  first.added_deletes = {Vector("v1", "a", 1, 4), Vector("v1", "b", 2, 50)};
  ASSERT_TRUE(RowDelta(*catalog_, name_, first, options_).ok());
  EXPECT_EQ(Summary("added-dvs"), "2");
  EXPECT_EQ(Summary("added-position-deletes"), "3");
  // 5 bytes each: the Puffin file is shared.
  EXPECT_EQ(Summary("added-files-size"), "10");
  EXPECT_EQ(Summary("added-position-delete-files"), "absent");
  RowDeltaChange second;
  second.added_deletes = {Vector("v2", "a", 3)};
  second.removed_deletes = {Vector("v1", "a", 1, 4)};
  ASSERT_TRUE(RowDelta(*catalog_, name_, second, options_).ok());
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "v1+b", "v2+a"}));
  EXPECT_EQ(Summary("removed-dvs"), "1");
  EXPECT_EQ(Summary("removed-delete-files"), "1");
  EXPECT_EQ(Summary("total-delete-files"), "2");
  EXPECT_EQ(Summary("total-position-deletes"), "5");
}

// C10
TEST_F(RowDeltaV3Test, NeverLeavesTwoVectorsForOneFile) {
  Append("a");
  RowDeltaChange first;
  first.added_deletes = {Vector("v1", "a")};
  ASSERT_TRUE(RowDelta(*catalog_, name_, first, options_).ok());
  RowDeltaChange second;
  second.added_deletes = {Vector("v2", "a")};
  const auto result = RowDelta(*catalog_, name_, second, options_);
  EXPECT_TRUE(IsConflict(result.status())) << result.status();
  EXPECT_NE(result.status().message().find("a.parquet"), std::string::npos);
  RowDeltaChange both;
  both.added_deletes = {Vector("v3", "a", 1, 4), Vector("v3", "a", 1, 90)};
  both.removed_deletes = {Vector("v1", "a")};
  EXPECT_TRUE(RowDelta(*catalog_, name_, both, options_).status().IsInvalid());
  EXPECT_EQ(LiveNames(), (Names{"a", "v1+a"}));
}

// C10
TEST_F(RowDeltaV3Test, RemovesTheVectorWithItsFile) {
  Append(*catalog_, {File("a"), File("b")});
  RowDeltaChange vectors;
  vectors.added_deletes = {Vector("v", "a", 1, 4), Vector("v", "b", 1, 50)};
  ASSERT_TRUE(RowDelta(*catalog_, name_, vectors, options_).ok());
  ASSERT_TRUE(DeleteFiles(*catalog_, name_, {File("a").path}, options_).ok());
  EXPECT_EQ(LiveNames(), (Names{"b", "v+b"}));
  EXPECT_EQ(Summary("removed-dvs"), "1");
}

TEST_F(RowDeltaTest, DeletesFilesByPathInWhateverForm) {
  Append(*catalog_, {File("a"), File("b", "gemini"), File("c")});
  const std::string bare = File("b").path.substr(7);
  const auto result = DeleteFiles(*catalog_, name_, {File("a").path, bare}, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(LiveNames(), Names{"c"});
  EXPECT_EQ(Current().operation(), "delete");
  EXPECT_EQ(Summary("deleted-data-files"), "2");
  int deleted = 0;
  for (const auto& entry : Entries()) {
    if (entry.status != EntryStatus::kDeleted) continue;
    ++deleted;
    EXPECT_EQ(entry.snapshot_id, Current().id);
    EXPECT_EQ(entry.data_sequence_number, SequenceNumber(1));
  }
  EXPECT_EQ(deleted, 2);
}

TEST_F(RowDeltaTest, NamesAPathThatIsNotInTheTable) {
  Append("a");
  const auto result = DeleteFiles(*catalog_, name_, {File("a").path, File("typo").path}, options_);
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_NE(result.status().message().find("typo.parquet"), std::string::npos);
  EXPECT_EQ(LiveNames(), Names{"a"});
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(RowDeltaTest, RewritesFilesAsTheSameRows) {
  Append(*catalog_, {File("a", "apollo", 10), File("b", "apollo", 5)});
  RewriteFilesChange change;
  change.removed = {File("a"), File("b")};
  change.added = {File("ab", "apollo", 15)};
  change.data_sequence_number = SequenceNumber(1);
  ASSERT_TRUE(RewriteFiles(*catalog_, name_, change, options_).ok());
  EXPECT_EQ(Current().operation(), "replace");
  EXPECT_EQ(LiveNames(), Names{"ab"});
  for (const auto& entry : Entries()) {
    if (entry.status != EntryStatus::kAdded) continue;
    EXPECT_EQ(entry.data_sequence_number, SequenceNumber(1));
    EXPECT_EQ(entry.file_sequence_number, SequenceNumber(2));
  }
  for (const auto& manifest : Manifests()) {
    EXPECT_EQ(manifest.sequence_number, SequenceNumber(2));
    if (*manifest.added_files == 0) continue;
    EXPECT_EQ(manifest.min_sequence_number, SequenceNumber(1));
  }
}

TEST_F(RowDeltaTest, ARewrittenSequenceNumberOutlivesAMerge) {
  Append(*catalog_, {File("a")});
  options_.manifest_min_count_to_merge = 2;
  Append(*catalog_, {File("b")});
  RewriteFilesChange change;
  change.removed = {File("a")};
  change.added = {File("a2")};
  change.data_sequence_number = SequenceNumber(1);
  ASSERT_TRUE(RewriteFiles(*catalog_, name_, change, options_).ok());
  EXPECT_EQ(Manifests().size(), 1u);
  for (const auto& entry : Entries()) {
    if (entry.status == EntryStatus::kDeleted) continue;
    const int64_t expected = Stem(entry.file) == "a2" ? 1 : 2;
    EXPECT_EQ(entry.data_sequence_number.value, expected) << Stem(entry.file);
  }
}

TEST_F(RowDeltaTest, ARewriteAddsNoRows) {
  Append("a");
  RewriteFilesChange change;
  change.removed = {File("a")};
  change.added = {File("a2", "apollo", 11)};
  const auto result = RewriteFiles(*catalog_, name_, change, options_);
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_EQ(LiveNames(), Names{"a"});
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(RowDeltaTest, ARewriteTakesAwayTheDeletesItHasApplied) {
  Append("a");
  RowDeltaChange deletes;
  deletes.added_deletes = {Deletes("any", "", 4)};
  const auto planned = *RowDelta(*catalog_, name_, deletes, options_)->snapshot_id;
  RewriteFilesChange change;
  change.removed = {File("a")};
  change.added = {File("a2", "apollo", 6)};
  // Without a snapshot it was planned on, no row delete may be there that it leaves.
  EXPECT_TRUE(IsConflict(RewriteFiles(*catalog_, name_, change, options_).status()));
  change.removed_deletes = {Deletes("any", "", 4)};
  change.validate_from = planned;
  ASSERT_TRUE(RewriteFiles(*catalog_, name_, change, options_).ok());
  EXPECT_EQ(LiveNames(), Names{"a2"});
  EXPECT_EQ(Summary("removed-position-deletes"), "4");
}

}  // namespace
}  // namespace artemis
