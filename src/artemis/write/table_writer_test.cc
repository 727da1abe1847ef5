// Facts of the partitioned writer.
#include "artemis/write/table_writer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>
#include <parquet/metadata.h>

#include "artemis/io/faulty_file_system.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kDayUs = int64_t{86'400'000'000};

Field MakeColumn(int id, const std::string& name, TypeKind kind, bool required = false) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = Type::Of(kind);
  field.required = required;
  return field;
}

Schema TelemetrySchema() {
  Schema schema;
  schema.fields = {MakeColumn(1, "mission_id", TypeKind::kString, true),
                   MakeColumn(2, "ts", TypeKind::kTimestamp, true),
                   MakeColumn(3, "n", TypeKind::kLong, true),
                   MakeColumn(4, "volts", TypeKind::kDouble)};
  return schema;
}

class TableWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("table_writer_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::shared_ptr<const TableMetadata> Table(const std::string& partition,
                                             const std::string& sort = "",
                                             Schema schema = TelemetrySchema()) const {
    NewTable table;
    table.location = FileUri(folder_.string());
    if (!partition.empty()) table.spec = ParsePartitionSpec(partition, schema).ValueOrDie();
    if (!sort.empty()) table.sort_order = ParseSortOrder(sort, schema).ValueOrDie();
    table.schema = std::move(schema);
    return std::make_shared<TableMetadata>(MakeTableMetadata(table, TimestampMs(0)).ValueOrDie());
  }

  std::vector<std::string> FilesOnDisk() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), folder_).string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  fs::path folder_;
};

// A number without a pattern that an encoder could use.
double Noise(int64_t i) {
  auto bits = static_cast<uint64_t>(i) * 0x9E3779B97F4A7C15ull;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ull;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBull;
  return static_cast<double>(bits ^ (bits >> 31)) * 1e-3;
}

// Row i of `rows` belongs to mission i % 3 on day (i / 3) % 7 of 2024-03-11 and after.
std::shared_ptr<arrow::RecordBatch> TelemetryRows(int64_t first, int64_t rows) {
  arrow::StringBuilder mission;
  arrow::TimestampBuilder ts(arrow::timestamp(arrow::TimeUnit::NANO), arrow::default_memory_pool());
  arrow::UInt64Builder n;
  arrow::DoubleBuilder volts;
  constexpr int64_t kFirstDay = 19793;  // 2024-03-11
  for (int64_t i = first; i < first + rows; ++i) {
    EXPECT_TRUE(mission.Append("m" + std::to_string(i % 3)).ok());
    EXPECT_TRUE(ts.Append(((kFirstDay + (i / 3) % 7) * kDayUs + i) * 1000).ok());
    EXPECT_TRUE(n.Append(static_cast<uint64_t>(i)).ok());
    EXPECT_TRUE(volts.Append(Noise(i)).ok());
  }
  const auto schema =
      arrow::schema({arrow::field("mission_id", arrow::utf8()), arrow::field("ts", ts.type()),
                     arrow::field("n", arrow::uint64()), arrow::field("volts", arrow::float64())});
  return arrow::RecordBatch::Make(schema, rows,
                                  {mission.Finish().ValueOrDie(), ts.Finish().ValueOrDie(),
                                   n.Finish().ValueOrDie(), volts.Finish().ValueOrDie()});
}

std::shared_ptr<arrow::RecordBatch> JsonRows(const Schema& schema, const std::string& json) {
  const auto arrow_schema = ToArrowSchema(schema);
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(arrow_schema->fields()), json).ValueOrDie();
  return arrow::RecordBatch::Make(arrow_schema, rows->length(),
                                  static_cast<const arrow::StructArray&>(*rows).fields());
}

std::shared_ptr<arrow::Table> ReadDataFile(const DataFile& file) {
  const auto input = LocalFileSystem().OpenInput(file.path).ValueOrDie();
  auto batches = OpenParquet(input, ReadFooter(input, file.path).ValueOrDie()).ValueOrDie();
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  while (auto batch = batches->Next().ValueOrDie()) all.push_back(batch);
  return arrow::Table::FromRecordBatches(batches->schema(), all).ValueOrDie();
}

std::vector<int64_t> Longs(const arrow::Table& table, const std::string& column) {
  std::vector<int64_t> values;
  for (const auto& chunk : table.GetColumnByName(column)->chunks()) {
    const auto* raw = chunk->data()->GetValues<int64_t>(1);
    values.insert(values.end(), raw, raw + chunk->length());
  }
  return values;
}

std::string LongBytes(int64_t value) {
  return ToBytes(Type::Of(TypeKind::kLong), LiteralValue(value));
}

std::vector<DataFile> WriteAll(const std::shared_ptr<const TableMetadata>& table,
                               const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                               const TableWriterOptions& options = {}) {
  auto writer = MakeTableWriter(table, LocalFileSystem(), options).ValueOrDie();
  for (const auto& batch : batches) {
    const arrow::Status status = writer->Write(*batch);
    EXPECT_TRUE(status.ok()) << status;
  }
  auto files = writer->Close();
  EXPECT_TRUE(files.ok()) << files.status();
  return files.ok() ? *files : std::vector<DataFile>{};
}

TEST_F(TableWriterTest, WritesOneFileForEachMissionAndDay) {
  const auto table = Table("mission_id, day(ts)");
  const auto files = WriteAll(table, {TelemetryRows(0, 1'050), TelemetryRows(1'050, 1'050)});
  ASSERT_EQ(files.size(), 21u);
  ASSERT_EQ(FilesOnDisk().size(), 21u);
  for (size_t i = 0; i < files.size(); ++i) {
    const DataFile& file = files[i];
    const auto mission = static_cast<int64_t>(i / 7);
    const auto day = static_cast<int64_t>(i % 7);
    const std::string name = "m" + std::to_string(mission);
    EXPECT_EQ(file.partition, (PartitionTuple{LiteralValue(name),
                                              LiteralValue(static_cast<int32_t>(19793 + day))}));
    const std::string folder = FileUri(folder_.string()) + "/data/mission_id=" + name +
                               "/ts_day=2024-03-" + std::to_string(11 + day) + "/";
    EXPECT_TRUE(file.path.starts_with(folder)) << file.path;
    EXPECT_TRUE(file.path.ends_with(".parquet"));
    EXPECT_EQ(file.record_count, 100);
    EXPECT_EQ(file.file_size_bytes, static_cast<int64_t>(fs::file_size(LocalPath(file.path))));
    EXPECT_EQ(file.split_offsets, std::vector<int64_t>{4});
    EXPECT_EQ(file.spec_id, table->default_spec_id);
    EXPECT_EQ(file.sort_order_id, table->default_sort_order_id);
    ASSERT_EQ(file.metrics.size(), 4u);
    const int64_t first = mission + 3 * day;
    const ColumnMetrics& n = *FindMetrics(file.metrics, FieldId(3));
    EXPECT_EQ(n.value_count, 100);
    EXPECT_EQ(n.null_count, 0);
    EXPECT_EQ(n.lower_bound, LongBytes(first));
    EXPECT_EQ(n.upper_bound, LongBytes(first + 21 * 99));
    EXPECT_EQ(FindMetrics(file.metrics, FieldId(4))->nan_count, 0);
    const auto rows = Longs(*ReadDataFile(file), "n");
    ASSERT_EQ(rows.size(), 100u);
    for (size_t r = 0; r < rows.size(); ++r)
      EXPECT_EQ(rows[r], first + 21 * static_cast<int64_t>(r));
  }
}

TEST_F(TableWriterTest, WritesTheTablesTypesAndIds) {
  const auto files = WriteAll(Table(""), {TelemetryRows(0, 10)});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files[0].partition.empty());
  EXPECT_EQ(fs::path(LocalPath(files[0].path)).parent_path(), folder_ / "data");
  const auto read = ReadDataFile(files[0]);
  EXPECT_TRUE(read->schema()->Equals(*ToArrowSchema(TelemetrySchema())))
      << read->schema()->ToString();
  EXPECT_EQ(read->schema()->field(2)->metadata()->Get("PARQUET:field_id").ValueOrDie(), "3");
}

TEST_F(TableWriterTest, EscapesPartitionValuesInPathsButNotInTuples) {
  const Schema schema = TelemetrySchema();
  const auto rows = JsonRows(schema, R"([
      {"mission_id": "a/b", "ts": 0, "n": 1, "volts": null},
      {"mission_id": "ä =%", "ts": 0, "n": 2, "volts": null},
      {"mission_id": "", "ts": 0, "n": 3, "volts": null}])");
  const auto files = WriteAll(Table("mission_id"), {rows});
  ASSERT_EQ(files.size(), 3u);
  std::map<LiteralValue, std::string> folders;
  for (const DataFile& file : files) {
    folders[*file.partition[0]] = fs::path(LocalPath(file.path)).parent_path().filename().string();
    EXPECT_TRUE(fs::exists(LocalPath(file.path)));
  }
  EXPECT_EQ(folders[LiteralValue("a/b")], "mission_id=a%2Fb");
  EXPECT_EQ(folders[LiteralValue("ä =%")], "mission_id=%C3%A4+%3D%25");
  EXPECT_EQ(folders[LiteralValue("")], "mission_id=");
}

TEST_F(TableWriterTest, KeepsNullsInAPartitionOfTheirOwn) {
  Schema schema = TelemetrySchema();
  schema.fields[0].required = false;
  const auto rows = JsonRows(
      schema,
      R"([{"mission_id": null, "ts": 0, "n": 1, "volts": 1}, {"mission_id": "null", "ts": 0, "n": 2, "volts": 1}])");
  const auto files = WriteAll(Table("mission_id", "", schema), {rows});
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].partition[0], std::nullopt);
  EXPECT_EQ(files[1].partition[0], LiteralValue("null"));
  EXPECT_NE(files[0].path, files[1].path);
}

TEST_F(TableWriterTest, SortsWithinEachFile) {
  const auto files =
      WriteAll(Table("mission_id", "n desc"), {TelemetryRows(0, 500), TelemetryRows(500, 500)});
  ASSERT_EQ(files.size(), 3u);
  int64_t rows = 0;
  for (const DataFile& file : files) {
    EXPECT_EQ(file.sort_order_id, SortOrderId(1));
    const auto n = Longs(*ReadDataFile(file), "n");
    EXPECT_TRUE(std::is_sorted(n.rbegin(), n.rend()));
    rows += static_cast<int64_t>(n.size());
  }
  EXPECT_EQ(rows, 1'000);
}

TEST_F(TableWriterTest, LosesNoRowOverTheBudgetSortedOrNot) {
  for (const char* sort : {"", "n desc"}) {
    TableWriterOptions options;
    options.buffer_bytes = 256 << 10;
    options.row_group_bytes = 64 << 10;
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    for (int64_t first = 0; first < 60'000; first += 5'000)
      batches.push_back(TelemetryRows(first, 5'000));
    const auto files = WriteAll(Table("mission_id, day(ts)", sort), batches, options);
    std::set<int64_t> seen;
    std::set<std::string> paths;
    for (const DataFile& file : files) {
      const auto n = Longs(*ReadDataFile(file), "n");
      EXPECT_EQ(static_cast<int64_t>(n.size()), file.record_count);
      if (*sort != '\0') {
        EXPECT_TRUE(std::is_sorted(n.rbegin(), n.rend()));
      } else {
        EXPECT_TRUE(std::is_sorted(n.begin(), n.end()));
      }
      seen.insert(n.begin(), n.end());
      paths.insert(file.path);
      const auto mission = "m" + std::to_string(n.at(0) % 3);
      EXPECT_EQ(file.partition[0], LiteralValue(mission));
    }
    EXPECT_EQ(seen.size(), 60'000u);
    EXPECT_EQ(paths.size(), files.size());
  }
}

TEST_F(TableWriterTest, StartsANewFileAtTheTargetSize) {
  TableWriterOptions options;
  options.target_file_bytes = 256 << 10;
  const auto files = WriteAll(Table(""), {TelemetryRows(0, 100'000)}, options);
  ASSERT_GE(files.size(), 3u);
  int64_t next = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    if (i + 1 < files.size()) {
      EXPECT_GE(files[i].file_size_bytes, 128 << 10);
      EXPECT_LE(files[i].file_size_bytes, 384 << 10);
    }
    for (int64_t n : Longs(*ReadDataFile(files[i]), "n")) EXPECT_EQ(n, next++);
  }
  EXPECT_EQ(next, 100'000);
}

// The file sizes of StartsANewFileAtTheTargetSize, asked for by the table; its row groups, codec, filters and metrics, too.
TEST_F(TableWriterTest, FollowsTheTablesProperties) {
  auto metadata = *Table("");
  metadata.properties = {{"write.target-file-size-bytes", "262144"},
                         {"write.parquet.row-group-size-bytes", "65536"},
                         {"write.parquet.compression-codec", "snappy"},
                         {"write.parquet.bloom-filter-enabled.column.n", "true"},
                         {"write.metadata.metrics.default", "counts"},
                         {"write.metadata.metrics.column.n", "full"},
                         {"write.metadata.metrics.column.volts", "none"}};
  const auto files =
      WriteAll(std::make_shared<TableMetadata>(metadata), {TelemetryRows(0, 60'000)});
  ASSERT_GE(files.size(), 2u);
  for (const DataFile& file : files) {
    EXPECT_LE(file.file_size_bytes, 384 << 10);
    const auto input = LocalFileSystem().OpenInput(file.path).ValueOrDie();
    const auto footer = ReadFooter(input, file.path).ValueOrDie()->metadata;
    EXPECT_GE(footer->num_row_groups(), 2);
    EXPECT_EQ(footer->RowGroup(0)->ColumnChunk(3)->compression(), parquet::Compression::SNAPPY);
    EXPECT_TRUE(footer->RowGroup(0)->ColumnChunk(2)->bloom_filter_offset().has_value());
    EXPECT_FALSE(footer->RowGroup(0)->ColumnChunk(3)->bloom_filter_offset().has_value());
    const ColumnMetrics* mission = FindMetrics(file.metrics, FieldId(1));
    EXPECT_EQ(mission->value_count, file.record_count);
    EXPECT_EQ(mission->lower_bound, std::nullopt);
    EXPECT_TRUE(FindMetrics(file.metrics, FieldId(3))->lower_bound.has_value());
    const ColumnMetrics* volts = FindMetrics(file.metrics, FieldId(4));
    EXPECT_EQ(volts->value_count, std::nullopt);
    EXPECT_EQ(volts->nan_count, std::nullopt);
    EXPECT_TRUE(volts->column_size_bytes.has_value());
  }
  metadata.properties = {{"write.parquet.compression-codec", "brotli"}};
  const auto refused =
      MakeTableWriter(std::make_shared<TableMetadata>(metadata), LocalFileSystem()).status();
  EXPECT_TRUE(refused.IsInvalid());
  EXPECT_NE(refused.message().find("write.parquet.compression-codec"), std::string::npos);
}

TEST_F(TableWriterTest, KeepsFewFilesOpenForManyPartitions) {
  // 400 partitions where only 256 files may be open.
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few = {256, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto files = WriteAll(Table("truncate(1, n)"), {TelemetryRows(0, 400)});
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_EQ(files.size(), 400u);
  for (size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(files[i].partition[0], LiteralValue(static_cast<int64_t>(i)));
    EXPECT_EQ(files[i].record_count, 1);
  }
}

TEST_F(TableWriterTest, WritesTheSameFilesOnOneThreadAndOnMany) {
  TableWriterOptions options;
  options.buffer_bytes = 1 << 20;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t first = 0; first < 60'000; first += 5'000)
    batches.push_back(TelemetryRows(first, 5'000));
  options.threads = 1;
  const auto one = WriteAll(Table("mission_id, day(ts)"), batches, options);
  options.threads = 4;
  const auto many = WriteAll(Table("mission_id, day(ts)"), batches, options);
  ASSERT_EQ(one.size(), many.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].partition, many[i].partition);
    EXPECT_EQ(one[i].record_count, many[i].record_count);
    EXPECT_EQ(one[i].metrics, many[i].metrics);
  }
}

TEST_F(TableWriterTest, LeavesNothingWithoutClose) {
  TableWriterOptions options;
  options.buffer_bytes = 64 << 10;
  {
    auto writer = MakeTableWriter(Table("mission_id"), LocalFileSystem(), options).ValueOrDie();
    for (int64_t first = 0; first < 30'000; first += 5'000) {
      ASSERT_TRUE(writer->Write(*TelemetryRows(first, 5'000)).ok());
    }
  }
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{});
}

TEST_F(TableWriterTest, RefusesBadRowsByColumnAndRowAndLeavesNothing) {
  auto writer = MakeTableWriter(Table("mission_id"), LocalFileSystem()).ValueOrDie();
  ASSERT_TRUE(writer->Write(*TelemetryRows(0, 10)).ok());
  const auto bad = JsonRows(
      TelemetrySchema(),
      R"([{"mission_id": "m", "ts": 0, "n": 1, "volts": 1}, {"mission_id": "m", "ts": 0, "n": null, "volts": 1}])");
  const arrow::Status status = writer->Write(*bad);
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("column 'n', row 11"), std::string::npos) << status;
  EXPECT_FALSE(writer->Close().ok());
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{});
}

TEST_F(TableWriterTest, GivesNoFilesForNoRows) {
  auto writer = MakeTableWriter(Table("mission_id"), LocalFileSystem()).ValueOrDie();
  ASSERT_TRUE(writer->Write(*TelemetryRows(0, 0)).ok());
  EXPECT_TRUE(writer->Close().ValueOrDie().empty());
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{});
  EXPECT_FALSE(writer->Close().ok());
}

TEST_F(TableWriterTest, FollowsTheTablesDataPath) {
  auto table = std::make_shared<TableMetadata>(*Table("mission_id"));
  table->properties["write.data.path"] = (folder_ / "elsewhere/").string();
  const auto files = WriteAll(table, {TelemetryRows(0, 3)});
  ASSERT_EQ(files.size(), 3u);
  EXPECT_TRUE(
      files[0].path.starts_with(FileUri((folder_ / "elsewhere").string()) + "/mission_id=m0/"))
      << files[0].path;
}

TEST_F(TableWriterTest, StoresUuidsAtAnyDepth) {
  Schema schema;
  schema.fields = {MakeColumn(1, "id", TypeKind::kUuid), MakeColumn(2, "s", TypeKind::kStruct)};
  schema.fields[1].type =
      Type::Struct({MakeColumn(3, "inner", TypeKind::kUuid), MakeColumn(4, "n", TypeKind::kLong)});
  const auto rows = JsonRows(
      schema,
      R"([{"id": "0123456789abcdef", "s": {"inner": "fedcba9876543210", "n": 7}}, {"id": null, "s": null}])");
  const auto files = WriteAll(Table("", "", schema), {rows});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(FindMetrics(files[0].metrics, FieldId(1))->lower_bound, "0123456789abcdef");
  EXPECT_EQ(FindMetrics(files[0].metrics, FieldId(3))->upper_bound, "fedcba9876543210");
  EXPECT_EQ(FindMetrics(files[0].metrics, FieldId(3))->null_count, 1);
  const auto read = ReadDataFile(files[0]);
  EXPECT_TRUE(read->schema()->Equals(*ToArrowSchema(schema))) << read->schema()->ToString();
  EXPECT_TRUE(read->Equals(*arrow::Table::FromRecordBatches({rows}).ValueOrDie()));
}

// Writes 9,000 rows in three partitions over a file system whose `failing`-th call fails.
arrow::Result<std::vector<DataFile>> WriteOverFault(
    const std::shared_ptr<const TableMetadata>& table, int64_t failing) {
  FaultyFileSystem files(LocalFileSystem(), {{.any_operation = true, .call = failing}});
  TableWriterOptions options;
  options.threads = 1;
  options.buffer_bytes = 64 << 10;
  ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(table, files, options));
  for (int64_t first = 0; first < 9'000; first += 3'000) {
    ARROW_RETURN_NOT_OK(writer->Write(*TelemetryRows(first, 3'000)));
  }
  return writer->Close();
}

TEST_F(TableWriterTest, LeavesNothingWhicheverCallOfTheDiskFails) {
  int64_t failing = 1;
  while (true) {
    const auto written = WriteOverFault(Table("mission_id"), failing);
    if (written.ok()) {
      // The call that was to fail did not come: all rows are there.
      EXPECT_EQ(written->size(), 3u);
      EXPECT_EQ(FilesOnDisk().size(), 3u);
      break;
    }
    ASSERT_NE(written.status().message().find("injected fault"), std::string::npos)
        << written.status();
    ASSERT_EQ(FilesOnDisk(), std::vector<std::string>{}) << "call " << failing;
    ASSERT_LT(++failing, 1'000);
  }
  // Three files opened, written, closed and their folders synced, at least.
  EXPECT_GT(failing, 12);
}

}  // namespace
}  // namespace artemis
