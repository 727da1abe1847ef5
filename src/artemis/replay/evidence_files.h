// Hashes of the files that evidence names.
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/io/file_system.h"
#include "artemis/replay/evidence.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

// The whole file. Errors are those of reading, and Cancelled.
arrow::Result<HashedFile> HashWholeFile(FileSystem& files, const std::string& location,
                                        const arrow::StopToken& stop);

// The files of a plan, nothing hashed: sizes and counts are those of the manifest entries. Sorted; a delete file that applies to
// several data files stands there once.
struct PlannedFiles {
  std::vector<EvidenceFile> data;
  std::vector<EvidenceFile> deletes;
};
PlannedFiles FilesOf(const ScanPlan& plan);

// `told` with the size and the hashes of the file as it is: what is always hashed and, with `full`, the whole. CorruptFile where no Parquet
// footer ends a Parquet file, or a blob lies past the end.
arrow::Result<EvidenceFile> HashDataFile(FileSystem& files, const EvidenceFile& told, bool full,
                                         const arrow::StopToken& stop);

}  // namespace artemis
