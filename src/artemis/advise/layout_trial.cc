// Splits, orders, cuts and judges.
#include "artemis/advise/layout_trial.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <arrow/array/array_primitive.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>

#include "artemis/advise/unclustered.h"
#include "artemis/base/error.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_sweep.h"
#include "artemis/layout/cluster_batches.h"
#include "artemis/layout/sort_batches.h"
#include "artemis/layout/split_by_partition.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

// Of the column that says where in the sample a row is; no column of a table has it.
constexpr FieldId kPlaceId{2'000'000'000};
constexpr char kPlaceName[] = "place in the sample";
// Rows and queries that a column's selectivity is measured by.
constexpr size_t kProbeRows = 1'024;
constexpr size_t kProbeQueries = 256;

uint64_t ScramblePlace(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// The column of time that most queries test; null: none.
const SampledColumn* ArrivalColumn(const std::vector<SampledColumn>& columns, const BoundLog& log) {
  const SampledColumn* found = nullptr;
  int64_t most = 0;
  for (const auto& column : columns) {
    if (!FollowsArrival(column.field().type)) continue;
    const auto count = std::count_if(
        log.queries.begin(), log.queries.end(),
        [&](const BoundQuery& query) { return query.tests.contains(column.field().id); });
    if (found == nullptr || count > most) {
      found = &column;
      most = count;
    }
  }
  return found;
}

// Whether the field, or one in it, is among `wanted`.
bool IsWanted(const Field& field, const std::set<FieldId>& wanted) {
  if (wanted.contains(field.id)) return true;
  return std::any_of(field.type.fields.begin(), field.type.fields.end(),
                     [&](const Field& inner) { return IsWanted(inner, wanted); });
}

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> InOrder(
    std::shared_ptr<arrow::RecordBatch> rows, const Schema& schema, const RowOrder& order) {
  if (!order.clustering.is_none()) {
    return ClusterBatches({std::move(rows)}, schema, order.clustering);
  }
  return SortBatches({std::move(rows)}, schema, order.sort);
}

void AddPlaces(const arrow::RecordBatch& rows, std::vector<int64_t>* places) {
  const auto& column = static_cast<const arrow::Int64Array&>(*rows.column(rows.num_columns() - 1));
  for (int64_t i = 0; i < column.length(); ++i) places->push_back(column.Value(i));
}

// Values of a column that stand for all of it, as rows of a range table of one column.
RangeTable Probe(const SampledColumn& column) {
  std::vector<int64_t> places(column.ranks().size());
  std::iota(places.begin(), places.end(), 0);
  std::sort(places.begin(), places.end(), [&](int64_t a, int64_t b) {
    return ScramblePlace(static_cast<uint64_t>(a)) < ScramblePlace(static_cast<uint64_t>(b));
  });
  places.resize(std::min(places.size(), kProbeRows));
  RangeTable table;
  RangeColumn ranges(column.field().type, true);
  for (const int64_t place : places) {
    ColumnRange range = column.RangeOf({&place, 1});
    range.bounds_exact = true;
    ranges.Append(range);
    ++table.rows;
  }
  ranges.Seal();
  table.columns.emplace(column.field().id, std::move(ranges));
  return table;
}

double SelectivityOf(const SampledColumn& column, const BoundLog& log) {
  const RangeTable probe = Probe(column);
  std::vector<const BoundQuery*> queries;
  for (const auto& query : log.queries) {
    if (query.tests.contains(column.field().id)) queries.push_back(&query);
  }
  if (queries.empty() || probe.rows == 0) return 1;
  const size_t count = std::min(queries.size(), kProbeQueries);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    std::vector<uint8_t> mask(probe.rows, 1);
    SweepMayMatch(queries[i * queries.size() / count]->predicate, probe, mask);
    sum += static_cast<double>(std::count(mask.begin(), mask.end(), 1)) /
           static_cast<double>(probe.rows);
  }
  return sum / static_cast<double>(count);
}

}  // namespace

double LayoutScore::bytes_share() const {
  const double all = static_cast<double>(total.bytes) * static_cast<double>(queries);
  return all > 0 ? static_cast<double>(kept.bytes) / all : 0;
}

double LayoutScore::files_share() const {
  const double all = static_cast<double>(total.files) * static_cast<double>(queries);
  return all > 0 ? static_cast<double>(kept.files) / all : 0;
}

void LayoutScore::Add(const FileAmount& query, int64_t small_file_bytes) {
  ++queries;
  kept.Add(query);
  const int64_t charged = std::max<int64_t>({query.charged_bytes, small_file_bytes, 1});
  log_charged += std::log(static_cast<double>(charged));
}

double LayoutScore::cost_bytes() const {
  return queries > 0 ? std::exp(log_charged / static_cast<double>(queries)) : 0;
}

arrow::Result<LayoutTrial> LayoutTrial::Make(const RowSample& sample, const Schema& schema,
                                             const BoundLog& log,
                                             const std::set<FieldId>& further_columns) {
  if (sample.rows->num_rows() > INT32_MAX) {
    return LimitExceededError("a sample may have 2^31 - 1 rows, found " +
                              std::to_string(sample.rows->num_rows()));
  }
  LayoutTrial trial(sample, schema, log);
  std::set<FieldId> key_columns = further_columns;
  for (const auto& field : FieldsOf(log, schema)) {
    key_columns.insert(field.id);
    ARROW_ASSIGN_OR_RAISE(auto column, SampledColumn::Make(*sample.rows, schema, field));
    trial.columns_.push_back(std::move(column));
  }
  ARROW_RETURN_NOT_OK(trial.OrderRows(key_columns));
  return trial;
}

arrow::Status LayoutTrial::OrderRows(const std::set<FieldId>& key_columns) {
  std::vector<int64_t> places(static_cast<size_t>(sample_->rows->num_rows()));
  std::iota(places.begin(), places.end(), 0);
  if (const auto* arrival = ArrivalColumn(columns_, *log_)) {
    const auto& ranks = arrival->ranks();
    std::stable_sort(places.begin(), places.end(), [&](int64_t a, int64_t b) {
      return ranks[static_cast<size_t>(a)] < ranks[static_cast<size_t>(b)];
    });
  } else {
    std::sort(places.begin(), places.end(), [&](int64_t a, int64_t b) {
      return ScramblePlace(static_cast<uint64_t>(a)) < ScramblePlace(static_cast<uint64_t>(b));
    });
  }
  arrow::Int64Builder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(places));
  ARROW_ASSIGN_OR_RAISE(const auto place_column, builder.Finish());

  arrow::ArrayVector arrays;
  for (int i = 0; i < sample_->rows->num_columns(); ++i) {
    const Field& field = schema_->fields[static_cast<size_t>(i)];
    if (!IsWanted(field, key_columns)) continue;
    ARROW_ASSIGN_OR_RAISE(const auto taken,
                          arrow::compute::Take(*sample_->rows->column(i), *place_column));
    key_schema_.fields.push_back(field);
    arrays.push_back(taken);
  }
  key_schema_.fields.push_back({kPlaceId, kPlaceName, true, Type::Of(TypeKind::kLong), {}, {}, {}});
  arrays.push_back(place_column);
  keys_ = arrow::RecordBatch::Make(ToArrowSchema(key_schema_), sample_->rows->num_rows(),
                                   std::move(arrays));
  return arrow::Status::OK();
}

void LayoutTrial::Describe(std::vector<ColumnUse>* uses) const {
  for (auto& use : *uses) {
    for (const auto& column : columns_) {
      if (column.field().id != use.field.id) continue;
      use.distinct = column.distinct();
      use.width = column.width();
      use.selectivity = SelectivityOf(column, *log_);
    }
  }
}

std::vector<const SampledColumn*> LayoutTrial::RankedColumns(const RowOrder& order) const {
  std::vector<const SampledColumn*> ranked;
  if (!order.clustering.is_none()) return ranked;
  for (const auto& field : order.sort.fields) {
    const auto column =
        std::find_if(columns_.begin(), columns_.end(),
                     [&](const SampledColumn& each) { return each.field().id == field.source_id; });
    if (column == columns_.end() || !(field == SortField{field.source_id, Transform{}})) return {};
    ranked.push_back(&*column);
  }
  return ranked;
}

arrow::Status LayoutTrial::AddOrdered(std::shared_ptr<arrow::RecordBatch> rows,
                                      const RowOrder& order, std::vector<int64_t>* places) const {
  const auto ranked = RankedColumns(order);
  const bool is_plain = order.clustering.is_none() && order.sort.fields.empty();
  const auto begin = std::ssize(*places);
  if (is_plain || !ranked.empty()) {
    AddPlaces(*rows, places);
    // NaN comes after every number.
    const auto rank = [](const SampledColumn& column, int64_t place) {
      const int32_t own = column.ranks()[static_cast<size_t>(place)];
      return own == SampledColumn::kNaN ? INT32_MAX : own;
    };
    std::stable_sort(places->begin() + begin, places->end(), [&](int64_t a, int64_t b) {
      for (const auto* column : ranked) {
        const int32_t first = rank(*column, a), second = rank(*column, b);
        if (first != second) return first < second;
      }
      return false;
    });
    return arrow::Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(const auto ordered, InOrder(std::move(rows), key_schema_, order));
  for (const auto& batch : ordered) AddPlaces(*batch, places);
  return arrow::Status::OK();
}

arrow::Result<LayoutTrial::Cut> LayoutTrial::CutFiles(const LayoutCandidate& candidate,
                                                      const FileSizes& sizes) const {
  ARROW_ASSIGN_OR_RAISE(auto partitions, SplitByPartition(keys_, key_schema_, candidate.spec));
  const double row_bytes =
      std::max(sizes.row_bytes * sizes.own_estimate_ratio * sample_->scale(), 1e-9);
  const double file_rows = std::max(1.0, static_cast<double>(sizes.target_bytes) / row_bytes);
  Cut cut;
  for (auto& partition : partitions) {
    const auto begin = std::ssize(cut.rows);
    ARROW_RETURN_NOT_OK(AddOrdered(std::move(partition.rows), candidate.order, &cut.rows));
    cut.first_files.push_back(cut.files.size());
    cut.tuples.push_back(std::move(partition.tuple));
    const auto end = std::ssize(cut.rows);
    for (int64_t at = begin, number = 1; at < end; ++number) {
      const auto next = std::min(
          end, begin + static_cast<int64_t>(std::ceil(file_rows * static_cast<double>(number))));
      if (next > at) cut.files.push_back({at, next});
      at = std::max(at, next);
    }
  }
  return cut;
}

arrow::Result<TriedLayout> LayoutTrial::Try(const LayoutCandidate& candidate,
                                            const FileSizes& sizes, int64_t queries_max) const {
  ARROW_ASSIGN_OR_RAISE(const Cut cut, CutFiles(candidate, sizes));
  std::vector<Field> fields;
  for (const auto& column : columns_) fields.push_back(column.field());
  ARROW_ASSIGN_OR_RAISE(auto files, LaidOutFiles::Make(candidate.spec, *schema_, fields));
  TriedLayout tried{candidate, sizes, {}, std::ssize(cut.tuples), 0};
  const double row_bytes = sizes.row_bytes * sample_->scale();
  const int64_t charged_least = sizes.small_file_bytes();
  size_t tuple = 0;
  for (size_t i = 0; i < cut.files.size(); ++i) {
    while (tuple < cut.tuples.size() && cut.first_files[tuple] == i) {
      files.AddTuple(cut.tuples[tuple++]);
    }
    const std::span<const int64_t> rows(cut.rows.data() + cut.files[i].begin,
                                        static_cast<size_t>(cut.files[i].end - cut.files[i].begin));
    std::vector<ColumnRange> ranges;
    for (const auto& column : columns_) ranges.push_back(column.RangeOf(rows));
    const double bytes = static_cast<double>(rows.size()) * row_bytes + sizes.file_overhead_bytes;
    const auto whole = static_cast<int64_t>(bytes);
    tried.small_files += whole < charged_least ? 1 : 0;
    files.AddCell({1, whole, 1, std::max(whole, charged_least)}, ranges);
  }
  files.Seal();
  tried.score.total = files.total();
  const int64_t all = std::ssize(log_->queries), count = std::min(all, queries_max);
  for (int64_t i = 0; i < count; ++i) {
    const auto& predicate = log_->queries[static_cast<size_t>(i * all / count)].predicate;
    const auto inclusive = ProjectInclusive(predicate, candidate.spec, *schema_);
    tried.score.Add(files.Kept(inclusive, predicate, *schema_), charged_least);
  }
  return tried;
}

arrow::Result<EncodedRows> LayoutTrial::EncodeAsIs(const TableMetadata& metadata) const {
  std::vector<int64_t> places(static_cast<size_t>(sample_->rows->num_rows()));
  std::iota(places.begin(), places.end(), 0);
  std::vector<std::span<const int64_t>> files;
  int64_t begin = 0;
  for (const int64_t end : sample_->file_ends) {
    if (end > begin) files.emplace_back(places.data() + begin, static_cast<size_t>(end - begin));
    begin = end;
  }
  return EncodeRows(*sample_->rows, files, metadata);
}

arrow::Result<EncodedRows> LayoutTrial::Encode(const LayoutCandidate& candidate,
                                               const FileSizes& sizes,
                                               const TableMetadata& metadata) const {
  ARROW_ASSIGN_OR_RAISE(const Cut cut, CutFiles(candidate, sizes));
  std::vector<std::span<const int64_t>> files;
  for (const auto& file : cut.files) {
    files.emplace_back(cut.rows.data() + file.begin, static_cast<size_t>(file.end - file.begin));
  }
  return EncodeRows(*sample_->rows, files, metadata);
}

}  // namespace artemis
