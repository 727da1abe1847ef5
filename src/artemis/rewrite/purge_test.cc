#include "artemis/rewrite/purge.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

// Every file below a folder but the catalog's, which the fixture keeps there.
std::set<std::string> FilesBelow(const std::string& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "catalog.db" || !entry.is_regular_file()) continue;
    found.insert(entry.path().string());
  }
  return found;
}

class DropAndPurgeTest : public ::testing::Test {
 protected:
  DropAndPurgeTest() : table_({{MakeField(1, "id", TypeKind::kLong)}, "", "", {}}) {}

  const std::string& TableFolder() const { return folder_; }
  std::string Beside(const std::string& name) {
    const std::string path = TableFolder() + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "not the table's";
    return path;
  }
  arrow::Result<PurgeReport> Purge() { return DropAndPurge(table_.real_catalog(), table_.name()); }

  CatalogTable table_;
  // Known also when the table is gone.
  const std::string folder_ = std::string(LocalPath(table_.metadata()->location));
};

TEST_F(DropAndPurgeTest, RemovesEveryFileTheMetadataNamesAndNothingElse) {
  table_.Append(R"([{"id": 1}])");
  table_.Append(R"([{"id": 2}, {"id": 3}])");
  const std::string statistics = Beside("metadata/s.puffin");
  table_.Change([&](TableMetadata& metadata) {
    metadata.carried_json["statistics"] =
        R"([{"snapshot-id":101,"statistics-path":")" + statistics + R"("}])";
  });
  const std::set<std::string> others = {
      Beside("data/orphan.parquet"), Beside("metadata/orphan-m0.avro"),
      Beside("metadata/99999-x.metadata.json"), Beside("notes.txt")};
  const auto named = FilesBelow(TableFolder()).size() - others.size();

  const auto report = Purge();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(FilesBelow(TableFolder()), others);
  EXPECT_TRUE(fs::is_directory(TableFolder() + "/data"));
  EXPECT_EQ(report->data_files, 2);
  EXPECT_EQ(report->delete_files, 0);
  EXPECT_EQ(report->statistics_files, 1);
  EXPECT_EQ(report->manifests, 2);
  EXPECT_EQ(report->manifest_lists, 2);
  EXPECT_EQ(report->metadata_files, 4);
  EXPECT_EQ(report->Removed(), static_cast<int64_t>(named));
  EXPECT_GT(report->bytes, 0);
  EXPECT_EQ(report->missing, 0);
  EXPECT_EQ(report->failed, 0);
  EXPECT_NE(FindDetail<NoSuchTable>(table_.real_catalog().Load(table_.name()).status()), nullptr);
}

TEST_F(DropAndPurgeTest, RemovesDeleteFilesAndFilesOfOldSnapshots) {
  const auto files = table_.Write(R"([{"id": 1}])");
  table_.Commit(files);
  DataFile deletes = NamedFile("d");
  deletes.content = FileContent::kPositionDeletes;
  deletes.path = Beside("data/d.parquet");
  table_.Commit({deletes});
  // The newest snapshot holds nothing.
  table_.CommitManifests({});
  const auto report = Purge();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->data_files, 1);
  EXPECT_EQ(report->delete_files, 1);
  EXPECT_TRUE(FilesBelow(TableFolder()).empty());
}

TEST_F(DropAndPurgeTest, GoesOnWhereAnInterruptedPurgeEnded) {
  table_.Append(R"([{"id": 1}])");
  table_.Append(R"([{"id": 2}])");
  const auto before = *table_.real_catalog().Load(table_.name());
  const auto snapshot = before.metadata->snapshots[0];
  fs::remove(LocalPath(snapshot.manifest_list));
  fs::remove(LocalPath(before.metadata->metadata_log[0].metadata_file));
  const auto report = Purge();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->missing, 2);
  EXPECT_TRUE(FilesBelow(TableFolder()).empty());
}

// P1
TEST_F(DropAndPurgeTest, TouchesNothingWhenAManifestIsBroken) {
  table_.Append(R"([{"id": 1}])");
  const auto list = LocalPath(table_.metadata()->snapshots[0].manifest_list);
  std::ofstream(list, std::ios::trunc) << "broken";
  const auto before = FilesBelow(TableFolder());
  const auto report = Purge();
  EXPECT_NE(FindDetail<CorruptFile>(report.status()), nullptr) << report.status();
  EXPECT_EQ(FilesBelow(TableFolder()), before);
  EXPECT_TRUE(table_.real_catalog().Load(table_.name()).ok());
  EXPECT_TRUE(table_.real_catalog().Drop(table_.name()).ok());
}

TEST_F(DropAndPurgeTest, RefusesTablesWhoseFilesMayBeNeeded) {
  table_.Append(R"([{"id": 1}])");
  const auto before = FilesBelow(TableFolder()).size();
  auto& catalog = table_.real_catalog();
  const TableName alias{{"other"}, "name"};
  const auto location = catalog.Load(table_.name())->metadata_location;
  ASSERT_TRUE(catalog.Register(alias, location, {"register", ""}).ok());
  const auto named_twice = Purge().status();
  EXPECT_TRUE(named_twice.IsInvalid()) << named_twice;
  EXPECT_NE(named_twice.message().find("other.name"), std::string::npos) << named_twice;
  EXPECT_EQ(FilesBelow(TableFolder()).size(), before);
  ASSERT_TRUE(catalog.Drop(alias).ok());
  table_.Change([](TableMetadata& metadata) { metadata.properties["gc.enabled"] = "false"; });
  const auto kept = Purge().status();
  EXPECT_TRUE(kept.IsInvalid()) << kept;
  EXPECT_NE(kept.message().find("gc.enabled"), std::string::npos) << kept;
  EXPECT_EQ(FilesBelow(TableFolder()).size(), before + 1);
}

TEST_F(DropAndPurgeTest, SaysWhatItCouldNotRemove) {
  table_.Append(R"([{"id": 1}])");
  // A folder in the place of a data file cannot be unlinked.
  const auto data = *table_.DataFilesOnDisk().begin();
  fs::remove(data);
  fs::create_directories(data);
  const auto report = Purge();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->failed, 1);
  ASSERT_EQ(report->failures.size(), 1u);
  EXPECT_NE(report->failures[0].find(data), std::string::npos) << report->failures[0];
  EXPECT_TRUE(FilesBelow(TableFolder()).empty());
}

// Commits, or loses replies, right before the entry is dropped.
class MeddlingCatalog : public InterceptedCatalog {
 public:
  std::function<arrow::Status(Catalog& real, const LoadedTable& table)> drop;
  explicit MeddlingCatalog(Catalog& real)
      : InterceptedCatalog(std::shared_ptr<Catalog>(&real, [](Catalog*) {})), real_(real) {}
  FileSystem& files() override { return real_.files(); }
  arrow::Status DropIfUnchanged(const LoadedTable& table) override { return drop(real_, table); }

 private:
  Catalog& real_;
};

// P2
TEST_F(DropAndPurgeTest, ReadsAnewWhenAnotherCommitComesBetween) {
  table_.Append(R"([{"id": 1}])");
  MeddlingCatalog catalog(table_.real_catalog());
  int drops = 0;
  catalog.drop = [&](Catalog& real, const LoadedTable& table) {
    if (++drops == 1) table_.Append(R"([{"id": 2}])");
    return real.DropIfUnchanged(table);
  };
  const auto report = DropAndPurge(catalog, table_.name());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(drops, 2);
  EXPECT_EQ(report->data_files, 2);
  EXPECT_TRUE(FilesBelow(TableFolder()).empty());
}

// C5
TEST_F(DropAndPurgeTest, RemovesNothingWhenItIsNotKnownWhetherTheNameIsGone) {
  table_.Append(R"([{"id": 1}])");
  MeddlingCatalog catalog(table_.real_catalog());
  catalog.drop = [](Catalog&, const LoadedTable&) { return CommitUnknownError("lost"); };
  const auto before = FilesBelow(TableFolder());
  const auto report = DropAndPurge(catalog, table_.name());
  EXPECT_NE(FindDetail<CommitUnknown>(report.status()), nullptr) << report.status();
  EXPECT_EQ(FilesBelow(TableFolder()), before);
}

// A path table's files leave, and its tombstone stays, so that whoever still writes to it loses.
TEST_F(DropAndPurgeTest, LeavesOnlyTheTombstoneOfAPathTable) {
  CatalogOptions options;
  options.uri = "path:" + table_.folder() + "/paths";
  options.create = true;
  const auto catalog = OpenCatalog(options).ValueOrDie();
  const TableName name{{"sda"}, "p"};
  NewTable made;
  made.location = catalog->DefaultLocation(name);
  made.schema.fields = {MakeField(1, "id", TypeKind::kLong)};
  const auto metadata = MakeTableMetadata(made, TimestampMs(1000)).ValueOrDie();
  const auto first = catalog->Create(name, metadata, {"create", ""}).ValueOrDie();
  TableMetadata next = *first.metadata;
  next.properties["k"] = "1";
  ASSERT_TRUE(catalog->Commit(first, next, {"alter", ""}).ok());
  const auto report = DropAndPurge(*catalog, name);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->metadata_files, 2);
  const std::string folder = table_.folder() + "/paths/sda/p/metadata/";
  EXPECT_EQ(FilesBelow(table_.folder() + "/paths"),
            (std::set<std::string>{folder + "v3.metadata.json", folder + "version-hint.text"}));
  EXPECT_FALSE(catalog->Commit(first, next, {"alter", ""}).ok());
  EXPECT_TRUE(catalog->ListTables(std::nullopt)->empty());
}

TEST_F(DropAndPurgeTest, NamesTheTableThatIsNotThere) {
  const auto report = DropAndPurge(table_.real_catalog(), {{"no"}, "table"});
  EXPECT_NE(FindDetail<NoSuchTable>(report.status()), nullptr) << report.status();
}

}  // namespace
}  // namespace artemis
