// Lays a sample of a table's rows out as a candidate would have them, and judges the layout by a log of queries.
//
// Steps: (1) the rows are put in the order they are taken to have arrived in: by the column of time that the log tests most, or,
// without one, at random; (2) they are split by the partition spec, and within a partition sorted or clustered, as the writer does;
// (3) each partition is cut into files of as many rows as come to the target size, a sampled row standing for as many of the table
// as the sample leaves out; (4) each file gets bounds of the columns that the log tests; (5) every query is planned on these files.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/advise/bound_log.h"
#include "artemis/advise/encoded_rows.h"
#include "artemis/advise/laid_out_files.h"
#include "artemis/advise/layout_candidate.h"
#include "artemis/advise/row_sample.h"
#include "artemis/advise/sampled_column.h"
#include "artemis/table/metadata.h"

namespace artemis {

// How large rows and files are: a file is as many rows as the writer takes for target_bytes.
struct FileSizes {
  // A file is closed once its data has grown to so many bytes.
  int64_t target_bytes = 0;
  // Of data, in the files of the table as they are; and what a file has besides (its footer).
  double row_bytes = 0;
  double file_overhead_bytes = 0;
  // What the writer takes data for while a file is open, to what it comes to: of the table's rows as they are.
  double estimate_ratio = 1;
  // The same of the layout's own rows: files end by it.
  double own_estimate_ratio = 1;

  // Files of less are small: half of what a full one comes to.
  int64_t small_file_bytes() const {
    return static_cast<int64_t>(static_cast<double>(target_bytes) / estimate_ratio / 2);
  }
};

// What the log keeps of a layout, over all its queries.
struct LayoutScore {
  int64_t queries = 0;
  FileAmount kept;
  // Of each query's charged bytes, at least those of one small file; summed.
  double log_charged = 0;
  // Of the layout, once.
  FileAmount total;

  double bytes_share() const;
  double files_share() const;
  // Counts a query that keeps so much. `small_file_bytes`: FileSizes.
  void Add(const FileAmount& query, int64_t small_file_bytes);

  // What a query reads, small files charged as half a full one: the geometric mean over the queries, by which layouts are compared. In a
  // sum the few queries that read most of the table in any layout would outweigh all others.
  double cost_bytes() const;
};

struct TriedLayout {
  LayoutCandidate candidate;
  // As the candidate was measured: row_bytes and own_estimate_ratio are its own where they were measured too.
  FileSizes sizes;
  LayoutScore score;
  int64_t partitions = 0;
  // Of less than half a full file.
  int64_t small_files = 0;
};

// Immutable after Make; may be used from several threads at once. What Make is given must outlive it.
class LayoutTrial {
 public:
  // `log` is bound to `schema`, the sample's. Candidates are made of columns that the log tests, and of `further_columns`.
  // Invalid: what the columns' types do not allow; LimitExceeded by more than 2^31 rows.
  static arrow::Result<LayoutTrial> Make(const RowSample& sample, const Schema& schema,
                                         const BoundLog& log,
                                         const std::set<FieldId>& further_columns = {});

  // The columns that the log tests.
  const std::vector<SampledColumn>& columns() const { return columns_; }
  // Adds what the sample says of each column: distinct, width, selectivity.
  void Describe(std::vector<ColumnUse>* uses) const;

  // Judges by at most `queries_max` queries of the log, spread evenly.
  arrow::Result<TriedLayout> Try(const LayoutCandidate& candidate, const FileSizes& sizes,
                                 int64_t queries_max = INT64_MAX) const;

  // Rows of some files, encoded as the table's properties say: of the table as it is, and of a layout.
  arrow::Result<EncodedRows> EncodeAsIs(const TableMetadata& metadata) const;
  arrow::Result<EncodedRows> Encode(const LayoutCandidate& candidate, const FileSizes& sizes,
                                    const TableMetadata& metadata) const;

 private:
  // Rows of files: places in the sample, file by file, and where partitions begin.
  struct Cut {
    std::vector<int64_t> rows;
    struct File {
      int64_t begin = 0;
      int64_t end = 0;
    };
    std::vector<File> files;
    // By partition: its tuple, and its first file.
    std::vector<PartitionTuple> tuples;
    std::vector<size_t> first_files;
  };

  LayoutTrial(const RowSample& sample, const Schema& schema, const BoundLog& log)
      : sample_(&sample), schema_(&schema), log_(&log) {}

  arrow::Status OrderRows(const std::set<FieldId>& key_columns);
  // Appends the places of a partition's rows, in the order of the candidate.
  arrow::Status AddOrdered(std::shared_ptr<arrow::RecordBatch> rows, const RowOrder& order,
                           std::vector<int64_t>* places) const;
  // The columns that a sort order names, where all are ascending and their ranks are known; empty otherwise.
  std::vector<const SampledColumn*> RankedColumns(const RowOrder& order) const;
  arrow::Result<Cut> CutFiles(const LayoutCandidate& candidate, const FileSizes& sizes) const;

  const RowSample* sample_;
  const Schema* schema_;
  const BoundLog* log_;
  std::vector<SampledColumn> columns_;
  // The columns that candidates can be made of, in order of arrival, with the place of each row in the sample behind them.
  Schema key_schema_;
  std::shared_ptr<arrow::RecordBatch> keys_;
};

}  // namespace artemis
