// Worlds for catalogs.
#include "artemis/catalog/conformance_fixture.h"

#include <filesystem>

#include "artemis/base/error.h"
#include "artemis/catalog/jdbc_catalog.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

class JdbcWorld : public CatalogWorld {
 public:
  using MakeDatabase =
      std::function<arrow::Result<std::unique_ptr<SqlDatabase>>(const CatalogOptions&)>;
  JdbcWorld(std::string uri, MakeDatabase database)
      : uri_(std::move(uri)), database_(std::move(database)) {}

  arrow::Result<std::shared_ptr<Catalog>> Open(CatalogOptions options) override {
    options.uri = uri_;
    return OpenCatalog(options);
  }

  arrow::Result<std::shared_ptr<Catalog>> OpenLossy(CatalogOptions options,
                                                    const ReplyLoss* loss) override {
    ARROW_ASSIGN_OR_RAISE(auto database, database_(options));
    const size_t name = uri_.find("name=");
    return JdbcCatalog::Open(std::make_unique<LossyDatabase>(std::move(database), loss),
                             name == std::string::npos ? "" : uri_.substr(name + 5), options);
  }

 private:
  const std::string uri_;
  const MakeDatabase database_;
};

}  // namespace

arrow::Status LossyDatabase::Transact(const SqlBody& body) {
  if (blind_) return arrow::Status::IOError("the server is gone");
  ARROW_RETURN_NOT_OK(inner_->Transact(body));
  // The look for the outcome changes nothing, and gets its reply.
  if (*loss_ == ReplyLoss::kNone || looking_) {
    looking_ = false;
    return arrow::Status::OK();
  }
  blind_ = *loss_ == ReplyLoss::kReplyAndSight;
  looking_ = !blind_;
  return CommitUnknownError("the reply was lost");
}

std::unique_ptr<CatalogWorld> MakeJdbcWorld(const std::string& uri,
                                            JdbcWorld::MakeDatabase database) {
  return std::make_unique<JdbcWorld>(uri, std::move(database));
}

void CatalogConformance::SetUp() {
  world_ = GetParam().make(folder_.path());
  ASSERT_NE(world_, nullptr);
  catalog_ = Open();
  ASSERT_NE(catalog_, nullptr);
}

CatalogOptions CatalogConformance::Options() {
  CatalogOptions options;
  options.warehouse = folder_.path();
  options.create = true;
  options.clock = &clock_;
  return options;
}

std::shared_ptr<Catalog> CatalogConformance::Open() {
  auto opened = world_->Open(Options());
  EXPECT_TRUE(opened.ok()) << opened.status();
  return opened.ok() ? *opened : nullptr;
}

std::shared_ptr<Catalog> CatalogConformance::OpenReadOnly() {
  CatalogOptions options = Options();
  options.create = false;
  options.read_only = true;
  auto opened = world_->Open(options);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return opened.ok() ? *opened : nullptr;
}

TableName CatalogConformance::Name(const std::string& text) {
  auto name = ParseTableName(text);
  EXPECT_TRUE(name.ok()) << name.status();
  return *name;
}

TableMetadata CatalogConformance::NewMetadata(const TableName& name) {
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

LoadedTable CatalogConformance::CreateTable(const std::string& text) {
  auto created = catalog_->Create(Name(text), NewMetadata(Name(text)), {"create", "ada"});
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? *created : LoadedTable{};
}

TableMetadata CatalogConformance::WithProperty(const TableMetadata& metadata,
                                               const std::string& key, const std::string& value) {
  TableMetadata next = metadata;
  next.properties[key] = value;
  return next;
}

arrow::Result<LoadedTable> CatalogConformance::CommitProperty(Catalog& catalog,
                                                              const LoadedTable& base,
                                                              const std::string& key) {
  return catalog.Commit(base, WithProperty(*base.metadata, key), {"alter", "ada"});
}

size_t CatalogConformance::MetadataFileCount(const LoadedTable& table) {
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(LocalPath(FolderOf(table.metadata_location)))) {
    if (entry.path().filename() != "version-hint.text") ++count;
  }
  return count;
}

}  // namespace artemis
