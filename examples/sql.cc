// Asks the table in SQL, today and as it stood after its first commit: sql WAREHOUSE
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <artemis/catalog/open_catalog.h>
#include <artemis/sql/session.h>

#include "example.h"

arrow::Status Ask(artemis::SqlSession& session, const std::string& query) {
  ARROW_ASSIGN_OR_RAISE(const auto result, session.Execute(query));
  ARROW_ASSIGN_OR_RAISE(const auto table, result->ToTable());
  for (const auto& column : table->columns()) {
    ARROW_ASSIGN_OR_RAISE(const auto value, column->GetScalar(0));
    std::printf("%s ", value->ToString().c_str());
  }
  std::printf("\n");
  return arrow::Status::OK();
}

arrow::Status Run(const std::string& warehouse) {
  artemis::CatalogOptions options;
  options.warehouse = warehouse;
  options.read_only = true;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<artemis::Catalog> catalog, artemis::OpenCatalog(options));
  ARROW_ASSIGN_OR_RAISE(const auto name, artemis::ParseTableName("lab.readings"));
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog->Load(name));
  const auto first = artemis::ToString(table.metadata->snapshots.front().id);
  ARROW_ASSIGN_OR_RAISE(const auto session, artemis::SqlSession::Open(catalog));
  const std::string query = "SELECT count(*), max(volts) FROM artemis.lab.readings";
  ARROW_RETURN_NOT_OK(Ask(*session, query));
  return Ask(*session, query + " AS OF SNAPSHOT " + first);
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "warehouse")); }
