// Row-level deletes (specification, "Delete Formats"): position delete files, deletion vectors and equality delete files.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/scan/scan_plan.h"

namespace artemis {

class FileSystem;

// Deleted positions of one data file: sorted, unique, 0 is the file's first row.
using DeletedPositions = std::vector<int64_t>;

// The rows one equality delete file names: rows whose values in `fields` equal one of its rows are deleted. Null equals null, and
// where a struct is null so are its fields.
struct EqualityDeletes {
  // The columns that are compared, each optional: leaves, of structs maybe.
  std::vector<Field> fields;
  // What to project for each of them: the top-level column, with nothing in it but the way down to the leaf.
  std::vector<Field> columns;
  std::unordered_set<std::string> keys;
};

// The arrays of `fields` out of those of `columns`.
arrow::Result<arrow::ArrayVector> EqualityLeaves(const EqualityDeletes& deletes,
                                                 const arrow::ArrayVector& columns,
                                                 arrow::MemoryPool* pool);

// Limit for what is read: rows of one delete file, which are held in memory.
inline constexpr int64_t kDeleteFileRowsMax = int64_t{1} << 27;

// Reads delete files once each, however many data files they apply to. Thread-safe.
class DeleteLoader {
 public:
  // `files` and the view's metadata must outlive the loader. Ends with Cancelled within a batch of a stop.
  DeleteLoader(FileSystem& files, std::shared_ptr<const TableMetadata> metadata,
               arrow::StopToken stop = arrow::StopToken::Unstoppable())
      : files_(files), metadata_(std::move(metadata)), stop_(std::move(stop)) {}

  // The positions that the task's position delete files and deletion vector name for its data file.
  arrow::Result<DeletedPositions> PositionsFor(const ScanTask& task);
  // The task's equality deletes. Field types come from any schema of the table.
  arrow::Result<std::vector<std::shared_ptr<const EqualityDeletes>>> EqualitiesFor(
      const ScanTask& task);

 private:
  using PositionsByPath = std::map<std::string, DeletedPositions>;
  arrow::Result<std::shared_ptr<const PositionsByPath>> LoadPositions(const DataFile& file);
  arrow::Result<std::shared_ptr<const EqualityDeletes>> LoadEqualities(const DataFile& file);
  arrow::Status AddField(FieldId id, const std::string& path, EqualityDeletes* deletes) const;

  FileSystem& files_;
  const std::shared_ptr<const TableMetadata> metadata_;
  const arrow::StopToken stop_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const PositionsByPath>> positions_;
  std::map<std::string, std::shared_ptr<const EqualityDeletes>> equalities_;
};

// A text per row that is equal for rows with equal values (NaN as NaN, -0.0 as 0.0, null as null). `columns` have the types of `fields`.
arrow::Result<std::string> EqualityKey(const std::vector<Field>& fields,
                                       const arrow::ArrayVector& columns, int64_t row);

}  // namespace artemis
