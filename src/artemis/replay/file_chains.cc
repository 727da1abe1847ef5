// Looks at the order of each file, and parts the intervals.
#include "artemis/replay/file_chains.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "artemis/io/file_system.h"
#include "artemis/layout/row_ordering.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/sort_order.h"

namespace artemis {

namespace {

constexpr size_t kChainsMax = 32;

bool IsNarrow(TypeKind kind) { return kind == TypeKind::kInt || kind == TypeKind::kDate; }

bool IsWide(TypeKind kind) {
  return kind == TypeKind::kLong || kind == TypeKind::kTimestamp ||
         kind == TypeKind::kTimestamptz || kind == TypeKind::kTimestampNs ||
         kind == TypeKind::kTimestamptzNs;
}

// Bounds of whole numbers, also such as were written before the column was promoted.
std::optional<int64_t> WholeBound(const std::optional<std::string>& bytes, const Type& type) {
  if (!bytes || (!IsNarrow(type.kind) && !IsWide(type.kind))) return std::nullopt;
  const auto value = FromBytes(type, *bytes);
  if (!value.ok()) return std::nullopt;
  if (const auto* narrow = std::get_if<int32_t>(&*value)) return *narrow;
  return std::get<int64_t>(*value);
}

// Compares the rows of a column's batches, one batch after the other.
class OrderCheck {
 public:
  OrderCheck(const Field& column, arrow::MemoryPool* pool)
      : ordering_(
            RowOrdering::ByColumns(Schema{SchemaId(0), {column}, {}},
                                   SortOrder{SortOrderId(1), {SortField{column.id, Transform{}}}})),
        pool_(pool) {}

  // Whether the batch is in order and follows those before.
  arrow::Result<bool> Follows(const arrow::RecordBatch& batch) {
    const int64_t rows = batch.num_rows();
    if (rows == 0) return true;
    ARROW_ASSIGN_OR_RAISE(const RowKeys first, KeysOf(*batch.Slice(0, 1)));
    if (last_ && first.IsBefore(0, *last_, 0)) return false;
    ARROW_ASSIGN_OR_RAISE(const bool ascends, Ascends(batch));
    if (!ascends) return false;
    ARROW_ASSIGN_OR_RAISE(last_, KeysOf(*batch.Slice(rows - 1, 1)));
    return true;
  }

 private:
  arrow::Result<RowKeys> KeysOf(const arrow::RecordBatch& batch) const {
    return ordering_.Keys(batch, SortKeyScope::kAllBatches, 1, pool_);
  }
  arrow::Result<bool> Ascends(const arrow::RecordBatch& batch) const {
    const arrow::Array& values = *batch.column(0);
    const bool is_long =
        values.type_id() == arrow::Type::TIMESTAMP || values.type_id() == arrow::Type::INT64;
    if (is_long && values.null_count() == 0) {
      const auto* at = values.data()->GetValues<int64_t>(1);
      return std::is_sorted(at, at + values.length());
    }
    ARROW_ASSIGN_OR_RAISE(const RowKeys keys, KeysOf(batch));
    for (int64_t row = 1; row < batch.num_rows(); ++row) {
      if (keys.IsBefore(row, keys, row - 1)) return false;
    }
    return true;
  }

  const RowOrdering ordering_;
  arrow::MemoryPool* const pool_;
  std::optional<RowKeys> last_;
};

// Of the rows that will be given out: those the predicate and deletes leave.
arrow::Result<bool> IsInOrder(const FileChainRequest& request, const ScanTask& task) {
  ScanPlan plan{request.plan->view, request.plan->predicate, {task}, {}, {}};
  ReadOptions options = request.options;
  options.columns = std::vector<FieldId>{request.column.id};
  options.threads = 1;
  options.positions = false;
  options.limit = std::nullopt;
  options.progress = nullptr;
  ARROW_ASSIGN_OR_RAISE(const auto rows, ReadPlan(std::move(plan), *request.files, options));
  OrderCheck check(request.column,
                   options.pool != nullptr ? options.pool : arrow::system_memory_pool());
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return true;
    ARROW_ASSIGN_OR_RAISE(const bool follows, check.Follows(*batch));
    if (!follows) return false;
  }
}

// What reading a row group of the file holds besides batches, about.
arrow::Result<int64_t> HeldBytes(const FileChainRequest& request, const std::string& path) {
  FooterCache* const known = request.options.footers;
  std::shared_ptr<const ParquetFooter> footer = known != nullptr ? known->Find(path) : nullptr;
  if (footer == nullptr) {
    ARROW_ASSIGN_OR_RAISE(auto input, request.files->OpenInput(path));
    ARROW_ASSIGN_OR_RAISE(footer, ReadFooter(std::move(input), path));
  }
  std::vector<int> columns;
  for (int i = 0; i < footer->arrow_schema->num_fields(); ++i) columns.push_back(i);
  int64_t most = 0;
  for (int group = 0; group < RowGroupCount(*footer); ++group)
    most = std::max(most, BytesOfColumns(*footer, group, columns).held);
  return most + FooterMemory(*footer);
}

struct Chain {
  std::vector<ScanTask> tasks;
  int64_t upper = 0;
  int64_t held_bytes = 0;
};

// The place of the chain that the range can join; the end where there is none.
size_t ChainToJoin(const std::vector<Chain>& chains, const TaskRange& range) {
  const auto joined = std::find_if(chains.begin(), chains.end(),
                                   [&](const Chain& chain) { return chain.upper <= range.lower; });
  return static_cast<size_t>(joined - chains.begin());
}

}  // namespace

TaskRange RangeOf(const ScanTask& task, const Field& column) {
  constexpr TaskRange kAll{std::numeric_limits<int64_t>::min(),
                           std::numeric_limits<int64_t>::max()};
  const ColumnMetrics* metrics = FindMetrics(task.file.metrics, column.id);
  if (metrics == nullptr || metrics->null_count != 0) return kAll;
  const auto lower = WholeBound(metrics->lower_bound, column.type);
  const auto upper = WholeBound(metrics->upper_bound, column.type);
  if (!lower || !upper || *lower > *upper) return kAll;
  return {*lower, *upper};
}

arrow::Result<FileChains> FindFileChains(const FileChainRequest& request,
                                         std::vector<ScanTask> tasks) {
  FileChains found;
  std::vector<Chain> chains;
  int64_t held_bytes = 0;
  for (ScanTask& task : tasks) {
    const TaskRange range = RangeOf(task, request.column);
    const size_t place = ChainToJoin(chains, range);
    ARROW_ASSIGN_OR_RAISE(bool is_taken, IsInOrder(request, task));
    if (is_taken) {
      ARROW_ASSIGN_OR_RAISE(const int64_t held, HeldBytes(request, task.file.path));
      const int64_t before = place < chains.size() ? chains[place].held_bytes : 0;
      const int64_t more = std::max<int64_t>(0, held - before);
      is_taken =
          place < kChainsMax && (chains.empty() || held_bytes + more <= request.memory_bytes);
      if (is_taken) {
        if (place == chains.size()) chains.emplace_back();
        held_bytes += more;
        chains[place].held_bytes += more;
        chains[place].upper = range.upper;
      }
    }
    (is_taken ? chains[place].tasks : found.others).push_back(std::move(task));
  }
  for (Chain& chain : chains) found.chains.push_back(std::move(chain.tasks));
  return found;
}

}  // namespace artemis
