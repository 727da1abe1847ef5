// Steps to changes, changes to batches.
#include "artemis/replay/diff_stream.h"

#include "artemis/replay/row_comparison.h"

namespace artemis {

namespace {

// The changes of one step.
class StepChanges {
 public:
  StepChanges(const DiffPlan& plan, const DiffStep& step, DiffStreamKind kind)
      : plan_(plan),
        step_(step),
        gives_removed_(kind != DiffStreamKind::kAdded),
        gives_added_(kind != DiffStreamKind::kRemoved) {}

  arrow::Result<std::optional<ChangeBatch>> Next() {
    if (!begun_) ARROW_RETURN_NOT_OK(Begin());
    if (comparison_ != nullptr) return comparison_->Next();
    if (straight_ == nullptr) return std::nullopt;
    auto batch = std::move(first_);
    first_ = nullptr;
    if (batch == nullptr) ARROW_RETURN_NOT_OK(straight_->ReadNext(&batch));
    if (batch == nullptr) return std::nullopt;
    const bool removed = straight_side_ == DiffSide::kRemoved;
    ARROW_ASSIGN_OR_RAISE(
        auto rows, plan_.columns.Output(removed ? batch : nullptr, removed ? nullptr : batch));
    return ChangeBatch{{removed ? ChangeType::kDelete : ChangeType::kInsert}, std::move(rows)};
  }

 private:
  arrow::Status Begin() {
    begun_ = true;
    const bool may_remove = MayHaveRows(*step_.files, DiffSide::kRemoved);
    const bool may_add = MayHaveRows(*step_.files, DiffSide::kAdded);
    if ((!may_remove || !gives_removed_) && (!may_add || !gives_added_)) {
      return arrow::Status::OK();
    }
    if (!may_remove) return GoStraight(DiffSide::kAdded);
    if (!may_add) return GoStraight(DiffSide::kRemoved);
    return Compare();
  }

  arrow::Status GoStraight(DiffSide side) {
    straight_side_ = side;
    return Open(side).Value(&straight_);
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Open(DiffSide side) const {
    return OpenSide(plan_.reading, step_.files, side);
  }

  // Added rows first: a step that only deleted has none, whatever its files look like.
  arrow::Status Compare() {
    ARROW_ASSIGN_OR_RAISE(const auto added, Open(DiffSide::kAdded));
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(added->ReadNext(&batch));
    if (batch == nullptr) {
      return gives_removed_ ? GoStraight(DiffSide::kRemoved) : arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(const auto removed, Open(DiffSide::kRemoved));
    std::shared_ptr<arrow::RecordBatch> first_removed;
    ARROW_RETURN_NOT_OK(removed->ReadNext(&first_removed));
    if (first_removed == nullptr) {
      if (!gives_added_) return arrow::Status::OK();
      straight_side_ = DiffSide::kAdded;
      straight_ = added;
      first_ = std::move(batch);
      return arrow::Status::OK();
    }
    RowComparisonOptions options;
    options.gives_removed = gives_removed_;
    options.gives_added = gives_added_;
    options.memory_bytes = plan_.memory_bytes;
    options.temp_folder = plan_.temp_folder;
    options.pool = plan_.reading.read.pool;
    comparison_ = std::make_unique<RowComparison>(plan_.columns, options, *plan_.reading.counters);
    ARROW_RETURN_NOT_OK(AddAll(DiffSide::kAdded, std::move(batch), *added));
    return AddAll(DiffSide::kRemoved, std::move(first_removed), *removed);
  }

  arrow::Status AddAll(DiffSide side, std::shared_ptr<arrow::RecordBatch> batch,
                       arrow::RecordBatchReader& rows) {
    while (batch != nullptr) {
      ARROW_RETURN_NOT_OK(comparison_->Add(side, std::move(batch)));
      ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    }
    return rows.Close();
  }

  const DiffPlan& plan_;
  const DiffStep& step_;
  const bool gives_removed_, gives_added_;
  bool begun_ = false;
  std::unique_ptr<RowComparison> comparison_;
  // Where one side is empty: the other, and a batch of it that was read already.
  std::shared_ptr<arrow::RecordBatchReader> straight_;
  std::shared_ptr<arrow::RecordBatch> first_;
  DiffSide straight_side_ = DiffSide::kAdded;
};

class DiffStream : public arrow::RecordBatchReader {
 public:
  DiffStream(std::shared_ptr<const DiffPlan> plan, DiffStreamKind kind)
      : plan_(std::move(plan)), kind_(kind), left_(plan_->limit) {
    const auto& rows = plan_->columns.output_schema();
    schema_ = kind == DiffStreamKind::kChanges ? ChangeSchema(*rows) : rows;
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (failure_.ok()) failure_ = Advance(batch);
    return failure_;
  }

  arrow::Status Close() override {
    current_.reset();
    next_ = plan_->steps.size();
    return arrow::Status::OK();
  }

 private:
  arrow::Status Advance(std::shared_ptr<arrow::RecordBatch>* batch) {
    if (left_ && *left_ <= 0) return Close();
    while (true) {
      ARROW_RETURN_NOT_OK(plan_->reading.read.stop.Poll());
      if (current_ == nullptr) {
        if (next_ == plan_->steps.size()) return arrow::Status::OK();
        current_ = std::make_unique<StepChanges>(*plan_, plan_->steps[next_++], kind_);
      }
      ARROW_ASSIGN_OR_RAISE(auto changes, current_->Next());
      if (changes) return Give(*changes, batch);
      current_.reset();
    }
  }

  arrow::Status Give(const ChangeBatch& changes, std::shared_ptr<arrow::RecordBatch>* batch) {
    *batch = changes.rows;
    if (kind_ == DiffStreamKind::kChanges) {
      const ChangeCommit& commit = plan_->steps[next_ - 1].commit;
      ARROW_ASSIGN_OR_RAISE(*batch, WithChangeColumns(changes, commit, schema_));
    }
    if (left_ && (*batch)->num_rows() > *left_) *batch = (*batch)->Slice(0, *left_);
    if (left_) *left_ -= (*batch)->num_rows();
    return arrow::Status::OK();
  }

  const std::shared_ptr<const DiffPlan> plan_;
  const DiffStreamKind kind_;
  std::shared_ptr<arrow::Schema> schema_;
  std::optional<int64_t> left_;
  size_t next_ = 0;
  std::unique_ptr<StepChanges> current_;
  arrow::Status failure_;
};

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> OpenDiffStream(std::shared_ptr<const DiffPlan> plan,
                                                         DiffStreamKind kind) {
  return std::make_shared<DiffStream>(std::move(plan), kind);
}

}  // namespace artemis
