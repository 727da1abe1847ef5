// The stream over a plan: its columns, its order on one thread, its limit.
#include "artemis/read/read_plan.h"

#include <algorithm>

#include <arrow/util/byte_size.h>

#include "artemis/read/parallel_stream.h"
#include "artemis/read/partition_column.h"
#include "artemis/read/unit_reader.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

int64_t BytesOf(const arrow::RecordBatch& batch) { return arrow::util::TotalBufferSize(batch); }

// Reads in plan order on the caller's thread.
class SerialReader : public arrow::RecordBatchReader {
 public:
  SerialReader(std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks)
      : context_(std::move(context)), tasks_(std::move(tasks)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return context_->output_schema; }
  // A failure stays: going on would leave rows out.
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (failure_.ok()) failure_ = Advance(batch);
    return failure_;
  }

 private:
  arrow::Status Advance(std::shared_ptr<arrow::RecordBatch>* batch) {
    while (true) {
      ARROW_RETURN_NOT_OK(context_->options.stop.Poll());
      if (!reader_) {
        ARROW_ASSIGN_OR_RAISE(const bool found, OpenNextUnit());
        if (!found) return arrow::Status::OK();
      }
      ARROW_ASSIGN_OR_RAISE(*batch, reader_->Next());
      if (*batch != nullptr) return arrow::Status::OK();
      reader_.reset();
      NoteUnit(context_->options.progress.get(), *file_, ++file_units_done_, file_units_);
    }
  }

  arrow::Result<bool> OpenNextUnit() {
    while (units_.empty()) {
      if (next_ == tasks_.size()) return false;
      ARROW_ASSIGN_OR_RAISE(file_, OpenTask(*context_, tasks_[next_++]));
      ARROW_ASSIGN_OR_RAISE(units_, UnitsOf(*context_, file_));
      std::reverse(units_.begin(), units_.end());
      file_units_ = static_cast<int64_t>(units_.size());
      file_units_done_ = 0;
      if (units_.empty()) NoteUnit(context_->options.progress.get(), *file_, 0, 0);
    }
    reader_.emplace(context_, std::move(units_.back()));
    units_.pop_back();
    return true;
  }

  const std::shared_ptr<const ReadContext> context_;
  const std::vector<ScanTask> tasks_;
  size_t next_ = 0;
  // Of the file that is being read, the next one last.
  std::vector<ReadUnit> units_;
  std::shared_ptr<const OpenedFile> file_;
  int64_t file_units_ = 0;
  int64_t file_units_done_ = 0;
  std::optional<UnitReader> reader_;
  arrow::Status failure_;
};

// Cuts the stream at the limit and counts what goes through.
class CountedReader : public arrow::RecordBatchReader {
 public:
  CountedReader(std::shared_ptr<arrow::RecordBatchReader> rows, std::optional<int64_t> limit,
                std::shared_ptr<ReadCounters> counters)
      : rows_(std::move(rows)), left_(limit), counters_(std::move(counters)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    if (left_ && *left_ <= 0) return rows_->Close();
    ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
    if (*batch == nullptr) return arrow::Status::OK();
    if (left_ && (*batch)->num_rows() > *left_) *batch = (*batch)->Slice(0, *left_);
    if (left_) *left_ -= (*batch)->num_rows();
    counters_->rows += (*batch)->num_rows();
    counters_->bytes += BytesOf(**batch);
    return arrow::Status::OK();
  }
  arrow::Status Close() override { return rows_->Close(); }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  std::optional<int64_t> left_;
  const std::shared_ptr<ReadCounters> counters_;
};

arrow::Result<Field> OutputField(const TableView& view, FieldId id) {
  for (const Field& field : view.schema->fields) {
    if (field.id == id) return field;
  }
  const Field* reserved = FindMetadataColumn(id);
  if (reserved == nullptr || id == kDeletedPathColumn || id == kDeletedPositionColumn) {
    return arrow::Status::Invalid("field id ", id.value, " is no top-level column");
  }
  const bool is_lineage = id == kRowIdColumn || id == kLastUpdatedColumn;
  if (is_lineage && view.metadata->format_version < 3) {
    return arrow::Status::Invalid("column ", reserved->name,
                                  " needs format version 3, the table has ",
                                  view.metadata->format_version);
  }
  if (id == kPartitionColumn) return PartitionColumn(*view.metadata);
  return *reserved;
}

arrow::Result<std::vector<Field>> OutputFields(const TableView& view, const ReadOptions& options) {
  std::vector<Field> fields;
  if (!options.columns) fields = view.schema->fields;
  for (const FieldId id : options.columns.value_or(std::vector<FieldId>())) {
    ARROW_ASSIGN_OR_RAISE(Field field, OutputField(view, id));
    fields.push_back(std::move(field));
  }
  if (options.positions) fields.push_back(*FindMetadataColumn(kPositionColumn));
  for (const Field& field : fields) ARROW_RETURN_NOT_OK(RefuseUnsupported(field, "read"));
  return fields;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadPlan(
    ScanPlan plan, FileSystem& files, const ReadOptions& options,
    std::shared_ptr<ReadCounters> counters) {
  auto context = std::make_shared<ReadContext>();
  context->view = plan.view;
  context->files = &files;
  context->options = options;
  context->options.files_max = std::max(1, options.files_max);
  if (context->options.pool == nullptr) context->options.pool = arrow::system_memory_pool();
  ARROW_ASSIGN_OR_RAISE(context->output, OutputFields(plan.view, options));
  context->output_schema = ToArrowSchema(Schema{plan.view.schema->id, context->output, {}});
  context->deletes = std::make_shared<DeleteLoader>(files, plan.view.metadata, options.stop);
  if (counters == nullptr) counters = std::make_shared<ReadCounters>();
  counters->files = static_cast<int64_t>(plan.tasks.size());
  std::shared_ptr<arrow::RecordBatchReader> rows;
  if (options.threads <= 1) {
    rows = std::make_shared<SerialReader>(std::move(context), std::move(plan.tasks));
  } else {
    rows = MakeParallelStream(std::move(context), std::move(plan.tasks));
  }
  return std::make_shared<CountedReader>(std::move(rows), options.limit, std::move(counters));
}

}  // namespace artemis
