// Writes row-level deletes as files: position delete files for format version 2, deletion vectors in a Puffin file for version 3
// (specification, "Position Delete Files", "Deletion Vectors"). Never commits.
#pragma once

#include <cstdint>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

class FileSystem;

// Positions to delete in one data file: sorted, unique, 0 is the first row. `data_file` gives path, spec and partition.
struct PositionDeletes {
  DataFile data_file;
  std::vector<int64_t> positions;
};

// Writes the delete files a table of metadata's format version takes:
//   v2: Parquet position delete files, one per spec and partition tuple, rows sorted by file_path and pos; the entry has the exact bounds
//       of both columns, and referenced_data_file when it names one data file only.
//   v3: one Puffin file with a deletion-vector-v1 blob per data file, and one entry per blob (format PUFFIN, referenced_data_file,
//       content_offset, content_size_bytes, record_count = the number of positions).
// In v3 the positions must already include those of an existing vector or position delete file, which the caller then removes: a data
// file has at most one vector.
//
// Files and their folders are durable on return. Entries without positions are left out; nothing is written when none is left. On
// failure the files written so far are removed. Invalid, by name: format version 1, positions that are negative, unsorted or doubled
// or not below the data file's record count (where that is > 0), one data file named twice, a spec the table does not have.
arrow::Result<std::vector<DataFile>> WriteDeletes(const TableMetadata& metadata, FileSystem& files,
                                                  const std::vector<PositionDeletes>& deletes);

}  // namespace artemis
