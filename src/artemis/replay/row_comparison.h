// What is left of two sets of rows once the rows that both have cancel each other, with the rows of one identifier paired.
//
// Steps, over rows of which only 128-bit hashes are compared (row_hash.h):
//   1. Rows of both sides are gathered in memory. Past the budget they are split over 64 partitions by the hash of their
//      identifier (without one: of the row) and put aside on disk, and so are those that follow.
//   2. Of a partition, the rows of both sides are counted: +1 for a removed row, -1 for an added one. A partition that is still
//      too large is split once more.
//   3. Its removed rows are gone through: those whose count is not used up are deletes, or wait where an added row that is
//      left over has their identifier.
//   4. Its added rows are gone through: those left over are inserts, or the other half of an update.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/spill_file.h"
#include "artemis/replay/change_columns.h"
#include "artemis/replay/diff_columns.h"
#include "artemis/replay/diff_rows.h"
#include "artemis/replay/row_counts.h"

namespace artemis {

struct RowComparisonOptions {
  // Which rows are given out.
  bool gives_removed = true;
  bool gives_added = true;
  int64_t memory_bytes = int64_t{256} << 20;
  std::string temp_folder;
  arrow::MemoryPool* pool = nullptr;  // default: Arrow's system pool
};

// Add all rows of both sides, then take the changes. One thread at a time; `columns` and `counters` must outlive it.
class RowComparison {
 public:
  RowComparison(const DiffColumns& columns, RowComparisonOptions options, DiffCounters& counters);

  // Rows as they were read. IOError when the disk is full.
  arrow::Status Add(DiffSide side, std::shared_ptr<arrow::RecordBatch> batch);

  // The next changes, as the columns give them out; nullopt at the end. Deletes of a partition come before its inserts, the two rows of
  // an update together.
  arrow::Result<std::optional<ChangeBatch>> Next();

 private:
  // A batch in memory or on disk.
  struct Stored {
    std::shared_ptr<arrow::RecordBatch> batch;
    SpilledBatch place;
    // Of a batch in memory.
    std::vector<RowHash> hashes, keys;
  };
  struct Partition {
    std::array<std::vector<Stored>, 2> sides;
    int level = 0;
    int64_t rows = 0, bytes = 0;
    bool is_final = false;  // splitting does not make it smaller
  };
  enum class Phase : uint8_t { kBetween, kRemoved, kAdded };
  using Waiting = std::unordered_map<RowHash, std::deque<int64_t>, RowHashHasher>;

  arrow::Result<Stored> Hashed(std::shared_ptr<arrow::RecordBatch> batch) const;
  // `stored` itself where it is in memory, else `*scratch`.
  arrow::Result<const Stored*> Load(const Stored& stored, Stored* scratch) const;
  const std::vector<RowHash>& PartitionHashes(const Stored& stored) const {
    return pairs_ ? stored.keys : stored.hashes;
  }
  bool IsTooLarge(const Partition& partition) const;
  arrow::Status SpillAll();
  arrow::Status SplitBatch(int side, const Stored& stored, int level,
                           std::vector<Partition>* partitions);
  arrow::Status SplitFront();
  // Gives disk space back where that is worth a call.
  void Release(const Stored& stored);

  arrow::Status BeginPartition();
  arrow::Status Count();
  arrow::Status BeginAdded();
  void EndPartition();
  arrow::Status GiveRemoved(const Stored& stored);
  arrow::Status GiveAdded(const Stored& stored);
  arrow::Status Give(ChangeType type, const Stored& stored, const std::vector<int64_t>& rows);
  arrow::Status GivePairs(const Stored& stored, const std::vector<int64_t>& before,
                          const std::vector<int64_t>& after);

  const DiffColumns& columns_;
  const RowComparisonOptions options_;
  // Updates are told from deletes and inserts.
  const bool pairs_;
  DiffCounters& counters_;
  arrow::MemoryPool* const pool_;

  std::unique_ptr<SpillFile> spill_;
  std::shared_ptr<arrow::Schema> spill_schema_;
  bool begun_ = false;
  int64_t memory_used_ = 0;
  std::deque<Partition>
      partitions_;  // the front is at work; before the first Next, rows are gathered in it
  std::vector<Partition> spilled_;

  Phase phase_ = Phase::kBetween;
  size_t next_batch_ = 0;
  RowCounts counts_;
  // By identifier: added rows that are left over.
  RowCounts added_keys_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> waiting_batches_;
  int64_t waiting_rows_ = 0;
  Waiting waiting_;
  std::shared_ptr<arrow::RecordBatch> waiting_all_;
  std::deque<ChangeBatch> ready_;
};

}  // namespace artemis
