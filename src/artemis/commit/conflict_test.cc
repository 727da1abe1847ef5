// Conflicts: operation x what another commit did since the plan x isolation x format version -> outcome, met before ours begins
// and while it runs. ConflictTableTest is the table of docs/design/commit.md, a test for each row.
#include <utility>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

// The outcome of ours after the commit of others.
enum class Outcome { kCommitted, kConflict, kInvalid };

constexpr auto kSerial = Isolation::kSerializable;
constexpr auto kSnapshotOnly = Isolation::kSnapshot;

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
  // Ours is planned on another snapshot than the first; RollsBack takes it out of the chain again.
  Act PlansOnASecond() {
    return [this]() -> arrow::Status {
      first_ = planned_;
      ARROW_ASSIGN_OR_RAISE(const auto second, AppendFiles(*real_, name_, {File("c", "gemini")}));
      planned_ = *second.snapshot_id;
      return arrow::Status::OK();
    };
  }
  Act RollsBack() {
    return [this] { return RollbackTo(*real_, name_, first_).status(); };
  }
  arrow::Status Expire(SnapshotId id) {
    return UpdateMetadata(
               *real_, name_, "expire",
               [&](const TableMetadata& metadata) { return RemoveSnapshots(metadata, {id}); })
        .status();
  }
  // Between the plan and the head there is a snapshot of which nothing is known.
  Act ExpiresWhatCame() {
    return [this]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(const auto between, AppendFiles(*real_, name_, {File("d", "gemini")}));
      ARROW_RETURN_NOT_OK(AppendFiles(*real_, name_, {File("e", "gemini")}).status());
      return Expire(*between.snapshot_id);
    };
  }
  // The plan itself is gone, and all that came since is known.
  Act ExpiresThePlan() {
    return [this]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(AppendFiles(*real_, name_, {File("d", "gemini")}).status());
      return Expire(planned_);
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

  Act AltersByOurs() {
    return [this] {
      return UpdateMetadata(
                 *catalog_, name_, "alter",
                 [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
                   return SetProperties(metadata, {{"mine", "v"}});
                 },
                 options_)
          .status();
    };
  }

  SnapshotId planned_;
  SnapshotId first_;
};

class ConflictV3Test : public ConflictTest {
 protected:
  ConflictV3Test() : ConflictTest(3) {}
};

// What others may do after the plan, in the order of the columns of CheckRow.
struct Since {
  std::string what;
  std::function<arrow::Status()> act;
  // What it brings that is live whatever ours does.
  std::vector<std::string> lives;
  std::function<arrow::Status()> prepare = nullptr;
  // Leaves files of expired snapshots behind.
  bool expires = false;
};

class ConflictTableTest : public ConflictTest, public ::testing::WithParamInterface<int> {
 protected:
  ConflictTableTest() : ConflictTest(GetParam()) {}

  // A row of the table: `cells` has a character for each of AllSince(), parted by blanks as they are.
  //   +  commits   -  conflicts   s  conflicts under serializable isolation alone   v  conflicts in version 3 alone
  //   i  conflicts when its file goes while it runs; a file that is gone before it begins is Invalid
  // Ours adds `lives` and removes `goes` when it commits.
  void CheckRow(const Act& ours, const std::vector<std::string>& lives,
                const std::vector<std::string>& goes, std::string cells) {
    std::erase(cells, ' ');
    const auto since = AllSince();
    ASSERT_EQ(cells.size(), since.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      std::vector<Isolation> isolations = {kSerial};
      // What commits under serializable isolation commits under snapshot isolation, too.
      if (cells[i] == 's' || cells[i] == '-') isolations.push_back(kSnapshotOnly);
      for (const Isolation isolation : isolations) {
        for (const bool runs : {true, false}) {
          // Version 3 differs in its row deletes, not in its attempts.
          if (format_version_ >= 3 && !runs) continue;
          SCOPED_TRACE(since[i].what + (isolation == kSerial ? ", serializable" : ", snapshot") +
                       (runs ? ", while ours runs" : ", before ours begins"));
          const Outcome outcome = OutcomeOf(cells[i], isolation, runs);
          CheckCell(since[i], ours, isolation, runs, outcome);
          if (outcome == Outcome::kCommitted) CheckLive(since[i], lives, goes);
        }
      }
    }
  }

  // The row deletes that ours adds.
  std::string MineName() const { return format_version_ >= 3 ? "mine-d+a" : "mine-d"; }

 private:
  Outcome OutcomeOf(char cell, Isolation isolation, bool runs) const {
    const bool conflicts = cell == '-' || (cell == 's' && isolation == kSerial) ||
                           (cell == 'v' && format_version_ >= 3) || (cell == 'i' && runs);
    if (conflicts) return Outcome::kConflict;
    return cell == 'i' ? Outcome::kInvalid : Outcome::kCommitted;
  }

  std::string DeletesName(const std::string& target) const {
    return format_version_ >= 3 ? "others+" + target : "others";
  }

  std::vector<Since> AllSince() {
    return {
        {"append that may match", Appends("apollo"), {"new"}},
        {"append that cannot match", Appends("gemini"), {"new"}},
        {"append that may match, merged away", AppendsAndMerges("apollo"), {"new", "far"}},
        {"append that cannot match, merged away", AppendsAndMerges("gemini"), {"new", "far"}},
        {"other file overwritten, may match", Overwrites("b"), {"b2"}},
        {"other file overwritten, cannot match", Overwrites("g"), {"g2"}},
        {"other file removed", Removes("b"), {}},
        {"other file compacted", Compacts("b"), {"b-compacted"}},
        {"our file overwritten", Overwrites("a"), {"a2"}},
        {"our file removed", Removes("a"), {}},
        {"our file compacted", Compacts("a"), {}},
        {"row deletes for our file", DeletesRowsOf("a"), {}},
        {"row deletes for another file", DeletesRowsOf("b"), {DeletesName("b")}},
        {"equality deletes in our partition", DeletesRowsByEquality(), {"equality"}},
        {"plan rolled back", RollsBack(), {}, PlansOnASecond()},
        {"expired what came since", ExpiresWhatCame(), {"d", "e"}, nullptr, true},
        {"expired the plan alone", ExpiresThePlan(), {"d"}, nullptr, true},
        {"metadata alone", Alters(), {}},
    };
  }

  void CheckCell(const Since& since, const Act& ours, Isolation isolation, bool runs,
                 Outcome outcome) {
    name_.name = "t" + std::to_string(++tables_);
    MakeTable(name_, format_version_);
    planned_ = AppendByOthers({File("a"), File("b"), File("g", "gemini")});
    if (since.prepare) {
      ASSERT_EQ(since.prepare().ToString(), "OK");
    }
    options_.isolation = isolation;
    bool came = false;
    const auto come = [&] {
      if (std::exchange(came, true)) return;
      EXPECT_EQ(since.act().ToString(), "OK");
    };
    if (!runs) come();
    catalog_->before_swap = come;
    const arrow::Status status = ours();
    catalog_->before_swap = nullptr;
    EXPECT_TRUE(came);
    EXPECT_EQ(status.ok(), outcome == Outcome::kCommitted) << status;
    EXPECT_EQ(IsConflict(status), outcome == Outcome::kConflict) << status;
    if (!since.expires) {
      EXPECT_EQ(FilesOnDisk(), FilesNamed());
    }
  }

  void CheckLive(const Since& since, const std::vector<std::string>& lives,
                 const std::vector<std::string>& goes) {
    const auto live = LiveNames();
    for (const auto& name : since.lives) EXPECT_TRUE(live.contains(name)) << name << " is lost";
    for (const auto& name : lives) EXPECT_TRUE(live.contains(name)) << name << " is not there";
    for (const auto& name : goes) EXPECT_FALSE(live.contains(name)) << name << " is still there";
  }

  int tables_ = 0;
};

// Columns: appends; other files overwritten, removed, compacted; our file; row deletes; the plan; metadata.
TEST_P(ConflictTableTest, AnAppendConflictsWithNothing) {
  CheckRow(Append(), {"mine"}, {}, "++++ ++++ +++ +++ +++ +");
}
TEST_P(ConflictTableTest, ADeleteByPathConflictsWhereItsFileGoes) {
  CheckRow(DeleteA(), {}, {"a", "others+a"}, "++++ ++++ iii +++ +++ +");
}
TEST_P(ConflictTableTest, AReplaceConflictsWithNewRowsItMayMatchAndWithAllThatTouchesItsFile) {
  CheckRow(ReplaceA(), {"mine"}, {"a"}, "s+s+ s+++ --- -+- --+ +");
}
TEST_P(ConflictTableTest, ARowDeleteConflictsWithNewRowsItMayMatchAndWhereItsFileGoes) {
  CheckRow(DeleteRowsOfA(), {"a", MineName()}, {}, "s+s+ s+++ --- v++ --+ +");
}
TEST_P(ConflictTableTest, AnUpdateConflictsAsARowDeleteAndWithRowDeletesOfItsFile) {
  CheckRow(UpdateRowsOfA(), {"a", "mine", MineName()}, {}, "s+s+ s+++ --- -+- --+ +");
}
TEST_P(ConflictTableTest, ARewriteConflictsWithAllThatTouchesItsFileAlone) {
  CheckRow(RewriteA(), {"a-compacted"}, {"a"}, "++++ ++++ --- -+- --+ +");
}
TEST_P(ConflictTableTest, ARewriteThatKeepsItsSequenceNumberLetsEqualityDeletesPass) {
  CheckRow(RewriteA(SequenceNumber(1)), {"a-compacted"}, {"a"}, "++++ ++++ --- -++ --+ +");
}
TEST_P(ConflictTableTest, AChangeOfMetadataConflictsWithNothing) {
  CheckRow(AltersByOurs(), {}, {}, "++++ ++++ +++ +++ +++ +");
}
INSTANTIATE_TEST_SUITE_P(Version, ConflictTableTest, ::testing::Values(2, 3),
                         [](const auto& version) { return "V" + std::to_string(version.param); });

TEST_F(ConflictTest, ADeleteByPathTakesRowDeletesOfItsFileWithIt) {
  Expect(Outcome::kCommitted, DeletesRowsOf("a"), DeleteA(), kSerial);
  EXPECT_FALSE(LiveNames().contains("others"));
}
TEST_F(ConflictTest, ARowDeleteMayDeleteWhatOthersDeleteToo) {
  Expect(Outcome::kCommitted, DeletesRowsOf("a"), DeleteRowsOfA(), kSerial);
  EXPECT_TRUE(LiveNames().contains("others"));
  EXPECT_TRUE(LiveNames().contains("mine-d"));
}
// C10
TEST_F(ConflictV3Test, ARowDeleteConflictsWithAnotherVectorForItsFile) {
  Expect(Outcome::kConflict, DeletesRowsOf("a"), DeleteRowsOfA(), kSnapshotOnly);
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
