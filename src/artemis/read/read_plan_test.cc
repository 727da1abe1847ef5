// Facts of the stream over a plan: order, filters, limits, threads, memory, cancelling, and files that are not what they should be.
#include "artemis/read/read_plan.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <arrow/builder.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/read/rows_fixture.h"

namespace artemis {
namespace {

TestTableOptions Numbers() {
  TestTableOptions options;
  options.fields = {MakeField(1, "n", TypeKind::kLong),
                    MakeField(2, "p", Type::Struct({MakeField(3, "x", TypeKind::kLong)}))};
  return options;
}

// {"n": first}, …, {"n": last}
std::string Counting(int first, int last) {
  std::string json;
  for (int n = first; n <= last; ++n)
    json += (json.empty() ? "[" : ", ") + ("{\"n\": " + std::to_string(n)) + "}";
  return json + "]";
}

Rows Numbers(int first, int last) {
  Rows rows;
  for (int n = first; n <= last; ++n) rows.push_back(std::to_string(n));
  return rows;
}

// Waits until `condition` holds, ten seconds at most.
template <typename Condition>
bool Eventually(const Condition& condition) {
  for (int i = 0; i < 10'000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return condition();
}

class ReadPlanTest : public ::testing::Test {
 protected:
  static std::shared_ptr<arrow::Schema> OnlyNumbers() {
    return arrow::schema({ArrowField(1, "n", arrow::int64())});
  }
  DataFile WriteNumbers(int first, int last, int64_t row_group_rows = 1 << 20) {
    ForeignFileOptions options;
    options.row_group_rows = row_group_rows;
    return WriteForeign(table_, OnlyNumbers(), Counting(first, last), options);
  }
  // One commit of `count` files: file i holds 10 i to 10 i + 9.
  std::vector<DataFile> AddFiles(int count) {
    std::vector<DataFile> files;
    for (int i = 0; i < count; ++i) files.push_back(WriteNumbers(10 * i, 10 * i + 9));
    table_.Commit(files);
    table_.files().Forget();
    return files;
  }
  // n alone.
  static ReadOptions With(int threads) {
    ReadOptions options;
    options.threads = threads;
    options.columns = {FieldId(1)};
    return options;
  }
  std::shared_ptr<arrow::RecordBatchReader> Open(const ReadOptions& options,
                                                 std::shared_ptr<ReadCounters> counters = nullptr) {
    auto plan = PlanScan(table_.View(), BoundPredicate::True(), table_.files()).ValueOrDie();
    return ReadPlan(std::move(plan), table_.files(), options, std::move(counters)).ValueOrDie();
  }
  // How many of these have been opened.
  int Opened(const std::vector<DataFile>& files) {
    const auto read = table_.files().ReadPaths();
    return static_cast<int>(std::count_if(
        files.begin(), files.end(), [&](const auto& file) { return read.contains(file.path); }));
  }

  TestTable table_{Numbers()};
};

TEST_F(ReadPlanTest, GivesPlanOrderOnOneThread) {
  AddFiles(5);
  EXPECT_EQ(ReadRows(table_, With(1)), Numbers(0, 49));
}

TEST_F(ReadPlanTest, GivesTheSameRowsOnAnyNumberOfThreads) {
  AddFiles(5);
  table_.Commit({WriteNumbers(100, 139, 7)});
  Rows expected = Numbers(0, 49);
  for (auto& row : Numbers(100, 139)) expected.push_back(row);
  for (const int threads : {2, 3, 8}) {
    for (const int files_max : {1, 2, 8}) {
      ReadOptions options = With(threads);
      options.files_max = files_max;
      EXPECT_EQ(Sorted(ReadRows(table_, options)), Sorted(expected));
    }
  }
}

// Workers that are done before the last one is started must not be waited for.
TEST_F(ReadPlanTest, EndsHoweverFastItsWorkersAre) {
  AddFiles(2);
  for (int run = 0; run < 100; ++run) {
    ReadOptions options = With(8);
    options.limit = run % 3 == 0 ? std::optional<int64_t>(run % 5) : std::nullopt;
    const auto expected = options.limit ? static_cast<size_t>(*options.limit) : 20u;
    ASSERT_EQ(ReadRows(table_, options).size(), expected);
  }
}

TEST_F(ReadPlanTest, ReadsNothingBeforeTheFirstBatchIsAskedFor) {
  const auto files = AddFiles(2);
  for (const int threads : {1, 2}) {
    const auto stream = Open(With(threads));
    EXPECT_EQ(stream->schema()->num_fields(), 1);
    EXPECT_EQ(Opened(files), 0);
  }
}

TEST_F(ReadPlanTest, IsEmptyForAnEmptyPlanAndAfterClose) {
  for (const int threads : {1, 2}) EXPECT_EQ(ReadRows(table_, With(threads)), Rows{});
  AddFiles(3);
  const auto stream = Open(With(2));
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  ASSERT_TRUE(stream->Close().ok());
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  EXPECT_EQ(batch, nullptr);
}

TEST_F(ReadPlanTest, CutsBatchesAtTheAskedSize) {
  table_.Commit({WriteNumbers(0, 24, 10)});
  ReadOptions options = With(1);
  options.batch_rows = 4;
  const auto stream = Open(options);
  std::shared_ptr<arrow::RecordBatch> batch;
  Rows rows;
  while (stream->ReadNext(&batch).ok() && batch != nullptr) {
    EXPECT_LE(batch->num_rows(), 4);
    EXPECT_GT(batch->num_rows(), 0);
    for (auto& row : RowsOf(*batch)) rows.push_back(row);
  }
  EXPECT_EQ(rows, Numbers(0, 24));
}

TEST_F(ReadPlanTest, KeepsRowsThatMatchAndWithComplementThoseThatDoNot) {
  table_.Append(R"([{"n": 1, "p": {"x": 10}}, {"n": 2, "p": {"x": null}}, {"n": 3, "p": null},
                    {"n": null, "p": {"x": 40}}, {"n": 5, "p": {"x": 5}}])");
  const struct {
    Predicate predicate;
    Rows matching, rest;
  } cases[] = {
      {Leaf(PredicateOp::kGe, "n", {int64_t{2}}), {"2", "3", "5"}, {"1", "null"}},
      {Leaf(PredicateOp::kLt, "p.x", {int64_t{20}}), {"1", "5"}, {"2", "3", "null"}},
      {Leaf(PredicateOp::kIsNull, "p.x"), {"2", "3"}, {"1", "null", "5"}},
      {Leaf(PredicateOp::kNotNull, "p.x"), {"1", "null", "5"}, {"2", "3"}},
      {Joined(PredicateOp::kAnd,
              {Leaf(PredicateOp::kGt, "p.x", {int64_t{5}}), Leaf(PredicateOp::kNotNull, "n")}),
       {"1"},
       {"2", "3", "null", "5"}},
  };
  for (const auto& each : cases) {
    ReadOptions options = With(1);
    EXPECT_EQ(ReadRows(table_, each.predicate, options), each.matching)
        << FormatPredicate(each.predicate);
    // What is read whole, and what is cut out of it, must not matter.
    options.columns = std::nullopt;
    EXPECT_EQ(ReadRows(table_, each.predicate, options).size(), each.matching.size());
    options = With(1);
    options.complement = true;
    EXPECT_EQ(ReadRows(table_, each.predicate, options), each.rest)
        << FormatPredicate(each.predicate);
  }
}

TEST_F(ReadPlanTest, GivesNothingAsTheComplementOfAll) {
  AddFiles(1);
  ReadOptions options = With(1);
  options.complement = true;
  EXPECT_EQ(ReadRows(table_, options), Rows{});
}

TEST_F(ReadPlanTest, StopsAtTheLimit) {
  const auto files = AddFiles(4);
  for (const int threads : {1, 3}) {
    for (const int64_t limit : {0, 1, 9, 10, 11, 39, 40, 100}) {
      ReadOptions options = With(threads);
      options.limit = limit;
      EXPECT_EQ(ReadRows(table_, options).size(), static_cast<size_t>(std::min<int64_t>(limit, 40)))
          << limit;
    }
  }
  table_.files().Forget();
  ReadOptions options = With(1);
  options.limit = 12;
  EXPECT_EQ(ReadRows(table_, options), Numbers(0, 11));
  EXPECT_EQ(Opened(files), 2);
}

TEST_F(ReadPlanTest, CountsRowsWithoutColumns) {
  AddFiles(3);
  for (const int threads : {1, 2}) {
    ReadOptions options = With(threads);
    options.columns.emplace();
    options.batch_rows = 4;
    for (const auto& [predicate, expected] :
         {std::pair{Predicate(), 30}, {Leaf(PredicateOp::kGe, "n", {int64_t{7}}), 23}}) {
      const auto stream =
          OpenRows(table_, table_.View(), table_.Bound(predicate), options).ValueOrDie();
      EXPECT_EQ(stream->schema()->num_fields(), 0);
      int64_t rows = 0;
      std::shared_ptr<arrow::RecordBatch> batch;
      while (stream->ReadNext(&batch).ok() && batch != nullptr) {
        EXPECT_EQ(batch->num_columns(), 0);
        rows += batch->num_rows();
      }
      EXPECT_EQ(rows, expected);
    }
    options.limit = 11;
    int64_t rows = 0;
    const auto stream = Open(options);
    std::shared_ptr<arrow::RecordBatch> batch;
    while (stream->ReadNext(&batch).ok() && batch != nullptr) rows += batch->num_rows();
    EXPECT_EQ(rows, 11);
  }
}

TEST_F(ReadPlanTest, CountsWhatGoesThrough) {
  AddFiles(3);
  auto counters = std::make_shared<ReadCounters>();
  ReadOptions options = With(2);
  options.limit = 25;
  EXPECT_EQ(RowsOf(Open(options, counters)).size(), 25u);
  EXPECT_EQ(counters->rows, 25);
  EXPECT_EQ(counters->files, 3);
  EXPECT_GE(counters->bytes, 25 * 8);
}

TEST_F(ReadPlanTest, ReadsTheRowGroupsOfATaskOnly) {
  table_.Commit({WriteNumbers(0, 39, 10)});
  auto plan = PlanScan(table_.View(), BoundPredicate::True(), table_.files()).ValueOrDie();
  plan.tasks.at(0).row_groups = std::vector<int>{1, 3};
  Rows expected = Numbers(10, 19);
  for (auto& row : Numbers(30, 39)) expected.push_back(row);
  EXPECT_EQ(RowsOf(ReadPlan(plan, table_.files(), With(1))), expected);
  EXPECT_EQ(Sorted(RowsOf(ReadPlan(plan, table_.files(), With(4)))), Sorted(expected));
}

// Split offsets are what a writer noted down: fewer or more of them than row groups must not change the rows.
TEST_F(ReadPlanTest, ReadsAllRowsWhateverTheSplitOffsetsSay) {
  for (const size_t offsets : {0, 1, 2, 3, 4, 5, 9}) {
    TestTable table(Numbers());
    ForeignFileOptions foreign;
    foreign.row_group_rows = 10;
    DataFile file = WriteForeign(table, OnlyNumbers(), Counting(0, 39), foreign);
    ASSERT_EQ(file.split_offsets.size(), 4u);
    file.split_offsets.resize(offsets, file.file_size_bytes);
    table.Commit({file});
    for (const int threads : {1, 2, 4})
      EXPECT_EQ(Sorted(ReadRows(table, With(threads))), Sorted(Numbers(0, 39))) << offsets;
  }
}

TEST_F(ReadPlanTest, StopsReadingWhileNobodyTakesBatches) {
  const auto files = AddFiles(20);
  ReadOptions options = With(2);
  options.buffer_bytes = 1;
  // As many as are being decoded: none is opened ahead.
  options.files_max = 2;
  auto stream = Open(options);
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  // One batch is taken, one waits in the queue, and each of the two workers holds one it cannot hand over.
  EXPECT_TRUE(Eventually([&] { return Opened(files) == 4; })) << Opened(files);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(Opened(files), 4);
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  EXPECT_TRUE(Eventually([&] { return Opened(files) == 5; }));
  // Letting go of the stream ends its workers where they are.
  stream.reset();
  EXPECT_EQ(Opened(files), 5);
}

TEST_F(ReadPlanTest, HoldsBoundedMemoryWhileNobodyTakesBatches) {
  // 8 files of 100,000 numbers: 800 kB each, decoded.
  for (int i = 0; i < 8; ++i) {
    arrow::Int64Builder builder;
    for (int64_t n = 0; n < 100'000; ++n) ASSERT_TRUE(builder.Append(n * 7919 + i).ok());
    const auto rows =
        arrow::RecordBatch::Make(OnlyNumbers(), 100'000, {builder.Finish().ValueOrDie()});
    table_.Commit(table_.Write(std::vector{rows}));
  }
  arrow::ProxyMemoryPool pool(arrow::system_memory_pool());
  ReadOptions options = With(2);
  options.batch_rows = 10'000;
  options.buffer_bytes = 200'000;
  options.pool = &pool;
  const auto stream = Open(options);
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  int64_t allocated = 0;
  // Quiet once the allocation no longer moves.
  for (int quiet = 0; quiet < 30; ++quiet) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (pool.bytes_allocated() != allocated) quiet = 0;
    allocated = pool.bytes_allocated();
  }
  // The queue, and for two workers a batch in hand and what a decoder holds of a column chunk.
  EXPECT_LT(allocated, 3'500'000);
  int64_t rows = 0;
  while (batch != nullptr) {
    rows += batch->num_rows();
    ASSERT_TRUE(stream->ReadNext(&batch).ok());
  }
  EXPECT_EQ(rows, 800'000);
}

TEST_F(ReadPlanTest, EndsWithCancelledWhenStopped) {
  const auto files = AddFiles(20);
  for (const int threads : {1, 2}) {
    table_.files().Forget();
    arrow::StopSource source;
    ReadOptions options = With(threads);
    options.buffer_bytes = 1;
    options.stop = source.token();
    const auto stream = Open(options);
    std::shared_ptr<arrow::RecordBatch> batch;
    ASSERT_TRUE(stream->ReadNext(&batch).ok());
    source.RequestStop();
    arrow::Status status;
    while (status.ok() && batch != nullptr) status = stream->ReadNext(&batch);
    EXPECT_TRUE(status.IsCancelled()) << status;
    EXPECT_TRUE(stream->ReadNext(&batch).IsCancelled());
    EXPECT_LT(Opened(files), 20);
  }
}

TEST_F(ReadPlanTest, CallsATruncatedFileCorruptByItsPath) {
  const auto files = AddFiles(3);
  const auto path = LocalPath(files[1].path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  for (const int threads : {1, 2}) {
    const auto status = ReadStatus(table_, With(threads));
    const auto* corrupt = FindDetail<CorruptFile>(status);
    ASSERT_NE(corrupt, nullptr) << status;
    EXPECT_EQ(corrupt->path, files[1].path);
  }
}

TEST_F(ReadPlanTest, NamesAMissingFileAndGoesNoFurther) {
  const auto files = AddFiles(3);
  ASSERT_TRUE(table_.files().Delete(files[1].path).ok());
  for (const int threads : {1, 2}) {
    const auto stream = Open(With(threads));
    std::shared_ptr<arrow::RecordBatch> batch;
    arrow::Status status;
    do {
      status = stream->ReadNext(&batch);
    } while (status.ok() && batch != nullptr);
    EXPECT_TRUE(IsFileNotFound(status)) << status;
    EXPECT_NE(status.message().find(LocalPath(files[1].path)), std::string::npos) << status;
    // Asking again must not give the rows after the hole.
    EXPECT_TRUE(IsFileNotFound(stream->ReadNext(&batch)));
    EXPECT_EQ(batch, nullptr);
  }
}

TEST_F(ReadPlanTest, RefusesOtherFormatsByName) {
  DataFile file = WriteNumbers(0, 1);
  file.format = "ORC";
  table_.Commit({file});
  const auto status = ReadStatus(table_, With(1));
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("ORC"), std::string::npos) << status;
  EXPECT_NE(status.message().find(file.path), std::string::npos) << status;
}

}  // namespace
}  // namespace artemis
