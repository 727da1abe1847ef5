// Makes incoming rows fit a table: columns by name, types by the table's schema.
//
// What is accepted for each type of the table (DESIGN, "Arrow to Iceberg"):
//   boolean       bool, arrow.bool8
//   int           int8, int16, int32, uint8, uint16
//   long          those, int64, uint32, and uint64 up to 2^63-1
//   float         float32                      double        float32, float64
//   decimal(P,S)  decimals of scale S with at most P digits
//   date          date32, date64               time          time32, time64 (whole µs of a day)
//   timestamp     any unit without a zone; nanoseconds must be whole µs unless they may be truncated
//   timestamptz   the same with a zone; the instant is kept, the zone's name is not
//   string        string, large_string, string_view     binary   the same three
//   uuid          fixed_size_binary(16), arrow.uuid     fixed    fixed_size_binary of that length
//   struct, list, map: field by field, large and fixed-size lists and list views too
// and for each of them dictionaries of it, and arrow's null type.
#pragma once

#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/schema/schema.h"

namespace artemis {

struct ConformOptions {
  // Nanoseconds that are not whole microseconds are floored to them instead of refused.
  bool truncate_timestamps = false;
  // The number of the first row, for messages.
  int64_t first_row = 0;
  arrow::MemoryPool* pool = nullptr;
};

// Converts batches of one schema to one table schema. One thread at a time; owns what it needs.
class RowConformer {
 public:
  // Invalid, naming the column: one that the table does not have (with a near match), a required one that is missing, two of the
  // same name, or a type that does not fit. Names match exactly, in any order; a missing optional column, or one with a write
  // default, is filled.
  static arrow::Result<RowConformer> Make(const Schema& table, const arrow::Schema& rows,
                                          const ConformOptions& options = {});

  // The same rows with the schema ToArrowSchema(table). Requires a batch of the schema given to Make.
  //
  // Invalid, naming the column and the row (counted on from first_row over all batches so far): a null in a required column, a uint64 over
  // 2^63-1, a time that is not whole microseconds, a value out of its type's range.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Conform(const arrow::RecordBatch& batch);

  const std::shared_ptr<arrow::Schema>& schema() const { return arrow_schema_; }

 private:
  RowConformer() = default;

  Schema table_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  ConformOptions options_;
  // For each table column the incoming one, or -1.
  std::vector<int> sources_;
  int64_t rows_seen_ = 0;
};

}  // namespace artemis
