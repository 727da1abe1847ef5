// What a token may see and change of a catalog, whatever calls it.
#include "artemis/serve/scoped_catalog.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"

namespace artemis {

namespace {

class ScopedCatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/artemis_scoped_" + std::to_string(::getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    CatalogOptions options;
    options.warehouse = folder_;
    options.create = true;
    catalog_ = OpenCatalog(options).ValueOrDie();
    ASSERT_TRUE(catalog_->CreateNamespace("sda").ok());
    ASSERT_TRUE(catalog_->CreateNamespace("lab").ok());
    writer_ = ScopeCatalog(catalog_, {{"sda"}, true});
    reader_ = ScopeCatalog(catalog_, {{"sda"}, false});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  TableMetadata Metadata(const TableName& name) const {
    NewTable table;
    Field id;
    id.name = "id";
    id.type = Type::Of(TypeKind::kLong);
    table.schema.fields = {id};
    table.schema = AssignFreshIds(table.schema);
    table.location = catalog_->DefaultLocation(name);
    return MakeTableMetadata(table, catalog_->clock().Now()).ValueOrDie();
  }
  arrow::Status Create(const TableName& name, const TableMetadata& metadata) {
    return writer_->Create(name, metadata, {"create", "ada"}).status();
  }
  static bool IsRefused(const arrow::Status& status) {
    return FindDetail<PermissionDenied>(status) != nullptr;
  }
  static bool IsMissing(const arrow::Status& status) {
    return FindDetail<NoSuchTable>(status) != nullptr;
  }

  std::string folder_;
  std::shared_ptr<Catalog> catalog_;
  std::shared_ptr<Catalog> writer_;
  std::shared_ptr<Catalog> reader_;
  const TableName obs_{{"sda"}, "obs"};
  const TableName runs_{{"lab"}, "runs"};
};

}  // namespace

TEST_F(ScopedCatalogTest, ChangesWhatIsInScopeWhereItMayWrite) {
  ASSERT_TRUE(Create(obs_, Metadata(obs_)).ok());
  auto loaded = writer_->Load(obs_).ValueOrDie();
  auto next = *loaded.metadata;
  next.properties["owner"] = "ada";
  EXPECT_TRUE(IsRefused(reader_->Commit(loaded, next, {"alter", "bob"}).status()));
  EXPECT_TRUE(IsRefused(reader_->Drop(obs_)));
  EXPECT_TRUE(IsRefused(reader_->CreateNamespace("sda.new")));
  EXPECT_TRUE(writer_->Commit(loaded, next, {"alter", "ada"}).ok());
  EXPECT_TRUE(writer_->CreateNamespace("sda.new").ok());
  EXPECT_TRUE(writer_->Drop(obs_).ok());
}

TEST_F(ScopedCatalogTest, HidesWhatIsOutOfScopeFromChangesToo) {
  ASSERT_TRUE(catalog_->Create(runs_, Metadata(runs_), {"create", "root"}).ok());
  EXPECT_TRUE(IsMissing(Create(runs_, Metadata(runs_))));
  EXPECT_TRUE(IsMissing(writer_->Load(runs_).status()));
  EXPECT_TRUE(IsMissing(writer_->Drop(runs_)));
  EXPECT_TRUE(IsMissing(writer_->Rename(runs_, obs_)));
  EXPECT_TRUE(IsMissing(writer_->CreateNamespace("lab.new")));
  EXPECT_TRUE(IsMissing(writer_->DropNamespace("lab")));
  const auto loaded = catalog_->Load(runs_).ValueOrDie();
  EXPECT_TRUE(IsMissing(writer_->Commit(loaded, *loaded.metadata, {"alter", "ada"}).status()));
}

TEST_F(ScopedCatalogTest, PutsFilesNowhereElse) {
  auto metadata = Metadata(obs_);
  metadata.location = "file:///tmp/elsewhere";
  EXPECT_TRUE(IsRefused(Create(obs_, metadata)));
  for (const char* key : {"write.data.path", "write.metadata.path"}) {
    metadata = Metadata(obs_);
    metadata.properties[key] = "/tmp/elsewhere";
    EXPECT_TRUE(IsRefused(Create(obs_, metadata))) << key;
  }
  ASSERT_TRUE(Create(obs_, Metadata(obs_)).ok());
  const auto loaded = writer_->Load(obs_).ValueOrDie();
  auto next = *loaded.metadata;
  next.location = "file:///tmp/elsewhere";
  EXPECT_TRUE(IsRefused(writer_->Commit(loaded, next, {"alter", "ada"}).status()));
  next = *loaded.metadata;
  next.properties["write.data.path"] = "/tmp/elsewhere";
  EXPECT_TRUE(IsRefused(writer_->Commit(loaded, next, {"alter", "ada"}).status()));
  EXPECT_TRUE(
      IsRefused(writer_->Register({{"sda"}, "other"}, loaded.metadata_location, {"register", "ada"})
                    .status()));
}

// A table whose rows are written before it is made, or whose name was another's before, lies beside its folder.
TEST_F(ScopedCatalogTest, TakesThePlaceThatACatalogGivesWhereTheFolderIsTaken) {
  std::filesystem::create_directories(folder_ + "/sda/obs");
  const auto metadata = Metadata(obs_);
  EXPECT_NE(metadata.location, catalog_->DefaultLocation(obs_));
  EXPECT_TRUE(Create(obs_, metadata).ok());
}

}  // namespace artemis
