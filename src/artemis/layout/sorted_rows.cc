// Sorts row numbers by key, as one or within buckets, and gathers by them.
#include "artemis/layout/sorted_rows.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>

#include "artemis/base/parallel_for.h"
#include "artemis/layout/key_buckets.h"
#include "artemis/layout/large_buffer.h"
#include "artemis/layout/radix_sort.h"
#include "artemis/layout/scatter_column.h"
#include "artemis/layout/text_dictionaries.h"

namespace artemis {
namespace {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

// Sorted on one thread, in memory that serves them all.
constexpr size_t kBucketsOfStretch = 4;

arrow::Result<int64_t> CountRows(const Batches& batches) {
  int64_t rows = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  if (rows > std::numeric_limits<int32_t>::max()) {
    return arrow::Status::Invalid("cannot sort ", rows, " rows at once");
  }
  return rows;
}

// The pieces of each column; ends the batches.
std::vector<arrow::ArrayVector> TakeColumns(Batches* batches) {
  std::vector<arrow::ArrayVector> columns(
      static_cast<size_t>(batches->front()->schema()->num_fields()));
  for (auto& batch : *batches) {
    for (size_t i = 0; i < columns.size(); ++i) {
      columns[i].push_back(batch->column(static_cast<int>(i)));
    }
    batch.reset();
  }
  return columns;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> LaidEndToEnd(Batches batches, int64_t rows,
                                                                int threads,
                                                                arrow::MemoryPool* pool) {
  if (batches.size() == 1) return batches[0];
  const auto schema = batches[0]->schema();
  auto pieces = TakeColumns(&batches);
  arrow::ArrayVector columns(pieces.size());
  ARROW_RETURN_NOT_OK(ParallelFor(pieces.size(), threads, [&](size_t i) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(columns[i], arrow::Concatenate(pieces[i], pool));
    pieces[i].clear();
    return arrow::Status::OK();
  }));
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

arrow::Result<KeyBuckets> BucketsAlong(const ClusterKeys& curve, const Batches& batches,
                                       int64_t rows, const SortRowsOptions& options,
                                       LargeBuffers* memory) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, memory->Allocate(rows * 8));
  auto* next = reinterpret_cast<uint64_t*>(buffer->mutable_data());
  std::vector<std::span<uint64_t>> keys;
  for (const auto& batch : batches) {
    keys.emplace_back(next, static_cast<size_t>(batch->num_rows()));
    next += batch->num_rows();
  }
  ARROW_RETURN_NOT_OK(ParallelFor(batches.size(), options.threads, [&](size_t i) {
    return curve.Fill(*batches[i], 1, memory->pool(), keys[i]);
  }));
  auto buckets =
      KeyBuckets::Make({keys.begin(), keys.end()}, options.bucket_rows, options.threads, memory);
  memory->GiveBack(std::move(buffer));
  return buckets;
}

// The numbers of all rows, as they lie in buckets, in order.
arrow::Result<std::shared_ptr<arrow::Buffer>> SortBuckets(const KeyBuckets& buckets, int64_t rows,
                                                          int threads, LargeBuffers* memory) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, memory->Allocate(rows * 4));
  auto* order = reinterpret_cast<uint32_t*>(buffer->mutable_data());
  const size_t stretches = (buckets.size() + kBucketsOfStretch - 1) / kBucketsOfStretch;
  ARROW_RETURN_NOT_OK(ParallelFor(stretches, threads, [&](size_t stretch) {
    RowSorter sorter;
    const size_t end = std::min((stretch + 1) * kBucketsOfStretch, buckets.size());
    for (size_t bucket = stretch * kBucketsOfStretch; bucket < end; ++bucket) {
      const auto begin = static_cast<uint32_t>(buckets.begin(bucket));
      uint32_t* out = order + begin;
      for (const uint32_t row : sorter.Sort(buckets.keys(bucket))) *out++ = begin + row;
    }
    return arrow::Status::OK();
  }));
  return buffer;
}

// Columns that take longest first, so that no thread is left with one of them in the end.
std::vector<size_t> LongestFirst(const arrow::Schema& schema) {
  std::vector<size_t> columns(static_cast<size_t>(schema.num_fields()));
  std::iota(columns.begin(), columns.end(), size_t{0});
  const auto bits = [&](size_t i) {
    const auto& type = schema.field(static_cast<int>(i))->type();
    return arrow::is_fixed_width(type->id()) ? type->bit_width() : std::numeric_limits<int>::max();
  };
  std::stable_sort(columns.begin(), columns.end(),
                   [&](size_t a, size_t b) { return bits(a) > bits(b); });
  return columns;
}

arrow::Result<arrow::ArrayVector> MoveToBuckets(Batches batches, const KeyBuckets& buckets,
                                                int64_t rows, int threads, LargeBuffers* memory) {
  std::vector<std::span<const uint32_t>> places;
  for (size_t i = 0; i < batches.size(); ++i) places.push_back(buckets.places(i));
  const auto order = LongestFirst(*batches[0]->schema());
  auto pieces = TakeColumns(&batches);
  arrow::ArrayVector columns(pieces.size());
  ARROW_RETURN_NOT_OK(ParallelFor(pieces.size(), threads, [&](size_t i) -> arrow::Status {
    const size_t column = order[i];
    ARROW_ASSIGN_OR_RAISE(columns[column], ScatterColumn(pieces[column], places, rows, memory));
    pieces[column].clear();
    return arrow::Status::OK();
  }));
  return columns;
}

std::shared_ptr<arrow::Schema> WithTypesOf(const arrow::Schema& schema,
                                           const arrow::ArrayVector& columns) {
  arrow::FieldVector fields;
  for (int i = 0; i < schema.num_fields(); ++i) {
    fields.push_back(schema.field(i)->WithType(columns[static_cast<size_t>(i)]->type()));
  }
  return arrow::schema(std::move(fields), schema.metadata());
}

}  // namespace

arrow::Result<SortedRows> SortedRows::Make(Batches batches, const RowOrdering& ordering,
                                           const SortRowsOptions& options) {
  SortedRows sorted;
  sorted.pool_ = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  sorted.schema_ = batches[0]->schema();
  ARROW_ASSIGN_OR_RAISE(const int64_t rows, CountRows(batches));
  if (ordering.curve() != nullptr && rows > 2 * options.bucket_rows) {
    ARROW_RETURN_NOT_OK(sorted.SortInBuckets(std::move(batches), *ordering.curve(), options));
  } else {
    ARROW_RETURN_NOT_OK(sorted.SortAsOne(std::move(batches), ordering, options.threads));
  }
  return sorted;
}

arrow::Status SortedRows::SortAsOne(Batches batches, const RowOrdering& ordering, int threads) {
  ARROW_ASSIGN_OR_RAISE(const int64_t rows, CountRows(batches));
  ARROW_ASSIGN_OR_RAISE(rows_, LaidEndToEnd(std::move(batches), rows, threads, pool_));
  ARROW_ASSIGN_OR_RAISE(RowKeys keys,
                        ordering.Keys(*rows_, SortKeyScope::kOneBatch, threads, pool_));
  auto order = keys.TakeSortedRows();
  if (!std::is_sorted(order.begin(), order.end())) {
    order_ = arrow::Buffer::FromVector(std::move(order));
  }
  return arrow::Status::OK();
}

arrow::Status SortedRows::SortInBuckets(Batches batches, const ClusterKeys& curve,
                                        const SortRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const int64_t rows, CountRows(batches));
  ARROW_RETURN_NOT_OK(EncodeTexts(&batches, options.threads, pool_));
  LargeBuffers memory(pool_);
  ARROW_ASSIGN_OR_RAISE(KeyBuckets buckets, BucketsAlong(curve, batches, rows, options, &memory));
  ARROW_ASSIGN_OR_RAISE(order_, SortBuckets(buckets, rows, options.threads, &memory));
  memory.GiveBack(buckets.TakeKeys());
  ARROW_ASSIGN_OR_RAISE(auto columns,
                        MoveToBuckets(std::move(batches), buckets, rows, options.threads, &memory));
  if (options.keep_dictionaries) schema_ = WithTypesOf(*schema_, columns);
  rows_ = arrow::RecordBatch::Make(schema_, rows, std::move(columns));
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SortedRows::Gather(int64_t first,
                                                                      int64_t count) const {
  if (order_ == nullptr) return rows_->Slice(first, count);
  const int64_t rows = std::min(count, rows_->num_rows() - first);
  const arrow::UInt32Array indices(rows, arrow::SliceBuffer(order_, first * 4, rows * 4));
  arrow::compute::ExecContext context(pool_);
  arrow::ArrayVector columns;
  for (int i = 0; i < rows_->num_columns(); ++i) {
    ARROW_ASSIGN_OR_RAISE(
        arrow::Datum taken,
        arrow::compute::Take(rows_->column(i), indices.data(),
                             arrow::compute::TakeOptions::NoBoundsCheck(), &context));
    const auto& type = schema_->field(i)->type();
    if (taken.type()->id() == arrow::Type::DICTIONARY && type->id() != arrow::Type::DICTIONARY) {
      ARROW_ASSIGN_OR_RAISE(
          taken,
          arrow::compute::Cast(taken, type, arrow::compute::CastOptions::Unsafe(), &context));
    }
    columns.push_back(taken.make_array());
  }
  return arrow::RecordBatch::Make(schema_, rows, std::move(columns));
}

arrow::Result<Batches> SortedRows::GatherAll(int64_t batch_rows) const {
  Batches batches;
  for (int64_t first = 0; first < num_rows(); first += batch_rows) {
    ARROW_ASSIGN_OR_RAISE(batches.emplace_back(), Gather(first, batch_rows));
  }
  return batches;
}

}  // namespace artemis
