#include "artemis/commit/commit.h"

#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

// A catalog that lets something happen right before a swap, and can answer for it.
class InterceptedCatalog : public Catalog {
 public:
  explicit InterceptedCatalog(std::shared_ptr<Catalog> real) : real_(std::move(real)) {}

  std::function<void()> before_swap;
  // When set, the swap happens and its reply is lost, or it does not happen and nobody knows.
  bool lose_reply = false;
  bool swap_when_lost = true;

  std::string Uri() const override { return real_->Uri(); }
  std::string Warehouse() const override { return real_->Warehouse(); }
  FileSystem& files() override { return real_->files(); }
  const Clock& clock() const override { return real_->clock(); }
  arrow::Result<std::vector<std::string>> ListNamespaces() override {
    return real_->ListNamespaces();
  }
  arrow::Status CreateNamespace(const std::string& name) override {
    return real_->CreateNamespace(name);
  }
  arrow::Result<std::vector<TableName>> ListTables(std::optional<std::string> name) override {
    return real_->ListTables(name);
  }
  arrow::Result<LoadedTable> Load(const TableName& name) override { return real_->Load(name); }
  std::string DefaultLocation(const TableName& name) const override {
    return real_->DefaultLocation(name);
  }
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override {
    return real_->Create(name, std::move(metadata), info);
  }
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override {
    if (before_swap) before_swap();
    if (!lose_reply) return real_->Commit(base, std::move(next), info);
    if (swap_when_lost) ARROW_RETURN_NOT_OK(real_->Commit(base, std::move(next), info).status());
    return CommitUnknownError("the reply was lost");
  }
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& location,
                                      const CommitInfo& info) override {
    return real_->Register(name, location, info);
  }
  arrow::Status Rename(const TableName& from, const TableName& to) override {
    return real_->Rename(from, to);
  }
  arrow::Status Drop(const TableName& name) override { return real_->Drop(name); }
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override {
    return real_->History(table);
  }

 private:
  std::shared_ptr<Catalog> real_;
};

class CommitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("commit-" + RandomUuid());
    CatalogOptions options;
    options.warehouse = folder_.string();
    options.create = true;
    options.clock = &clock_;
    auto opened = OpenCatalog(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    real_ = *opened;
    catalog_ = std::make_unique<InterceptedCatalog>(real_);
    NewTable table;
    table.location = real_->DefaultLocation(name_);
    Field mission;
    mission.id = FieldId(1);
    mission.name = "mission";
    mission.type = Type::Of(TypeKind::kString);
    table.schema.fields = {mission};
    table.spec = *ParsePartitionSpec("mission", table.schema);
    auto metadata = MakeTableMetadata(table, clock_.Now());
    ASSERT_TRUE(metadata.ok()) << metadata.status();
    ASSERT_TRUE(real_->Create(name_, *metadata, {"create", "ada"}).ok());
    options_.backoff_min_ms = 1;
    options_.backoff_max_ms = 2;
  }
  void TearDown() override { fs::remove_all(folder_); }

  DataFile File(const std::string& name, const std::string& mission = "apollo", int64_t rows = 10) {
    DataFile file;
    file.path = "file://" + folder_.string() + "/data/" + name + ".parquet";
    file.spec_id = SpecId(0);
    file.partition = {LiteralValue(mission)};
    file.record_count = rows;
    file.file_size_bytes = 100;
    return file;
  }

  SnapshotId Append(Catalog& catalog, const std::string& name, const CommitOptions& options) {
    auto result = AppendFiles(catalog, name_, {File(name)}, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result->snapshot_id;
  }
  SnapshotId Append(const std::string& name) { return Append(*catalog_, name, options_); }

  TableView View(std::optional<SnapshotId> snapshot = {}) {
    const auto table = *real_->Load(name_);
    return {table.metadata, snapshot ? snapshot : table.metadata->current_snapshot_id,
            std::make_shared<const Schema>(table.metadata->CurrentSchema())};
  }

  std::set<std::string> LiveNames(std::optional<SnapshotId> snapshot = {}) {
    auto entries = ListFiles(View(snapshot), real_->files());
    EXPECT_TRUE(entries.ok()) << entries.status();
    std::set<std::string> names;
    for (const auto& entry : *entries) {
      names.insert(fs::path(entry.file.path).stem().string());
    }
    return names;
  }

  std::set<std::string> MetadataFolder() {
    std::set<std::string> names;
    const auto location = real_->Load(name_)->metadata->location.substr(7);
    for (const auto& entry : fs::directory_iterator(location + "/metadata"))
      names.insert(entry.path().filename().string());
    return names;
  }

  fs::path folder_;
  FixedClock clock_{TimestampMs(1'700'000'000'000)};
  TableName name_{{"sda"}, "t"};
  std::shared_ptr<Catalog> real_;
  std::unique_ptr<InterceptedCatalog> catalog_;
  CommitOptions options_;
};

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
    if (intruders > 0) Append(*real_, "intruder" + std::to_string(intruders--), options_);
  };
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->attempts, 3);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"intruder1", "intruder2", "mine"}));
  EXPECT_EQ(real_->Load(name_)->metadata->snapshots.size(), 3u);
}

TEST_F(CommitTest, GivesUpAfterTheLastAttemptAndLeavesNoManifests) {
  catalog_->before_swap = [&] { Append(*real_, "x" + RandomUuid(), options_); };
  options_.attempts_max = 3;
  const auto result = AppendFiles(*catalog_, name_, {File("mine")}, options_);
  ASSERT_NE(FindDetail<CommitConflict>(result.status()), nullptr) << result.status();
  catalog_->before_swap = nullptr;
  EXPECT_FALSE(LiveNames().contains("mine"));
  // Three intruders: a manifest, a list and a metadata file each; and the table's first metadata file.
  EXPECT_EQ(MetadataFolder().size(), 10u);
}

// C5
TEST_F(CommitTest, KeepsEveryFileWhenTheOutcomeIsUnknown) {
  for (const bool swapped : {true, false}) {
    const auto before = MetadataFolder().size();
    catalog_->lose_reply = true;
    catalog_->swap_when_lost = swapped;
    const auto result =
        AppendFiles(*catalog_, name_, {File(swapped ? "landed" : "lost")}, options_);
    EXPECT_NE(FindDetail<CommitUnknown>(result.status()), nullptr) << result.status();
    // Manifest and list stay, and the metadata file where it was written.
    EXPECT_EQ(MetadataFolder().size(), before + (swapped ? 3 : 2));
  }
  catalog_->lose_reply = false;
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"landed"}));
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
  const auto before = ListManifests(View(), real_->files()).ValueOrDie();
  Append("b");
  const auto after = ListManifests(View(), real_->files()).ValueOrDie();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[1], before[0]);
}

TEST_F(CommitTest, MergesSmallManifestsOnceThereAreManyAndKeepsSequenceNumbers) {
  options_.manifest_min_count_to_merge = 5;
  for (int i = 0; i < 5; ++i) Append("f" + std::to_string(i));
  EXPECT_EQ(ListManifests(View(), real_->files())->size(), 1u);
  const auto entries = ListFiles(View(), real_->files()).ValueOrDie();
  ASSERT_EQ(entries.size(), 5u);
  for (const auto& entry : entries) {
    const std::string stem = fs::path(entry.file.path).stem().string();
    EXPECT_EQ(entry.data_sequence_number.value, stem.back() - '0' + 1) << stem;
  }
}

TEST_F(CommitTest, LeavesNoManifestThatAMergeTookIn) {
  options_.manifest_min_count_to_merge = 2;
  for (int i = 0; i < 3; ++i) Append("f" + std::to_string(i));
  // Each snapshot has a list and one manifest of its own; besides, there are four metadata files.
  EXPECT_EQ(MetadataFolder().size(), 4u + 3u * 2u);
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
    const bool is_new = fs::path(entry.file.path).stem() == "a2";
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
  EXPECT_EQ(ListManifests(View(), real_->files())->size(), 1u);
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

TEST_F(CommitTest, MetadataChangeIsAppliedAgainAfterAConflict) {
  bool intruded = false;
  catalog_->before_swap = [&] {
    if (!std::exchange(intruded, true)) Append(*real_, "intruder", options_);
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

}  // namespace
}  // namespace artemis
