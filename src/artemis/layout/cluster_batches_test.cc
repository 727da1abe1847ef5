// Facts of clustering rows in memory, and of merging sorted runs.
#include "artemis/layout/cluster_batches.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "artemis/layout/merge_runs.h"
#include "artemis/layout/sort_batches.h"
#include "artemis/layout/sorted_rows.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

using RowBatches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

Schema PointSchema() {
  Schema schema;
  const std::vector<std::pair<std::string, TypeKind>> columns = {
      {"x", TypeKind::kLong}, {"name", TypeKind::kString}, {"row", TypeKind::kLong}};
  for (const auto& [name, kind] : columns) {
    Field field;
    field.id = FieldId(static_cast<int32_t>(schema.fields.size()) + 1);
    field.name = name;
    field.type = Type::Of(kind);
    schema.fields.push_back(field);
  }
  return schema;
}

// x of a skewed distribution, one of 40 names, some nulls; rows are numbered.
RowBatches Points(int64_t rows, int64_t batch_rows) {
  std::mt19937_64 random(3);
  RowBatches batches;
  for (int64_t first = 0; first < rows; first += batch_rows) {
    arrow::Int64Builder x, row;
    arrow::StringBuilder name;
    const int64_t count = std::min(batch_rows, rows - first);
    for (int64_t i = 0; i < count; ++i) {
      const auto shift = static_cast<int>(random() % 40);
      EXPECT_TRUE(x.Append(static_cast<int64_t>(random() >> 20 >> shift)).ok());
      const auto kind = random() % 40;
      EXPECT_TRUE(
          (kind == 0 ? name.AppendNull() : name.Append("kind-" + std::to_string(kind))).ok());
      EXPECT_TRUE(row.Append(first + i).ok());
    }
    batches.push_back(arrow::RecordBatch::Make(
        ToArrowSchema(PointSchema()), count,
        {x.Finish().ValueOrDie(), name.Finish().ValueOrDie(), row.Finish().ValueOrDie()}));
  }
  return batches;
}

std::shared_ptr<arrow::Table> TableOf(const RowBatches& batches) {
  return arrow::Table::FromRecordBatches(ToArrowSchema(PointSchema()), batches)
      .ValueOrDie()
      ->CombineChunks()
      .ValueOrDie();
}

template <typename ArrayType>
const ArrayType& ColumnOf(const arrow::Table& table, int column) {
  return static_cast<const ArrayType&>(*table.column(column)->chunk(0));
}

std::vector<int64_t> RowNumbers(const arrow::Table& table) {
  const auto& rows = ColumnOf<arrow::Int64Array>(table, 2);
  return {rows.raw_values(), rows.raw_values() + rows.length()};
}

Clustering PointClustering(const std::string& text) {
  return ParseClustering(text, PointSchema()).ValueOrDie();
}

// The mean number of distinct names, and of x's tenths, in pieces of `piece` rows.
std::pair<double, double> MeanSpread(const arrow::Table& table, int64_t piece) {
  const auto& x = ColumnOf<arrow::Int64Array>(table, 0);
  const auto& names = ColumnOf<arrow::StringArray>(table, 1);
  std::vector<int64_t> sorted(x.raw_values(), x.raw_values() + x.length());
  std::sort(sorted.begin(), sorted.end());
  double name_sum = 0, x_sum = 0, pieces = 0;
  for (int64_t first = 0; first + piece <= table.num_rows(); first += piece, ++pieces) {
    std::set<std::string> distinct;
    int64_t low = x.Value(first), high = low;
    for (int64_t i = first; i < first + piece; ++i) {
      distinct.insert(names.IsNull(i) ? "" : names.GetString(i));
      low = std::min(low, x.Value(i));
      high = std::max(high, x.Value(i));
    }
    const auto begin = std::lower_bound(sorted.begin(), sorted.end(), low);
    const auto end = std::upper_bound(sorted.begin(), sorted.end(), high);
    name_sum += static_cast<double>(distinct.size()) / 40;
    x_sum += static_cast<double>(end - begin) / static_cast<double>(sorted.size());
  }
  return {x_sum / pieces, name_sum / pieces};
}

TEST(ClusterBatches, KeepsEveryRow) {
  for (const char* text : {"zorder(x, name)", "hilbert(x, name)", "zorder(name)"}) {
    const auto clustered =
        ClusterBatches(Points(5000, 999), PointSchema(), PointClustering(text)).ValueOrDie();
    const auto before = TableOf(Points(5000, 999));
    const auto after = TableOf(clustered);
    auto rows = RowNumbers(*after);
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(ColumnOf<arrow::Int64Array>(*after, 0).Value(static_cast<int64_t>(i)),
                ColumnOf<arrow::Int64Array>(*before, 0).Value(rows[i]));
    }
    std::sort(rows.begin(), rows.end());
    for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i], static_cast<int64_t>(i));
  }
}

// 50,000 rows in 64 pieces: along a curve over two columns a piece spans about an eighth of each; in the order they came, all.
TEST(ClusterBatches, NarrowsBothColumns) {
  const auto plain = MeanSpread(*TableOf(Points(50'000, 8192)), 781);
  EXPECT_GT(plain.first, 0.95);
  EXPECT_GT(plain.second, 0.95);
  for (const char* text : {"zorder(x, name)", "hilbert(x, name)"}) {
    const auto clustered =
        ClusterBatches(Points(50'000, 8192), PointSchema(), PointClustering(text)).ValueOrDie();
    const auto spread = MeanSpread(*TableOf(clustered), 781);
    EXPECT_LT(spread.first, 0.3) << text;
    EXPECT_LT(spread.second, 0.3) << text;
  }
}

TEST(ClusterBatches, GivesTheSameRowsHoweverTheyAreCutAndOnAnyNumberOfThreads) {
  ClusterBatchesOptions options;
  options.sample_rows = 4096;
  const auto clustering = PointClustering("zorder(name, x)");
  const auto once =
      ClusterBatches(Points(100'000, 100'000), PointSchema(), clustering, options).ValueOrDie();
  options.threads = 3;
  options.batch_rows = 1000;
  RowBatches cut;
  const auto whole = Points(100'000, 100'000)[0];
  for (int64_t first = 0; first < 100'000; first += 7001) cut.push_back(whole->Slice(first, 7001));
  const auto again = ClusterBatches(cut, PointSchema(), clustering, options).ValueOrDie();
  EXPECT_EQ(again.size(), 100u);
  EXPECT_EQ(RowNumbers(*TableOf(once)), RowNumbers(*TableOf(again)));
}

TEST(SortedRows, AreTheSameSortedInBucketsAsAsOne) {
  const auto points = Points(30'000, 777);
  const auto clustering = PointClustering("zorder(x, name)");
  ClusterSample sample(PointSchema(), clustering, 30'000, 3000, arrow::default_memory_pool());
  for (const auto& batch : points) ASSERT_TRUE(sample.Add(*batch).ok());
  const auto ordering = RowOrdering::AlongCurve(sample.Finish().ValueOrDie());
  const auto as_one = SortedRows::Make(points, ordering).ValueOrDie();
  for (const int threads : {1, 3}) {
    SortRowsOptions options;
    options.threads = threads;
    options.bucket_rows = 100;
    const auto in_buckets = SortedRows::Make(points, ordering, options).ValueOrDie();
    EXPECT_TRUE(TableOf(in_buckets.GatherAll(1024).ValueOrDie())
                    ->Equals(*TableOf(as_one.GatherAll(1024).ValueOrDie())));
  }
}

TEST(ClusterBatches, IsNoSortWithoutAClustering) {
  const auto batches = Points(10, 3);
  EXPECT_EQ(ClusterBatches(batches, PointSchema(), Clustering{}).ValueOrDie(), batches);
  EXPECT_TRUE(ClusterBatches({}, PointSchema(), PointClustering("zorder(x)")).ValueOrDie().empty());
}

TEST(ClusterBatches, RefusesAColumnThatIsNotThere) {
  const Clustering gone{ClusteringKind::kZOrder, {FieldId(9)}};
  EXPECT_TRUE(ClusterBatches(Points(1, 1), PointSchema(), gone).status().IsInvalid());
}

BatchSource SourceOf(RowBatches batches) {
  return [batches = std::move(batches),
          next = size_t{0}]() mutable -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
    return next < batches.size() ? batches[next++] : nullptr;
  };
}

arrow::Result<std::shared_ptr<arrow::Table>> MergedTable(std::vector<BatchSource> sources,
                                                         const RowOrdering& ordering) {
  RowBatches merged;
  ARROW_RETURN_NOT_OK(MergeRuns(std::move(sources), ordering, 500, arrow::default_memory_pool(),
                                [&](const auto& batch) {
                                  EXPECT_LE(batch->num_rows(), 500);
                                  merged.push_back(batch);
                                  return arrow::Status::OK();
                                }));
  return TableOf(merged);
}

TEST(MergeRuns, GivesWhatSortingAllRowsAtOnceGives) {
  for (const char* text : {"name desc nulls first, x, row", "x desc, row", "row"}) {
    const auto order = ParseSortOrder(text, PointSchema()).ValueOrDie();
    const auto ordering = RowOrdering::ByColumns(PointSchema(), order);
    std::vector<BatchSource> runs;
    // Nulls in some runs' batches and not in others; runs of 1 to 4,000 rows.
    for (const auto& run : Points(12'001, 4000)) {
      runs.push_back(
          SourceOf(SortBatches({run}, PointSchema(), order, {.batch_rows = 37}).ValueOrDie()));
    }
    const auto all = SortBatches(Points(12'001, 4000), PointSchema(), order).ValueOrDie();
    const auto merged = MergedTable(std::move(runs), ordering).ValueOrDie();
    EXPECT_EQ(RowNumbers(*merged), RowNumbers(*TableOf(all))) << text;
  }
}

TEST(MergeRuns, FollowsTheCurve) {
  const auto points = Points(20'000, 3000);
  const auto clustering = PointClustering("zorder(x, name)");
  ClusterSample sample(PointSchema(), clustering, 20'000, 2000, arrow::default_memory_pool());
  for (const auto& batch : points) ASSERT_TRUE(sample.Add(*batch).ok());
  const auto keys = sample.Finish().ValueOrDie();
  const auto ordering = RowOrdering::AlongCurve(keys);
  std::vector<BatchSource> runs;
  for (const auto& batch : points) {
    const auto sorted = SortedRows::Make({batch}, ordering).ValueOrDie();
    runs.push_back(SourceOf(sorted.GatherAll(100).ValueOrDie()));
  }
  const auto merged = MergedTable(std::move(runs), ordering).ValueOrDie();
  EXPECT_EQ(merged->num_rows(), 20'000);
  arrow::TableBatchReader reader(*merged);
  std::shared_ptr<arrow::RecordBatch> all;
  ASSERT_TRUE(reader.ReadNext(&all).ok());
  const auto merged_keys = keys.Make(*all, 1, arrow::default_memory_pool()).ValueOrDie();
  EXPECT_TRUE(std::is_sorted(merged_keys.begin(), merged_keys.end()));
  auto rows = RowNumbers(*merged);
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(std::unique(rows.begin(), rows.end()), rows.end());
}

TEST(MergeRuns, EndsWithOneKeyInEveryRun) {
  const auto order = ParseSortOrder("x", PointSchema()).ValueOrDie();
  arrow::Int64Builder x, row;
  arrow::StringBuilder name;
  for (int64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(x.Append(5).ok() && name.Append("a").ok() && row.Append(i).ok());
  }
  const auto same = arrow::RecordBatch::Make(
      ToArrowSchema(PointSchema()), 100,
      {x.Finish().ValueOrDie(), name.Finish().ValueOrDie(), row.Finish().ValueOrDie()});
  const auto merged =
      MergedTable({SourceOf({same, same}), SourceOf({same->Slice(0, 0), same}), SourceOf({})},
                  RowOrdering::ByColumns(PointSchema(), order));
  EXPECT_EQ(merged.ValueOrDie()->num_rows(), 300);
}

TEST(MergeRuns, PassesOnAFailureOfARun) {
  const auto order = ParseSortOrder("x", PointSchema()).ValueOrDie();
  const BatchSource broken = []() -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
    return arrow::Status::IOError("the disk is gone");
  };
  const auto merged =
      MergedTable({SourceOf(Points(10, 10)), broken}, RowOrdering::ByColumns(PointSchema(), order));
  EXPECT_TRUE(merged.status().IsIOError()) << merged.status();
}

}  // namespace
}  // namespace artemis
