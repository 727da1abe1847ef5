// The columns of a diff: what files are read as, what rows are compared by, and what is given out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/read/column_projection.h"
#include "artemis/replay/diff.h"
#include "artemis/schema/schema.h"

namespace artemis {

// Immutable; threads may share it.
class DiffColumns {
 public:
  struct Schemas {
    std::shared_ptr<const Schema> older, newer, current;
    // All of the table: a commit between the ends may have written a type wider than either has. Must outlive Make alone.
    std::span<const Schema> known = {};
  };
  // `names`: top-level columns of the projected schema, or reserved ones (schema/metadata_columns.h); with kBoth of either end, the
  // newer first; nullopt: all. Invalid: an unknown or nested column.
  static arrow::Result<DiffColumns> Make(const Schemas& schemas, DiffProjection projection,
                                         const std::optional<std::vector<std::string>>& names);

  // What both ends are planned and read under: in the wider type where the ends have different ones. With kBoth: the newer end's columns
  // by their names, and after them those that only the older end has, under names that nobody else uses. A column that an end lacks is
  // optional in it.
  const std::shared_ptr<const Schema>& read_schema() const { return read_schema_; }
  // Columns of the batches that are read: all of read_schema, then reserved ones.
  const std::vector<FieldId>& read_columns() const { return read_columns_; }
  // Of the rows that are given out.
  const std::shared_ptr<arrow::Schema>& output_schema() const { return output_schema_; }
  bool has_identifier() const { return !identifiers_.empty(); }
  bool gives_both_ends() const { return projection_ == DiffProjection::kBoth; }

  // What decides whether two rows are the same row: columns of a batch that was read, those of the schema that rows are compared under, in
  // the types they were read in: what the older type cannot hold is refused only where it is given out.
  arrow::Result<arrow::ArrayVector> Compared(const arrow::RecordBatch& batch) const;
  // The values of the identifier fields.
  arrow::Result<arrow::ArrayVector> Identifier(const arrow::RecordBatch& batch) const;

  // Rows as they are given out, from rows as they were read: of the older image, of the newer, or (kBoth) of both; one may be null.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Output(
      const std::shared_ptr<arrow::RecordBatch>& before,
      const std::shared_ptr<arrow::RecordBatch>& after) const;

 private:
  // A column that is given out, and where it comes from.
  struct OutputColumn {
    int read_column = 0;
    // kBoth: whose image it is of, and under which field.
    bool of_older = false;
    Field field;
  };

  arrow::Status ChooseColumns(const Schemas& schemas,
                              const std::optional<std::vector<std::string>>& names);
  arrow::Status AddChosen(const Schemas& schemas, const std::string& name);
  void AddBoth(const Schemas& schemas, FieldId id);
  // A column of the one schema that is given out, in its own type.
  void AddOwn(size_t read_column);
  void FindIdentifiers();
  // A column of a batch that was read, as `target`.
  arrow::Result<std::shared_ptr<arrow::Array>> Projected(const arrow::RecordBatch& batch,
                                                         int read_column,
                                                         const Field& target) const;

  DiffProjection projection_ = DiffProjection::kNew;
  std::shared_ptr<const Schema> read_schema_;
  std::shared_ptr<const Schema> compared_schema_;
  std::vector<FieldId> read_columns_;
  std::vector<OutputColumn> output_;
  // From the top-level column down, by position.
  std::vector<std::vector<int>> identifiers_;
  std::shared_ptr<arrow::Schema> output_schema_;
};

}  // namespace artemis
