// The catalog in an SQLite file, beyond what every catalog does (conformance_*_test.cc).
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/metadata_files.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/catalog/sqlite_database.h"
#include "artemis/io/faulty_file_system.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

class SqliteCatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("catalog-" + RandomUuid());
    fs::create_directories(folder_);
    options_.warehouse = folder_.string();
    options_.create = true;
    options_.clock = &clock_;
    catalog_ = Open();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::shared_ptr<Catalog> Open() {
    auto opened = OpenCatalog(options_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *opened;
  }

  TableName Name(const std::string& text = "sda.observations") { return *ParseTableName(text); }

  TableMetadata NewMetadata(const TableName& name) {
    NewTable table;
    table.location = catalog_->DefaultLocation(name);
    Field id;
    id.id = FieldId(1);
    id.name = "id";
    id.type = Type::Of(TypeKind::kLong);
    table.schema.fields = {id};
    auto metadata = MakeTableMetadata(table, clock_.Now());
    EXPECT_TRUE(metadata.ok()) << metadata.status();
    return *metadata;
  }

  LoadedTable CreateTable(const std::string& text = "sda.observations") {
    auto created = catalog_->Create(Name(text), NewMetadata(Name(text)), {"create", "ada"});
    EXPECT_TRUE(created.ok()) << created.status();
    return *created;
  }

  TableMetadata WithProperty(const TableMetadata& metadata, const std::string& value) {
    TableMetadata next = metadata;
    next.properties["k"] = value;
    return next;
  }

  size_t MetadataFileCount(const LoadedTable& table) {
    const fs::path metadata_folder = fs::path(table.metadata_location.substr(7)).parent_path();
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(metadata_folder), fs::directory_iterator()));
  }

  fs::path folder_;
  FixedClock clock_{TimestampMs(1'000'000)};
  CatalogOptions options_;
  std::shared_ptr<Catalog> catalog_;
};

TEST_F(SqliteCatalogTest, CreatesTheTableWithItsNamespaceAndLoadsIt) {
  const auto created = CreateTable();
  EXPECT_TRUE(created.metadata_location.starts_with("file://" + folder_.string() +
                                                    "/sda/observations/metadata/00000-"))
      << created.metadata_location;
  EXPECT_EQ(*catalog_->ListNamespaces(), std::vector<std::string>{"sda"});
  EXPECT_EQ(*catalog_->ListTables(std::nullopt), std::vector<TableName>{Name()});
  const auto loaded = Open()->Load(Name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded->metadata, *created.metadata);
}

TEST_F(SqliteCatalogTest, RefusesASecondTableOfTheSameNameAndLeavesNoFile) {
  const auto created = CreateTable();
  const auto again = catalog_->Create(Name(), NewMetadata(Name()), {"create", "ada"});
  EXPECT_TRUE(again.status().IsAlreadyExists()) << again.status();
  EXPECT_EQ(MetadataFileCount(created), 1u);
}

TEST_F(SqliteCatalogTest, SwapsTheLocationAndExtendsTheMetadataLog) {
  const auto base = CreateTable();
  clock_.AdvanceMs(5000);
  const auto next = catalog_->Commit(base, WithProperty(*base.metadata, "1"), {"alter", "ada"});
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_NE(next->metadata_location.find("/00001-"), std::string::npos);
  ASSERT_EQ(next->metadata->metadata_log.size(), 1u);
  EXPECT_EQ(next->metadata->metadata_log[0].metadata_file, base.metadata_location);
  EXPECT_EQ(next->metadata->metadata_log[0].timestamp, base.metadata->last_updated);
  EXPECT_EQ(next->metadata->last_updated, TimestampMs(1'005'000));
  EXPECT_EQ(Open()->Load(Name())->metadata_location, next->metadata_location);
}

TEST_F(SqliteCatalogTest, GivesAConflictToTheSecondOfTwoCommitsOnOneBaseAndRemovesItsFile) {
  const auto base = CreateTable();
  ASSERT_TRUE(catalog_->Commit(base, WithProperty(*base.metadata, "1"), {"alter", "ada"}).ok());
  const auto second = catalog_->Commit(base, WithProperty(*base.metadata, "2"), {"alter", "bob"});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(FindDetail<CommitConflict>(second.status()), nullptr) << second.status();
  EXPECT_EQ(MetadataFileCount(base), 2u);
  EXPECT_EQ(catalog_->Load(Name())->metadata->properties.at("k"), "1");
}

TEST_F(SqliteCatalogTest, NeverSharesATimeBetweenCommitsWhenTheClockStandsOrStepsBack) {
  auto table = CreateTable();
  clock_.AdvanceMs(-500'000);
  for (int i = 1; i <= 3; ++i) {
    auto next =
        catalog_->Commit(table, WithProperty(*table.metadata, std::to_string(i)), {"alter", "ada"});
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(next->metadata->last_updated.value, table.metadata->last_updated.value + 1);
    table = *next;
  }
}

TEST_F(SqliteCatalogTest, LeavesNoMetadataFileWhoseReplyWasLost) {
  FaultyFileSystem faulty(LocalFileSystem(), *ParseFaultPlan("WriteNew:2:lose"));
  options_.files = &faulty;
  catalog_ = Open();
  const auto base = CreateTable();
  const auto files = MetadataFileCount(base);
  EXPECT_FALSE(catalog_->Commit(base, WithProperty(*base.metadata, "b"), {"alter", ""}).ok());
  EXPECT_EQ(MetadataFileCount(base), files);
  catalog_.reset();
}

TEST_F(SqliteCatalogTest, KeepsTheTimeOfASnapshotHoweverLongTheCommitTook) {
  const auto base = CreateTable();
  TableMetadata next = WithProperty(*base.metadata, "1");
  next.last_updated = TimestampMs(base.metadata->last_updated.value + 7);
  clock_.AdvanceMs(5000);
  const auto committed = catalog_->Commit(base, next, {"append", "ada"});
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->metadata->last_updated, next.last_updated);
  EXPECT_EQ(catalog_->History(*committed)->back().time, next.last_updated);
}

TEST_F(SqliteCatalogTest, RecordsEachSwapInTheHistory) {
  const auto base = CreateTable();
  clock_.AdvanceMs(10);
  const auto next = catalog_->Commit(base, WithProperty(*base.metadata, "1"), {"alter", "bob"});
  const auto history = catalog_->History(*next);
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[0].operation, "create");
  EXPECT_EQ((*history)[0].principal, "ada");
  EXPECT_EQ((*history)[0].time, base.metadata->last_updated);
  EXPECT_EQ((*history)[1].operation, "alter");
  EXPECT_EQ((*history)[1].metadata_location, next->metadata_location);
}

TEST_F(SqliteCatalogTest, FillsTheHistoryFromMetadataLogWithoutWriting) {
  const auto base = CreateTable();
  const auto next = catalog_->Commit(base, WithProperty(*base.metadata, "1"), {"alter", "bob"});
  ASSERT_TRUE(SqliteDatabase::Open((folder_ / "catalog.db").string(), {})
                  .ValueOrDie()
                  ->Run("DELETE FROM artemis_history")
                  .ok());
  const auto history = catalog_->History(*next);
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[0].metadata_location, base.metadata_location);
  auto database = SqliteDatabase::Open((folder_ / "catalog.db").string(), {}).ValueOrDie();
  auto rows = database->Prepare("SELECT count(*) FROM artemis_history").ValueOrDie();
  ASSERT_TRUE(*rows.Step());
  EXPECT_EQ(rows.Integer(0), 0);
}

TEST_F(SqliteCatalogTest, LosesNoCommitOfManyThreadsWithCatalogsOfTheirOwn) {
  CreateTable();
  constexpr int kThreads = 4;
  constexpr int kCommits = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto catalog = Open();
      for (int done = 0; done < kCommits;) {
        const auto base = catalog->Load(Name());
        ASSERT_TRUE(base.ok()) << base.status();
        TableMetadata next = *base->metadata;
        next.properties["t" + std::to_string(t) + "-" + std::to_string(done)] = "x";
        const auto committed = catalog->Commit(*base, std::move(next), {"alter", "ada"});
        if (committed.ok()) {
          ++done;
        } else {
          ASSERT_NE(FindDetail<CommitConflict>(committed.status()), nullptr) << committed.status();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(catalog_->Load(Name())->metadata->properties.size(),
            static_cast<size_t>(kThreads * kCommits));
}

TEST_F(SqliteCatalogTest, NamesTheTableThatIsNotThere) {
  const auto loaded = catalog_->Load(Name("sda.nothing"));
  ASSERT_FALSE(loaded.ok());
  const auto* detail = FindDetail<NoSuchTable>(loaded.status());
  ASSERT_NE(detail, nullptr);
  EXPECT_EQ(detail->table, "sda.nothing");
}

TEST_F(SqliteCatalogTest, RenamesAndDropsByNameOnlyAndKeepsTheFiles) {
  const auto created = CreateTable();
  ASSERT_TRUE(catalog_->Rename(Name(), Name("archive.old")).ok());
  EXPECT_EQ(catalog_->Load(Name("archive.old"))->metadata_location, created.metadata_location);
  ASSERT_TRUE(catalog_->Drop(Name("archive.old")).ok());
  EXPECT_TRUE(catalog_->ListTables(std::nullopt)->empty());
  EXPECT_TRUE(fs::exists(created.metadata_location.substr(7)));
  const auto registered =
      catalog_->Register(Name("sda.back"), created.metadata_location, {"register", "ada"});
  ASSERT_TRUE(registered.ok()) << registered.status();
  EXPECT_EQ(registered->metadata->table_uuid, created.metadata->table_uuid);
}

TEST_F(SqliteCatalogTest, PlacesANewTableBesideTheFilesOfADroppedOne) {
  const auto first = CreateTable();
  ASSERT_TRUE(catalog_->Drop(Name()).ok());
  const auto second = CreateTable();
  EXPECT_NE(first.metadata->location, second.metadata->location);
}

TEST_F(SqliteCatalogTest, OpensAFileThatHoldsOneOtherNameUnderThatName) {
  CreateTable();
  const std::string file = (folder_ / "catalog.db").string();
  auto database = SqliteDatabase::Open(file, {}).ValueOrDie();
  ASSERT_TRUE(database->Run("UPDATE iceberg_tables SET catalog_name = 'prod'").ok());
  EXPECT_TRUE(Open()->Load(Name()).ok());
  EXPECT_EQ(Open()->Uri(), "sqlite:" + file + "?name=prod");
  ASSERT_TRUE(database
                  ->Run("INSERT INTO iceberg_tables(catalog_name, table_namespace, table_name) "
                        "VALUES ('dev', 'a', 'b')")
                  .ok());
  const auto ambiguous = OpenCatalog(options_);
  ASSERT_FALSE(ambiguous.ok());
  EXPECT_NE(ambiguous.status().message().find("dev, prod"), std::string::npos)
      << ambiguous.status();
}

TEST_F(SqliteCatalogTest, ReadsAndWritesFilesWithoutTheTypeColumn) {
  const std::string file = (folder_ / "v0.db").string();
  {
    SqliteOpenOptions create;
    create.create = true;
    auto database = SqliteDatabase::Open(file, create).ValueOrDie();
    ASSERT_TRUE(
        database
            ->Run("CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, "
                  "table_namespace VARCHAR(255) NOT "
                  "NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), "
                  "previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, "
                  "table_namespace, "
                  "table_name))")
            .ok());
  }
  options_.uri = "sqlite:" + file;
  catalog_ = Open();
  CreateTable();
  EXPECT_TRUE(Open()->Load(Name()).ok());
}

TEST_F(SqliteCatalogTest, RefusesToWriteWhenOpenedReadOnly) {
  const auto base = CreateTable();
  options_.read_only = true;
  const auto reader = Open();
  EXPECT_TRUE(reader->Load(Name()).ok());
  const auto refused = reader->Commit(base, *base.metadata, {"alter", "ada"});
  EXPECT_NE(FindDetail<PermissionDenied>(refused.status()), nullptr) << refused.status();
}

// Ends without a commit while some of its pages are in the file already.
void DieWithinATransaction(const std::string& path) {
  sqlite3* connection = nullptr;
  const bool opened = sqlite3_open(path.c_str(), &connection) == SQLITE_OK;
  const char* half_done =
      "PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE iceberg_tables SET metadata_location = "
      "'nowhere';"
      "CREATE TABLE ballast(text); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 200)"
      " INSERT INTO ballast SELECT hex(zeroblob(1500)) FROM n;";
  _exit(opened && sqlite3_exec(connection, half_done, nullptr, nullptr, nullptr) == SQLITE_OK ? 0
                                                                                              : 1);
}

TEST_F(SqliteCatalogTest, ReadsTheLastCommitAfterAWriterDiedWithinATransaction) {
  const auto created = CreateTable();
  const std::string database = (folder_ / "catalog.db").string();
  const pid_t child = fork();
  if (child == 0) DieWithinATransaction(database);
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  ASSERT_EQ(ended, 0);
  ASSERT_GT(fs::file_size(database + "-journal"), 0U);
  options_.read_only = true;
  const auto loaded = Open()->Load(Name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->metadata_location, created.metadata_location);
}

TEST_F(SqliteCatalogTest, NamesAMissingFileAndAFileThatIsNoDatabase) {
  CatalogOptions missing;
  missing.uri = "sqlite:" + (folder_ / "none.db").string();
  const auto absent = OpenCatalog(missing);
  ASSERT_FALSE(absent.ok());
  EXPECT_NE(absent.status().message().find("none.db"), std::string::npos);
  FILE* file = std::fopen((folder_ / "text.db").c_str(), "w");
  for (int i = 0; i < 100; ++i) std::fputs("this is no database\n", file);
  std::fclose(file);
  missing.uri = "sqlite:" + (folder_ / "text.db").string();
  const auto garbage = OpenCatalog(missing);
  ASSERT_FALSE(garbage.ok());
  EXPECT_NE(FindDetail<CorruptFile>(garbage.status()), nullptr) << garbage.status();
}

TEST(OpenCatalog, RefusesUnknownSchemesByName) {
  CatalogOptions options;
  options.uri = "hive:thrift";
  EXPECT_TRUE(OpenCatalog(options).status().IsInvalid());
  options.uri = "https://host/catalog";
  EXPECT_TRUE(OpenCatalog(options).status().IsNotImplemented());
}

TEST(ParseTableName, SplitsNamespaceAndName) {
  const auto name = ParseTableName("ground.eu.passes");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->namespace_parts, (std::vector<std::string>{"ground", "eu"}));
  EXPECT_EQ(name->name, "passes");
  EXPECT_EQ(name->ToString(), "ground.eu.passes");
}

TEST(ParseTableName, RefusesWhatCouldLeaveTheWarehouse) {
  for (const char* text : {"", "t", "a..t", ".t", "a.", "../x.t", "a/b.t", "a.b\\c", "a.t\n"}) {
    EXPECT_FALSE(ParseTableName(text).ok()) << text;
  }
}

TEST(NextMetadataLocation, CountsOnFromEitherKindOfName) {
  TableMetadata metadata;
  metadata.location = "file:///w/t";
  EXPECT_TRUE(NextMetadataLocation(metadata, "").starts_with("file:///w/t/metadata/00000-"));
  EXPECT_TRUE(NextMetadataLocation(metadata, "file:///w/t/metadata/00041-x.metadata.json")
                  .starts_with("file:///w/t/metadata/00042-"));
  EXPECT_TRUE(NextMetadataLocation(metadata, "/w/t/metadata/v7.metadata.json")
                  .starts_with("file:///w/t/metadata/00008-"));
  metadata.properties["write.metadata.path"] = "file:///m/";
  EXPECT_TRUE(NextMetadataLocation(metadata, "").starts_with("file:///m/00000-"));
}

}  // namespace
}  // namespace artemis
