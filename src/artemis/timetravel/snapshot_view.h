// A table as it stood at one moment, to be read as often as one likes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/table.h>

#include "artemis/replay/replay.h"

namespace artemis {

// A pin: what is committed, expired from the metadata or altered afterwards does not change what it reads, while the files are there.
// Copies share it. Thread-safe. Keeps its catalog open, and so do its streams.
class SnapshotView {
 public:
  // `pin` as Resolve gave it, of a table of `catalog` called `table`.
  SnapshotView(std::shared_ptr<Catalog> catalog, const TableName& table, PinnedSnapshot pin);

  // Unset: the table before its first commit, which has columns and no rows.
  std::optional<SnapshotId> snapshot_id() const { return pin_.view.snapshot_id; }
  // When it became current; of a snapshot named by its id when it was committed. Unset before the first commit.
  std::optional<TimestampMs> committed_at() const { return pin_.committed_at; }
  // The columns it is read in, under the names of then (of today in current mode).
  const Schema& schema() const { return *pin_.view.schema; }
  const PinnedSnapshot& pin() const { return pin_; }

  // The rows: all, those of options.where, in options.columns (replay/replay_session.h). options.mode has no effect: the mode was chosen
  // with the view. Batches come in no order. Errors of Bind for a column or value that does not fit; while reading SnapshotExpired where
  // the files were removed with their snapshot, CorruptFile where they are missing or broken.
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Scan(
      const ReplayOptions& options = {}) const;
  // The same in memory.
  arrow::Result<std::shared_ptr<arrow::Table>> ToTable(const ReplayOptions& options = {}) const;
  // The rows for which `where` is true; ReadAll of a small result.
  arrow::Result<std::shared_ptr<arrow::Table>> ToTable(const Predicate& where) const;

  // How many rows there are. Reads metadata alone where no row is deleted from a file.
  arrow::Result<int64_t> RowCount() const;
  // How many of them match: files are read where their metadata does not decide.
  arrow::Result<int64_t> RowCount(const Predicate& where) const;

 private:
  arrow::Result<int64_t> Count(ReplayOptions options) const;

  std::shared_ptr<Catalog> catalog_;
  PinnedSnapshot pin_;
  std::shared_ptr<ReplayEngine> engine_;
};

}  // namespace artemis
