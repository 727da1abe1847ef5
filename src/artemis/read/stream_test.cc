// Facts of how a plan is streamed: what is cut, decoded, opened ahead and held, and when it ends. What rows it gives is read_plan_test.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include <arrow/builder.h>
#include <arrow/memory_pool.h>
#include <gtest/gtest.h>

#include "artemis/io/location.h"
#include "artemis/read/opened_file.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {
namespace {

// Files wait at a gate while it is shut.
class GatedFileSystem : public RecordingFileSystem {
 public:
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    open_.wait(lock, [&] { return !is_shut_; });
    --waiting_;
    lock.unlock();
    return RecordingFileSystem::OpenInput(path);
  }
  void Shut(bool shut) {
    std::lock_guard lock(mutex_);
    is_shut_ = shut;
    open_.notify_all();
  }
  int waiting() {
    std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable open_;
  bool is_shut_ = false;
  int waiting_ = 0;
};

// Asks for a stop at an allocation, and counts those that follow.
class StoppingPool : public arrow::ProxyMemoryPool {
 public:
  StoppingPool(arrow::StopSource* source, int64_t stop_at)
      : arrow::ProxyMemoryPool(arrow::system_memory_pool()), source_(source), stop_at_(stop_at) {}
  arrow::Status Allocate(int64_t size, int64_t alignment, uint8_t** out) override {
    if (++allocations_ == stop_at_) source_->RequestStop();
    return arrow::ProxyMemoryPool::Allocate(size, alignment, out);
  }
  int64_t after_stop() const { return allocations_ - stop_at_; }

 private:
  arrow::StopSource* source_;
  const int64_t stop_at_;
  std::atomic<int64_t> allocations_{0};
};

template <typename Condition>
bool Comes(const Condition& condition) {
  for (int i = 0; i < 10'000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return condition();
}

class StreamTest : public ::testing::Test {
 protected:
  static TestTableOptions Columns() {
    TestTableOptions options;
    options.fields = {MakeField(1, "n", TypeKind::kLong), MakeField(2, "text", TypeKind::kString),
                      MakeField(3, "kind", TypeKind::kString)};
    return options;
  }
  // n counts from `first`, text is one of 5,000 of 40 bytes, kind another after each 1,000 rows.
  static std::shared_ptr<arrow::RecordBatch> Batch(int64_t first, int64_t rows) {
    arrow::Int64Builder n;
    arrow::StringBuilder text, kind;
    for (int64_t i = first; i < first + rows; ++i) {
      EXPECT_TRUE(n.Append(i).ok());
      const std::string digits = std::to_string(i * 7919 % 5'000);
      EXPECT_TRUE(text.Append(std::string(40 - digits.size(), '.') + digits).ok());
      EXPECT_TRUE(kind.Append("kind " + std::to_string(i / 1'000)).ok());
    }
    const auto schema =
        arrow::schema({ArrowField(1, "n", arrow::int64()), ArrowField(2, "text", arrow::utf8()),
                       ArrowField(3, "kind", arrow::utf8())});
    return arrow::RecordBatch::Make(
        schema, rows,
        {n.Finish().ValueOrDie(), text.Finish().ValueOrDie(), kind.Finish().ValueOrDie()});
  }
  void AddFile(int64_t first, int64_t rows) {
    table_.Commit(table_.Write(std::vector{Batch(first, rows)}));
  }
  ScanPlan Plan(const Predicate& predicate = {}) {
    PlanOptions options;
    options.prune_row_groups = false;
    return PlanScan(table_.View(), table_.Bound(predicate), table_.files(), options).ValueOrDie();
  }
  static ReadOptions Threads(int threads) {
    ReadOptions options;
    options.threads = threads;
    return options;
  }
  static Predicate Between(int64_t first, int64_t end) {
    return Joined(PredicateOp::kAnd,
                  {Leaf(PredicateOp::kGe, "n", {first}), Leaf(PredicateOp::kLt, "n", {end})});
  }

  TestTable table_{Columns()};
};

TEST_F(StreamTest, CutsAHugeRowGroupWherePagesOfAllColumnsEnd) {
  AddFile(0, 250'000);
  ScanPlan plan = Plan();
  ASSERT_EQ(plan.tasks.size(), 1u);
  ReadContext context;
  context.view = plan.view;
  context.files = &table_.files();
  context.output = plan.view.schema->fields;
  context.deletes = std::make_shared<DeleteLoader>(table_.files(), plan.view.metadata);
  const auto file = OpenTask(context, plan.tasks[0]).ValueOrDie();
  ASSERT_EQ(file->group_starts.size(), 1u);
  EXPECT_EQ(UnitsOf(context, file, 1)->size(), 1u);
  const auto units = UnitsOf(context, file, 2).ValueOrDie();
  EXPECT_EQ(units.size(), 2u);
  int64_t next = 0;
  for (const ReadUnit& unit : units) {
    ASSERT_EQ(unit.ranges.size(), 1u);
    EXPECT_EQ(unit.ranges[0].first, next);
    EXPECT_GE(unit.ranges[0].count, 50'000);
    next = unit.ranges[0].end();
  }
  EXPECT_EQ(next, 250'000);
  // Each row once, at its place.
  ReadOptions options = Threads(2);
  options.columns = {FieldId(1)};
  options.positions = true;
  const auto stream = ReadPlan(Plan(), table_.files(), options).ValueOrDie();
  std::vector<int> seen(250'000);
  std::shared_ptr<arrow::RecordBatch> batch;
  while (stream->ReadNext(&batch).ok() && batch != nullptr) {
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const auto n = static_cast<const arrow::Int64Array&>(*batch->column(0)).Value(row);
      ASSERT_EQ(static_cast<const arrow::Int64Array&>(*batch->column(1)).Value(row), n);
      ++seen[static_cast<size_t>(n)];
    }
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 250'000);
}

TEST_F(StreamTest, OpensNoMoreFilesThanItMay) {
  for (int i = 0; i < 40; ++i) AddFile(i * 10, 10);
  std::vector<std::string> paths;
  for (const auto& task : Plan().tasks) paths.push_back(task.file.path);
  const auto opened = [&] {
    const auto read = table_.files().ReadPaths();
    return std::count_if(paths.begin(), paths.end(),
                         [&](const auto& path) { return read.contains(path); });
  };
  table_.files().Forget();
  ReadOptions options = Threads(2);
  options.files_max = 6;
  options.buffer_bytes = 1;
  const auto stream = ReadPlan(Plan(), table_.files(), options).ValueOrDie();
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  // Batches of two files are given out or wait; six are open: two in the hands of decoders, the others ahead of them.
  EXPECT_TRUE(Comes([&] { return opened() > 4; })) << opened();
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  EXPECT_LE(opened(), 8);
  Rows rows = RowsOf(*batch);
  while (stream->ReadNext(&batch).ok() && batch != nullptr) {
    for (auto& row : RowsOf(*batch)) rows.push_back(row);
  }
  EXPECT_EQ(rows.size(), 400u);
}

TEST_F(StreamTest, DecodesOneRowGroupAtATimeWhereTheBudgetIsUsedUp) {
  for (int i = 0; i < 6; ++i) AddFile(i * 50'000, 50'000);
  const auto peak = [&](int64_t memory_bytes) {
    arrow::ProxyMemoryPool pool(arrow::system_memory_pool());
    ReadOptions options = Threads(4);
    options.memory_bytes = memory_bytes;
    options.buffer_bytes = 1;
    options.pool = &pool;
    const auto stream = ReadPlan(Plan(), table_.files(), options).ValueOrDie();
    int64_t rows = 0;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (stream->ReadNext(&batch).ok() && batch != nullptr) {
      rows += batch->num_rows();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(rows, 300'000);
    return pool.max_memory();
  };
  const int64_t narrow = peak(1);
  EXPECT_GT(peak(int64_t{1} << 30), narrow + narrow / 4);
}

TEST_F(StreamTest, CutsBatchesOfWideRowsAtBytes) {
  AddFile(0, 60'000);
  ReadOptions options = Threads(2);
  options.batch_bytes = 100'000;
  const auto stream = ReadPlan(Plan(), table_.files(), options).ValueOrDie();
  std::shared_ptr<arrow::RecordBatch> batch;
  int64_t rows = 0;
  while (stream->ReadNext(&batch).ok() && batch != nullptr) {
    rows += batch->num_rows();
    // A row takes 8 + 44 + 10 bytes.
    EXPECT_LT(batch->num_rows(), 3'000);
  }
  EXPECT_EQ(rows, 60'000);
}

TEST_F(StreamTest, IsCancelledWhileItsFilesDoNotAnswer) {
  for (int i = 0; i < 4; ++i) AddFile(i * 10, 10);
  GatedFileSystem gated;
  arrow::StopSource source;
  ReadOptions options = Threads(2);
  options.stop = source.token();
  gated.Shut(true);
  const auto stream = ReadPlan(Plan(), gated, options).ValueOrDie();
  std::thread stopper([&] {
    EXPECT_TRUE(Comes([&] { return gated.waiting() > 0; }));
    source.RequestStop();
  });
  std::shared_ptr<arrow::RecordBatch> batch;
  EXPECT_TRUE(stream->ReadNext(&batch).IsCancelled());
  EXPECT_GT(gated.waiting(), 0);
  stopper.join();
  gated.Shut(false);
}

TEST_F(StreamTest, IsCancelledWithinAFileNoneOfWhoseRowsMatch) {
  AddFile(0, 200'000);
  // Within the bounds of the file: all is decoded and nothing given.
  const Predicate none = Leaf(PredicateOp::kEq, "text", {std::string(36, '.') + "3x"});
  for (const bool filter_first : {false, true}) {
    arrow::StopSource source;
    StoppingPool pool(&source, 30);
    ReadOptions options = Threads(1);
    options.batch_rows = 500;
    options.filter_first = filter_first;
    options.stop = source.token();
    options.pool = &pool;
    const auto stream = ReadPlan(Plan(none), table_.files(), options).ValueOrDie();
    std::shared_ptr<arrow::RecordBatch> batch;
    EXPECT_TRUE(stream->ReadNext(&batch).IsCancelled());
    // 400 batches would follow.
    EXPECT_LT(pool.after_stop(), 40);
  }
}

TEST_F(StreamTest, DecodesWideColumnsOnlyWhereTheFilterFindsRows) {
  AddFile(0, 200'000);
  const Predicate kind = Leaf(PredicateOp::kEq, "kind", {std::string("kind 123")});
  const Predicate none = Leaf(PredicateOp::kEq, "kind", {std::string("kind 1x")});
  const auto decode = [&](const Predicate& predicate, bool filter_first, Rows* rows) {
    arrow::ProxyMemoryPool pool(arrow::system_memory_pool());
    ReadOptions options = Threads(1);
    options.filter_first = filter_first;
    options.positions = true;
    options.pool = &pool;
    *rows = RowsOf(ReadPlan(Plan(predicate), table_.files(), options));
    return pool.total_bytes_allocated();
  };
  Rows first, at_once;
  const int64_t few = decode(kind, true, &first);
  const int64_t all = decode(kind, false, &at_once);
  EXPECT_EQ(first.size(), 1'000u);
  EXPECT_EQ(first, at_once);
  EXPECT_LT(few, all / 2);
  // Where nothing matches, nothing else is decoded.
  EXPECT_LT(decode(none, true, &first), few);
  EXPECT_TRUE(first.empty());
}

// Whatever is decoded first, in pages of ten rows, with deletes of both kinds.
TEST_F(StreamTest, GivesTheSameRowsWithTheFilterFirst) {
  ForeignFileOptions foreign;
  foreign.row_group_rows = 90;
  foreign.page_rows = 10;
  std::string json;
  for (int i = 0; i < 400; ++i) {
    json +=
        (json.empty() ? "[" : ", ") + ("{\"n\": " + (i % 11 == 0 ? "null" : std::to_string(i))) +
        ", \"text\": \"text " + std::to_string(i * 37 % 100) +
        "\", \"kind\": " + (i % 7 == 0 ? "null" : "\"kind " + std::to_string(i / 40) + "\"") + "}";
  }
  const auto schema = Batch(0, 0)->schema();
  const DataFile file = WriteForeign(table_, schema, json + "]", foreign);
  table_.Commit({file});
  table_.Commit({WritePositionDeletes(table_, {{file.path, 5}, {file.path, 95}, {file.path, 391}}),
                 WriteEqualityDeletes(table_, arrow::schema({schema->field(1)}),
                                      R"([{"text": "text 3"}, {"text": "text 77"}])")});
  std::mt19937 random(20);
  for (int run = 0; run < 60; ++run) {
    const auto first = static_cast<int64_t>(random() % 400);
    const Predicate window = Between(first, first + static_cast<int64_t>(random() % 60));
    const Predicate kind =
        Leaf(PredicateOp::kEq, "kind", {"kind " + std::to_string(random() % 11)});
    const Predicate predicates[] = {
        window,
        kind,
        Joined(PredicateOp::kOr, {window, kind}),
        Joined(PredicateOp::kAnd, {Leaf(PredicateOp::kNotNull, "kind"), window}),
        Joined(PredicateOp::kNot, {kind}),
        Joined(PredicateOp::kOr, {Leaf(PredicateOp::kIsNull, "n"), kind})};
    const Predicate& predicate = predicates[random() % 6];
    ReadOptions options = InOrder();
    options.positions = true;
    options.complement = run % 5 == 0;
    options.batch_rows = 1 + static_cast<int64_t>(random() % 50);
    if (run % 3 == 0) options.columns = {FieldId(3), kFilePathColumn};
    options.filter_first = false;
    const Rows expected = RowsOf(ReadPlan(Plan(predicate), table_.files(), options));
    options.filter_first = true;
    EXPECT_EQ(RowsOf(ReadPlan(Plan(predicate), table_.files(), options)), expected)
        << FormatPredicate(predicate);
    options.threads = 3;
    EXPECT_EQ(Sorted(RowsOf(ReadPlan(Plan(predicate), table_.files(), options))), Sorted(expected));
  }
}

TEST(FilterFirst, IsTriedLessOftenTheLessItGives) {
  FilterFirst choice;
  EXPECT_TRUE(choice.Try());
  choice.Note(90, 100);
  EXPECT_FALSE(choice.Try());
  EXPECT_TRUE(choice.Try());
  choice.Note(90, 100);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(choice.Try());
  EXPECT_TRUE(choice.Try());
  choice.Note(10, 100);
  EXPECT_TRUE(choice.Try());
  EXPECT_TRUE(choice.Try());
}

TEST_F(StreamTest, CountsFilesAndTheirBytesAsTheyAreRead) {
  for (int64_t file = 0; file < 5; ++file) AddFile(file * 1'000, 1'000);
  int64_t file_bytes = 0;
  for (const auto& task : Plan().tasks) file_bytes += task.file.file_size_bytes;
  for (const int threads : {1, 2, 4}) {
    ReadOptions options = Threads(threads);
    options.batch_rows = 300;
    options.progress = std::make_shared<ReadProgress>();
    const auto rows = ReadPlan(Plan(), table_.files(), options).ValueOrDie();
    std::shared_ptr<arrow::RecordBatch> batch;
    ASSERT_TRUE(rows->ReadNext(&batch).ok());
    if (threads == 1) {
      EXPECT_EQ(options.progress->files, 0);
    }
    int64_t files = 0;
    do {
      ASSERT_TRUE(rows->ReadNext(&batch).ok());
      EXPECT_GE(options.progress->files, files);
      files = options.progress->files;
    } while (batch != nullptr);
    EXPECT_EQ(options.progress->files, 5) << threads;
    EXPECT_EQ(options.progress->file_bytes, file_bytes) << threads;
  }
}

}  // namespace
}  // namespace artemis
