// Gathers, partitions, counts and pairs rows.
#include "artemis/replay/row_comparison.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api.h>
#include <arrow/util/byte_size.h>

#include "artemis/replay/row_hash.h"

namespace artemis {

namespace {

constexpr int kPartitionBits = 6;
constexpr size_t kPartitionCount = size_t{1} << kPartitionBits;
// The low word of a hash has bits for so many.
constexpr int kLevelsMax = 10;
// A batch keeps a hash of each row and of its identifier beside it.
constexpr int64_t kBytesBesideRow = 2 * static_cast<int64_t>(sizeof(RowHash));
constexpr int64_t kReleasedMin = int64_t{64} << 10;

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TakeRows(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<int64_t>& rows) {
  if (static_cast<int64_t>(rows.size()) == batch->num_rows()) {
    bool in_order = true;
    for (size_t i = 0; in_order && i < rows.size(); ++i)
      in_order = rows[i] == static_cast<int64_t>(i);
    if (in_order) return batch;
  }
  arrow::Int64Builder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(rows));
  ARROW_ASSIGN_OR_RAISE(const auto indices, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(auto taken,
                        arrow::compute::Take(arrow::Datum(batch), arrow::Datum(indices)));
  return taken.record_batch();
}

// Row i of `before`, then row i of `after`, and so on.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> Interleaved(
    const std::shared_ptr<arrow::RecordBatch>& before,
    const std::shared_ptr<arrow::RecordBatch>& after) {
  ARROW_ASSIGN_OR_RAISE(const auto both, arrow::ConcatenateRecordBatches({before, after}));
  std::vector<int64_t> order;
  for (int64_t i = 0; i < before->num_rows(); ++i) {
    order.push_back(i);
    order.push_back(before->num_rows() + i);
  }
  return TakeRows(both, order);
}

}  // namespace

RowComparison::RowComparison(const DiffColumns& columns, RowComparisonOptions options,
                             DiffCounters& counters)
    : columns_(columns),
      options_(std::move(options)),
      pairs_(columns.has_identifier() &&
             (columns.gives_both_ends() || (options_.gives_removed && options_.gives_added))),
      counters_(counters),
      pool_(options_.pool != nullptr ? options_.pool : arrow::system_memory_pool()),
      partitions_(1) {}

arrow::Result<RowComparison::Stored> RowComparison::Hashed(
    std::shared_ptr<arrow::RecordBatch> batch) const {
  Stored stored;
  ARROW_ASSIGN_OR_RAISE(const auto compared, columns_.Compared(*batch));
  ARROW_ASSIGN_OR_RAISE(stored.hashes, HashRows(compared, batch->num_rows()));
  if (pairs_) {
    ARROW_ASSIGN_OR_RAISE(const auto identifier, columns_.Identifier(*batch));
    ARROW_ASSIGN_OR_RAISE(stored.keys, HashRows(identifier, batch->num_rows()));
  }
  stored.batch = std::move(batch);
  return stored;
}

arrow::Result<const RowComparison::Stored*> RowComparison::Load(const Stored& stored,
                                                                Stored* scratch) const {
  if (stored.batch != nullptr) return &stored;
  ARROW_ASSIGN_OR_RAISE(auto batch, spill_->Read(stored.place));
  ARROW_ASSIGN_OR_RAISE(*scratch, Hashed(std::move(batch)));
  return scratch;
}

arrow::Status RowComparison::Add(DiffSide side, std::shared_ptr<arrow::RecordBatch> batch) {
  const int at = side == DiffSide::kRemoved ? 0 : 1;
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*batch));
  ARROW_ASSIGN_OR_RAISE(auto stored, Hashed(std::move(batch)));
  if (spill_ != nullptr) return SplitBatch(at, stored, 0, &spilled_);
  Partition& gathered = partitions_.front();
  gathered.rows += stored.batch->num_rows();
  memory_used_ += bytes + stored.batch->num_rows() * (kBytesBesideRow + RowCounts::kBytesPerRow);
  gathered.sides[at].push_back(std::move(stored));
  return memory_used_ > options_.memory_bytes ? SpillAll() : arrow::Status::OK();
}

arrow::Status RowComparison::SpillAll() {
  Partition gathered = std::move(partitions_.front());
  partitions_.clear();
  const auto& any = gathered.sides[0].empty() ? gathered.sides[1] : gathered.sides[0];
  ARROW_ASSIGN_OR_RAISE(
      spill_, SpillFile::Create(options_.temp_folder, any.front().batch->schema(), pool_));
  for (int side = 0; side < 2; ++side) {
    for (auto& stored : gathered.sides[side]) {
      ARROW_RETURN_NOT_OK(SplitBatch(side, stored, 0, &spilled_));
      stored = {};
    }
  }
  return arrow::Status::OK();
}

arrow::Status RowComparison::SplitBatch(int side, const Stored& stored, int level,
                                        std::vector<Partition>* partitions) {
  if (partitions->empty()) partitions->resize(kPartitionCount);
  std::vector<std::vector<int64_t>> rows_of(kPartitionCount);
  const auto& hashes = PartitionHashes(stored);
  for (size_t row = 0; row < hashes.size(); ++row) {
    const size_t at = (hashes[row].low >> (kPartitionBits * level)) % kPartitionCount;
    rows_of[at].push_back(static_cast<int64_t>(row));
  }
  for (size_t at = 0; at < kPartitionCount; ++at) {
    if (rows_of[at].empty()) continue;
    ARROW_ASSIGN_OR_RAISE(const auto part, TakeRows(stored.batch, rows_of[at]));
    Stored written;
    ARROW_ASSIGN_OR_RAISE(written.place, spill_->Write(*part));
    counters_.bytes_spilled += written.place.bytes;
    Partition& partition = (*partitions)[at];
    partition.level = level + 1;
    partition.rows += written.place.rows;
    partition.bytes += written.place.bytes;
    partition.sides[side].push_back(std::move(written));
  }
  return arrow::Status::OK();
}

// Rows are read one batch at a time; what stays in memory is a count of each, and rows that wait for their pair.
bool RowComparison::IsTooLarge(const Partition& partition) const {
  const int64_t bytes =
      partition.rows * RowCounts::kBytesPerRow + (pairs_ ? 2 * partition.bytes : 0);
  return !partition.is_final && partition.level > 0 && partition.level < kLevelsMax &&
         bytes > options_.memory_bytes;
}

void RowComparison::Release(const Stored& stored) {
  if (stored.place.bytes >= kReleasedMin) spill_->Release(stored.place);
}

arrow::Status RowComparison::SplitFront() {
  Partition large = std::move(partitions_.front());
  partitions_.pop_front();
  std::vector<Partition> parts;
  Stored scratch;
  for (int side = 0; side < 2; ++side) {
    for (const auto& stored : large.sides[side]) {
      ARROW_ASSIGN_OR_RAISE(const auto* loaded, Load(stored, &scratch));
      ARROW_RETURN_NOT_OK(SplitBatch(side, *loaded, large.level, &parts));
      Release(stored);
    }
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->rows == 0) continue;
    part->is_final = part->rows * 10 > large.rows * 9;
    partitions_.push_front(std::move(*part));
  }
  return arrow::Status::OK();
}

arrow::Result<std::optional<ChangeBatch>> RowComparison::Next() {
  if (!begun_) {
    begun_ = true;
    if (spill_ != nullptr) {
      for (auto& partition : spilled_) {
        if (partition.rows > 0) partitions_.push_back(std::move(partition));
      }
      spilled_.clear();
    }
  }
  while (ready_.empty()) {
    if (partitions_.empty()) return std::nullopt;
    if (phase_ == Phase::kBetween) {
      ARROW_RETURN_NOT_OK(BeginPartition());
      continue;
    }
    const bool removed = phase_ == Phase::kRemoved;
    auto& batches = partitions_.front().sides[removed ? 0 : 1];
    if (next_batch_ == batches.size()) {
      if (removed) {
        ARROW_RETURN_NOT_OK(BeginAdded());
      } else {
        EndPartition();
      }
      continue;
    }
    Stored scratch;
    ARROW_ASSIGN_OR_RAISE(const auto* stored, Load(batches[next_batch_], &scratch));
    ARROW_RETURN_NOT_OK(removed ? GiveRemoved(*stored) : GiveAdded(*stored));
    batches[next_batch_++].batch = nullptr;
  }
  ChangeBatch next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

arrow::Status RowComparison::BeginPartition() {
  if (IsTooLarge(partitions_.front())) return SplitFront();
  ARROW_RETURN_NOT_OK(Count());
  phase_ = Phase::kRemoved;
  next_batch_ = 0;
  return arrow::Status::OK();
}

arrow::Status RowComparison::Count() {
  counts_ = RowCounts();
  added_keys_ = RowCounts();
  Stored scratch;
  for (int side = 0; side < 2; ++side) {
    for (const auto& batch : partitions_.front().sides[side]) {
      ARROW_ASSIGN_OR_RAISE(const auto* stored, Load(batch, &scratch));
      for (size_t row = 0; row < stored->hashes.size(); ++row) {
        const RowHash key = pairs_ ? stored->keys[row] : RowHash{};
        counts_.Add(stored->hashes[row], side == 0 ? 1 : -1, key);
      }
    }
  }
  if (!pairs_) return arrow::Status::OK();
  for (const auto& entry : counts_.entries()) {
    if (entry.used && entry.count < 0) added_keys_.Add(entry.key, -entry.count);
  }
  return arrow::Status::OK();
}

arrow::Status RowComparison::GiveRemoved(const Stored& stored) {
  std::vector<int64_t> deleted, waiting;
  for (size_t row = 0; row < stored.hashes.size(); ++row) {
    auto* left = counts_.Find(stored.hashes[row]);
    if (left->count <= 0) continue;
    --left->count;
    auto* partner = pairs_ ? added_keys_.Find(stored.keys[row]) : nullptr;
    if (partner == nullptr || partner->count <= 0) {
      deleted.push_back(static_cast<int64_t>(row));
      continue;
    }
    --partner->count;
    waiting_[stored.keys[row]].push_back(waiting_rows_ + static_cast<int64_t>(waiting.size()));
    waiting.push_back(static_cast<int64_t>(row));
  }
  if (!waiting.empty()) {
    waiting_rows_ += static_cast<int64_t>(waiting.size());
    ARROW_ASSIGN_OR_RAISE(waiting_batches_.emplace_back(), TakeRows(stored.batch, waiting));
  }
  return options_.gives_removed ? Give(ChangeType::kDelete, stored, deleted) : arrow::Status::OK();
}

arrow::Status RowComparison::BeginAdded() {
  phase_ = Phase::kAdded;
  next_batch_ = 0;
  if (!waiting_batches_.empty()) {
    ARROW_ASSIGN_OR_RAISE(waiting_all_, arrow::ConcatenateRecordBatches(waiting_batches_));
    waiting_batches_.clear();
  }
  return arrow::Status::OK();
}

arrow::Status RowComparison::GiveAdded(const Stored& stored) {
  std::vector<int64_t> inserted, before, after;
  for (size_t row = 0; row < stored.hashes.size(); ++row) {
    auto* left = counts_.Find(stored.hashes[row]);
    if (left->count >= 0) continue;
    ++left->count;
    const auto partner = pairs_ ? waiting_.find(stored.keys[row]) : waiting_.end();
    if (partner == waiting_.end() || partner->second.empty()) {
      inserted.push_back(static_cast<int64_t>(row));
      continue;
    }
    before.push_back(partner->second.front());
    partner->second.pop_front();
    after.push_back(static_cast<int64_t>(row));
  }
  ARROW_RETURN_NOT_OK(GivePairs(stored, before, after));
  return options_.gives_added ? Give(ChangeType::kInsert, stored, inserted) : arrow::Status::OK();
}

void RowComparison::EndPartition() {
  for (const auto& side : partitions_.front().sides) {
    for (const auto& stored : side) Release(stored);
  }
  partitions_.pop_front();
  phase_ = Phase::kBetween;
  waiting_.clear();
  waiting_all_.reset();
  waiting_rows_ = 0;
}

arrow::Status RowComparison::Give(ChangeType type, const Stored& stored,
                                  const std::vector<int64_t>& rows) {
  if (rows.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto taken, TakeRows(stored.batch, rows));
  const bool removed = type == ChangeType::kDelete;
  ARROW_ASSIGN_OR_RAISE(auto output,
                        columns_.Output(removed ? taken : nullptr, removed ? nullptr : taken));
  ready_.push_back({{type}, std::move(output)});
  return arrow::Status::OK();
}

arrow::Status RowComparison::GivePairs(const Stored& stored, const std::vector<int64_t>& before,
                                       const std::vector<int64_t>& after) {
  if (before.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto old_rows, TakeRows(waiting_all_, before));
  ARROW_ASSIGN_OR_RAISE(const auto new_rows, TakeRows(stored.batch, after));
  std::shared_ptr<arrow::RecordBatch> old_output, new_output;
  if (columns_.gives_both_ends()) {
    ARROW_ASSIGN_OR_RAISE(old_output, columns_.Output(old_rows, new_rows));
    new_output = old_output;
  } else {
    ARROW_ASSIGN_OR_RAISE(old_output, columns_.Output(old_rows, nullptr));
    ARROW_ASSIGN_OR_RAISE(new_output, columns_.Output(nullptr, new_rows));
  }
  if (!options_.gives_added) {
    ready_.push_back({{ChangeType::kUpdateBefore}, std::move(old_output)});
  } else if (!options_.gives_removed) {
    ready_.push_back({{ChangeType::kUpdateAfter}, std::move(new_output)});
  } else {
    ARROW_ASSIGN_OR_RAISE(auto pairs, Interleaved(old_output, new_output));
    ready_.push_back({{ChangeType::kUpdateBefore, ChangeType::kUpdateAfter}, std::move(pairs)});
  }
  return arrow::Status::OK();
}

}  // namespace artemis
