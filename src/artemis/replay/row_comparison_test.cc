// Rows that cancel and pair, in memory and on disk.
#include "artemis/replay/row_comparison.h"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

constexpr int64_t kMuch = int64_t{1} << 30;

std::shared_ptr<const Schema> TwoColumns(bool identified) {
  auto schema = std::make_shared<Schema>();
  schema->fields = {MakeField(1, "id", TypeKind::kLong, true),
                    MakeField(2, "v", TypeKind::kString)};
  if (identified) schema->identifier_field_ids = {FieldId(1)};
  return schema;
}

DiffColumns ColumnsOf(bool identified, DiffProjection projection = DiffProjection::kNew) {
  const auto schema = TwoColumns(identified);
  return DiffColumns::Make({schema, schema, schema}, projection, {}).ValueOrDie();
}

using Row = std::pair<int64_t, std::string>;

std::shared_ptr<arrow::RecordBatch> BatchOfRows(const std::vector<Row>& rows) {
  std::string json = "[";
  for (const auto& [id, v] : rows) {
    json += (json.size() > 1 ? ", " : "") + std::string(R"({"id": )") + std::to_string(id) +
            R"(, "v": ")" + v + R"("})";
  }
  return JsonBatch(ToArrowSchema(*TwoColumns(false)), json + "]");
}

// "delete 1|a"
Rows Compare(const DiffColumns& columns, const std::vector<std::vector<Row>>& removed,
             const std::vector<std::vector<Row>>& added, int64_t memory_bytes = kMuch,
             DiffCounters* counters = nullptr) {
  DiffCounters own;
  RowComparisonOptions options;
  options.memory_bytes = memory_bytes;
  RowComparison comparison(columns, options, counters != nullptr ? *counters : own);
  for (const auto& rows : added) {
    EXPECT_TRUE(comparison.Add(DiffSide::kAdded, BatchOfRows(rows)).ok());
  }
  for (const auto& rows : removed) {
    EXPECT_TRUE(comparison.Add(DiffSide::kRemoved, BatchOfRows(rows)).ok());
  }
  Rows changes;
  while (true) {
    const auto next = comparison.Next();
    EXPECT_TRUE(next.ok()) << next.status();
    if (!next.ok() || !*next) return changes;
    const auto rows = RowsOf(*(*next)->rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto type = (*next)->types[i % (*next)->types.size()];
      changes.push_back(std::string(ChangeTypeName(type)) + " " + rows[i]);
    }
  }
}

TEST(RowComparison, GivesDeletesThenInserts) {
  EXPECT_EQ(Compare(ColumnsOf(false), {{{1, "a"}, {2, "b"}}, {{3, "c"}}}, {{{2, "b"}, {4, "d"}}}),
            (Rows{"delete 1|a", "delete 3|c", "insert 4|d"}));
}

TEST(RowComparison, CancelsAsManyCopiesAsBothHave) {
  EXPECT_EQ(Compare(ColumnsOf(false), {{{1, "a"}, {1, "a"}, {1, "a"}}}, {{{1, "a"}}}),
            (Rows{"delete 1|a", "delete 1|a"}));
}

TEST(RowComparison, PairsAsManyRowsOfAnIdentifierAsBothHave) {
  EXPECT_EQ(Compare(ColumnsOf(true), {{{1, "a"}, {1, "b"}, {2, "x"}}},
                    {{{1, "c"}, {3, "y"}}, {{2, "x"}}}),
            (Rows{"delete 1|b", "update_preimage 1|a", "update_postimage 1|c", "insert 3|y"}));
}

TEST(RowComparison, GivesBothImagesToBothRowsOfAnUpdate) {
  EXPECT_EQ(Compare(ColumnsOf(true, DiffProjection::kBoth), {{{1, "a"}, {2, "b"}}},
                    {{{1, "c"}, {3, "d"}}}),
            (Rows{"delete 2|b|null|null", "update_preimage 1|a|1|c", "update_postimage 1|a|1|c",
                  "insert null|null|3|d"}));
}

// Random rows with many copies, under budgets that split once, and again and again.
TEST(RowComparison, GivesTheSameChangesFromDiskAsFromMemory) {
  std::mt19937 random(7);
  const auto some_rows = [&](int batches) {
    std::vector<std::vector<Row>> all(static_cast<size_t>(batches));
    for (auto& rows : all) {
      for (int i = 0; i < 200; ++i) {
        rows.emplace_back(random() % 900, std::string(1, static_cast<char>('a' + random() % 4)));
      }
    }
    return all;
  };
  const auto removed = some_rows(8), added = some_rows(9);
  std::map<Row, int64_t> left;
  for (const auto& rows : removed) {
    for (const auto& row : rows) ++left[row];
  }
  for (const auto& rows : added) {
    for (const auto& row : rows) --left[row];
  }
  std::map<int64_t, std::pair<int64_t, int64_t>> by_id;
  int64_t deletes = 0, inserts = 0, updates = 0;
  for (const auto& [row, count] : left) {
    if (count > 0) by_id[row.first].first += count;
    if (count < 0) by_id[row.first].second -= count;
  }
  for (const auto& [id, counts] : by_id) {
    const int64_t pairs = std::min(counts.first, counts.second);
    updates += pairs;
    deletes += counts.first - pairs;
    inserts += counts.second - pairs;
  }
  for (const bool identified : {false, true}) {
    const Rows in_memory = Sorted(Compare(ColumnsOf(identified), removed, added));
    for (const int64_t budget : {int64_t{200'000}, int64_t{20'000}, int64_t{5'000}}) {
      DiffCounters counters;
      const Rows changes = Compare(ColumnsOf(identified), removed, added, budget, &counters);
      EXPECT_GT(counters.bytes_spilled, 0);
      const auto count = [&](const std::string& type) {
        return std::count_if(changes.begin(), changes.end(),
                             [&](const auto& row) { return row.starts_with(type); });
      };
      if (!identified) {
        EXPECT_EQ(Sorted(changes), in_memory);
        EXPECT_EQ(count("delete"), deletes + updates);
        continue;
      }
      EXPECT_EQ(count("delete"), deletes);
      EXPECT_EQ(count("insert"), inserts);
      EXPECT_EQ(count("update_preimage"), updates);
      // A pair stands together.
      for (size_t i = 0; i < changes.size(); ++i) {
        if (!changes[i].starts_with("update_preimage ")) continue;
        const auto id = changes[i].substr(16, changes[i].find('|') - 16);
        EXPECT_EQ(changes.at(i + 1).substr(0, 18 + id.size()), "update_postimage " + id + "|");
      }
    }
  }
}

TEST(RowComparison, SplitsNoFurtherWhereAllRowsAreTheSame) {
  const std::vector<std::vector<Row>> same(5, std::vector<Row>(200, Row{1, "a"}));
  const std::vector<std::vector<Row>> fewer(4, std::vector<Row>(200, Row{1, "a"}));
  EXPECT_EQ(Compare(ColumnsOf(false), same, fewer, 100).size(), 200u);
}

TEST(RowComparison, TellsOfAFolderForTemporaryFilesThatIsNotThere) {
  DiffCounters counters;
  RowComparisonOptions options;
  options.memory_bytes = 1;
  options.temp_folder = "/nowhere/at/all";
  const auto columns = ColumnsOf(false);
  RowComparison comparison(columns, options, counters);
  const auto status = comparison.Add(DiffSide::kAdded, BatchOfRows({{1, "a"}}));
  EXPECT_TRUE(status.IsIOError());
  EXPECT_NE(status.message().find("/nowhere/at/all"), std::string::npos) << status;
}

}  // namespace
}  // namespace artemis
