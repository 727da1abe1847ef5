// Facts of bringing existing files into tables, on real tables in a catalog.
#include "artemis/rewrite/adopt.h"

#include <filesystem>

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/rewrite/adopt_fixture.h"
#include "artemis/scan/parquet_fixture.h"
#include "artemis/schema/name_mapping_json.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

TestTableOptions MissionsByDay() {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString),
                    MakeField(2, "n", TypeKind::kLong, true),
                    MakeField(3, "ts", TypeKind::kTimestamp)};
  options.partition = "mission, day(ts) as day";
  return options;
}

const std::shared_ptr<arrow::Schema> kAll =
    arrow::schema({arrow::field("mission", arrow::utf8()), arrow::field("n", arrow::int64()),
                   arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO))});
// Day 0 and day 1.
constexpr char kApolloDay0[] =
    R"([{"mission": "apollo", "n": 1, "ts": 0}, {"mission": "apollo", "n": 2, "ts": 5}])";
constexpr char kApolloDay1[] = R"([{"mission": "apollo", "n": 3, "ts": 86400000000}])";
constexpr char kGeminiDay1[] = R"([{"mission": "gemini", "n": 4, "ts": 86400000001}])";

class AdoptTest : public ::testing::Test {
 protected:
  AdoptTest() {
    options_.commit.backoff_min_ms = 1;
    options_.commit.backoff_max_ms = 2;
    options_.threads = 2;
  }

  std::string Other(const std::string& name, const std::string& rows,
                    const std::shared_ptr<arrow::Schema>& schema = kAll) {
    return WriteOther(outside_.File(name), schema, rows);
  }
  arrow::Result<AdoptResult> Try(const std::vector<std::string>& paths) {
    return AdoptFiles(table_.catalog(), table_.name(), paths, options_);
  }
  AdoptResult Adopt(const std::vector<std::string>& paths) {
    auto result = Try(paths);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : AdoptResult();
  }
  std::string Refusal(const std::vector<std::string>& paths) {
    const auto before = table_.metadata();
    const auto status = Try(paths).status();
    EXPECT_TRUE(status.IsInvalid()) << status;
    EXPECT_EQ(*table_.metadata(), *before);
    return status.message();
  }
  Rows Stored() { return Sorted(ReadRows(table_)); }
  std::vector<ManifestEntry> Files() { return *ListFiles(table_.View(), table_.files()); }

  CatalogTable table_{MissionsByDay()};
  TestFolder outside_;
  AdoptOptions options_;
};

TEST_F(AdoptTest, AddsManyFilesInOneSnapshotAndLeavesThemWhereTheyAre) {
  const std::vector<std::string> paths = {Other("a.parquet", kApolloDay0),
                                          Other("b.parquet", kApolloDay1),
                                          Other("c.parquet", kGeminiDay1)};
  const auto result = Adopt(paths);
  EXPECT_EQ(result.files_added, 3);
  EXPECT_EQ(result.rows_added, 4);
  EXPECT_TRUE(result.name_mapping_changed);
  EXPECT_EQ(result.files[0].partition, "mission=apollo/day=1970-01-01");
  EXPECT_EQ(result.files[2].partition, "mission=gemini/day=1970-01-02");
  EXPECT_EQ(Stored(),
            (Rows{"apollo|1|1970-01-01 00:00:00.000000", "apollo|2|1970-01-01 00:00:00.000005",
                  "apollo|3|1970-01-02 00:00:00.000000", "gemini|4|1970-01-02 00:00:00.000001"}));
  const auto metadata = table_.metadata();
  ASSERT_EQ(metadata->snapshots.size(), 1u);
  EXPECT_EQ(metadata->snapshots[0].id, result.commit.snapshot_id);
  EXPECT_EQ(metadata->snapshots[0].operation(), "append");
  EXPECT_EQ(metadata->snapshots[0].summary.at("added-data-files"), "3");
  EXPECT_EQ(metadata->snapshots[0].summary.at("added-records"), "4");
  EXPECT_EQ(NameMappingFromJson(metadata->properties.at(kNameMappingProperty)).ValueOrDie(),
            DefaultNameMapping(metadata->CurrentSchema()));
  const auto files = Files();
  ASSERT_EQ(files.size(), 3u);
  const DataFile& first = files[0].file;
  EXPECT_EQ(first.path, "file://" + paths[0]);
  EXPECT_EQ(first.record_count, 2);
  EXPECT_EQ(first.file_size_bytes, static_cast<int64_t>(std::filesystem::file_size(paths[0])));
  EXPECT_EQ(first.split_offsets, std::vector<int64_t>{4});
  const PartitionTuple expected = {LiteralValue(std::string("apollo")), LiteralValue(int32_t{0})};
  EXPECT_EQ(first.partition, expected);
  EXPECT_EQ(first.metrics.size(), 3u);
  EXPECT_EQ(FindMetrics(first.metrics, FieldId(2))->null_count, 0);
}

TEST_F(AdoptTest, ReadsOnlyFootersWhereTheyTellEnough) {
  const auto path = Other("a.parquet", kApolloDay0);
  table_.files().Forget();
  Adopt({path});
  std::set<std::string> parquet;
  for (const auto& read : table_.files().ReadPaths()) {
    if (read.ends_with(".parquet")) parquet.insert(read);
  }
  // Opened once, for the footer.
  EXPECT_EQ(parquet, std::set<std::string>{"file://" + path});
}

TEST_F(AdoptTest, KeepsTheMappingWhereFilesHaveIds) {
  const auto schema =
      arrow::schema({ArrowField(3, "ts", arrow::timestamp(arrow::TimeUnit::MICRO)),
                     ArrowField(2, "n", arrow::int32()), ArrowField(1, "mission", arrow::utf8())});
  const auto result = Adopt({Other("a.parquet", kGeminiDay1, schema)});
  EXPECT_FALSE(result.name_mapping_changed);
  EXPECT_FALSE(table_.metadata()->properties.contains(kNameMappingProperty));
  EXPECT_EQ(Stored(), Rows{"gemini|4|1970-01-02 00:00:00.000001"});
}

TEST_F(AdoptTest, ExtendsAMappingThatLacksColumns) {
  Adopt({Other("a.parquet", kApolloDay1)});
  EXPECT_FALSE(Adopt({Other("b.parquet", kApolloDay1)}).name_mapping_changed);
  auto fields = table_.metadata()->CurrentSchema().fields;
  fields.push_back(MakeField(4, "volts", TypeKind::kDouble));
  table_.SetFields(fields);
  const auto schema = arrow::schema(
      {kAll->field(0), kAll->field(1), kAll->field(2), arrow::field("volts", arrow::float32())});
  EXPECT_TRUE(Adopt({Other("c.parquet", R"([{"mission": "gemini", "n": 9, "ts": 0, "volts": 1.5}])",
                           schema)})
                  .name_mapping_changed);
  EXPECT_EQ(Stored(), (Rows{"apollo|3|1970-01-02 00:00:00.000000|null",
                            "apollo|3|1970-01-02 00:00:00.000000|null",
                            "gemini|9|1970-01-01 00:00:00.000000|1.5"}));
}

TEST_F(AdoptTest, TakesColumnsFromHiveFolders) {
  const auto schema = arrow::schema({kAll->field(1), kAll->field(2)});
  const std::string rows = R"([{"n": 1, "ts": 0}])";
  Other("in/mission=apollo%2F7/x=1/a.parquet", rows, schema);
  Other("in/mission=__HIVE_DEFAULT_PARTITION__/a.parquet", rows, schema);
  const auto result = Adopt({outside_.File("in")});
  EXPECT_EQ(result.files_added, 2);
  EXPECT_EQ(Stored(),
            (Rows{"apollo/7|1|1970-01-01 00:00:00.000000", "null|1|1970-01-01 00:00:00.000000"}));
}

TEST_F(AdoptTest, PrefersTheFilesColumnToItsFolder) {
  Adopt({Other("mission=gemini/day=1999-01-01/a.parquet", kApolloDay1)});
  EXPECT_EQ(Stored(), Rows{"apollo|3|1970-01-02 00:00:00.000000"});
}

TEST_F(AdoptTest, RefusesFoldersThatReadersWouldNotLookAt) {
  const auto schema = arrow::schema({kAll->field(0), kAll->field(1)});
  const std::string rows = R"([{"mission": "apollo", "n": 1}])";
  const auto path = Other("ts=2024-03-15/a.parquet", rows, schema);
  EXPECT_EQ(Refusal({path}),
            "file://" + path +
                ": column ts is only in the folder's name, and the table is not partitioned by it "
                "as it is, so "
                "that readers would see nulls: artemis-table append stores the values");
  const auto near = Other("TS=2024-03-15/a.parquet", rows, schema);
  EXPECT_NE(Refusal({near}).find("folder TS=… names no column of the table (did you mean 'ts'?)"),
            std::string::npos);
  const auto missing_number = arrow::schema({kAll->field(2)});
  EXPECT_NE(Refusal({Other("mission=a/b.parquet", R"([{"ts": 0}])", missing_number)})
                .find("the required column n is missing"),
            std::string::npos);
}

TEST_F(AdoptTest, ParsesFolderNamesByTheColumnsType) {
  TestTableOptions options;
  options.fields = {MakeField(1, "day", TypeKind::kDate),
                    MakeField(2, "orbit", TypeKind::kLong, true),
                    MakeField(3, "n", TypeKind::kLong)};
  options.partition = "day, orbit, bucket(1, orbit) as b";
  CatalogTable table(options);
  const auto schema = arrow::schema({arrow::field("n", arrow::int64())});
  const auto adopt = [&](const std::string& folders) {
    return AdoptFiles(table.catalog(), table.name(),
                      {Other(folders + "/f.parquet", R"([{"n": 1}])", schema)}, options_);
  };
  ASSERT_TRUE(adopt("day=2024-03-15/orbit=-7").ok());
  EXPECT_EQ(ReadRows(table), Rows{"2024-03-15|-7|1"});
  EXPECT_NE(adopt("day=yesterday/orbit=1")
                .status()
                .message()
                .find("column day, from the folder's name: 'yesterday' is no value of type date"),
            std::string::npos);
  EXPECT_NE(adopt("day=2024-03-15/orbit=__HIVE_DEFAULT_PARTITION__")
                .status()
                .message()
                .find("the required column orbit is missing"),
            std::string::npos);
}

TEST_F(AdoptTest, RefusesFilesOfTwoPartitions) {
  const auto path = Other("a.parquet", R"([{"mission": "apollo", "n": 1, "ts": 0},
                                           {"mission": "gemini", "n": 1, "ts": 0}])");
  EXPECT_EQ(
      Refusal({path}),
      "file://" + path + ": its rows are of two partitions: mission=apollo and mission=gemini");
  const auto mixed = Other("b.parquet", R"([{"mission": "apollo", "n": 1, "ts": 0},
                                            {"mission": null, "n": 1, "ts": 0}])");
  EXPECT_NE(Refusal({mixed}).find("mission=apollo and mission=null"), std::string::npos);
}

TEST_F(AdoptTest, RefusesNullsInRequiredColumns) {
  const auto schema =
      arrow::schema({kAll->field(0), arrow::field("n", arrow::int64()), kAll->field(2)});
  const auto path = Other("a.parquet", R"([{"mission": "apollo", "n": 1, "ts": 0},
                                           {"mission": "apollo", "n": null, "ts": 0}])",
                          schema);
  EXPECT_EQ(Refusal({path}), "file://" + path + ": the required column n holds nulls");
}

TEST_F(AdoptTest, TakesOptionalStorageOfRequiredColumnsWithoutStatistics) {
  OtherFileOptions options;
  options.statistics = false;
  const auto path = WriteOther(outside_.File("a.parquet"), kAll, kApolloDay0, options);
  EXPECT_EQ(Adopt({path}).files[0].partition, "mission=apollo/day=1970-01-01");
}

TEST_F(AdoptTest, RefusesOrSkipsWhatTheTableHolds) {
  const auto a = Other("a.parquet", kApolloDay0);
  const auto b = Other("b.parquet", kApolloDay1);
  Adopt({a});
  EXPECT_EQ(Refusal({b, "file:" + a}), "file://" + a + ": it is in the table");
  options_.skip_existing = true;
  const auto result = Adopt({a, b});
  EXPECT_EQ(result.files_added, 1);
  EXPECT_EQ(result.files_skipped, 1);
  EXPECT_EQ(result.files[0].action, AdoptAction::kSkipExisting);
  EXPECT_EQ(Stored().size(), 3u);
  const auto before = table_.metadata();
  const auto again = Adopt({a, b});
  EXPECT_EQ(again.files_added, 0);
  EXPECT_EQ(again.commit.snapshot_id, std::nullopt);
  EXPECT_EQ(*table_.metadata(), *before);
}

TEST_F(AdoptTest, MayAddAgainWhatHasLeftTheTable) {
  const auto a = Other("a.parquet", kApolloDay0);
  Adopt({a});
  ASSERT_TRUE(DeleteFiles(table_.catalog(), table_.name(), {"file://" + a}).ok());
  EXPECT_TRUE(Stored().empty());
  Adopt({a});
  EXPECT_EQ(Stored().size(), 2u);
}

TEST_F(AdoptTest, CommitsAllOrNothingAndCountsWhatItRefuses) {
  const auto good = Other("a.parquet", kApolloDay0);
  const auto bad = Other("b.parquet", R"([{"misson": "x"}])",
                         arrow::schema({arrow::field("misson", arrow::utf8())}));
  const auto none = outside_.File("c.parquet");
  ASSERT_TRUE(LocalFileSystem().WriteNew(none, "this is no Parquet file").ok());
  EXPECT_EQ(Refusal({good, bad, none}), "file://" + bad +
                                            ": column misson is not in the table (did you mean "
                                            "'mission'?) (and 1 more of 3 files are refused)");
  const auto corrupt = Try({none}).status();
  EXPECT_NE(FindDetail<CorruptFile>(corrupt), nullptr) << corrupt;
}

TEST_F(AdoptTest, ShowsInADryRunWhatWouldBeDone) {
  const auto good = Other("a.parquet", kApolloDay0);
  const auto bad =
      Other("b.parquet", R"([{"n": "1"}])", arrow::schema({arrow::field("n", arrow::utf8())}));
  const auto empty = Other("c.parquet", "[]");
  options_.dry_run = true;
  const auto before = table_.metadata();
  const auto result = Adopt({good, bad, empty});
  EXPECT_EQ(*table_.metadata(), *before);
  EXPECT_EQ(table_.catalog().swaps, 0);
  ASSERT_EQ(result.files.size(), 3u);
  EXPECT_EQ(result.files[0].action, AdoptAction::kAdd);
  EXPECT_EQ(result.files[1].action, AdoptAction::kRefuse);
  EXPECT_NE(result.files[1].refusal.message().find("expected long"), std::string::npos);
  EXPECT_EQ(result.files[2].action, AdoptAction::kSkipEmpty);
  EXPECT_EQ(result.files_added, 1);
  EXPECT_EQ(result.files_refused, 1);
  EXPECT_EQ(result.files_skipped, 1);
}

TEST_F(AdoptTest, LeavesOutFilesWithoutRows) {
  const auto result = Adopt({Other("a.parquet", "[]"), Other("b.parquet", kApolloDay0)});
  EXPECT_EQ(result.files_added, 1);
  EXPECT_EQ(result.files_skipped, 1);
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(AdoptTest, DoesNothingTheSecondTimeWithTheSameKey) {
  const auto a = Other("a.parquet", kApolloDay0);
  options_.commit.once_key = "load-7";
  const auto first = Adopt({a});
  const auto second = Adopt({a});
  EXPECT_TRUE(second.commit.already_done);
  EXPECT_EQ(second.commit.snapshot_id, first.commit.snapshot_id);
  EXPECT_EQ(Stored().size(), 2u);
}

TEST_F(AdoptTest, AppendsAgainOnTheNewestSnapshotAfterAConflict) {
  const auto a = Other("a.parquet", kApolloDay0);
  bool raced = false;
  table_.catalog().before_swap = [&] {
    if (!std::exchange(raced, true)) table_.Append(kGeminiDay1);
  };
  const auto result = Adopt({a});
  EXPECT_EQ(result.commit.attempts, 2);
  EXPECT_EQ(Stored().size(), 3u);
  EXPECT_TRUE(table_.metadata()->properties.contains(kNameMappingProperty));
}

TEST_F(AdoptTest, ChecksAgainWhenTheSpecChangesUnderIt) {
  bool raced = true;
  table_.catalog().before_swap = [&] {
    if (!std::exchange(raced, true)) table_.SetSpec("n");
  };
  const auto one_row = Other("a.parquet", kApolloDay1);
  raced = false;
  const auto result = Adopt({one_row});
  EXPECT_EQ(result.files[0].partition, "n=3");
  EXPECT_EQ(Files().at(0).file.spec_id, table_.metadata()->default_spec_id);
  EXPECT_EQ(Files().at(0).file.partition, PartitionTuple{LiteralValue(int64_t{3})});
  table_.SetSpec("mission");
  raced = false;
  EXPECT_NE(Try({Other("b.parquet", kApolloDay0)}).status().message().find("n=1 and n=2"),
            std::string::npos);
}

TEST_F(AdoptTest, ChecksAgainWhenTheSchemaChangesUnderIt) {
  const auto a = Other("a.parquet", kApolloDay0);
  bool raced = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(raced, true)) return;
    auto fields = table_.metadata()->CurrentSchema().fields;
    fields[1].name = "number";
    table_.SetFields(fields);
  };
  EXPECT_NE(Try({a}).status().message().find("column n is not in the table"), std::string::npos);
}

TEST_F(AdoptTest, RefusesWhatAnotherWriterAddedMeanwhile) {
  const auto a = Other("a.parquet", kApolloDay0);
  bool raced = false;
  table_.catalog().before_swap = [&] {
    if (std::exchange(raced, true)) return;
    AdoptOptions other;
    ASSERT_TRUE(AdoptFiles(table_.real_catalog(), table_.name(), {a}, other).ok());
  };
  EXPECT_NE(Try({a}).status().message().find("it is in the table"), std::string::npos);
  EXPECT_EQ(Stored().size(), 2u);
}

TEST_F(AdoptTest, FindsItsOwnCommitWhenTheReplyIsLost) {
  const auto a = Other("a.parquet", kApolloDay0);
  table_.catalog().lose_reply = true;
  const auto result = Adopt({a});
  EXPECT_EQ(result.commit.snapshot_id, table_.metadata()->current_snapshot_id);
  EXPECT_EQ(Stored().size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(a));
}

TEST_F(AdoptTest, GivesRowIdsInVersion3) {
  TestTableOptions options;
  options.fields = {MakeField(1, "n", TypeKind::kLong), MakeField(2, "at", TypeKind::kTimestampNs)};
  options.format_version = 3;
  CatalogTable table(options);
  const auto schema = arrow::schema({arrow::field("n", arrow::int64()),
                                     arrow::field("at", arrow::timestamp(arrow::TimeUnit::NANO))});
  const auto path = Other("a.parquet", R"([{"n": 1, "at": 7}, {"n": 2, "at": -7}])", schema);
  ASSERT_TRUE(AdoptFiles(table.catalog(), table.name(), {path}, options_).ok());
  EXPECT_EQ(table.metadata()->next_row_id, 2);
  const auto files = *ListFiles(table.View(), table.files());
  EXPECT_EQ(files.at(0).file.first_row_id, 0);
  EXPECT_EQ(ReadRows(table),
            (Rows{"1|1970-01-01 00:00:00.000000007", "2|1969-12-31 23:59:59.999999993"}));
}

}  // namespace
}  // namespace artemis
