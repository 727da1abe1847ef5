// Makes a table, partitioned by mission, and commits rows to it twice: table WAREHOUSE
#include <artemis/catalog/open_catalog.h>
#include <artemis/commit/commit.h>
#include <artemis/schema/arrow_schema.h>
#include <artemis/write/table_writer.h>

#include "example.h"

arrow::Status Append(artemis::Catalog& catalog, const artemis::TableName& name,
                     const std::string& json) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(name));
  ARROW_ASSIGN_OR_RAISE(const auto writer,
                        artemis::MakeTableWriter(table.metadata, catalog.files()));
  ARROW_ASSIGN_OR_RAISE(const auto rows, Rows(json));
  ARROW_RETURN_NOT_OK(writer->Write(*rows));
  ARROW_ASSIGN_OR_RAISE(auto files, writer->Close());
  const size_t count = files.size();
  ARROW_RETURN_NOT_OK(artemis::AppendFiles(catalog, name, std::move(files)).status());
  std::printf("appended %zu files\n", count);
  return arrow::Status::OK();
}

arrow::Status Run(const std::string& warehouse) {
  artemis::CatalogOptions options;
  options.warehouse = warehouse;
  options.create = true;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, artemis::OpenCatalog(options));
  ARROW_ASSIGN_OR_RAISE(const auto name, artemis::ParseTableName("lab.readings"));
  ARROW_ASSIGN_OR_RAISE(const auto rows, Rows("[]"));
  artemis::NewTable table;
  table.location = catalog->DefaultLocation(name);
  ARROW_ASSIGN_OR_RAISE(table.schema, artemis::SchemaFromArrow(*rows->schema()));
  ARROW_ASSIGN_OR_RAISE(table.spec, artemis::ParsePartitionSpec("mission", table.schema));
  ARROW_ASSIGN_OR_RAISE(auto metadata, artemis::MakeTableMetadata(table, catalog->clock().Now()));
  ARROW_RETURN_NOT_OK(catalog->Create(name, std::move(metadata), {"create", "example"}).status());
  ARROW_RETURN_NOT_OK(Append(*catalog, name, R"([{"mission": "apollo-7", "volts": 28.1},
                                                 {"mission": "gemini-4", "volts": 24.5}])"));
  return Append(*catalog, name, R"([{"mission": "gemini-4", "volts": 31.0}])");
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "warehouse")); }
