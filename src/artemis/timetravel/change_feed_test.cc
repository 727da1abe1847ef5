// What the change feed says of the changes that the plain API and rewrites make.
#include <gtest/gtest.h>

#include "artemis/replay/replay.h"
#include "artemis/rewrite/overwrite.h"
#include "artemis/table/update.h"
#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

class ChangeFeedTest : public TimeTravelTest {
 protected:
  // mission is the identifier.
  Table IdentifiedTable(int32_t version) {
    Schema schema = MissionAndVolts();
    schema.fields[0].required = true;
    schema.identifier_field_ids = {FieldId(1)};
    TableOptions options = Options();
    options.format_version = version;
    return CreateTable("lab.v" + std::to_string(version), schema, options).ValueOrDie();
  }
  // Without the commit's id: "update_preimage|0|apollo-7|28.1".
  static Rows FeedOf(const Table& table, SnapshotId from, const ReplayOptions& options = {},
                     DiffKind kind = DiffKind::kGross) {
    DiffOptions diff;
    diff.kind = kind;
    auto result = ReplayEngine(table.catalog(), table.name())
                      .ReplayDiff(from, std::monostate(), options, diff);
    EXPECT_TRUE(result.ok()) << result.status();
    Rows rows;
    if (!result.ok()) return rows;
    for (const auto& row : RowsOf(result->changes)) {
      const size_t second = row.find('|', row.find('|') + 1);
      rows.push_back(row.substr(0, second) + row.substr(row.find('|', second + 1)));
    }
    return rows;
  }
};

constexpr char kMissions[] = R"([{"mission": "apollo-7", "volts": 28.1},
                                 {"mission": "gemini-4", "volts": 24.5},
                                 {"mission": "skylab", "volts": 30.0}])";

RowChange To(double volts) {
  return SetColumns({{"volts", std::make_shared<arrow::DoubleScalar>(volts)}});
}

// Copy-on-write and merge-on-read alike, in both format versions.
TEST_F(ChangeFeedTest, PairsTheImagesOfUpdatedRows) {
  for (const int32_t version : {2, 3}) {
    const Table table = IdentifiedTable(version);
    const auto start = *table.AppendJson(kMissions).ValueOrDie().snapshot_id;
    int64_t ordinal = 0;
    Rows all;
    for (const auto mode : {RewriteMode::kCopyOnWrite, RewriteMode::kMergeOnRead}) {
      RewriteOptions options;
      options.mode = mode;
      const double volts = 27.0 + static_cast<double>(ordinal);
      ASSERT_TRUE(UpdateWhere(table.catalog(), table.name(), Column("mission") == "gemini-4",
                              To(volts), options)
                      .ok());
      const std::string number = std::to_string(ordinal);
      all.push_back("update_preimage|" + number + "|gemini-4|" + (ordinal == 0 ? "24.5" : "27"));
      all.push_back("update_postimage|" + number + "|gemini-4|" + (ordinal == 0 ? "27" : "28"));
      ++ordinal;
    }
    EXPECT_EQ(FeedOf(table, start), all);
    EXPECT_EQ(FeedOf(table, start, {}, DiffKind::kNet),
              (Rows{"update_preimage|0|gemini-4|24.5", "update_postimage|0|gemini-4|28"}));
  }
}

// Specification, "Row Lineage": an updated row keeps its _row_id, and rows that are carried over keep theirs.
TEST_F(ChangeFeedTest, GivesBothImagesOfAnUpdateOneRowId) {
  for (const auto mode : {RewriteMode::kCopyOnWrite, RewriteMode::kMergeOnRead}) {
    TableOptions options = Options();
    options.format_version = 3;
    Schema schema = MissionAndVolts();
    schema.fields[0].required = true;
    schema.identifier_field_ids = {FieldId(1)};
    const Table table =
        CreateTable(mode == RewriteMode::kCopyOnWrite ? "lab.cow" : "lab.mor", schema, options)
            .ValueOrDie();
    const auto start = *table.AppendJson(kMissions).ValueOrDie().snapshot_id;
    RewriteOptions rewrite;
    rewrite.mode = mode;
    ASSERT_TRUE(UpdateWhere(table.catalog(), table.name(), Column("mission") == "gemini-4",
                            To(27.0), rewrite)
                    .ok());
    ReplayOptions columns;
    columns.columns = {"mission", "volts", "_row_id"};
    EXPECT_EQ(FeedOf(table, start, columns),
              (Rows{"update_preimage|0|gemini-4|24.5|1", "update_postimage|0|gemini-4|27|1"}));
  }
}

TEST_F(ChangeFeedTest, TellsATransactionsDeletesAndRowsAsOneCommit) {
  const Table table = IdentifiedTable(2);
  const auto start = *table.AppendJson(kMissions).ValueOrDie().snapshot_id;
  auto transaction = table.NewTransaction().ValueOrDie();
  ASSERT_TRUE(transaction.AppendJson(R"({"mission": "voyager"})").ok());
  ASSERT_TRUE(transaction.Delete(Column("mission").In({"skylab", "voyager"})).ok());
  const auto rows = BatchOf(arrow::schema({arrow::field("mission", arrow::utf8()),
                                           arrow::field("volts", arrow::float64())}),
                            R"([["apollo-7", 29.0]])");
  ASSERT_TRUE(transaction.Overwrite(Column("mission") == "apollo-7", rows).ok());
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(Sorted(FeedOf(table, start)),
            (Rows{"delete|0|skylab|30", "update_postimage|0|apollo-7|29",
                  "update_preimage|0|apollo-7|28.1"}));
}

TEST_F(ChangeFeedTest, SeesNothingOfAnUpdateThatChangesNothing) {
  const Table table = IdentifiedTable(3);
  const auto start = *table.AppendJson(kMissions).ValueOrDie().snapshot_id;
  ASSERT_TRUE(UpdateWhere(table.catalog(), table.name(), Column("volts") > 25.0,
                          [](const std::shared_ptr<arrow::RecordBatch>& rows) {
                            return arrow::Result<std::shared_ptr<arrow::RecordBatch>>(rows);
                          })
                  .ok());
  EXPECT_EQ(FeedOf(table, start), Rows{});
  EXPECT_EQ(FeedOf(table, start, {}, DiffKind::kNet), Rows{});
}

}  // namespace
}  // namespace artemis
