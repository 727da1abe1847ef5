// Real tables for the tests of this folder: a catalog in a folder of its own, data files written as the test wants them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/table.h>

#include "artemis/base/clock.h"
#include "artemis/catalog/catalog.h"
#include "artemis/sql/session.h"
#include "artemis/table/manifest.h"

namespace artemis {

struct TestFile {
  // One JSON array of objects, or one object per row: [{"id": 1, "name": "a"}, …]
  std::string rows_json;
  // The file's columns; names may differ from the table's.
  std::vector<Field> columns;
  // Whether the file carries field ids.
  bool field_ids = true;
  int64_t row_group_rows = 1 << 20;
  PartitionTuple partition;
  // Whether its manifest entry has bounds and counts.
  bool metrics = true;
};

// Fails the running test where something goes wrong.
class TestTables {
 public:
  TestTables();
  ~TestTables();

  const std::shared_ptr<Catalog>& catalog() const { return catalog_; }
  FixedClock& clock() { return clock_; }
  // Opens the catalog anew: what was read before is forgotten.
  void Reopen();
  const std::string& folder() const { return folder_; }
  TableName Name(const std::string& text) const;
  LoadedTable Load(const std::string& table) const;

  void Create(const std::string& table, std::vector<Field> fields, const std::string& spec = "",
              std::map<std::string, std::string> properties = {}, int format_version = 2);
  // Writes the files and commits them as one snapshot, a second after the one before.
  SnapshotId Append(const std::string& table, const std::vector<TestFile>& files);
  // Rows of the table's current schema in one unpartitioned file.
  SnapshotId Append(const std::string& table, const std::string& rows_json);
  // A file that is in no snapshot.
  DataFile Write(const std::string& table, const TestFile& file);
  void Change(const std::string& table, const std::function<void(TableMetadata&)>& change);
  // Makes `fields` the current schema, with the next id.
  void SetSchema(const std::string& table, std::vector<Field> fields);

 private:
  std::string folder_;
  FixedClock clock_;
  std::shared_ptr<Catalog> catalog_;
  int files_written_ = 0;
};

Field TestField(int32_t id, std::string name, Type type, bool required = false);

// The rows of a statement: columns joined with '|', rows with '\n', null as NULL; "error: <message>" when it fails.
std::string RowsOf(SqlSession& session, const std::string& sql);
// The status the statement ends with, rows read.
arrow::Status StatusOf(SqlSession& session, const std::string& sql);

}  // namespace artemis
