// The catalog that is a folder, beyond what every catalog does (conformance_*_test.cc).
#include "artemis/catalog/path_catalog.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/location.h"
#include "artemis/io/test_folder.h"
#include "artemis/table/metadata_json.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

class PathCatalogTest : public ::testing::Test {
 protected:
  PathCatalogTest() { catalog_ = Open(); }

  std::shared_ptr<Catalog> Open(FileSystem* files = nullptr) {
    CatalogOptions options;
    options.uri = "path:" + folder_.path();
    options.create = true;
    options.files = files;
    options.clock = &clock_;
    return OpenCatalog(options).ValueOrDie();
  }

  TableMetadata NewMetadata(const TableName& name) {
    NewTable table;
    table.location = catalog_->DefaultLocation(name);
    Field id;
    id.id = FieldId(1);
    id.name = "id";
    id.type = Type::Of(TypeKind::kLong);
    table.schema.fields = {id};
    return MakeTableMetadata(table, clock_.Now()).ValueOrDie();
  }

  LoadedTable CreateTable() { return catalog_->Create(name_, NewMetadata(name_), {}).ValueOrDie(); }

  arrow::Result<LoadedTable> CommitKey(Catalog& catalog, const LoadedTable& base,
                                       const std::string& key) {
    TableMetadata next = *base.metadata;
    next.properties[key] = "1";
    return catalog.Commit(base, std::move(next), {"alter", ""});
  }

  std::string File(const std::string& file) const {
    return folder_.path() + "/sda/observations/metadata/" + file;
  }
  std::string Hint() const {
    std::string text;
    std::ifstream(File("version-hint.text")) >> text;
    return text;
  }
  void WriteHint(const std::string& text) { std::ofstream(File("version-hint.text")) << text; }

  TestFolder folder_;
  FixedClock clock_{TimestampMs(1'000'000)};
  const TableName name_{{"sda"}, "observations"};
  std::shared_ptr<Catalog> catalog_;
};

TEST_F(PathCatalogTest, LaysTablesOutAsHadoopsCatalogDoes) {
  const auto first = CreateTable();
  EXPECT_EQ(first.metadata->location, "file://" + folder_.path() + "/sda/observations");
  EXPECT_EQ(first.metadata_location, "file://" + File("v1.metadata.json"));
  EXPECT_EQ(Hint(), "1");
  const auto second = CommitKey(*catalog_, first, "k");
  EXPECT_EQ(second->metadata_location, "file://" + File("v2.metadata.json"));
  EXPECT_EQ(Hint(), "2");
  EXPECT_EQ(catalog_->Uri(), "path:" + folder_.path());
  EXPECT_EQ(catalog_->Warehouse(), folder_.path());
}

TEST_F(PathCatalogTest, TakesTheHintForAHintOnly) {
  const auto third = *CommitKey(*catalog_, *CommitKey(*catalog_, CreateTable(), "a"), "b");
  for (const char* hint :
       {"1", "2\n", "3\r\n", "99", "-1", "", "garbage", "3 or so", "99999999999999999999999"}) {
    WriteHint(hint);
    const auto loaded = Open()->Load(name_);
    ASSERT_TRUE(loaded.ok()) << hint << ": " << loaded.status();
    EXPECT_EQ(loaded->metadata_location, third.metadata_location) << hint;
    EXPECT_EQ(catalog_->ListTables(std::nullopt)->size(), 1u) << hint;
  }
  fs::remove(File("version-hint.text"));
  EXPECT_EQ(Open()->Load(name_)->metadata_location, third.metadata_location);
  const auto fourth = CommitKey(*catalog_, third, "c");
  ASSERT_TRUE(fourth.ok()) << fourth.status();
  EXPECT_EQ(Hint(), "4");
}

TEST_F(PathCatalogTest, FindsTheNewestWhereOldVersionsWereRemoved) {
  const auto third = *CommitKey(*catalog_, *CommitKey(*catalog_, CreateTable(), "a"), "b");
  fs::remove(File("v1.metadata.json"));
  fs::remove(File("v2.metadata.json"));
  WriteHint("1");
  EXPECT_EQ(Open()->Load(name_)->metadata_location, third.metadata_location);
}

TEST_F(PathCatalogTest, ReadsVersionsUnderCompressedNamesAndGoesOnAfterThem) {
  for (const char* suffix : {".gz.metadata.json", ".metadata.json.gz"}) {
    fs::remove_all(folder_.path() + "/sda");
    CreateTable();
    // What a name promises is not what counts: gzip is told by its first bytes.
    fs::rename(File("v1.metadata.json"), File(std::string("v1") + suffix));
    const auto loaded = Open()->Load(name_);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->metadata_location, "file://" + File(std::string("v1") + suffix));
    const auto next = CommitKey(*catalog_, *loaded, "k");
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(Open()->Load(name_)->metadata_location, "file://" + File("v2.metadata.json"));
    fs::rename(File("v2.metadata.json"), File(std::string("v2") + suffix));
    const auto stale = CommitKey(*catalog_, *loaded, "l");
    EXPECT_NE(FindDetail<CommitConflict>(stale.status()), nullptr) << stale.status();
  }
}

TEST_F(PathCatalogTest, LeavesFoldersAloneThatHoldNoVersion) {
  CreateTable();
  fs::create_directories(folder_.path() + "/sda/plain/metadata");
  std::ofstream(folder_.path() + "/sda/plain/metadata/00001-x.metadata.json") << "{}";
  std::ofstream(folder_.path() + "/sda/plain/metadata/vx.metadata.json") << "{}";
  std::ofstream(folder_.path() + "/catalog.db") << "x";
  fs::create_directories(folder_.path() + "/.hidden/t/metadata");
  std::ofstream(folder_.path() + "/.hidden/t/metadata/v1.metadata.json") << "{}";
  EXPECT_EQ(*catalog_->ListTables(std::nullopt), std::vector<TableName>{name_});
  EXPECT_EQ(*catalog_->ListNamespaces(),
            (std::vector<std::string>{"sda", "sda.plain", "sda.plain.metadata"}));
}

TEST_F(PathCatalogTest, MakesNoNamespaceWithinATable) {
  CreateTable();
  EXPECT_TRUE(catalog_->CreateNamespace("sda.observations.inner").IsInvalid());
  const TableName inner{{"sda", "observations"}, "t"};
  EXPECT_TRUE(catalog_->Create(inner, NewMetadata(inner), {}).status().IsInvalid());
}

TEST_F(PathCatalogTest, WritesTablesOnlyInTheirOwnFolders) {
  TableMetadata elsewhere = NewMetadata(name_);
  elsewhere.location = "file:///elsewhere";
  EXPECT_TRUE(catalog_->Create(name_, elsewhere, {}).status().IsInvalid());
  TableMetadata apart = NewMetadata(name_);
  apart.properties["write.metadata.path"] = "file:///elsewhere";
  EXPECT_TRUE(catalog_->Create(name_, apart, {}).status().IsInvalid());
  EXPECT_TRUE(catalog_->ListTables(std::nullopt)->empty());
  // A table that was copied says where it was made.
  const auto table = CreateTable();
  fs::copy(folder_.path() + "/sda", folder_.path() + "/copy", fs::copy_options::recursive);
  const auto copy = catalog_->Load({{"copy"}, "observations"});
  ASSERT_TRUE(copy.ok()) << copy.status();
  const auto refused = CommitKey(*catalog_, *copy, "k");
  EXPECT_TRUE(refused.status().IsInvalid()) << refused.status();
  EXPECT_NE(refused.status().message().find("sda/observations"), std::string::npos);
}

TEST_F(PathCatalogTest, SaysWhyATableCannotBeRegisteredUnderAnotherName) {
  const auto table = CreateTable();
  const auto refused = catalog_->Register({{"sda"}, "other"}, table.metadata_location, {});
  EXPECT_TRUE(refused.status().IsInvalid()) << refused.status();
  EXPECT_NE(refused.status().message().find("own folders"), std::string::npos);
}

TEST_F(PathCatalogTest, CountsOnBehindTheTombstoneOfADroppedTable) {
  CreateTable();
  ASSERT_TRUE(catalog_->Drop(name_).ok());
  EXPECT_TRUE(fs::exists(File("v1.metadata.json")));
  EXPECT_EQ(CreateTable().metadata_location, "file://" + File("v3.metadata.json"));
  EXPECT_EQ(Hint(), "3");
}

TEST_F(PathCatalogTest, RemovesHadoopsChecksumOfTheHintItReplaces) {
  const auto table = CreateTable();
  std::ofstream(File(".version-hint.text.crc")) << "crc";
  ASSERT_TRUE(CommitKey(*catalog_, table, "k").ok());
  EXPECT_FALSE(fs::exists(File(".version-hint.text.crc")));
}

TEST_F(PathCatalogTest, SeesATableThatWasRemovedAndMadeAnewByOthers) {
  const auto first = CreateTable();
  const auto reader = Open();
  ASSERT_TRUE(reader->Load(name_).ok());
  fs::remove_all(folder_.path() + "/sda");
  const auto second = CreateTable();
  EXPECT_EQ(second.metadata_location, first.metadata_location);
  EXPECT_EQ(reader->Load(name_)->metadata->table_uuid, second.metadata->table_uuid);
}

// C1, C5: every call of a commit goes wrong in turn, unmade or made without a reply.
TEST_F(PathCatalogTest, KeepsTheTableWholeWhicheverCallOfACommitGoesWrong) {
  auto table = CreateTable();
  for (const std::string action : {"fail", "lose"}) {
    bool reached = true;
    for (int call = 1; reached; ++call) {
      ASSERT_LT(call, 100);
      FaultyFileSystem files(LocalFileSystem());
      const auto catalog = Open(&files);
      files.Reset(*ParseFaultPlan("*:" + std::to_string(call) + ":" + action));
      const std::string key = action + std::to_string(call);
      const auto next = CommitKey(*catalog, table, key);
      reached = files.total_calls() >= call;
      const auto now = Open()->Load(name_);
      ASSERT_TRUE(now.ok()) << key << ": " << now.status();
      const bool made = now->metadata->properties.contains(key);
      if (next.ok()) {
        EXPECT_TRUE(made) << key;
        EXPECT_EQ(now->metadata_location, next->metadata_location);
      } else if (FindDetail<CommitUnknown>(next.status()) == nullptr) {
        EXPECT_FALSE(made) << key << ": " << next.status();
      }
      // The next round starts with a true hint.
      table = CommitKey(*Open(), *now, "after").ValueOrDie();
    }
  }
}

// Between any two steps the process ends; the next one finds a whole table.
TEST_F(PathCatalogTest, KeepsTheTableWholeWhereverACommitIsKilled) {
  auto table = CreateTable();
  int killed = 0;
  for (int call = 1; call < 40; ++call) {
    const pid_t child = fork();
    if (child == 0) {
      FaultyFileSystem files(LocalFileSystem());
      const auto catalog = Open(&files);
      files.Reset(*ParseFaultPlan("*:" + std::to_string(call) + ":kill_after"));
      (void)CommitKey(*catalog, table, "k" + std::to_string(call));
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
    const auto now = Open()->Load(name_);
    ASSERT_TRUE(now.ok()) << call << ": " << now.status();
    EXPECT_LE(now->metadata->properties.size(), table.metadata->properties.size() + 1);
    const auto next = CommitKey(*catalog_, *now, "after" + std::to_string(call));
    ASSERT_TRUE(next.ok()) << call << ": " << next.status();
    table = *next;
  }
  EXPECT_GT(killed, 5);
}

TEST(PathVersionOf, ReadsTheNamesOfHadoopTablesOnly) {
  EXPECT_EQ(PathVersionOf("v1.metadata.json"), 1);
  EXPECT_EQ(PathVersionOf("v0012.metadata.json"), 12);
  EXPECT_EQ(PathVersionOf("v7.gz.metadata.json"), 7);
  EXPECT_EQ(PathVersionOf("v7.metadata.json.gz"), 7);
  for (const char* other :
       {"", "v", "v.metadata.json", "vx.metadata.json", "v1.json", "1.metadata.json",
        "v-1.metadata.json", "v1.metadata.json.crc", ".v1.metadata.json.crc",
        "00001-a.metadata.json", "v99999999999999999999.metadata.json", "v1.zip.metadata.json"}) {
    EXPECT_EQ(PathVersionOf(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace artemis
