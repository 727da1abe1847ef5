// Rows that enter a table of the catalog as they come, without a statement: into one that is there, into a new one, or in the place of
// all rows of one.
//
//   ARROW_ASSIGN_OR_RAISE(auto ingest, session.Ingest({"sda", "obs", IfMissing::kFail, IfExists::kAppend}, schema));
//   ingest->Write(*batch);
//   ingest->Finish();       // one commit
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

enum class IfMissing : uint8_t { kFail, kCreate };
// kReplace: the rows come in the place of all that are there. The table keeps its history, its partitioning and what is known of it;
// columns that the rows do not have are dropped, new ones added.
enum class IfExists : uint8_t { kFail, kAppend, kReplace };

struct IngestTarget {
  // A namespace; empty: where USE has put the session.
  std::string schema;
  std::string table;
  IfMissing if_missing = IfMissing::kFail;
  IfExists if_exists = IfExists::kAppend;
};

// One thread at a time. Nothing is in the table, and no file of it is left, unless Finish succeeds: without it the destructor takes
// everything back.
class SqlIngest {
 public:
  virtual ~SqlIngest() = default;

  // Takes rows of the schema that it was begun with. Columns go by name, as TableWriter takes them (write/table_writer.h). Waiting rows are
  // bounded by SqlOptions::write_buffer_bytes. Invalid names a value that does not fit; Cancelled: the session was interrupted. After a
  // failure it is over.
  virtual arrow::Status Write(const arrow::RecordBatch& batch) = 0;

  // Writes what waits, and commits, or leaves that to the transaction that the session is in; the number of rows. Fails as a commit does
  // (CommitConflict, CommitUnknown, …). AlreadyExists: the new table's name was taken meanwhile. Once only.
  virtual arrow::Result<int64_t> Finish() = 0;
};

}  // namespace artemis
