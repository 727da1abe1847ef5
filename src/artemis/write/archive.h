// Writes rows to one Parquet file that appears whole or not at all: what artemis-write does.
//
// Atomicity: rows go to "<path>.inprogress", which has no footer until its last step and so is no Parquet file to any reader.
// Close writes the footer, syncs the file, renames it and syncs its folder, in this order: whatever happens, the path has the
// whole file, what was there before, or nothing. docs/crash-handling.md tells why.
//
// Memory: that of a ParquetWriter (parquet/writer.h), and the batch at hand; it does not grow with the rows.
#pragma once

#include <memory>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/parquet/writer.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

class FileSystem;

struct ArchiveOptions {
  ParquetWriterOptions parquet;
  // Replaces a file that is there; else AlreadyExists.
  bool replace = false;
  // Writes the types of a table and field ids, so that the file can be committed to one as it is. Otherwise the file keeps its
  // Arrow types.
  bool iceberg = false;
  // With `iceberg`: how nanoseconds are stored, and whether those that are not whole microseconds may be cut.
  NanosPolicy nanos = NanosPolicy::kMicros;
  bool truncate_timestamps = false;
  // Asked between batches by WriteArchive; Cancelled then, and no file.
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Where the file is made; null: the machine's file system.
  FileSystem* files = nullptr;
};

// One thread at a time.
class ArchiveWriter {
 public:
  // `path` is a local path or file: location, `schema` that of the batches. TypeError or Invalid naming the column for what cannot
  // be stored, AlreadyExists for a file that is there: nothing is made then. IOError when another writer is at work on the path,
  // in this process or another; a .inprogress that a crash left is replaced.
  static arrow::Result<std::unique_ptr<ArchiveWriter>> Open(const std::string& path,
                                                            std::shared_ptr<arrow::Schema> schema,
                                                            const ArchiveOptions& options = {});
  // Without Close: nothing at the path, and the .inprogress stays, unlocked, as after a crash. After a failure it is removed.
  virtual ~ArchiveWriter() = default;

  // Invalid for another schema or, with `iceberg`, a value that does not fit, naming column and row; IOError naming the path.
  // After a failure every call gives it.
  virtual arrow::Status Write(const std::shared_ptr<arrow::RecordBatch>& batch) = 0;
  // Returns when file and name are durable. After an error the path is as it was, unless the folder's sync alone failed.
  virtual arrow::Result<WriteSummary> Close() = 0;
  // Gives up: the .inprogress is removed when this is destroyed.
  virtual void Discard() = 0;
};

// Reads `rows` to their end and writes them to `path`, durable on return. Fails as ArchiveWriter does, and as reading does; the
// .inprogress is removed then.
arrow::Result<WriteSummary> WriteArchive(arrow::RecordBatchReader& rows, const std::string& path,
                                         const ArchiveOptions& options = {});

}  // namespace artemis
