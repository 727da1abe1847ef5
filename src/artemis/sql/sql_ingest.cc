// Batches go past DuckDB, straight to the writer of data files; what they change goes through the session's transaction.
#include "artemis/sql/sql_ingest.h"

#include <set>
#include <utility>
#include <vector>

#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/client_data.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/io/file_system.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/evolution.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_core.h"
#include "artemis/sql/sql_schema.h"
#include "artemis/sql/sql_transaction.h"
#include "artemis/table/format_version.h"
#include "artemis/table/update.h"
#include "artemis/write/row_order.h"

namespace artemis {
namespace {

bool HasColumn(const Schema& schema, const std::string& name) {
  for (const auto& field : schema.fields) {
    if (field.name == name) return true;
  }
  return false;
}

arrow::Result<TableMetadata> NewMetadata(const std::string& location, const arrow::Schema& rows,
                                         TimestampMs now) {
  NewTable table;
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaFromArrow(rows));
  table.schema = AssignFreshIds(std::move(schema));
  table.format_version = CheckSchemaFitsFormat(table.schema, 2).ok() ? 2 : 3;
  table.location = location;
  return MakeTableMetadata(table, now);
}

// The columns become those of `rows`. Types of columns that stay are the writer's to judge.
arrow::Result<TableMetadata> WithColumnsOf(const TableMetadata& metadata, const Schema& rows) {
  Schema schema = metadata.CurrentSchema();
  FieldId last_id = metadata.last_column_id;
  for (const auto& field : rows.fields) {
    if (HasColumn(schema, field.name)) continue;
    ARROW_ASSIGN_OR_RAISE(auto added, AddColumn(schema, last_id, field.name, field.type));
    schema = std::move(added.schema);
    last_id = added.last_column_id;
  }
  for (const auto& field : metadata.CurrentSchema().fields) {
    if (HasColumn(rows, field.name)) continue;
    ARROW_ASSIGN_OR_RAISE(schema, DropColumn(schema, field.name));
  }
  ARROW_ASSIGN_OR_RAISE(auto next, SetCurrentSchema(metadata, std::move(schema), last_id));
  return SettleClustering(metadata, std::move(next));
}

// Files are written with the ids that the columns had then: they must be the same when it is committed.
MetadataChange ColumnsOf(Schema rows, SchemaId schema_id, FieldId last_column_id) {
  return [rows = std::move(rows), schema_id,
          last_column_id](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    if (metadata.current_schema_id != schema_id || metadata.last_column_id != last_column_id) {
      return CommitConflictError("another writer has changed the table's columns");
    }
    return WithColumnsOf(metadata, rows);
  };
}

bool HasSameColumns(const Schema& table, const arrow::Schema& rows) {
  std::set<std::string> ours, theirs;
  for (const auto& field : table.fields) ours.insert(field.name);
  for (const auto& field : rows.fields()) theirs.insert(field->name());
  return ours == theirs;
}

class DuckDbIngest : public SqlIngest {
 public:
  DuckDbIngest(std::shared_ptr<SessionCore> session, IngestTarget target,
               std::shared_ptr<arrow::Schema> rows)
      : session_(std::move(session)), target_(std::move(target)), schema_(std::move(rows)) {}

  ~DuckDbIngest() override {
    writer_.reset();
    RollBack();
    if (running_ != nullptr) running_->Abandon(rows_);
  }

  arrow::Status Begin() {
    ARROW_RETURN_NOT_OK(session_->engine().CheckUsable());
    running_ = session_->Begin("INGEST INTO " + target_.schema + "." + target_.table);
    context().ClearInterrupt();
    const arrow::Status begun = CatchDuckDb(state(), [&]() -> arrow::Status {
      owns_transaction_ = session_->connection().IsAutoCommit();
      if (owns_transaction_) session_->connection().BeginTransaction();
      context().RunFunctionInTransaction([this] { Open(); });
      return arrow::Status::OK();
    });
    return begun.ok() ? begun : End(begun);
  }

  arrow::Status Write(const arrow::RecordBatch& batch) override {
    ARROW_RETURN_NOT_OK(CheckRunning());
    const arrow::Status written = writer_->Write(batch);
    if (!written.ok()) return End(written);
    rows_ += batch.num_rows();
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> Finish() override {
    ARROW_RETURN_NOT_OK(CheckRunning());
    auto files = writer_->Close();
    if (!files.ok()) return End(files.status());
    std::vector<std::string> paths;
    for (const auto& file : *files) paths.push_back(file.path);
    const arrow::Status staged = CatchDuckDb(state(), [&]() -> arrow::Status {
      context().RunFunctionInTransaction([&] { Stage(*std::move(files)); });
      return arrow::Status::OK();
    });
    if (!staged.ok()) {
      for (const auto& path : paths) (void)state().catalog().files().Delete(path);
      return End(staged);
    }
    ARROW_RETURN_NOT_OK(End(owns_transaction_ ? Commit() : arrow::Status::OK()));
    return rows_;
  }

 private:
  SessionState& state() { return *session_->state(); }
  duckdb::ClientContext& context() { return *session_->connection().context; }

  arrow::Status CheckRunning() {
    if (writer_ == nullptr)
      return arrow::Status::Invalid("the rows were taken, or refused, before");
    if (!context().IsInterrupted()) return arrow::Status::OK();
    return End(arrow::Status::Cancelled("the rows were not taken to their end: interrupted"));
  }

  [[noreturn]] void Refuse(const arrow::Status& status) { ThrowStatus(state(), status); }

  std::string SchemaName() {
    if (!target_.schema.empty()) return target_.schema;
    const auto& place = duckdb::ClientData::Get(context()).catalog_search_path->GetDefault();
    if (place.catalog == kSqlCatalogName) return place.schema;
    Refuse(arrow::Status::Invalid("name the schema of ", target_.table,
                                  ": tables are artemis.<namespace>.<table>"));
  }

  void Open() {
    auto& catalog = duckdb::Catalog::GetCatalog(context(), kSqlCatalogName);
    auto& transaction = SqlTransaction::Get(context(), catalog);
    transaction.RequireWritable();
    const auto& schema = catalog.GetSchema(context(), SchemaName());
    const auto found = transaction.FindTable(schema.name, target_.table);
    name_ = found ? *found : TableName{SplitNamespace(schema.name), target_.table};
    const auto metadata = found ? Existing(transaction) : Missing();
    writer_ = UnwrapOrThrow(state(), transaction.MakeWriter(metadata));
    // What does not fit is told before the first row.
    const auto none = arrow::RecordBatch::MakeEmpty(schema_);
    if (!none.ok()) Refuse(none.status());
    const arrow::Status fits = writer_->Write(**none);
    if (!fits.ok()) Refuse(fits);
  }

  std::shared_ptr<const TableMetadata> Missing() {
    if (target_.if_missing == IfMissing::kFail) Refuse(NoSuchTableError(name_.ToString()));
    if (const auto named = CheckTableName(name_); !named.ok()) Refuse(named);
    created_ = UnwrapOrThrow(state(), NewMetadata(state().catalog().DefaultLocation(name_),
                                                  *schema_, state().catalog().clock().Now()));
    return std::make_shared<const TableMetadata>(*created_);
  }

  std::shared_ptr<const TableMetadata> Existing(SqlTransaction& transaction) {
    if (target_.if_exists == IfExists::kFail) {
      Refuse(arrow::Status::AlreadyExists("there is a table ", name_.ToString(), " already"));
    }
    const auto metadata = transaction.StagedState(name_).metadata;
    if (target_.if_exists == IfExists::kAppend ||
        HasSameColumns(metadata->CurrentSchema(), *schema_)) {
      return metadata;
    }
    columns_ = ColumnsOf(UnwrapOrThrow(state(), SchemaFromArrow(*schema_)),
                         metadata->current_schema_id, metadata->last_column_id);
    return std::make_shared<const TableMetadata>(UnwrapOrThrow(state(), columns_(*metadata)));
  }

  void Stage(std::vector<DataFile> files) {
    auto& transaction =
        SqlTransaction::Get(context(), duckdb::Catalog::GetCatalog(context(), kSqlCatalogName));
    if (created_) {
      transaction.Create(name_, *std::move(created_));
    } else if (target_.if_exists == IfExists::kReplace) {
      if (columns_) transaction.ChangeMetadata(name_, columns_);
      transaction.RemoveAllRows(name_);
    }
    transaction.Stage(name_, std::move(files), {}, {});
  }

  arrow::Status Commit() {
    return CatchDuckDb(state(), [&]() -> arrow::Status {
      session_->connection().Commit();
      return arrow::Status::OK();
    });
  }

  void RollBack() {
    if (!std::exchange(owns_transaction_, false)) return;
    try {
      auto& connection = session_->connection();
      if (connection.HasActiveTransaction()) connection.Rollback();
    } catch (const std::exception&) {
      // A transaction that DuckDB has ended by itself is not there any more.
    }
  }

  arrow::Status End(const arrow::Status& status) {
    writer_.reset();
    if (!status.ok()) RollBack();
    owns_transaction_ = false;
    return running_->Finish(status, rows_);
  }

  const std::shared_ptr<SessionCore> session_;
  const IngestTarget target_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<RunningStatement> running_;
  bool owns_transaction_ = false;
  TableName name_;
  // Of a table that is to be made.
  std::optional<TableMetadata> created_;
  // Of a table whose columns are replaced with its rows; else empty.
  MetadataChange columns_;
  std::unique_ptr<TableWriter> writer_;
  int64_t rows_ = 0;
};

}  // namespace

arrow::Result<std::unique_ptr<SqlIngest>> SqlSession::Ingest(
    const IngestTarget& target, const std::shared_ptr<arrow::Schema>& rows) {
  auto ingest = std::make_unique<DuckDbIngest>(core_, target, rows);
  ARROW_RETURN_NOT_OK(ingest->Begin());
  return std::unique_ptr<SqlIngest>(std::move(ingest));
}

}  // namespace artemis
