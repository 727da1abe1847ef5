// The conformance suite against the catalogs that need no server: SQLite and folders.
#include "artemis/base/error.h"
#include "artemis/catalog/conformance_fixture.h"
#include "artemis/catalog/sqlite_store.h"

namespace artemis {

namespace {

std::unique_ptr<CatalogWorld> MakeSqliteWorld(const std::string& folder) {
  const std::string file = folder + "/catalog.db";
  return MakeJdbcWorld("sqlite:" + file, [file](const CatalogOptions& options) {
    SqliteOpenOptions opening;
    opening.create = options.create;
    return SqliteStore::Open(file, opening);
  });
}

// Loses replies of the file system: those to the rename that is the swap, and to the look after it.
class LossyFiles : public FaultyFileSystem {
 public:
  explicit LossyFiles(const ReplyLoss* loss) : FaultyFileSystem(LocalFileSystem()), loss_(loss) {}

  arrow::Status RenameNoReplace(const std::string& from, const std::string& to) override {
    ARROW_RETURN_NOT_OK(FaultyFileSystem::RenameNoReplace(from, to));
    if (*loss_ == ReplyLoss::kNone) return arrow::Status::OK();
    blind_ = *loss_ == ReplyLoss::kReplyAndSight;
    return arrow::Status::IOError("the reply was lost");
  }
  arrow::Result<bool> Exists(const std::string& path) override {
    if (blind_) return arrow::Status::IOError("the file system is gone");
    return FaultyFileSystem::Exists(path);
  }

 private:
  const ReplyLoss* loss_;
  bool blind_ = false;
};

class PathWorld : public CatalogWorld {
 public:
  explicit PathWorld(std::string folder) : folder_(std::move(folder)) {}
  arrow::Result<std::shared_ptr<Catalog>> Open(CatalogOptions options) override {
    options.uri = "path:" + folder_ + "/tables";
    return OpenCatalog(options);
  }
  arrow::Result<std::shared_ptr<Catalog>> OpenLossy(CatalogOptions options,
                                                    const ReplyLoss* loss) override {
    files_ = std::make_unique<LossyFiles>(loss);
    options.files = files_.get();
    return Open(options);
  }

 private:
  const std::string folder_;
  std::unique_ptr<LossyFiles> files_;
};

std::unique_ptr<CatalogWorld> MakePathWorld(const std::string& folder) {
  return std::make_unique<PathWorld>(folder);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Local, CatalogConformance,
                         ::testing::Values(CatalogKind{"Sqlite", MakeSqliteWorld, true},
                                           CatalogKind{"Path", MakePathWorld, false}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace artemis
