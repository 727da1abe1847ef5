// Tags, branches, fast-forward and cherry-pick.
#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

class RefsTest : public CommitTest {
 protected:
  explicit RefsTest(int32_t format_version = 2) : CommitTest(format_version) {}

  RefChange Tag(const std::string& name, std::optional<SnapshotId> id = {}) {
    RefChange change;
    change.name = name;
    change.kind = SnapshotRef::Kind::kTag;
    change.snapshot_id = id;
    return change;
  }
  RefChange Branch(const std::string& name, std::optional<SnapshotId> id = {}) {
    RefChange change = Tag(name, id);
    change.kind = SnapshotRef::Kind::kBranch;
    return change;
  }
  arrow::Status Set(const RefChange& change) {
    return SetRef(*catalog_, name_, change, options_).status();
  }
  SnapshotId AppendTo(const std::string& branch, const std::vector<DataFile>& files) {
    CommitOptions options = options_;
    options.branch = branch;
    return *AppendFiles(*catalog_, name_, files, options).ValueOrDie().snapshot_id;
  }
  arrow::Result<CommitResult> Pick(SnapshotId id) {
    return CherryPick(*catalog_, name_, id, options_);
  }
};

class RefsV3Test : public RefsTest {
 protected:
  RefsV3Test() : RefsTest(3) {}
};

TEST_F(RefsTest, TagsTheCurrentSnapshotOrAGivenOne) {
  const auto first = Append("a");
  const auto second = Append("b");
  ASSERT_TRUE(Set(Tag("now")).ok());
  RefChange kept = Tag("incident", first);
  kept.max_ref_age_ms = 1000;
  ASSERT_TRUE(Set(kept).ok());
  const auto metadata = Metadata();
  EXPECT_EQ(metadata->refs.at("now").snapshot_id, second);
  EXPECT_EQ(metadata->refs.at("now").kind, SnapshotRef::Kind::kTag);
  EXPECT_EQ(metadata->refs.at("incident").snapshot_id, first);
  EXPECT_EQ(metadata->refs.at("incident").max_ref_age_ms, 1000);
  EXPECT_EQ(metadata->snapshots.size(), 2u);
}

TEST_F(RefsTest, ChangesARefOnlyWhenAskedTo) {
  const auto first = Append("a");
  RefChange branch = Branch("audit");
  branch.min_snapshots_to_keep = 3;
  branch.max_snapshot_age_ms = 5000;
  ASSERT_TRUE(Set(branch).ok());
  const auto second = Append("b");
  EXPECT_TRUE(Set(Branch("audit", second)).IsAlreadyExists());
  RefChange moved = Branch("audit", second);
  moved.replace = true;
  moved.max_ref_age_ms = 7000;
  ASSERT_TRUE(Set(moved).ok());
  const auto ref = Metadata()->refs.at("audit");
  EXPECT_EQ(ref.snapshot_id, second);
  EXPECT_EQ(ref.min_snapshots_to_keep, 3);
  EXPECT_EQ(ref.max_snapshot_age_ms, 5000);
  EXPECT_EQ(ref.max_ref_age_ms, 7000);
  RefChange as_tag = Tag("audit", first);
  as_tag.replace = true;
  EXPECT_TRUE(Set(as_tag).IsInvalid());
}

// Whoever replaces a ref has seen it; by the time of the swap another writer may have removed it.
TEST_F(RefsTest, ReplacesNoRefThatIsNotThere) {
  const auto first = Append("a");
  RefChange change = Tag("incident", first);
  change.replace = change.must_exist = true;
  const arrow::Status refused = Set(change);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(refused), nullptr) << refused;
  EXPECT_FALSE(Metadata()->refs.contains("incident"));
  ASSERT_TRUE(Set(Tag("incident", first)).ok());
  const auto second = Append("b");
  change.snapshot_id = second;
  ASSERT_TRUE(Set(change).ok());
  EXPECT_EQ(Metadata()->refs.at("incident").snapshot_id, second);
}

TEST_F(RefsTest, RefusesWhatARefCannotBe) {
  EXPECT_NE(FindDetail<NoSuchSnapshot>(Set(Tag("empty"))), nullptr);
  const auto first = Append("a");
  Append("b");
  EXPECT_NE(FindDetail<NoSuchSnapshot>(Set(Tag("t", SnapshotId(42)))), nullptr);
  RefChange main = Branch("main", first);
  main.replace = true;
  EXPECT_TRUE(Set(main).IsInvalid());
  RefChange tag = Tag("t");
  tag.min_snapshots_to_keep = 2;
  EXPECT_TRUE(Set(tag).IsInvalid());
  RefChange never = Tag("t");
  never.max_ref_age_ms = 0;
  EXPECT_TRUE(Set(never).IsInvalid());
  EXPECT_EQ(Metadata()->refs.size(), 1u);
}

TEST_F(RefsTest, SetsTheRetentionOfMain) {
  const auto first = Append("a");
  RefChange main = Branch("main");
  main.replace = true;
  main.min_snapshots_to_keep = 5;
  ASSERT_TRUE(Set(main).ok());
  EXPECT_EQ(Metadata()->refs.at("main").min_snapshots_to_keep, 5);
  EXPECT_EQ(Metadata()->refs.at("main").snapshot_id, first);
}

TEST_F(RefsTest, RemovesARef) {
  Append("a");
  ASSERT_TRUE(Set(Tag("t")).ok());
  const auto wrong = RemoveRef(*catalog_, name_, "t", SnapshotRef::Kind::kBranch, options_);
  EXPECT_TRUE(wrong.status().IsInvalid()) << wrong.status();
  ASSERT_TRUE(RemoveRef(*catalog_, name_, "t", SnapshotRef::Kind::kTag, options_).ok());
  EXPECT_FALSE(Metadata()->refs.contains("t"));
  const auto gone = RemoveRef(*catalog_, name_, "t", {}, options_);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(gone.status()), nullptr);
  EXPECT_TRUE(RemoveRef(*catalog_, name_, "main", {}, options_).status().IsInvalid());
}

TEST_F(RefsTest, FastForwardsMainToABranch) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  AppendTo("audit", {File("b")});
  const auto tip = AppendTo("audit", {File("c")});
  clock_.AdvanceMs(1000);
  const auto result = FastForward(*catalog_, name_, "main", "audit", options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Metadata()->current_snapshot_id, tip);
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "c"}));
  EXPECT_EQ(Metadata()->snapshot_log.back().snapshot_id, tip);
  // What main never was is not in its log.
  EXPECT_EQ(Metadata()->snapshot_log.size(), 2u);
  const int swaps = catalog_->swaps;
  ASSERT_TRUE(FastForward(*catalog_, name_, "main", "audit", options_).ok());
  EXPECT_EQ(catalog_->swaps, swaps);
}

TEST_F(RefsTest, DoesNotFastForwardToWhatDoesNotHoldTheBranch) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  AppendTo("audit", {File("b")});
  Append("c");
  EXPECT_TRUE(FastForward(*catalog_, name_, "main", "audit", options_).status().IsInvalid());
  EXPECT_TRUE(FastForward(*catalog_, name_, "audit", "main", options_).status().IsInvalid());
  const auto missing = FastForward(*catalog_, name_, "main", "adit", options_);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(missing.status()), nullptr);
}

TEST_F(RefsTest, PicksAnAppendAsANewSnapshot) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b", "gemini", 3)});
  const auto head = Append("c");
  const auto result = Pick(staged);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_NE(result->snapshot_id, staged);
  EXPECT_EQ(Current().parent_id, head);
  EXPECT_EQ(Current().operation(), "append");
  EXPECT_EQ(Summary("source-snapshot-id"), ToString(staged));
  EXPECT_EQ(Summary("added-records"), "3");
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "c"}));
  const auto again = Pick(staged);
  EXPECT_TRUE(again.status().IsInvalid()) << again.status();
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(RefsTest, TakesThePickedSnapshotItselfWhereItFollowsTheHead) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b")});
  const auto result = Pick(staged);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->snapshot_id, staged);
  EXPECT_EQ(Metadata()->current_snapshot_id, staged);
  EXPECT_EQ(Metadata()->snapshots.size(), 2u);
}

TEST_F(RefsTest, PicksAgainAsACopyWhenTheHeadMovedMeanwhile) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b")});
  bool intruded = false;
  catalog_->before_swap = [&] {
    if (!std::exchange(intruded, true)) AppendByOthers({File("c")});
  };
  const auto result = Pick(staged);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_NE(result->snapshot_id, staged);
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "c"}));
}

TEST_F(RefsTest, AnUnknownPickIsNotTakenForDoneBecauseItsSnapshotIsThere) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b")});
  catalog_->lose_reply = true;
  catalog_->swap_when_lost = false;
  EXPECT_TRUE(IsUnknown(Pick(staged).status()));
}

TEST_F(RefsTest, PicksAnOverwriteOfWholePartitionsUnlessTheyChanged) {
  Append(*catalog_, {File("a"), File("g", "gemini")});
  const auto base = *Metadata()->current_snapshot_id;
  for (const bool touched : {false, true}) {
    const std::string branch = touched ? "touched" : "untouched";
    ASSERT_TRUE(Set(Branch(branch, base)).ok());
    CommitOptions options = options_;
    options.branch = branch;
    options.extra_summary = {{"replace-partitions", "true"}};
    ReplaceFilesChange change;
    change.removed = {File("g", "gemini")};
    change.added = {File("g-" + branch, "gemini")};
    const auto staged = ReplaceFiles(*catalog_, name_, change, options);
    ASSERT_TRUE(staged.ok()) << staged.status();
    ASSERT_TRUE(RollbackTo(*catalog_, name_, base, true, options_).ok());
    Append(*catalog_, {File("x-" + branch, touched ? "gemini" : "apollo")});
    const auto picked = Pick(*staged->snapshot_id);
    if (touched) {
      EXPECT_TRUE(IsConflict(picked.status())) << picked.status();
    } else {
      ASSERT_TRUE(picked.ok()) << picked.status();
      EXPECT_EQ(LiveNames(), (Names{"a", "g-untouched", "x-untouched"}));
    }
  }
}

TEST_F(RefsTest, RefusesToPickADeleteOnAnotherBase) {
  Append(*catalog_, {File("a"), File("b")});
  ASSERT_TRUE(Set(Branch("audit")).ok());
  CommitOptions options = options_;
  options.branch = "audit";
  const auto staged = *DeleteFiles(*catalog_, name_, {File("a").path}, options)->snapshot_id;
  Append("c");
  const auto result = Pick(staged);
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_NE(FindDetail<NoSuchSnapshot>(Pick(SnapshotId(42)).status()), nullptr);
  EXPECT_TRUE(Pick(*Metadata()->current_snapshot_id).status().IsInvalid());
}

TEST_F(RefsTest, PublishesAStagedSnapshotOnce) {
  Append("a");
  ASSERT_TRUE(Set(Branch("one")).ok());
  ASSERT_TRUE(Set(Branch("two")).ok());
  options_.extra_summary = {{"wap.id", "w-7"}};
  const auto one = AppendTo("one", {File("b")});
  const auto two = AppendTo("two", {File("b2")});
  options_.extra_summary.clear();
  Append("c");
  ASSERT_TRUE(Pick(one).ok());
  EXPECT_EQ(Summary("published-wap-id"), "w-7");
  EXPECT_TRUE(Pick(two).status().IsInvalid());
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "c"}));
}

// The ancestor that says what it is a pick of is gone; its file is not.
TEST_F(RefsTest, PicksNoFileASecondTimeWhereTheFirstPickIsExpired) {
  Append("a");
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b")});
  Append("c");
  const auto first = Pick(staged);
  ASSERT_TRUE(first.ok()) << first.status();
  Append("d");
  const auto expire = [&](const TableMetadata& metadata) {
    return RemoveSnapshots(metadata, {*first->snapshot_id});
  };
  ASSERT_TRUE(UpdateMetadata(*real_, name_, "expire", expire, options_).ok());
  EXPECT_TRUE(Pick(staged).status().IsInvalid());
  EXPECT_EQ(Entries().size(), 4u);
  // Once it has left it may come again.
  ASSERT_TRUE(DeleteFiles(*real_, name_, {File("b").path}, options_).ok());
  EXPECT_TRUE(Pick(staged).ok());
  EXPECT_EQ(LiveNames(), (Names{"a", "b", "c", "d"}));
}

// C9
TEST_F(RefsV3Test, APickedFileGetsRowIdsOfItsOwn) {
  Append(*catalog_, {File("a", "apollo", 10)});
  ASSERT_TRUE(Set(Branch("audit")).ok());
  const auto staged = AppendTo("audit", {File("b", "apollo", 5)});
  Append(*catalog_, {File("c", "apollo", 7)});
  ASSERT_TRUE(Pick(staged).ok());
  std::map<std::string, int64_t> first_rows;
  for (const auto& entry : Entries()) first_rows[Stem(entry.file)] = *entry.file.first_row_id;
  EXPECT_EQ(first_rows, (std::map<std::string, int64_t>{{"a", 0}, {"b", 22}, {"c", 15}}));
  EXPECT_EQ(Metadata()->next_row_id, 27);
}

}  // namespace
}  // namespace artemis
