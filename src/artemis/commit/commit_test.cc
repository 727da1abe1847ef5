// The loop of every commit: retry, give up, unknown outcomes, times, carried and merged manifests; append, replace, rollback.
#include "artemis/commit/commit.h"

#include <fstream>

#include "artemis/base/error.h"
#include "artemis/base/event_log.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/commit/once.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

TEST_F(CommitTest, AppendKeepsWhatWasThereAndWritesTheSummaryJavaWrites) {
  const auto first = Append("a");
  const auto second = Append("b");
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(LiveNames(first), (std::set<std::string>{"a"}));
  const auto table = *real_->Load(name_);
  const Snapshot& snapshot = *table.metadata->FindSnapshot(second);
  EXPECT_EQ(snapshot.parent_id, first);
  EXPECT_EQ(snapshot.sequence_number, SequenceNumber(2));
  EXPECT_EQ(snapshot.operation(), "append");
  EXPECT_EQ(snapshot.summary.at("added-data-files"), "1");
  EXPECT_EQ(snapshot.summary.at("added-records"), "10");
  EXPECT_EQ(snapshot.summary.at("total-records"), "20");
  EXPECT_EQ(snapshot.summary.at("total-data-files"), "2");
  EXPECT_EQ(snapshot.summary.at("changed-partition-count"), "1");
}

// C3
TEST_F(CommitTest, RetryAppliesTheChangeToTheNewestMetadata) {
  int intruders = 2;
  catalog_->before_swap = [&] {
    if (intruders > 0) AppendByOthers({File("intruder" + std::to_string(intruders--))});
  };
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->attempts, 3);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"intruder1", "intruder2", "mine"}));
  EXPECT_EQ(real_->Load(name_)->metadata->snapshots.size(), 3u);
}

TEST_F(CommitTest, GivesUpAfterTheLastAttemptAndLeavesNoManifests) {
  int others = 0;
  catalog_->before_swap = [&] { AppendByOthers({File("x" + std::to_string(others++))}); };
  options_.attempts_max = 3;
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  ASSERT_NE(FindDetail<CommitConflict>(result.status()), nullptr) << result.status();
  catalog_->before_swap = nullptr;
  EXPECT_FALSE(LiveNames().contains("mine"));
  // Three intruders: a manifest, a list and a metadata file each; and the table's first metadata file.
  EXPECT_EQ(FilesOnDisk().size(), 10u);
}

// C5
TEST_F(CommitTest, KeepsEveryFileWhenTheOutcomeIsUnknown) {
  for (const bool swapped : {true, false}) {
    const auto before = FilesOnDisk().size();
    InterceptedCatalog catalog(real_);
    catalog.lose_reply = true;
    catalog.swap_when_lost = swapped;
    catalog.stay_blind = true;
    const auto result = AppendFiles(catalog, name_, {File(swapped ? "landed" : "lost")}, options_);
    EXPECT_TRUE(IsUnknown(result.status())) << result.status();
    // Manifest and list stay, and the metadata file where it was written.
    EXPECT_EQ(FilesOnDisk().size(), before + (swapped ? 3 : 2));
  }
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"landed"}));
}

// C5
TEST_F(CommitTest, FindsItsOwnSnapshotWhenOnlyTheReplyWasLost) {
  catalog_->lose_reply = true;
  const auto result = AppendFiles(*catalog_, name_, {File("landed")}, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->snapshot_id, Metadata()->current_snapshot_id);
  EXPECT_EQ(catalog_->swaps, 1);
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

// C5
TEST_F(CommitTest, TakesAnAbsentSnapshotForNoProofThatTheSwapFailed) {
  catalog_->lose_reply = true;
  catalog_->swap_when_lost = false;
  const auto before = FilesOnDisk().size();
  const auto result = AppendFiles(*catalog_, name_, {File("lost")}, options_);
  EXPECT_TRUE(IsUnknown(result.status())) << result.status();
  EXPECT_EQ(catalog_->swaps, 1);
  EXPECT_EQ(FilesOnDisk().size(), before + 2);
}

// C5, C8
TEST_F(CommitTest, RepeatsAnUnknownCommitSafelyUnderItsOnceKey) {
  for (const bool swapped : {true, false}) {
    InterceptedCatalog catalog(real_);
    catalog.lose_reply = true;
    catalog.swap_when_lost = swapped;
    catalog.stay_blind = true;
    options_.once_key = swapped ? "k1" : "k2";
    const std::vector<DataFile> files = {File(options_.once_key)};
    ASSERT_TRUE(IsUnknown(AppendFiles(catalog, name_, files, options_).status()));
    const auto again = AppendFiles(*catalog_, name_, files, options_);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->already_done, swapped);
  }
  EXPECT_EQ(Entries().size(), 2u);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"k1", "k2"}));
}

TEST_F(CommitTest, RemovesItsFilesWhenTheSwapFailsForCertain) {
  Append("a");
  const auto before = FilesOnDisk();
  catalog_->failures = {arrow::Status::IOError("disk full")};
  const auto result = AppendFiles(*catalog_, name_, {File("b")}, options_);
  EXPECT_TRUE(result.status().IsIOError()) << result.status();
  EXPECT_EQ(FilesOnDisk(), before);
}

TEST_F(CommitTest, LeavesNothingOfLostAttempts) {
  options_.manifest_min_count_to_merge = 3;
  for (int i = 0; i < 6; ++i) {
    const std::string n = std::to_string(i);
    int intruders = 2;
    catalog_->before_swap = [&] {
      if (intruders > 0) {
        AppendByOthers({File("x" + n + std::to_string(intruders))});
        --intruders;
      }
    };
    Append("mine" + n);
  }
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
  EXPECT_EQ(LiveNames().size(), 18u);
}

TEST_F(CommitTest, OnceKeyMakesTheSecondRunChangeNothing) {
  options_.once_key = "load-17";
  const auto first = AppendFiles(*catalog_, name_, {File("a")}, options_);
  const auto second = AppendFiles(*catalog_, name_, {File("b")}, options_);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->already_done);
  EXPECT_EQ(second->snapshot_id, first->snapshot_id);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"a"}));
}

// C6
TEST_F(CommitTest, TimesAndSequenceNumbersGrowWhenTheClockStepsBack) {
  for (int i = 0; i < 4; ++i) {
    Append("f" + std::to_string(i));
    clock_.AdvanceMs(i == 1 ? -3'600'000 : 0);
  }
  const auto table = *real_->Load(name_);
  for (size_t i = 1; i < table.metadata->snapshot_log.size(); ++i) {
    EXPECT_GT(table.metadata->snapshot_log[i].timestamp,
              table.metadata->snapshot_log[i - 1].timestamp);
  }
  EXPECT_EQ(table.metadata->last_sequence_number, SequenceNumber(4));
}

// C7
TEST_F(CommitTest, CarriesManifestsOverUnchanged) {
  Append("a");
  const auto before = Manifests();
  Append("b");
  const auto after = Manifests();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[1], before[0]);
}

TEST_F(CommitTest, MergesSmallManifestsOnceThereAreManyAndKeepsSequenceNumbers) {
  options_.manifest_min_count_to_merge = 5;
  for (int i = 0; i < 5; ++i) Append("f" + std::to_string(i));
  EXPECT_EQ(Manifests().size(), 1u);
  const auto entries = ListFiles(View(), real_->files()).ValueOrDie();
  ASSERT_EQ(entries.size(), 5u);
  for (const auto& entry : entries) {
    const std::string stem = Stem(entry.file);
    EXPECT_EQ(entry.data_sequence_number.value, stem.back() - '0' + 1) << stem;
  }
}

TEST_F(CommitTest, LeavesNoManifestThatAMergeTookIn) {
  options_.manifest_min_count_to_merge = 2;
  for (int i = 0; i < 3; ++i) Append("f" + std::to_string(i));
  // Each snapshot has a list and one manifest of its own; besides, there are four metadata files.
  EXPECT_EQ(FilesOnDisk().size(), 4u + 3u * 2u);
}

TEST_F(CommitTest, ReplaceRemovesAndAddsInOneSnapshot) {
  ASSERT_TRUE(
      AppendFiles(*catalog_, name_, {File("a"), File("b", "gemini"), File("c")}, options_).ok());
  ReplaceFilesChange change;
  change.removed = {File("a")};
  change.added = {File("a2", "apollo", 7)};
  const auto result = ReplaceFiles(*catalog_, name_, change, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"a2", "b", "c"}));
  const Snapshot& snapshot = *result->table.metadata->CurrentSnapshot();
  EXPECT_EQ(snapshot.operation(), "overwrite");
  EXPECT_EQ(snapshot.summary.at("deleted-data-files"), "1");
  EXPECT_EQ(snapshot.summary.at("deleted-records"), "10");
  EXPECT_EQ(snapshot.summary.at("total-records"), "27");
  // Entries that stay keep the sequence number of their own commit.
  for (const auto& entry : *ListFiles(View(), real_->files())) {
    const bool is_new = Stem(entry.file) == "a2";
    EXPECT_EQ(entry.data_sequence_number.value, is_new ? 2 : 1) << entry.file.path;
  }
}

TEST_F(CommitTest, ReplaceWithoutNewFilesIsADelete) {
  ASSERT_TRUE(AppendFiles(*catalog_, name_, {File("a"), File("b")}, options_).ok());
  ReplaceFilesChange change;
  change.removed = {File("a"), File("b")};
  const auto result = ReplaceFiles(*catalog_, name_, change, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->table.metadata->CurrentSnapshot()->operation(), "delete");
  EXPECT_TRUE(LiveNames().empty());
  // The manifest of deleted entries is not carried into the next snapshot.
  Append("c");
  EXPECT_EQ(Manifests().size(), 1u);
}

// C4
TEST_F(CommitTest, ReplaceIsAConflictWhenAFileIsGone) {
  Append("a");
  ReplaceFilesChange change;
  change.removed = {File("a")};
  ASSERT_TRUE(ReplaceFiles(*catalog_, name_, change, options_).ok());
  const auto again = ReplaceFiles(*catalog_, name_, change, options_);
  EXPECT_NE(FindDetail<CommitConflict>(again.status()), nullptr) << again.status();
  EXPECT_NE(again.status().message().find("a.parquet"), std::string::npos);
}

// C4
TEST_F(CommitTest, ReplaceIsAConflictWhenAMatchingFileCameAfterThePlan) {
  const auto planned_on = Append("a");
  Append("later");
  ReplaceFilesChange change;
  change.removed = {File("a")};
  change.validate_from = planned_on;
  change.conflicts = [](const DataFile&) { return false; };
  ReplaceFilesChange strict = change;
  strict.conflicts = [](const DataFile& file) {
    return file.path.find("later") != std::string::npos;
  };
  EXPECT_NE(FindDetail<CommitConflict>(ReplaceFiles(*catalog_, name_, strict, options_).status()),
            nullptr);
  EXPECT_TRUE(ReplaceFiles(*catalog_, name_, change, options_).ok());
}

TEST_F(CommitTest, RollbackMakesAnAncestorCurrentAndLogsIt) {
  const auto first = Append("a");
  const auto second = Append("b");
  clock_.AdvanceMs(1000);
  const auto result = RollbackTo(*catalog_, name_, first, false, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"a"}));
  const auto& metadata = *result->table.metadata;
  ASSERT_EQ(metadata.snapshot_log.size(), 3u);
  EXPECT_EQ(metadata.snapshot_log.back().snapshot_id, first);
  EXPECT_EQ(metadata.snapshots.size(), 2u);
  const auto forward = RollbackTo(*catalog_, name_, second, false, options_);
  EXPECT_TRUE(forward.status().IsInvalid()) << forward.status();
  EXPECT_TRUE(RollbackTo(*catalog_, name_, second, true, options_).ok());
  const auto unknown = RollbackTo(*catalog_, name_, SnapshotId(42), true, options_);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(unknown.status()), nullptr);
}

TEST_F(CommitTest, RollsBackToWhatWasCurrentAtATime) {
  const auto first = Append("a");
  const auto first_time = Current().timestamp;
  clock_.AdvanceMs(1000);
  const auto second = Append("b");
  const auto second_time = Current().timestamp;
  clock_.AdvanceMs(1000);
  ASSERT_TRUE(RollbackToTime(*catalog_, name_, TimestampMs(second_time.value - 1), options_).ok());
  EXPECT_EQ(Metadata()->current_snapshot_id, first);
  // At the second's time it was current, but it is no ancestor any more.
  const auto forward = RollbackToTime(*catalog_, name_, second_time, options_);
  EXPECT_TRUE(forward.status().IsInvalid()) << forward.status();
  const auto before = RollbackToTime(*catalog_, name_, TimestampMs(first_time.value - 1), options_);
  EXPECT_TRUE(before.status().IsInvalid()) << before.status();
  EXPECT_EQ(FindDetail<SnapshotExpired>(before.status()), nullptr);
  EXPECT_EQ(Metadata()->snapshots.back().id, second);
}

TEST_F(CommitTest, SaysThatTheSnapshotOfATimeHasExpired) {
  const auto first = Append("a");
  const auto first_time = Current().timestamp;
  clock_.AdvanceMs(1000);
  Append("b");
  const auto second_time = Current().timestamp;
  ASSERT_TRUE(UpdateMetadata(*real_, name_, "expire", [&](const TableMetadata& metadata) {
                return RemoveSnapshots(metadata, {first});
              }).ok());
  const auto result = RollbackToTime(*catalog_, name_, first_time, options_);
  const auto* expired = FindDetail<SnapshotExpired>(result.status());
  ASSERT_NE(expired, nullptr) << result.status();
  EXPECT_EQ(expired->oldest_available, second_time);
}

TEST_F(CommitTest, MetadataChangeIsAppliedAgainAfterAConflict) {
  bool intruded = false;
  catalog_->before_swap = [&] {
    if (!std::exchange(intruded, true)) AppendByOthers({File("intruder")});
  };
  int calls = 0;
  const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ++calls;
    TableMetadata next = metadata;
    next.properties["k"] = "v";
    return next;
  };
  const auto result = UpdateMetadata(*catalog_, name_, "alter", change, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"intruder"}));
  EXPECT_EQ(real_->Load(name_)->metadata->properties.at("k"), "v");
}

TEST_F(CommitTest, AChangeThatChangesNothingMakesNoCommit) {
  AppendByOthers({File("a")});
  const auto location = real_->Load(name_)->metadata_location;
  const auto result = UpdateMetadata(
      *catalog_, name_, "alter",
      [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> { return metadata; },
      options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(catalog_->swaps, 0);
  EXPECT_EQ(real_->Load(name_)->metadata_location, location);
}

TEST_F(CommitTest, RetriesAsOftenAsTheTableSays) {
  SetProperty("commit.retry.num-retries", "2");
  SetProperty("commit.retry.min-wait-ms", "1");
  SetProperty("commit.retry.max-wait-ms", "1");
  options_ = CommitOptions();
  int others = 0;
  catalog_->before_swap = [&] { AppendByOthers({File("x" + std::to_string(others++))}); };
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  EXPECT_TRUE(IsConflict(result.status())) << result.status();
  EXPECT_EQ(others, 3);
  // What the caller says wins.
  options_.attempts_max = 1;
  EXPECT_TRUE(IsConflict(AppendFiles(*catalog_, name_, {File("mine")}, options_).status()));
  EXPECT_EQ(others, 4);
}

TEST_F(CommitTest, BeginsNoAttemptAfterTheTimeout) {
  options_.total_timeout_ms = 0;
  int others = 0;
  catalog_->before_swap = [&] { AppendByOthers({File("x" + std::to_string(others++))}); };
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  EXPECT_TRUE(IsConflict(result.status())) << result.status();
  EXPECT_EQ(others, 1);
}

TEST_F(CommitTest, DoesNotMergeAFastAppend) {
  options_.manifest_min_count_to_merge = 2;
  options_.fast_append = true;
  for (int i = 0; i < 4; ++i) Append("f" + std::to_string(i));
  EXPECT_EQ(Manifests().size(), 4u);
  options_.fast_append = false;
  SetProperty("commit.manifest-merge.enabled", "false");
  Append("f4");
  EXPECT_EQ(Manifests().size(), 5u);
  SetProperty("commit.manifest-merge.enabled", "true");
  Append("f5");
  EXPECT_EQ(Manifests().size(), 1u);
  EXPECT_EQ(LiveNames().size(), 6u);
}

TEST_F(CommitTest, MergesAsManyManifestsAsTheTableSays) {
  SetProperty("commit.manifest.min-count-to-merge", "3");
  for (int i = 0; i < 2; ++i) Append("f" + std::to_string(i));
  EXPECT_EQ(Manifests().size(), 2u);
  Append("f2");
  EXPECT_EQ(Manifests().size(), 1u);
  EXPECT_EQ(Summary("manifests-created"), "1");
  EXPECT_EQ(Summary("manifests-replaced"), "2");
  EXPECT_EQ(Summary("manifests-kept"), "0");
}

TEST_F(CommitTest, SplitsManifestsAtTheTargetSize) {
  SetProperty("commit.manifest.target-size-bytes", "65536");
  std::vector<DataFile> files;
  for (int i = 0; i < 20'000; ++i) files.push_back(File("f" + std::to_string(i)));
  Append(*catalog_, files);
  const auto manifests = Manifests();
  EXPECT_GT(manifests.size(), 1u);
  int64_t added = 0;
  for (const auto& manifest : manifests) {
    added += *manifest.added_files;
    EXPECT_LT(manifest.length_bytes, 2 * 65'536);
  }
  EXPECT_EQ(added, 20'000);
  EXPECT_EQ(LiveNames().size(), 20'000u);
}

TEST_F(CommitTest, RefusesAFileThatIsAddedTwiceOrHasAnUnknownSpec) {
  const auto twice = AppendFiles(*catalog_, name_, {File("a"), File("a")}, options_);
  EXPECT_TRUE(twice.status().IsInvalid()) << twice.status();
  EXPECT_NE(twice.status().message().find("a.parquet"), std::string::npos);
  auto foreign = File("b");
  foreign.spec_id = SpecId(7);
  const auto unknown = AppendFiles(*catalog_, name_, {foreign}, options_);
  EXPECT_TRUE(unknown.status().IsInvalid()) << unknown.status();
  EXPECT_TRUE(Metadata()->snapshots.empty());
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(CommitTest, CommitsToABranchAndLeavesMainAlone) {
  const auto first = Append("a");
  RefChange branch;
  branch.name = "audit";
  ASSERT_TRUE(SetRef(*catalog_, name_, branch, options_).ok());
  options_.branch = "audit";
  const auto second = Append("b");
  EXPECT_EQ(Metadata()->current_snapshot_id, first);
  EXPECT_EQ(Metadata()->refs.at("audit").snapshot_id, second);
  EXPECT_EQ(Metadata()->FindSnapshot(second)->parent_id, first);
  EXPECT_EQ(Metadata()->snapshot_log.size(), 1u);
  EXPECT_EQ(LiveNames(second), (std::set<std::string>{"a", "b"}));
  // Totals go on from the branch, not from main.
  EXPECT_EQ(Metadata()->FindSnapshot(second)->summary.at("total-records"), "20");
}

TEST_F(CommitTest, RefusesABranchThatIsNotThereAndATag) {
  Append("a");
  options_.branch = "adit";
  const auto missing = AppendFiles(*catalog_, name_, {File("b")}, options_);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(missing.status()), nullptr) << missing.status();
  RefChange tag;
  tag.name = "adit";
  tag.kind = SnapshotRef::Kind::kTag;
  ASSERT_TRUE(SetRef(*catalog_, name_, tag, options_).ok());
  EXPECT_TRUE(AppendFiles(*catalog_, name_, {File("b")}, options_).status().IsInvalid());
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(CommitTest, WritesVersion1OnlyToRaiseIt) {
  const TableName old{{"sda"}, "old"};
  MakeTable(old, 1);
  const auto refused = AppendFiles(*catalog_, old, {File("a")}, options_);
  EXPECT_TRUE(refused.status().IsNotImplemented()) << refused.status();
  EXPECT_NE(refused.status().message().find("upgrade"), std::string::npos);
  const auto set = [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    return SetProperties(metadata, {{"k", "v"}});
  };
  EXPECT_TRUE(UpdateMetadata(*catalog_, old, "alter", set, options_).status().IsNotImplemented());
  const auto upgrade = [](const TableMetadata& metadata) { return UpgradeFormat(metadata, 2); };
  ASSERT_TRUE(UpdateMetadata(*catalog_, old, "upgrade", upgrade, options_).ok());
  EXPECT_TRUE(AppendFiles(*catalog_, old, {File("a")}, options_).ok());
}

// C8
TEST_F(CommitTest, OnceKeyHoldsForChangesOfMetadata) {
  options_.once_key = "alter-1";
  int calls = 0;
  const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    return SetProperties(metadata, {{"k", std::to_string(++calls)}});
  };
  EXPECT_FALSE(UpdateMetadata(*catalog_, name_, "alter", change, options_)->already_done);
  const auto again = UpdateMetadata(*catalog_, name_, "alter", change, options_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->already_done);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Metadata()->properties.at("k"), "1");
}

// C8
TEST_F(CommitTest, OnceKeyOutlivesItsSnapshot) {
  options_.once_key = "load, 17 %";
  const auto first = Append("a");
  options_.once_key.clear();
  Append("b");
  ASSERT_TRUE(UpdateMetadata(*real_, name_, "expire", [&](const TableMetadata& metadata) {
                return RemoveSnapshots(metadata, {first});
              }).ok());
  options_.once_key = "load, 17 %";
  const auto again = AppendFiles(*catalog_, name_, {File("c")}, options_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->already_done);
  EXPECT_EQ(again->snapshot_id, first);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"a", "b"}));
}

TEST_F(CommitTest, RemembersTheNewestHundredOnceKeys) {
  TableMetadata metadata = *Metadata();
  for (int i = 0; i < 150; ++i) {
    RecordOnce("k" + std::to_string(i), SnapshotId(i + 1), &metadata);
  }
  EXPECT_FALSE(FindOnceRecord(metadata, "k49").has_value());
  for (const int i : {50, 100, 149}) {
    const auto record = FindOnceRecord(metadata, "k" + std::to_string(i));
    ASSERT_TRUE(record.has_value()) << i;
    EXPECT_EQ(record->snapshot_id, SnapshotId(i + 1));
  }
  // A key that begins like another is another.
  EXPECT_FALSE(FindOnceRecord(metadata, "k5").has_value());
  RecordOnce("none", std::nullopt, &metadata);
  ASSERT_TRUE(FindOnceRecord(metadata, "none").has_value());
  EXPECT_FALSE(FindOnceRecord(metadata, "none")->snapshot_id.has_value());
}

// A column that only older specs use may be dropped; the manifests of those specs are still rewritten and merged.
TEST_F(CommitTest, RewritesManifestsOfASpecWhoseColumnIsGone) {
  Append(*catalog_, {File("a", "apollo"), File("b", "gemini")});
  Append("c");
  const auto drop = [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    ARROW_ASSIGN_OR_RAISE(auto next, SetDefaultSpec(metadata, PartitionSpec()));
    Schema schema = next.CurrentSchema();
    schema.fields = {schema.fields[0]};
    schema.fields[0].id = FieldId(2);
    schema.fields[0].name = "other";
    return SetCurrentSchema(next, schema, FieldId(2));
  };
  ASSERT_TRUE(UpdateMetadata(*real_, name_, "alter", drop, options_).ok());
  options_.manifest_min_count_to_merge = 2;
  const auto deleted = DeleteFiles(*catalog_, name_, {File("a").path}, options_);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  DataFile plain = File("d");
  plain.spec_id = Metadata()->default_spec_id;
  plain.partition.clear();
  Append(*catalog_, {plain});
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"b", "c", "d"}));
  for (const auto& entry : Entries()) {
    if (Stem(entry.file) != "b") continue;
    EXPECT_EQ(entry.file.partition, PartitionTuple({LiteralValue(std::string("gemini"))}));
  }
}

TEST_F(CommitTest, WritesOneEventForEachCommit) {
  const auto path = (folder_ / "events").string();
  const auto log = EventLog::Open(path).ValueOrDie();
  options_.events = log.get();
  options_.author = "ada";
  Append("a");
  catalog_->failures = {arrow::Status::IOError("disk full")};
  EXPECT_FALSE(AppendFiles(*catalog_, name_, {File("b")}, options_).ok());
  catalog_->lose_reply = true;
  catalog_->swap_when_lost = false;
  EXPECT_FALSE(AppendFiles(*catalog_, name_, {File("b")}, options_).ok());
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_NE(lines[0].find(R"("added_files":1,"added_rows":10)"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(R"("operation":"append")"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(R"("outcome":"committed")"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find(R"("outcome":"failed")"), std::string::npos) << lines[1];
  EXPECT_NE(lines[2].find(R"("outcome":"unknown")"), std::string::npos) << lines[2];
}

}  // namespace
}  // namespace artemis
