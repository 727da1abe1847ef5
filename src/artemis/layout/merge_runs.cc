// Rounds of cut, sort and refill.
#include "artemis/layout/merge_runs.h"

#include <algorithm>

#include "artemis/layout/sorted_rows.h"

namespace artemis {
namespace {

// What a run has in memory: a batch, its keys, and how far it is used.
struct RunHead {
  BatchSource source;
  std::shared_ptr<arrow::RecordBatch> batch;
  std::optional<RowKeys> keys;
  int64_t used = 0;

  int64_t last() const { return batch->num_rows() - 1; }
};

// The next batch with rows; none at the end of the run.
arrow::Status Refill(RunHead* head, const RowOrdering& ordering, arrow::MemoryPool* pool) {
  head->used = 0;
  do {
    head->keys.reset();
    ARROW_ASSIGN_OR_RAISE(head->batch, head->source());
  } while (head->batch != nullptr && head->batch->num_rows() == 0);
  if (head->batch == nullptr) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(head->keys,
                        ordering.Keys(*head->batch, SortKeyScope::kAllBatches, 1, pool));
  return arrow::Status::OK();
}

// The run whose batch ends first.
const RunHead* EndsFirst(const std::vector<RunHead>& heads) {
  const RunHead* first = &heads.front();
  for (const RunHead& head : heads) {
    if (head.keys->IsBefore(head.last(), *first->keys, first->last())) first = &head;
  }
  return first;
}

// The first row of `head` that comes after the last of `limit`.
int64_t EndOfCut(const RunHead& head, const RunHead& limit) {
  int64_t low = head.used;
  int64_t high = head.batch->num_rows();
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (limit.keys->IsBefore(limit.last(), *head.keys, middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::vector<std::shared_ptr<arrow::RecordBatch>> CutOff(std::vector<RunHead>* heads) {
  const RunHead* limit = EndsFirst(*heads);
  std::vector<std::shared_ptr<arrow::RecordBatch>> cut;
  for (RunHead& head : *heads) {
    const int64_t end = EndOfCut(head, *limit);
    if (end > head.used) cut.push_back(head.batch->Slice(head.used, end - head.used));
    head.used = end;
  }
  return cut;
}

arrow::Status RefillUsed(std::vector<RunHead>* heads, const RowOrdering& ordering,
                         arrow::MemoryPool* pool) {
  for (RunHead& head : *heads) {
    if (head.batch != nullptr && head.used <= head.last()) continue;
    ARROW_RETURN_NOT_OK(Refill(&head, ordering, pool));
  }
  std::erase_if(*heads, [](const RunHead& head) { return head.batch == nullptr; });
  return arrow::Status::OK();
}

// What was cut off one run alone is in order.
arrow::Status GiveOut(std::vector<std::shared_ptr<arrow::RecordBatch>> cut,
                      const RowOrdering& ordering, int64_t batch_rows,
                      const SortRowsOptions& options, const BatchSink& sink) {
  if (cut.size() == 1) {
    for (int64_t first = 0; first < cut[0]->num_rows(); first += batch_rows)
      ARROW_RETURN_NOT_OK(sink(cut[0]->Slice(first, batch_rows)));
    return arrow::Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(const auto sorted, SortedRows::Make(std::move(cut), ordering, options));
  for (int64_t first = 0; first < sorted.num_rows(); first += batch_rows) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, sorted.Gather(first, batch_rows));
    ARROW_RETURN_NOT_OK(sink(batch));
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Status MergeRuns(std::vector<BatchSource> runs, const RowOrdering& ordering,
                        int64_t batch_rows, arrow::MemoryPool* pool, const BatchSink& sink) {
  std::vector<RunHead> heads;
  for (BatchSource& source : runs) heads.push_back({std::move(source), nullptr, {}, 0});
  SortRowsOptions options;
  options.pool = pool;
  ARROW_RETURN_NOT_OK(RefillUsed(&heads, ordering, pool));
  while (!heads.empty()) {
    ARROW_RETURN_NOT_OK(GiveOut(CutOff(&heads), ordering, batch_rows, options, sink));
    ARROW_RETURN_NOT_OK(RefillUsed(&heads, ordering, pool));
  }
  return arrow::Status::OK();
}

}  // namespace artemis
