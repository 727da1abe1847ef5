// How DuckDB's Parquet reader reads one of our data files: columns by field id, ids from the name mapping where the file has
// none, identity partition values for columns the file lacks, deleted rows filtered out. Only for sql/.
#pragma once

#include <memory>

#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {

class ScanReader : public duckdb::MultiFileReader {
 public:
  // `entry` is the catalog entry the scan was made from; it must outlive the reader.
  ScanReader(std::shared_ptr<const TableScan> scan, duckdb::TableCatalogEntry& entry);

  duckdb::TableCatalogEntry& entry() const { return entry_; }

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(
      duckdb::ClientContext& context, const duckdb::vector<std::string>& paths,
      const duckdb::FileGlobInput& glob_input) override;
  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files,
            duckdb::vector<duckdb::LogicalType>& return_types, duckdb::vector<std::string>& names,
            duckdb::MultiFileReaderBindData& bind_data) override;
  void BindOptions(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files,
                   duckdb::vector<duckdb::LogicalType>& return_types,
                   duckdb::vector<std::string>& names,
                   duckdb::MultiFileReaderBindData& bind_data) override;
  duckdb::ReaderInitializeType InitializeReader(
      duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileBindData& bind_data,
      const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
      const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
      duckdb::optional_ptr<duckdb::TableFilterSet> table_filters, duckdb::ClientContext& context,
      duckdb::MultiFileGlobalState& global_state) override;
  duckdb::unique_ptr<duckdb::Expression> GetVirtualColumnExpression(
      duckdb::ClientContext& context, duckdb::MultiFileReaderData& reader_data,
      const duckdb::vector<duckdb::MultiFileColumnDefinition>& local_columns,
      duckdb::idx_t& column_id, const duckdb::LogicalType& type,
      duckdb::MultiFileLocalIndex local_index,
      duckdb::optional_ptr<duckdb::MultiFileColumnDefinition>& global_column_reference) override;
  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override;

 private:
  const std::shared_ptr<const TableScan> scan_;
  duckdb::TableCatalogEntry& entry_;
  // By virtual column: where row lineage is found in a file that holds it.
  duckdb::vector<duckdb::MultiFileColumnDefinition> stored_;
};

}  // namespace artemis
