// What must hold for one data or delete file: that it is there, and is what its manifest entry says.
#pragma once

#include <vector>

#include <arrow/status.h>
#include <arrow/util/cancel.h>

#include "artemis/check/problem.h"
#include "artemis/schema/schema.h"
#include "artemis/table/manifest.h"

namespace artemis {

class FileSystem;

struct FileRules {
  // Read every page, with its checksum where the file has them, and compare the values with the
  // bounds and counts of the entry.
  bool deep = false;
  // The table has a name mapping, so that files without field ids can be read.
  bool has_name_mapping = false;
  // The table's, newest first: types of bounds come from the first that has the column. Not owned.
  std::vector<const Schema*> schemas;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

// Appends to `problems`:
//   missing     it is not there
//   unreadable  it cannot be opened or parsed
//   size        its length
//   counts      the rows of its footer; of a deletion vector (deep), its positions
//   field-ids   a data file without field ids in a table without a name mapping: it would be read as
//               nulls
//   pages       (deep) a page that cannot be decoded or fails its checksum; rows that are missing
//   metrics     (deep) a value outside the bounds of the entry, or other counts of nulls and NaNs, for
//               the columns of the top level: pruning would lose rows
// Of files that are no Parquet only size and presence are checked, and of Puffin files the deletion
// vector. Fails with Cancelled only. Thread-safe.
arrow::Status CheckDataFile(const DataFile& file, FileSystem& files, const FileRules& rules,
                            Problems* problems);

}  // namespace artemis
