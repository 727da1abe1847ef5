// Makes and looks at the tables of the commit tests.
#include "artemis/commit/commit_fixture.h"

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"

namespace artemis {

namespace fs = std::filesystem;

bool IsConflict(const arrow::Status& status) {
  return FindDetail<CommitConflict>(status) != nullptr;
}
bool IsUnknown(const arrow::Status& status) { return FindDetail<CommitUnknown>(status) != nullptr; }

void CommitTest::SetUp() {
  folder_ = fs::path(::testing::TempDir()) / ("commit-" + RandomUuid());
  CatalogOptions options;
  options.warehouse = folder_.string();
  options.create = true;
  options.clock = &clock_;
  real_ = OpenCatalog(options).ValueOrDie();
  catalog_ = std::make_unique<InterceptedCatalog>(real_);
  MakeTable(name_, format_version_);
  options_.backoff_min_ms = 1;
  options_.backoff_max_ms = 2;
}

void CommitTest::TearDown() { fs::remove_all(folder_); }

void CommitTest::MakeTable(const TableName& name, int32_t format_version) {
  NewTable table;
  table.format_version = format_version;
  table.location = real_->DefaultLocation(name);
  Field mission;
  mission.id = FieldId(1);
  mission.name = "mission";
  mission.type = Type::Of(TypeKind::kString);
  table.schema.fields = {mission};
  table.spec = *ParsePartitionSpec("mission", table.schema);
  const auto metadata = MakeTableMetadata(table, clock_.Now()).ValueOrDie();
  const auto created = real_->Create(name, metadata, {"create", "ada"});
  ASSERT_TRUE(created.ok()) << created.status();
}

void CommitTest::SetProperty(const std::string& key, const std::string& value) {
  const auto set = UpdateMetadata(
      *real_, name_, "alter", [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
        return SetProperties(metadata, {{key, value}});
      });
  ASSERT_TRUE(set.ok()) << set.status();
}

DataFile CommitTest::File(const std::string& name, const std::string& mission, int64_t rows) const {
  DataFile file;
  file.path = "file://" + folder_.string() + "/data/" + name + ".parquet";
  file.spec_id = SpecId(0);
  file.partition = {LiteralValue(mission)};
  file.record_count = rows;
  file.file_size_bytes = 100;
  return file;
}

DataFile CommitTest::Deletes(const std::string& name, const std::string& target, int64_t rows,
                             const std::string& mission) const {
  DataFile file = File(name, mission, rows);
  file.content = FileContent::kPositionDeletes;
  file.file_size_bytes = 7;
  if (!target.empty()) file.referenced_data_file = File(target).path;
  return file;
}

DataFile CommitTest::Vector(const std::string& name, const std::string& target, int64_t rows,
                            int64_t offset) const {
  DataFile file = Deletes(name, target, rows);
  file.format = "PUFFIN";
  file.content_offset = offset;
  file.content_size_bytes = 5;
  return file;
}

DataFile CommitTest::EqualityDeletes(const std::string& name, const std::string& mission) const {
  DataFile file = File(name, mission, 3);
  file.content = FileContent::kEqualityDeletes;
  file.equality_ids = {FieldId(1)};
  return file;
}

SnapshotId CommitTest::Append(Catalog& catalog, const std::vector<DataFile>& files) {
  auto result = AppendFiles(catalog, name_, files, options_);
  EXPECT_TRUE(result.ok()) << result.status();
  return *result->snapshot_id;
}

std::shared_ptr<const TableMetadata> CommitTest::Metadata() const {
  return real_->Load(name_).ValueOrDie().metadata;
}

const Snapshot& CommitTest::Current() {
  held_ = Metadata();
  return *held_->CurrentSnapshot();
}

std::string CommitTest::Summary(const std::string& key) {
  const auto& summary = Current().summary;
  const auto found = summary.find(key);
  return found == summary.end() ? "absent" : found->second;
}

TableView CommitTest::View(std::optional<SnapshotId> snapshot) const {
  const auto metadata = Metadata();
  return {metadata, snapshot ? snapshot : metadata->current_snapshot_id,
          std::make_shared<const Schema>(metadata->CurrentSchema())};
}

std::vector<ManifestFile> CommitTest::Manifests(std::optional<SnapshotId> snapshot) {
  return ListManifests(View(snapshot), real_->files()).ValueOrDie();
}

std::vector<ManifestEntry> CommitTest::Entries(std::optional<SnapshotId> snapshot) {
  std::vector<ManifestEntry> entries;
  for (const auto& file : Manifests(snapshot)) {
    const auto bytes = real_->files().ReadAll(file.path, 1 << 30).ValueOrDie();
    const auto manifest = ReadManifest(bytes, file).ValueOrDie();
    entries.insert(entries.end(), manifest.entries.begin(), manifest.entries.end());
  }
  return entries;
}

std::string CommitTest::Stem(const DataFile& file) {
  std::string stem = fs::path(file.path).stem().string();
  if (file.content_offset) stem += "+" + fs::path(*file.referenced_data_file).stem().string();
  return stem;
}

std::set<std::string> CommitTest::LiveNames(std::optional<SnapshotId> snapshot) {
  std::set<std::string> names;
  for (const auto& entry : Entries(snapshot)) {
    if (entry.status != EntryStatus::kDeleted) names.insert(Stem(entry.file));
  }
  return names;
}

std::set<std::string> CommitTest::FilesOnDisk() const {
  std::set<std::string> names;
  const fs::path folder = LocalPath(Metadata()->location) + "/metadata";
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::set<std::string> CommitTest::FilesNamed() {
  const auto name_of = [](const std::string& path) { return fs::path(path).filename().string(); };
  const auto table = real_->Load(name_).ValueOrDie();
  std::set<std::string> names = {name_of(table.metadata_location)};
  for (const auto& entry : table.metadata->metadata_log) names.insert(name_of(entry.metadata_file));
  for (const auto& snapshot : table.metadata->snapshots) {
    names.insert(name_of(snapshot.manifest_list));
    for (const auto& manifest : Manifests(snapshot.id)) names.insert(name_of(manifest.path));
  }
  return names;
}

}  // namespace artemis
