// Groups, runs, and a thread that hands their rows over.
#include "artemis/replay/ordered_rows.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/byte_size.h>

#include "artemis/base/error.h"
#include "artemis/io/unnamed_file.h"
#include "artemis/layout/merge_runs.h"
#include "artemis/layout/sorted_rows.h"
#include "artemis/replay/file_chains.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
// Batches that wait for the reader.
constexpr size_t kWaitingMax = 2;
constexpr size_t kRunsAtOnceMax = 64;
// Merging takes the runs' batches, what is cut off them, and that sorted.
constexpr int64_t kMergeShare = 4 * static_cast<int64_t>(kRunsAtOnceMax);
constexpr int64_t kChainBatchBytesMin = int64_t{64} << 10;

using Batch = std::shared_ptr<arrow::RecordBatch>;

bool IsTime(TypeKind kind) {
  return kind == TypeKind::kDate || kind == TypeKind::kTimestamp ||
         kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestampNs ||
         kind == TypeKind::kTimestamptzNs;
}

bool IsTimeTransform(TransformKind kind) {
  return kind == TransformKind::kYear || kind == TransformKind::kMonth ||
         kind == TransformKind::kDay || kind == TransformKind::kHour;
}

const Field* TopLevel(const Schema& schema, FieldId id) {
  for (const Field& field : schema.fields) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

// Sorted rows that were put aside.
struct SpilledRun {
  struct Piece {
    int64_t offset = 0;
    int64_t bytes = 0;
  };
  std::vector<Piece> pieces;
};

class RunFile {
 public:
  RunFile(std::shared_ptr<arrow::Schema> schema, arrow::MemoryPool* pool)
      : schema_(std::move(schema)), pool_(pool) {}

  arrow::Status Write(const arrow::RecordBatch& rows, SpilledRun* run) {
    if (file_ == nullptr) {
      ARROW_ASSIGN_OR_RAISE(file_, UnnamedFile::Create(""));
    }
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.memory_pool = pool_;
    options.use_threads = false;
    ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeRecordBatch(rows, options));
    ARROW_ASSIGN_OR_RAISE(const int64_t offset, file_->Append(*bytes));
    run->pieces.push_back({offset, bytes->size()});
    return arrow::Status::OK();
  }

  // Gives the run's batches one by one, and their space back.
  BatchSource SourceOf(SpilledRun run) const {
    return [this, run = std::move(run), next = size_t{0}]() mutable -> arrow::Result<Batch> {
      if (next == run.pieces.size()) return nullptr;
      const auto piece = run.pieces[next++];
      ARROW_ASSIGN_OR_RAISE(auto bytes, file_->Read(piece.offset, piece.bytes, pool_));
      file_->Release(piece.offset, piece.bytes);
      arrow::io::BufferReader reader(std::move(bytes));
      const arrow::ipc::DictionaryMemo none;
      auto options = arrow::ipc::IpcReadOptions::Defaults();
      options.memory_pool = pool_;
      options.use_threads = false;
      return arrow::ipc::ReadRecordBatch(schema_, &none, options, &reader);
    };
  }

 private:
  const std::shared_ptr<arrow::Schema> schema_;
  arrow::MemoryPool* const pool_;
  std::unique_ptr<UnnamedFile> file_;
};

// Sorts the rows of one group after the other.
class GroupSorter {
 public:
  GroupSorter(RowOrdering ordering, std::shared_ptr<arrow::Schema> schema,
              const ReadOptions& options, int64_t memory_bytes)
      : ordering_(std::move(ordering)),
        pool_(options.pool != nullptr ? options.pool : arrow::system_memory_pool()),
        batch_rows_(options.batch_rows),
        memory_bytes_(memory_bytes),
        file_(std::move(schema), pool_) {}

  // `chains` are in order already.
  arrow::Status Sort(arrow::RecordBatchReader& rows, std::vector<BatchSource> chains,
                     const BatchSink& sink) {
    std::vector<Batch> held;
    int64_t bytes = 0;
    std::deque<SpilledRun> runs;
    while (true) {
      Batch batch;
      ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
      if (batch == nullptr) break;
      bytes += arrow::util::TotalBufferSize(*batch);
      row_count_ += batch->num_rows();
      byte_count_ += arrow::util::ReferencedBufferSize(*batch).ValueOr(0);
      held.push_back(std::move(batch));
      // Sorting takes the rows once more.
      if (bytes < memory_bytes_ / 2) continue;
      ARROW_RETURN_NOT_OK(PutAside(std::exchange(held, {}), &runs));
      bytes = 0;
    }
    if (runs.empty() && chains.empty()) {
      return held.empty() ? arrow::Status::OK() : GiveSorted(std::move(held), sink);
    }
    // Chains need the memory.
    if (!held.empty()) ARROW_RETURN_NOT_OK(PutAside(std::move(held), &runs));
    return Merge(std::move(runs), std::move(chains), sink);
  }

 private:
  arrow::Result<SortedRows> Sorted(std::vector<Batch> rows) const {
    SortRowsOptions options;
    options.pool = pool_;
    return SortedRows::Make(std::move(rows), ordering_, options);
  }

  arrow::Status GiveSorted(std::vector<Batch> rows, const BatchSink& sink) const {
    ARROW_ASSIGN_OR_RAISE(const auto sorted, Sorted(std::move(rows)));
    for (int64_t first = 0; first < sorted.num_rows(); first += batch_rows_) {
      ARROW_ASSIGN_OR_RAISE(const auto batch,
                            sorted.Gather(first, std::min(batch_rows_, sorted.num_rows() - first)));
      ARROW_RETURN_NOT_OK(sink(batch));
    }
    return arrow::Status::OK();
  }

  // Small enough that a batch of each of many runs is in memory at once.
  int64_t RunBatchRows() const {
    const int64_t row_bytes = std::max<int64_t>(1, byte_count_ / std::max<int64_t>(1, row_count_));
    return std::clamp<int64_t>(memory_bytes_ / kMergeShare / row_bytes, 1, batch_rows_);
  }

  arrow::Status PutAside(std::vector<Batch> rows, std::deque<SpilledRun>* runs) {
    ARROW_ASSIGN_OR_RAISE(const auto sorted, Sorted(std::move(rows)));
    SpilledRun& run = runs->emplace_back();
    const int64_t step = RunBatchRows();
    for (int64_t first = 0; first < sorted.num_rows(); first += step) {
      ARROW_ASSIGN_OR_RAISE(const auto batch,
                            sorted.Gather(first, std::min(step, sorted.num_rows() - first)));
      ARROW_RETURN_NOT_OK(file_.Write(*batch, &run));
    }
    return arrow::Status::OK();
  }

  arrow::Status MergeSome(std::vector<SpilledRun> runs, std::vector<BatchSource> chains,
                          int64_t batch_rows, const BatchSink& sink) const {
    std::vector<BatchSource> sources;
    for (auto& run : runs) sources.push_back(file_.SourceOf(std::move(run)));
    std::move(chains.begin(), chains.end(), std::back_inserter(sources));
    return MergeRuns(std::move(sources), ordering_, batch_rows, pool_, sink);
  }

  arrow::Status Merge(std::deque<SpilledRun> runs, std::vector<BatchSource> chains,
                      const BatchSink& sink) {
    while (runs.size() > 1 && runs.size() + chains.size() > kRunsAtOnceMax) {
      std::vector<SpilledRun> first;
      for (size_t i = 0; i < kRunsAtOnceMax && !runs.empty(); ++i) {
        first.push_back(std::move(runs.front()));
        runs.pop_front();
      }
      SpilledRun merged;
      ARROW_RETURN_NOT_OK(MergeSome(std::move(first), {}, RunBatchRows(), [&](const Batch& batch) {
        return file_.Write(*batch, &merged);
      }));
      runs.push_back(std::move(merged));
    }
    return MergeSome({std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end())},
                     std::move(chains), batch_rows_, sink);
  }

  const RowOrdering ordering_;
  arrow::MemoryPool* const pool_;
  const int64_t batch_rows_;
  const int64_t memory_bytes_;
  RunFile file_;
  int64_t row_count_ = 0;
  int64_t byte_count_ = 0;
};

class OrderedRows : public arrow::RecordBatchReader {
 public:
  struct Parts {
    ScanPlan plan;  // without tasks
    std::vector<std::vector<ScanTask>> groups;
    FileSystem* files = nullptr;
    ReadOptions options;  // with the column to order by among its columns
    std::shared_ptr<arrow::Schema> schema;
    // What the rows are ordered by.
    Field column;
    // How many of the columns are given out: the column to order by may be one more.
    int columns_given = 0;
    int64_t memory_bytes = 0;
    std::optional<int64_t> limit;
    std::shared_ptr<ReadCounters> counters;
  };

  OrderedRows(Parts parts, RowOrdering ordering)
      : parts_(std::move(parts)),
        given_schema_(GivenSchema(parts_)),
        left_(parts_.limit),
        ordering_(std::move(ordering)),
        sorter_(ordering_, parts_.schema, parts_.options, parts_.memory_bytes) {}
  ~OrderedRows() override { Stop(); }

  std::shared_ptr<arrow::Schema> schema() const override { return given_schema_; }

  arrow::Status ReadNext(Batch* batch) override {
    *batch = nullptr;
    std::unique_lock lock(mutex_);
    if (!started_) {
      started_ = true;
      worker_ = std::thread([this] { Work(); });
    }
    changed_.wait(lock, [&] { return !waiting_.empty() || ended_ || stopped_; });
    if (waiting_.empty()) return failure_;
    *batch = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    parts_.counters->rows += (*batch)->num_rows();
    parts_.counters->bytes += arrow::util::TotalBufferSize(**batch);
    return arrow::Status::OK();
  }

  arrow::Status Close() override {
    Stop();
    return arrow::Status::OK();
  }

 private:
  static std::shared_ptr<arrow::Schema> GivenSchema(const Parts& parts) {
    arrow::FieldVector fields = parts.schema->fields();
    fields.resize(static_cast<size_t>(parts.columns_given));
    return arrow::schema(std::move(fields), parts.schema->metadata());
  }

  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
      started_ = true;
    }
    changed_.notify_all();
    if (worker_.joinable()) worker_.join();
  }

  void Work() {
    const auto status = SortGroups();
    std::lock_guard lock(mutex_);
    failure_ = status;
    ended_ = true;
    changed_.notify_all();
  }

  arrow::Status SortGroups() {
    for (auto& group : parts_.groups) {
      if (IsDone()) return arrow::Status::OK();
      const auto status = GiveGroup(std::move(group));
      if (IsDone()) return arrow::Status::OK();
      ARROW_RETURN_NOT_OK(status);
    }
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Read(std::vector<ScanTask> tasks,
                                                                int64_t batch_bytes) const {
    ScanPlan plan = parts_.plan;
    plan.tasks = std::move(tasks);
    ReadOptions options = parts_.options;
    options.batch_bytes = batch_bytes;
    return ReadPlan(std::move(plan), *parts_.files, options);
  }

  // Files that are in order go out as they are where they follow each other, and are merged where they overlap.
  arrow::Status GiveGroup(std::vector<ScanTask> group) {
    const FileChainRequest request{&parts_.plan, parts_.files, parts_.options, parts_.column,
                                   parts_.memory_bytes / 2};
    ARROW_ASSIGN_OR_RAISE(FileChains found, FindFileChains(request, std::move(group)));
    const auto sink = [&](const Batch& batch) { return Push(batch); };
    if (found.others.empty() && found.chains.size() == 1) {
      ARROW_ASSIGN_OR_RAISE(const auto rows,
                            Read(std::move(found.chains[0]), parts_.options.batch_bytes));
      return PushAll(*rows);
    }
    // Merging takes three times the batches.
    const int64_t share = parts_.memory_bytes / 2 / 4 /
                          static_cast<int64_t>(std::max<size_t>(1, found.chains.size()));
    const int64_t batch_bytes =
        std::min(parts_.options.batch_bytes, std::max(kChainBatchBytesMin, share));
    std::vector<BatchSource> chains;
    for (auto& chain : found.chains) {
      ARROW_ASSIGN_OR_RAISE(auto rows, Read(std::move(chain), batch_bytes));
      chains.push_back([rows = std::move(rows)]() -> arrow::Result<Batch> {
        Batch batch;
        ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
        return batch;
      });
    }
    ARROW_ASSIGN_OR_RAISE(const auto others,
                          Read(std::move(found.others), parts_.options.batch_bytes));
    return sorter_.Sort(*others, std::move(chains), sink);
  }

  arrow::Status PushAll(arrow::RecordBatchReader& rows) {
    while (true) {
      Batch batch;
      ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
      if (batch == nullptr) return arrow::Status::OK();
      ARROW_RETURN_NOT_OK(Push(std::move(batch)));
    }
  }

  // Groups and chains follow bounds, which may lie.
  arrow::Status CheckFollows(const arrow::RecordBatch& batch) {
    const auto key_of = [&](int64_t row) {
      return ordering_.Keys(*batch.Slice(row, 1), SortKeyScope::kAllBatches, 1,
                            arrow::system_memory_pool());
    };
    ARROW_ASSIGN_OR_RAISE(const RowKeys first, key_of(0));
    if (last_ && first.IsBefore(0, *last_, 0)) {
      return CorruptFileError(parts_.plan.view.metadata->location,
                              "bounds of column " + parts_.column.name +
                                  " in the manifests contradict the rows of the files");
    }
    ARROW_ASSIGN_OR_RAISE(last_, key_of(batch.num_rows() - 1));
    return arrow::Status::OK();
  }

  bool IsDone() {
    std::lock_guard lock(mutex_);
    return stopped_ || (left_ && *left_ <= 0);
  }

  arrow::Status Push(Batch batch) {
    ARROW_RETURN_NOT_OK(parts_.options.stop.Poll());
    if (batch->num_rows() == 0) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(CheckFollows(*batch));
    if (batch->num_columns() > parts_.columns_given) {
      ARROW_ASSIGN_OR_RAISE(batch, batch->RemoveColumn(parts_.columns_given));
    }
    std::unique_lock lock(mutex_);
    if (left_ && *left_ < batch->num_rows()) batch = batch->Slice(0, *left_);
    if (left_) *left_ -= batch->num_rows();
    changed_.wait(lock, [&] { return stopped_ || waiting_.size() < kWaitingMax; });
    if (stopped_) return arrow::Status::Cancelled("the rows are no longer wanted");
    if (batch->num_rows() > 0) waiting_.push_back(std::move(batch));
    changed_.notify_all();
    // Ends the sorting of the group.
    if (left_ && *left_ <= 0) return arrow::Status::Cancelled("the limit is reached");
    return arrow::Status::OK();
  }

  Parts parts_;
  const std::shared_ptr<arrow::Schema> given_schema_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  std::optional<int64_t> left_;
  const RowOrdering ordering_;
  // The key of the last row given out.
  std::optional<RowKeys> last_;
  bool started_ = false;
  bool stopped_ = false;
  bool ended_ = false;
  arrow::Status failure_;
  GroupSorter sorter_;
  std::thread worker_;
};

}  // namespace

arrow::Result<FieldId> OrderColumn(const TableView& view, const ReplayOrder& order) {
  const Schema& schema = *view.schema;
  if (!order.column.empty()) {
    ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(schema, order.column));
    if (TopLevel(schema, field->id) == nullptr) {
      return arrow::Status::Invalid("column ", order.column,
                                    " is nested: rows are ordered by a top-level column");
    }
    if (field->type.kind >= TypeKind::kUnknown) {
      return arrow::Status::Invalid("column ", order.column, " of type ", field->type.ToString(),
                                    " has no order");
    }
    return field->id;
  }
  for (const auto& part : view.metadata->DefaultSpec().fields) {
    if (IsTimeTransform(part.transform.kind) && TopLevel(schema, part.source_id) != nullptr) {
      return part.source_id;
    }
  }
  for (const Field& field : schema.fields) {
    if (IsTime(field.type.kind)) return field.id;
  }
  return arrow::Status::Invalid("the table has no time column: name the column to order rows by");
}

std::vector<std::vector<ScanTask>> GroupByRange(std::vector<ScanTask> tasks, const Field& column) {
  std::vector<std::pair<TaskRange, ScanTask>> ranges;
  for (auto& task : tasks) {
    const TaskRange range = RangeOf(task, column);
    ranges.emplace_back(range, std::move(task));
  }
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const auto& a, const auto& b) { return a.first.lower < b.first.lower; });
  std::vector<std::vector<ScanTask>> groups;
  int64_t end = kInt64Min;
  for (auto& [range, task] : ranges) {
    if (groups.empty() || range.lower > end) groups.emplace_back();
    end = std::max(end, range.upper);
    groups.back().push_back(std::move(task));
  }
  return groups;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadOrdered(
    ScanPlan plan, FileSystem& files, const ReadOptions& options, FieldId column,
    int64_t memory_bytes, std::shared_ptr<ReadCounters> counters) {
  const Field* field = TopLevel(*plan.view.schema, column);
  if (field == nullptr) return arrow::Status::Invalid("field id ", column.value, " is no column");
  OrderedRows::Parts parts;
  parts.options = options;
  parts.limit = std::exchange(parts.options.limit, std::nullopt);
  // In the plan's order, so that rows of equal values come in the same one each time.
  parts.options.threads = 1;
  std::vector<FieldId> ids;
  for (const Field& each : plan.view.schema->fields) ids.push_back(each.id);
  if (options.columns) ids = *options.columns;
  parts.columns_given = static_cast<int>(ids.size());
  if (std::find(ids.begin(), ids.end(), column) == ids.end()) ids.push_back(column);
  parts.options.columns = ids;
  parts.counters = counters != nullptr ? std::move(counters) : std::make_shared<ReadCounters>();
  parts.counters->files = static_cast<int64_t>(plan.tasks.size());
  parts.groups = GroupByRange(std::exchange(plan.tasks, {}), *field);
  parts.column = *field;
  parts.files = &files;
  parts.memory_bytes = memory_bytes;
  ARROW_ASSIGN_OR_RAISE(const auto empty, ReadPlan(plan, files, parts.options));
  parts.schema = empty->schema();
  parts.plan = std::move(plan);
  // Keys are found by the column's place among the fields: those of the batches.
  Schema of_batches{parts.plan.view.schema->id, {}, {}};
  for (const auto& each : parts.schema->fields()) {
    const auto id = FieldIdOf(*each);
    const Field* known = id ? TopLevel(*parts.plan.view.schema, *id) : nullptr;
    if (known != nullptr) {
      of_batches.fields.push_back(*known);
      continue;
    }
    Field reserved;
    reserved.id = id.value_or(FieldId(0));
    reserved.name = each->name();
    of_batches.fields.push_back(std::move(reserved));
  }
  SortField by{column, Transform{}};
  auto ordering =
      RowOrdering::ByColumns(std::move(of_batches), SortOrder{SortOrderId(1), {std::move(by)}});
  return std::make_shared<OrderedRows>(std::move(parts), std::move(ordering));
}

}  // namespace artemis
