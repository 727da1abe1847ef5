// Whole files through one plan, then touched files one by one.
#include "artemis/replay/diff_rows.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api.h>
#include <parquet/metadata.h>

#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/read/delete_rows.h"

namespace artemis {

namespace {

// By position in a file.
using RowFlags = std::vector<bool>;

void SetFlags(const DeletedPositions& positions, bool value, RowFlags* flags) {
  for (const int64_t position : positions) {
    const auto at = static_cast<size_t>(position);
    if (at >= flags->size()) {
      if (!value) continue;
      flags->resize(at + 1);
    }
    (*flags)[at] = value;
  }
}

std::vector<std::string> EqualityPaths(const ScanTask& task) {
  std::vector<std::string> paths;
  for (const auto& deletes : task.deletes) {
    if (deletes.file.content == FileContent::kEqualityDeletes) paths.push_back(deletes.file.path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class TouchedRows {
 public:
  explicit TouchedRows(const DiffReading& reading)
      : reading_(reading),
        deletes_(std::make_shared<DeleteLoader>(*reading.files, reading.view.metadata)) {}

  // The rows of `mine` that `other` does not leave.
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Open(const ScanTask& mine,
                                                                const ScanTask& other) {
    ARROW_ASSIGN_OR_RAISE(chosen_, ChosenRows(mine, other));
    if (std::find(chosen_.begin(), chosen_.end(), true) == chosen_.end()) {
      PassOver(mine);
      return nullptr;
    }
    ScanTask task = mine;
    ARROW_RETURN_NOT_OK(ChooseRowGroups(&task));
    ReadOptions read = reading_.read;
    read.positions = true;
    ++reading_.counters->files_read;
    return ReadPlan(PlanOf({std::move(task)}), *reading_.files, read);
  }

  // Of a batch that ends with positions, the chosen rows without them.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Keep(const arrow::RecordBatch& batch) const {
    const int last = batch.num_columns() - 1;
    const auto& positions = static_cast<const arrow::Int64Array&>(*batch.column(last));
    arrow::Int64Builder kept;
    for (int64_t row = 0; row < positions.length(); ++row) {
      const auto at = static_cast<size_t>(positions.Value(row));
      if (at < chosen_.size() && chosen_[at]) ARROW_RETURN_NOT_OK(kept.Append(row));
    }
    ARROW_ASSIGN_OR_RAISE(auto rows, batch.RemoveColumn(last));
    if (kept.length() == batch.num_rows()) return rows;
    ARROW_ASSIGN_OR_RAISE(const auto indices, kept.Finish());
    ARROW_ASSIGN_OR_RAISE(auto taken,
                          arrow::compute::Take(arrow::Datum(rows), arrow::Datum(indices)));
    return taken.record_batch();
  }

 private:
  void PassOver(const ScanTask& task) const {
    if (reading_.read.progress == nullptr) return;
    ++reading_.read.progress->files;
    reading_.read.progress->file_bytes += task.file.file_size_bytes;
  }

  ScanPlan PlanOf(std::vector<ScanTask> tasks) const {
    ScanPlan plan;
    plan.view = reading_.view;
    plan.predicate = reading_.predicate;
    plan.tasks = std::move(tasks);
    return plan;
  }

  // With the same equality deletes on both sides, what position deletes and deletion vectors say is enough.
  arrow::Result<RowFlags> ChosenRows(const ScanTask& mine, const ScanTask& other) {
    if (EqualityPaths(mine) != EqualityPaths(other)) return LiveRowsApart(mine, other);
    RowFlags chosen;
    ARROW_ASSIGN_OR_RAISE(const auto not_there, deletes_->PositionsFor(other));
    ARROW_ASSIGN_OR_RAISE(const auto not_here, deletes_->PositionsFor(mine));
    SetFlags(not_there, true, &chosen);
    SetFlags(not_here, false, &chosen);
    return chosen;
  }

  arrow::Result<RowFlags> LiveRowsApart(const ScanTask& mine, const ScanTask& other) {
    ARROW_ASSIGN_OR_RAISE(RowFlags chosen, LiveRows(mine));
    ARROW_ASSIGN_OR_RAISE(const RowFlags there, LiveRows(other));
    for (size_t i = 0; i < std::min(chosen.size(), there.size()); ++i) {
      if (there[i]) chosen[i] = false;
    }
    return chosen;
  }

  arrow::Result<RowFlags> LiveRows(ScanTask task) {
    task.residual = BoundPredicate::True();
    ReadOptions read = reading_.read;
    read.columns.emplace();
    read.positions = true;
    read.progress = nullptr;
    RowFlags live;
    ++reading_.counters->files_read;
    ARROW_ASSIGN_OR_RAISE(const auto rows,
                          ReadPlan(PlanOf({std::move(task)}), *reading_.files, read));
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
      if (batch == nullptr) return live;
      const auto& positions = static_cast<const arrow::Int64Array&>(*batch->column(0));
      DeletedPositions alive(positions.raw_values(), positions.raw_values() + positions.length());
      SetFlags(alive, true, &live);
    }
  }

  // Those with a chosen row, and in them the rows around which pages may be passed over.
  arrow::Status ChooseRowGroups(ScanTask* task) const {
    if (task->file.format != "PARQUET") return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto input, reading_.files->OpenInput(task->file.path));
    ARROW_ASSIGN_OR_RAISE(const auto footer, ReadFooter(std::move(input), task->file.path));
    task->row_groups.emplace();
    size_t begin = 0;
    for (int group = 0; group < footer->metadata->num_row_groups(); ++group) {
      const auto rows = static_cast<size_t>(footer->metadata->RowGroup(group)->num_rows());
      const size_t end = std::min(begin + rows, chosen_.size());
      std::vector<RowRange> ranges;
      for (size_t at = begin; at < end; ++at) {
        if (!chosen_[at]) continue;
        const auto first = static_cast<int64_t>(at - begin);
        if (!ranges.empty() && ranges.back().end() == first) {
          ++ranges.back().count;
        } else {
          ranges.push_back({first, 1});
        }
      }
      if (!ranges.empty()) {
        task->row_groups->push_back(group);
        task->row_ranges.push_back(std::move(ranges));
      }
      begin += rows;
    }
    return arrow::Status::OK();
  }

  const DiffReading reading_;
  const std::shared_ptr<DeleteLoader> deletes_;
  RowFlags chosen_;
};

class SideReader : public arrow::RecordBatchReader {
 public:
  SideReader(const DiffReading& reading, std::shared_ptr<const FileDifference> difference,
             DiffSide side, std::shared_ptr<arrow::RecordBatchReader> whole)
      : reading_(reading),
        difference_(std::move(difference)),
        side_(side),
        schema_(whole->schema()),
        rows_(std::move(whole)),
        touched_(reading) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    while (true) {
      *batch = nullptr;
      if (rows_ == nullptr) return arrow::Status::OK();
      ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
      if (*batch == nullptr) {
        ARROW_RETURN_NOT_OK(OpenNextTouched());
        continue;
      }
      reading_.counters->rows_read += (*batch)->num_rows();
      if (reading_.on_read) reading_.on_read();
      if (in_touched_) {
        ARROW_ASSIGN_OR_RAISE(*batch, touched_.Keep(**batch));
      }
      if ((*batch)->num_rows() > 0) return arrow::Status::OK();
    }
  }

  arrow::Status Close() override { return rows_ == nullptr ? arrow::Status::OK() : rows_->Close(); }

 private:
  arrow::Status OpenNextTouched() {
    in_touched_ = true;
    rows_.reset();
    while (rows_ == nullptr && next_ < difference_->touched.size()) {
      const auto& [before, after] = difference_->touched[next_++];
      const bool removed = side_ == DiffSide::kRemoved;
      ARROW_ASSIGN_OR_RAISE(rows_,
                            touched_.Open(removed ? before : after, removed ? after : before));
    }
    return arrow::Status::OK();
  }

  const DiffReading reading_;
  const std::shared_ptr<const FileDifference> difference_;
  const DiffSide side_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::RecordBatchReader> rows_;
  TouchedRows touched_;
  size_t next_ = 0;
  bool in_touched_ = false;
};

const std::vector<ScanTask>& WholeFiles(const FileDifference& difference, DiffSide side) {
  return side == DiffSide::kRemoved ? difference.removed : difference.added;
}

}  // namespace

bool MayHaveRows(const FileDifference& difference, DiffSide side) {
  return !difference.touched.empty() || !WholeFiles(difference, side).empty();
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenSide(
    const DiffReading& reading, std::shared_ptr<const FileDifference> difference, DiffSide side) {
  ScanPlan plan;
  plan.view = reading.view;
  plan.predicate = reading.predicate;
  plan.tasks = WholeFiles(*difference, side);
  reading.counters->files_read += static_cast<int64_t>(plan.tasks.size());
  ARROW_ASSIGN_OR_RAISE(auto whole, ReadPlan(std::move(plan), *reading.files, reading.read));
  return std::make_shared<SideReader>(reading, std::move(difference), side, std::move(whole));
}

}  // namespace artemis
