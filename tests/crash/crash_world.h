// A small warehouse that is made once and put back before every crash point, and what can be seen of it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/table/manifest.h"

namespace artemis {

// "sqlite", "path", or "postgresql" with a server's URI.
struct CrashKind {
  std::string name;
  std::string server;
};

// The table lab.t has, after Prepare, three snapshots on main, the second of them tagged "before", a branch "audit" with a snapshot of its
// own, and five files by station, of one or two rows; lab.old is of version 1 and embeds its manifests; lab.other is anybody's.
class CrashWorld {
 public:
  explicit CrashWorld(CrashKind kind);
  ~CrashWorld();
  CrashWorld(const CrashWorld&) = delete;
  CrashWorld& operator=(const CrashWorld&) = delete;

  // Puts the warehouse back to what it was after it was prepared.
  arrow::Status Restore();
  // A fresh catalog over it. `files` (null: the local file system) must outlive it.
  arrow::Result<std::shared_ptr<Catalog>> Open(FileSystem* files = nullptr) const;

  bool names_are_rows() const { return kind_.name != "path"; }
  // A data file of lab.t that is in no snapshot.
  const std::string& loose_file() const { return loose_file_; }

 private:
  arrow::Status Prepare();

  const CrashKind kind_;
  const std::filesystem::path base_;  // holds the warehouse and its copy
  std::string catalog_name_;          // postgresql only
  std::string loose_file_;
  bool is_saved_ = false;
};

inline const TableName kTable{{"lab"}, "t"};
inline const TableName kOldTable{{"lab"}, "old"};

// Data files of the rows of ids [first, first + count), durable and in no snapshot.
arrow::Result<std::vector<DataFile>> WriteRows(Catalog& catalog, const TableName& name,
                                               int64_t first, int64_t count);
// The same as a batch.
std::shared_ptr<arrow::RecordBatch> RowsFrom(int64_t first, int64_t count);

// All that a user can see: tables with version, columns, partitioning, order and properties; branches and tags with their rows. Fails where
// a table does not open, a row cannot be read, or check finds a problem in it.
arrow::Result<std::string> Describe(Catalog& catalog);

}  // namespace artemis
