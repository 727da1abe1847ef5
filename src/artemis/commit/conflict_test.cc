// Conflicts: operation x what another commit did meanwhile x isolation -> outcome. The table of docs/design/commit.md, row by row.
#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

// The outcome of ours after the commit of others.
enum class Outcome { kCommitted, kConflict };

// The table holds a, b ("apollo") and g ("gemini"). Ours is planned on that; then others commit; then ours does.
class ConflictTest : public CommitTest {
 protected:
  explicit ConflictTest(int32_t format_version = 2) : CommitTest(format_version) {}

  void SetUp() override {
    CommitTest::SetUp();
    planned_ = AppendByOthers({File("a"), File("b"), File("g", "gemini")});
  }

  // Files that may hold rows of the predicate of ours: those of apollo.
  static bool MayHoldApollo(const DataFile& file) {
    return file.partition == PartitionTuple{LiteralValue(std::string("apollo"))};
  }

  using Act = std::function<arrow::Status()>;
  void Expect(Outcome outcome, const Act& others, const Act& ours, Isolation isolation) {
    options_.isolation = isolation;
    ASSERT_EQ(others().ToString(), "OK");
    const auto before = FilesOnDisk();
    const arrow::Status status = ours();
    if (outcome == Outcome::kCommitted) {
      EXPECT_EQ(status.ToString(), "OK");
      return;
    }
    EXPECT_TRUE(IsConflict(status)) << status;
    EXPECT_EQ(FilesOnDisk(), before);
  }

  // What others do.
  Act Appends(const std::string& mission) {
    return [=, this] { return AppendFiles(*real_, name_, {File("new", mission)}).status(); };
  }
  // An append whose manifest a later append merges into another.
  Act AppendsAndMerges(const std::string& mission) {
    return [=, this]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(AppendFiles(*real_, name_, {File("new", mission)}).status());
      CommitOptions merging;
      merging.manifest_min_count_to_merge = 2;
      return AppendFiles(*real_, name_, {File("far", "gemini")}, merging).status();
    };
  }
  Act Overwrites(const std::string& name) {
    return [=, this] {
      ReplaceFilesChange change;
      change.removed = {File(name, name == "g" ? "gemini" : "apollo")};
      change.added = {File(name + "2", name == "g" ? "gemini" : "apollo")};
      return ReplaceFiles(*real_, name_, change).status();
    };
  }
  Act Removes(const std::string& name) {
    return [=, this] { return DeleteFiles(*real_, name_, {File(name).path}).status(); };
  }
  Act Compacts(const std::string& name) {
    return [=, this] {
      RewriteFilesChange change;
      change.removed = {File(name)};
      change.added = {File(name + "-compacted")};
      return RewriteFiles(*real_, name_, change).status();
    };
  }
  Act DeletesRowsOf(const std::string& name) {
    return [=, this] {
      RowDeltaChange change;
      change.added_deletes = {format_version_ >= 3 ? Vector("others", name)
                                                   : Deletes("others", name)};
      return RowDelta(*real_, name_, change).status();
    };
  }
  Act DeletesRowsByEquality() {
    return [=, this] {
      RowDeltaChange change;
      change.added_deletes = {EqualityDeletes("equality")};
      return RowDelta(*real_, name_, change).status();
    };
  }
  Act Alters() {
    return [=, this] {
      return UpdateMetadata(*real_, name_, "alter",
                            [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
                              return SetProperties(metadata, {{"k", "v"}});
                            })
          .status();
    };
  }
  Act RollsBack() {
    return [=, this]() -> arrow::Status {
      // Planned on the second snapshot, which is no longer in the chain.
      ARROW_ASSIGN_OR_RAISE(const auto second, AppendFiles(*real_, name_, {File("c")}));
      const auto first = planned_;
      planned_ = *second.snapshot_id;
      return RollbackTo(*real_, name_, first).status();
    };
  }

  // What ours does.
  Act Append() {
    return [this] { return AppendFiles(*catalog_, name_, {File("mine")}, options_).status(); };
  }
  Act DeleteA() {
    return [this] { return DeleteFiles(*catalog_, name_, {File("a").path}, options_).status(); };
  }
  // Copy-on-write of apollo's file a.
  Act ReplaceA() {
    return [this] {
      ReplaceFilesChange change;
      change.removed = {File("a")};
      change.added = {File("mine")};
      change.validate_from = planned_;
      change.conflicts = MayHoldApollo;
      return ReplaceFiles(*catalog_, name_, change, options_).status();
    };
  }
  RowDeltaChange RowsOfA() const {
    RowDeltaChange change;
    change.added_deletes = {format_version_ >= 3 ? Vector("mine-d", "a") : Deletes("mine-d", "a")};
    change.referenced = {File("a").path};
    change.validate_from = planned_;
    change.conflicts = MayHoldApollo;
    return change;
  }
  // Merge-on-read delete of some of a's rows, and the update, which writes them again.
  Act DeleteRowsOfA() {
    return [this] { return RowDelta(*catalog_, name_, RowsOfA(), options_).status(); };
  }
  Act UpdateRowsOfA() {
    return [this] {
      auto change = RowsOfA();
      change.added_data = {File("mine", "apollo", 1)};
      return RowDelta(*catalog_, name_, change, options_).status();
    };
  }
  Act RewriteA(std::optional<SequenceNumber> sequence_number = {}) {
    return [=, this] {
      RewriteFilesChange change;
      change.removed = {File("a")};
      change.added = {File("a-compacted")};
      change.validate_from = planned_;
      change.data_sequence_number = sequence_number;
      return RewriteFiles(*catalog_, name_, change, options_).status();
    };
  }

  SnapshotId planned_;
};

class ConflictV3Test : public ConflictTest {
 protected:
  ConflictV3Test() : ConflictTest(3) {}
};

constexpr auto kSerial = Isolation::kSerializable;
constexpr auto kSnapshotOnly = Isolation::kSnapshot;

TEST_F(ConflictTest, AnAppendNeverConflictsWithAnAppend) {
  Expect(Outcome::kCommitted, Appends("apollo"), Append(), kSerial);
}
TEST_F(ConflictTest, AnAppendNeverConflictsWithADelete) {
  Expect(Outcome::kCommitted, Removes("a"), Append(), kSerial);
}
TEST_F(ConflictTest, AnAppendNeverConflictsWithARollback) {
  Expect(Outcome::kCommitted, RollsBack(), Append(), kSerial);
}
TEST_F(ConflictTest, ADeleteByPathIgnoresAppends) {
  Expect(Outcome::kCommitted, Appends("apollo"), DeleteA(), kSerial);
}
TEST_F(ConflictTest, ADeleteByPathTakesRowDeletesOfItsFileWithIt) {
  Expect(Outcome::kCommitted, DeletesRowsOf("a"), DeleteA(), kSerial);
  EXPECT_FALSE(LiveNames().contains("others"));
}
TEST_F(ConflictTest, ADeleteByPathConflictsWhereItsFileGoesWhileItRuns) {
  catalog_->before_swap = [&] {
    catalog_->before_swap = nullptr;
    EXPECT_EQ(Removes("a")().ToString(), "OK");
  };
  const auto status = DeleteA()();
  EXPECT_TRUE(IsConflict(status)) << status;
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}
TEST_F(ConflictTest, AReplaceConflictsWithAnAppendThatMayMatch) {
  Expect(Outcome::kConflict, Appends("apollo"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceConflictsWithAnAppendThatALaterCommitMergedAway) {
  Expect(Outcome::kConflict, AppendsAndMerges("apollo"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceLetsAnAppendThatCannotMatchPass) {
  Expect(Outcome::kCommitted, AppendsAndMerges("gemini"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceUnderSnapshotIsolationLetsAppendsPass) {
  Expect(Outcome::kCommitted, Appends("apollo"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceConflictsWhereItsFileWasOverwritten) {
  Expect(Outcome::kConflict, Overwrites("a"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceConflictsWithAnOverwriteThatMayMatch) {
  Expect(Outcome::kConflict, Overwrites("b"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceUnderSnapshotIsolationLetsOverwritesOfOtherFilesPass) {
  Expect(Outcome::kCommitted, Overwrites("b"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceConflictsWhereItsFileWasRemoved) {
  Expect(Outcome::kConflict, Removes("a"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceConflictsWhereItsFileWasCompacted) {
  Expect(Outcome::kConflict, Compacts("a"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceLetsACompactionOfOtherFilesPass) {
  Expect(Outcome::kCommitted, Compacts("b"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceConflictsWithRowDeletesOfItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceLetsRowDeletesOfOtherFilesPass) {
  Expect(Outcome::kCommitted, DeletesRowsOf("b"), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, AReplaceConflictsWithEqualityDeletesOfItsPartition) {
  Expect(Outcome::kConflict, DeletesRowsByEquality(), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceConflictsWhereItsPlanWasRolledBack) {
  Expect(Outcome::kConflict, RollsBack(), ReplaceA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AReplaceLetsChangesOfMetadataPass) {
  Expect(Outcome::kCommitted, Alters(), ReplaceA(), kSerial);
}
TEST_F(ConflictTest, ARowDeleteConflictsWithAnAppendThatMayMatch) {
  Expect(Outcome::kConflict, Appends("apollo"), DeleteRowsOfA(), kSerial);
}
TEST_F(ConflictTest, ARowDeleteUnderSnapshotIsolationLetsAppendsPass) {
  Expect(Outcome::kCommitted, Appends("apollo"), DeleteRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARowDeleteMayDeleteWhatOthersDeleteToo) {
  Expect(Outcome::kCommitted, DeletesRowsOf("a"), DeleteRowsOfA(), kSerial);
}
TEST_F(ConflictTest, ARowDeleteConflictsWhereItsFileWasRemoved) {
  Expect(Outcome::kConflict, Removes("a"), DeleteRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARowDeleteConflictsWhereItsFileWasCompacted) {
  Expect(Outcome::kConflict, Compacts("a"), DeleteRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARowDeleteConflictsWhereItsPlanWasRolledBack) {
  Expect(Outcome::kConflict, RollsBack(), DeleteRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AnUpdateConflictsWithRowDeletesOfItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), UpdateRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AnUpdateConflictsWithEqualityDeletesOfItsPartition) {
  Expect(Outcome::kConflict, DeletesRowsByEquality(), UpdateRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AnUpdateLetsRowDeletesOfOtherFilesPass) {
  Expect(Outcome::kCommitted, DeletesRowsOf("b"), UpdateRowsOfA(), kSerial);
}
TEST_F(ConflictTest, AnUpdateUnderSnapshotIsolationLetsAppendsPass) {
  Expect(Outcome::kCommitted, Appends("apollo"), UpdateRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictTest, AnUpdateConflictsWithAnAppendThatMayMatch) {
  Expect(Outcome::kConflict, Appends("apollo"), UpdateRowsOfA(), kSerial);
}
TEST_F(ConflictTest, ARewriteIgnoresAppends) {
  Expect(Outcome::kCommitted, Appends("apollo"), RewriteA(), kSerial);
}
TEST_F(ConflictTest, ARewriteConflictsWhereItsFileWasOverwritten) {
  Expect(Outcome::kConflict, Overwrites("a"), RewriteA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteConflictsWhereItsFileWasRemoved) {
  Expect(Outcome::kConflict, Removes("a"), RewriteA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteConflictsWithRowDeletesOfItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), RewriteA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteLetsRowDeletesOfOtherFilesPass) {
  Expect(Outcome::kCommitted, DeletesRowsOf("b"), RewriteA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteConflictsWithEqualityDeletesOfItsPartition) {
  Expect(Outcome::kConflict, DeletesRowsByEquality(), RewriteA(), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteThatKeepsItsSequenceNumberLetsEqualityDeletesPass) {
  Expect(Outcome::kCommitted, DeletesRowsByEquality(), RewriteA(SequenceNumber(1)), kSnapshotOnly);
}
TEST_F(ConflictTest, ARewriteThatKeepsItsSequenceNumberConflictsWithPositionDeletes) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), RewriteA(SequenceNumber(1)), kSnapshotOnly);
}
// C10
TEST_F(ConflictV3Test, ARowDeleteConflictsWithAnotherVectorForItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), DeleteRowsOfA(), kSnapshotOnly);
}
TEST_F(ConflictV3Test, ARowDeleteLetsVectorsForOtherFilesPass) {
  Expect(Outcome::kCommitted, DeletesRowsOf("b"), DeleteRowsOfA(), kSerial);
}
TEST_F(ConflictV3Test, AReplaceConflictsWithAVectorForItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), ReplaceA(), kSnapshotOnly);
}

TEST_F(ConflictTest, AReplaceConflictsWhereWhatCameMeanwhileHasExpired) {
  const auto expires = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto between, AppendFiles(*real_, name_, {File("c", "gemini")}));
    ARROW_RETURN_NOT_OK(AppendFiles(*real_, name_, {File("d", "gemini")}).status());
    return UpdateMetadata(*real_, name_, "expire",
                          [&](const TableMetadata& metadata) {
                            return RemoveSnapshots(metadata, {*between.snapshot_id});
                          })
        .status();
  };
  Expect(Outcome::kConflict, expires, ReplaceA(), kSerial);
}

TEST_F(ConflictTest, AChangePlannedOnAnEmptyTableSeesAllThatCame) {
  const auto ours = [&] {
    ReplaceFilesChange change;
    change.added = {File("mine")};
    change.conflicts = MayHoldApollo;
    return ReplaceFiles(*catalog_, name_, change, options_).status();
  };
  Expect(Outcome::kConflict, Alters(), ours, kSerial);
}

}  // namespace
}  // namespace artemis
