// Facts of ordered replays.
#include "artemis/replay/ordered_rows.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/replay/file_chains.h"
#include "artemis/replay/replay.h"

namespace artemis {
namespace {

class OrderedRowsTest : public ::testing::Test {
 protected:
  OrderedRowsTest() { options_.order = ReplayOrder{}; }

  static TestTableOptions TimeAndText() {
    TestTableOptions options;
    options.fields = {
        MakeField(1, "at", TypeKind::kTimestamptz), MakeField(2, "text", TypeKind::kString),
        MakeField(3, "value", TypeKind::kDouble), MakeField(4, "number", TypeKind::kInt)};
    return options;
  }
  // Rows at these microseconds, "text" counting them from `first` on.
  std::string RowsAt(const std::vector<int64_t>& micros, int first = 0) {
    std::string json;
    for (const int64_t at : micros) {
      json += (json.empty() ? "" : ", ") + std::string(R"({"at": )") + std::to_string(at) +
              R"(, "text": ")" + std::to_string(first++) + R"(", "value": null, "number": 1})";
    }
    return "[" + json + "]";
  }
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Open() {
    ARROW_ASSIGN_OR_RAISE(const auto session,
                          ReplayEngine(table_.catalog(), table_.name()).Open({}, options_));
    return session.Rows();
  }
  Rows Texts() {
    options_.columns = {"text"};
    return RowsOf(Open());
  }

  CatalogTable table_{TimeAndText()};
  ReplayOptions options_;
};

TEST_F(OrderedRowsTest, ComeByTheTimeColumnAcrossFilesThatOverlap) {
  table_.Append(RowsAt({50, 10, 30}));
  table_.Append(RowsAt({40, 20}, 3));
  EXPECT_EQ(Texts(), (Rows{"1", "4", "2", "3", "0"}));
  options_.columns = {"at", "text"};
  const auto rows = Open().ValueOrDie();
  EXPECT_EQ(rows->schema()->field_names(), (std::vector<std::string>{"at", "text"}));
  options_.columns = std::nullopt;
  EXPECT_EQ(Open().ValueOrDie()->schema()->num_fields(), 4);
}

TEST_F(OrderedRowsTest, PutNullsFirstAndNaNLast) {
  table_.Append(R"([{"at": 1, "text": "one", "value": 1.5, "number": 3},
                    {"at": 2, "text": "nan", "value": NaN, "number": 2},
                    {"at": 3, "text": "null", "value": null, "number": 1}])");
  table_.Append(R"([{"at": 4, "text": "minus", "value": -7.0, "number": null}])");
  options_.order->column = "value";
  EXPECT_EQ(Texts(), (Rows{"null", "minus", "one", "nan"}));
  options_.order->column = "number";
  EXPECT_EQ(Texts(), (Rows{"minus", "null", "nan", "one"}));
  options_.order->column = "text";
  EXPECT_EQ(Texts(), (Rows{"minus", "nan", "null", "one"}));
}

TEST_F(OrderedRowsTest, RefuseWhatHasNoOrder) {
  table_.Append(RowsAt({1}));
  options_.order->column = "Text";
  const auto status = Open().status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("did you mean"), std::string::npos) << status;
  table_.SetFields({MakeField(2, "text", TypeKind::kString)});
  options_.order->column = "";
  EXPECT_NE(Open().status().message().find("no time column"), std::string::npos);
}

TEST_F(OrderedRowsTest, AreTheSameEachTimeWhereValuesAreEqual) {
  table_.Append(RowsAt({5, 5, 1}));
  table_.Append(RowsAt({5, 5, 9}, 3));
  const auto first = Texts();
  EXPECT_EQ(first, (Rows{"2", "0", "1", "3", "4", "5"}));
  for (int i = 0; i < 5; ++i) {
    options_.read.threads = 1 + i;
    EXPECT_EQ(Texts(), first);
  }
}

TEST_F(OrderedRowsTest, StopAtTheLimitWithoutReadingLaterFiles) {
  table_.Append(RowsAt({10, 20}));
  const auto late = table_.Write(RowsAt({30, 40}, 2));
  table_.Commit(late);
  options_.read.limit = 2;
  table_.files().Forget();
  EXPECT_EQ(Texts(), (Rows{"0", "1"}));
  EXPECT_FALSE(table_.files().ReadPaths().contains(late.at(0).path));
  options_.read.limit = 3;
  EXPECT_EQ(Texts(), (Rows{"0", "1", "2"}));
  options_.read.limit = 0;
  EXPECT_EQ(Texts(), Rows{});
}

TEST_F(OrderedRowsTest, GroupFilesThatOverlap) {
  table_.Append(RowsAt({10, 20}));
  table_.Append(RowsAt({50, 60}));
  table_.Append(RowsAt({20, 30}));
  table_.Append(RowsAt({31, 40}));
  const auto session =
      ReplayEngine(table_.catalog(), table_.name()).Open({}, options_).ValueOrDie();
  const auto groups = GroupByRange(session.plan().tasks, session.pin().view.schema->fields[0]);
  std::vector<size_t> sizes;
  for (const auto& group : groups) sizes.push_back(group.size());
  EXPECT_EQ(sizes, (std::vector<size_t>{2, 1, 1}));
  // A file with a null may begin before all others.
  table_.Append(R"([{"at": null, "text": "n", "value": null, "number": 1}, {"at": 55}])");
  EXPECT_EQ(Texts().front(), "n");
}

TEST_F(OrderedRowsTest, AreMergedFromDiskWhereMemoryDoesNotLast) {
  std::mt19937 random(7);
  std::vector<int64_t> all;
  for (int file = 0; file < 4; ++file) {
    std::vector<int64_t> micros;
    for (int i = 0; i < 3000; ++i) micros.push_back(static_cast<int64_t>(random() % 100'000));
    table_.Append(RowsAt(micros));
    all.insert(all.end(), micros.begin(), micros.end());
  }
  std::sort(all.begin(), all.end());
  options_.columns = {"at"};
  options_.read.batch_rows = 100;
  // 64 runs at once are merged; the least memory makes a run of each batch, which are 120.
  for (const int64_t memory_bytes : {1, 40'000, 64 << 20}) {
    options_.order->memory_bytes = memory_bytes;
    const auto rows = Open().ValueOrDie();
    std::vector<int64_t> found;
    for (const auto& batch : rows->ToRecordBatches().ValueOrDie()) {
      const auto& values = static_cast<const arrow::TimestampArray&>(*batch->column(0));
      for (int64_t i = 0; i < values.length(); ++i) found.push_back(values.Value(i));
    }
    EXPECT_EQ(found, all) << memory_bytes;
  }
}

TEST_F(OrderedRowsTest, TakeFilesInOrderAsTheyAre) {
  table_.Append(RowsAt({10, 20, 20, 30}));
  table_.Append(RowsAt({15, 25}, 4));
  table_.Append(RowsAt({30, 60}, 6));
  table_.Append(RowsAt({29, 28}, 8));
  table_.Append(
      R"([{"at": null, "text": "n", "value": null, "number": 1}, {"at": 55, "text": "m"}])");
  const auto session =
      ReplayEngine(table_.catalog(), table_.name()).Open({}, options_).ValueOrDie();
  const auto chains_with = [&](int64_t memory_bytes) {
    const FileChainRequest request{&session.plan(), &table_.catalog().files(), options_.read,
                                   session.pin().view.schema->fields[0], memory_bytes};
    // By lower bounds; the file with a null has none and may begin before all others.
    auto groups = GroupByRange(session.plan().tasks, request.column);
    return FindFileChains(request, std::move(groups.at(0))).ValueOrDie();
  };
  const auto found = chains_with(64 << 20);
  // Nulls come first, so that file is in order; the one that begins at 30 follows the one that ends there.
  std::vector<size_t> sizes;
  for (const auto& chain : found.chains) sizes.push_back(chain.size());
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 2, 1}));
  ASSERT_EQ(found.others.size(), 1u);
  EXPECT_EQ(found.others[0].file.record_count, 2);
  // Without memory for more than one: the others are sorted.
  EXPECT_EQ(chains_with(1).chains.size(), 1u);
  EXPECT_EQ(chains_with(1).others.size(), 4u);

  for (const int64_t memory_bytes : {int64_t{1}, int64_t{64} << 20}) {
    options_.order->memory_bytes = memory_bytes;
    EXPECT_EQ(Texts().front(), "n");
    auto texts = Texts();
    ASSERT_EQ(texts.size(), 12u);
    texts.erase(texts.begin());
    // Those of equal times in either order.
    std::sort(texts.begin() + 2, texts.begin() + 4);
    std::sort(texts.begin() + 7, texts.begin() + 9);
    EXPECT_EQ(texts, (Rows{"0", "4", "1", "2", "5", "9", "8", "3", "6", "m", "7"}));
  }
}

TEST_F(OrderedRowsTest, LookAtTheRowsThatAreGivenOut) {
  // Out of order but for the rows the predicate leaves.
  table_.Append(RowsAt({10, 5, 20}));
  options_.where = Predicate{PredicateOp::kNe, {}, "text", {std::string("1")}};
  const auto session =
      ReplayEngine(table_.catalog(), table_.name()).Open({}, options_).ValueOrDie();
  const FileChainRequest request{&session.plan(), &table_.catalog().files(), options_.read,
                                 session.pin().view.schema->fields[0], 1};
  EXPECT_EQ(FindFileChains(request, session.plan().tasks).ValueOrDie().chains.size(), 1u);
  EXPECT_EQ(Texts(), (Rows{"0", "2"}));
}

TEST_F(OrderedRowsTest, MergeRandomFilesInAndOutOfOrder) {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    CatalogTable table{TimeAndText()};
    std::vector<int64_t> all;
    const int files = 1 + static_cast<int>(random() % 6);
    for (int file = 0; file < files; ++file) {
      const auto begin = static_cast<int64_t>(random() % 500);
      std::vector<int64_t> micros;
      for (int i = 0; i < 200; ++i) micros.push_back(begin + static_cast<int64_t>(random() % 300));
      if (random() % 3 != 0) std::sort(micros.begin(), micros.end());
      table.Append(RowsAt(micros));
      all.insert(all.end(), micros.begin(), micros.end());
    }
    std::sort(all.begin(), all.end());
    options_.columns = {"at"};
    options_.read.batch_rows = 1 + static_cast<int64_t>(random() % 100);
    options_.order->memory_bytes = random() % 2 == 0 ? 30'000 : 64 << 20;
    const auto rows =
        ReplayEngine(table.catalog(), table.name()).Open({}, options_).ValueOrDie().Rows();
    std::vector<int64_t> found;
    for (const auto& batch : rows.ValueOrDie()->ToRecordBatches().ValueOrDie()) {
      const auto& values = static_cast<const arrow::TimestampArray&>(*batch->column(0));
      for (int64_t i = 0; i < values.length(); ++i) found.push_back(values.Value(i));
    }
    ASSERT_EQ(found, all) << "round " << round;
  }
}

TEST_F(OrderedRowsTest, RefuseBoundsThatContradictTheRows) {
  table_.Append(RowsAt({10, 20}));
  auto lying = table_.Write(RowsAt({12, 13}, 2));
  for (auto& metrics : lying.at(0).metrics) {
    if (metrics.field_id != FieldId(1)) continue;
    const int64_t later = 100;
    metrics.lower_bound = metrics.upper_bound =
        std::string(reinterpret_cast<const char*>(&later), sizeof(later));
  }
  table_.Commit(lying);
  const auto status = TryRows(Open()).status();
  EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
  EXPECT_NE(status.message().find("column at"), std::string::npos) << status;
}

TEST_F(OrderedRowsTest, FailAsTheReadingDoesAndEndWhenTheyAreDropped) {
  const auto file = table_.Write(RowsAt({1, 2}));
  table_.Commit(file);
  table_.Append(RowsAt({3, 4}));
  {
    const auto dropped = Open().ValueOrDie();
    std::shared_ptr<arrow::RecordBatch> batch;
    EXPECT_TRUE(dropped->ReadNext(&batch).ok());
  }
  arrow::StopSource source;
  options_.read.stop = source.token();
  const auto stopped = Open().ValueOrDie();
  source.RequestStop();
  EXPECT_TRUE(TryRows(stopped).status().IsCancelled());
  options_.read.stop = arrow::StopToken::Unstoppable();
  ASSERT_TRUE(table_.files().Delete(file.at(0).path).ok());
  EXPECT_NE(FindDetail<CorruptFile>(TryRows(Open()).status()), nullptr);
}

}  // namespace
}  // namespace artemis
