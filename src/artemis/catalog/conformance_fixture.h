// What the conformance suite runs against: a catalog of some kind in a world of its own. The suite is the same for all kinds
// (conformance_*_test.cc); conformance_local_test.cc and conformance_postgres_test.cc say which kinds there are.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "artemis/base/clock.h"
#include "artemis/catalog/catalog.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/catalog/sql_database.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/test_folder.h"

namespace artemis {

// How the reply to the next change gets lost.
enum class ReplyLoss {
  kNone,
  kReply,          // it is made, and its reply does not come
  kReplyAndSight,  // … and the catalog cannot look either
};

// A database over another one that loses replies to COMMIT. For one thread.
class LossyDatabase : public SqlDatabase {
 public:
  LossyDatabase(std::unique_ptr<SqlDatabase> inner, const ReplyLoss* loss)
      : inner_(std::move(inner)), loss_(loss) {}
  std::string Uri() const override { return inner_->Uri(); }
  std::string Label() const override { return inner_->Label(); }
  arrow::Status Read(const SqlBody& body) override { return inner_->Read(body); }
  arrow::Status Transact(const SqlBody& body) override;
  arrow::Result<bool> HasTable(SqlSession& session, const std::string& table) override {
    return inner_->HasTable(session, table);
  }
  arrow::Result<std::vector<std::string>> ColumnsOf(SqlSession& session,
                                                    const std::string& table) override {
    return inner_->ColumnsOf(session, table);
  }
  arrow::Status LockSchema(SqlSession& session) override { return inner_->LockSchema(session); }
  std::string_view NumberedKey() const override { return inner_->NumberedKey(); }
  std::string_view RowLock() const override { return inner_->RowLock(); }

 private:
  const std::unique_ptr<SqlDatabase> inner_;
  const ReplyLoss* loss_;
  bool blind_ = false;
  bool looking_ = false;
};

// Makes catalogs over one and the same store, empty at first.
class CatalogWorld {
 public:
  virtual ~CatalogWorld() = default;
  // `options`: folder, clock and files are filled in; uri is this world's to say.
  virtual arrow::Result<std::shared_ptr<Catalog>> Open(CatalogOptions options) = 0;
  // A catalog whose replies get lost as `loss` says at each moment.
  virtual arrow::Result<std::shared_ptr<Catalog>> OpenLossy(CatalogOptions options,
                                                            const ReplyLoss* loss) = 0;
};

struct CatalogKind {
  std::string name;
  // `folder` is the test's own.
  std::function<std::unique_ptr<CatalogWorld>(const std::string& folder)> make;
  // Names are rows, and tables may lie anywhere: renaming, registering under another name, properties.
  bool names_are_rows = true;
};

// SQL kinds differ in the URI and the database only.
std::unique_ptr<CatalogWorld> MakeJdbcWorld(
    const std::string& uri,
    std::function<arrow::Result<std::unique_ptr<SqlDatabase>>(const CatalogOptions&)> database);

class CatalogConformance : public ::testing::TestWithParam<CatalogKind> {
 protected:
  void SetUp() override;

  CatalogOptions Options();
  std::shared_ptr<Catalog> Open();
  std::shared_ptr<Catalog> OpenReadOnly();
  static TableName Name(const std::string& text = "sda.observations");
  TableMetadata NewMetadata(const TableName& name);
  LoadedTable CreateTable(const std::string& text = "sda.observations");
  static TableMetadata WithProperty(const TableMetadata& metadata, const std::string& key,
                                    const std::string& value = "1");
  arrow::Result<LoadedTable> CommitProperty(Catalog& catalog, const LoadedTable& base,
                                            const std::string& key);
  // Files of the table's metadata folder, hints excepted.
  static size_t MetadataFileCount(const LoadedTable& table);

  TestFolder folder_;
  FixedClock clock_{TimestampMs(1'000'000)};
  std::unique_ptr<CatalogWorld> world_;
  std::shared_ptr<Catalog> catalog_;
};

}  // namespace artemis
