// Facts of checks of real tables: sound ones, and ones with one thing broken.
#include "artemis/check/check_table.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

TestTableOptions Readings() {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString), MakeField(2, "n", TypeKind::kLong),
                    MakeField(3, "volts", TypeKind::kDouble)};
  options.partition = "mission";
  return options;
}

class CheckTableTest : public ::testing::Test {
 protected:
  CheckTableTest() {
    table_.Append(R"([{"mission":"a","n":1,"volts":1.5},{"mission":"b","n":2,"volts":null}])");
    table_.Append(R"([{"mission":"a","n":3,"volts":2.5}])");
  }

  CheckReport Check(bool deep = false) {
    CheckOptions options;
    options.deep = deep;
    auto report =
        CheckTable(table_.catalog().Load(table_.name()).ValueOrDie(), table_.files(), options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : CheckReport();
  }

  // The one problem of the table.
  Problem OnlyProblem(bool deep = false) {
    const auto problems = Check(deep).problems;
    EXPECT_EQ(problems.size(), 1U);
    for (const auto& each : problems) {
      if (problems.size() > 1) ADD_FAILURE() << each.rule << " " << each.where << " " << each.what;
    }
    return problems.empty() ? Problem() : problems.front();
  }

  // The local paths of the table's live data files.
  std::vector<std::string> DataPaths() {
    std::vector<std::string> paths;
    const auto entries = ListFiles(table_.View(), table_.files()).ValueOrDie();
    for (const auto& entry : entries) paths.push_back(LocalPath(entry.file.path));
    return paths;
  }

  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void WriteFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  // Commits these entries as they are, in a data manifest whose row in the list `change` may falsify.
  void CommitFalsified(const std::vector<DataFile>& files,
                       const std::function<void(ManifestFile&)>& change) {
    std::vector<ManifestEntry> entries;
    for (const auto& file : files) {
      ManifestEntry entry;
      entry.file = file;
      entries.push_back(entry);
    }
    auto manifest =
        table_.WriteEntries(entries, ManifestContent::kData, table_.metadata()->DefaultSpec());
    change(manifest);
    table_.CommitManifests({manifest});
  }

  CatalogTable table_{Readings()};
};

TEST_F(CheckTableTest, FindsNothingInASoundTable) {
  for (const bool deep : {false, true}) {
    const auto report = Check(deep);
    EXPECT_EQ(report.problems, Problems());
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.snapshots, 2);
    EXPECT_EQ(report.manifests, 2);
    EXPECT_EQ(report.data_files, 3);
    EXPECT_EQ(report.delete_files, 0);
    EXPECT_EQ(report.rows, 3);
    EXPECT_EQ(report.metadata_files, 3);  // create, and two commits
  }
}

TEST_F(CheckTableTest, FindsNothingInAnEmptyTable) {
  CatalogTable empty{Readings()};
  const auto report =
      CheckTable(empty.catalog().Load(empty.name()).ValueOrDie(), empty.files()).ValueOrDie();
  EXPECT_EQ(report.problems, Problems());
  EXPECT_EQ(report.data_files, 0);
}

TEST_F(CheckTableTest, NamesAMissingDataFile) {
  const auto path = DataPaths().front();
  fs::remove(path);
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "missing");
  EXPECT_EQ(LocalPath(problem.where), path);
}

TEST_F(CheckTableTest, NamesAFileOfAnotherSize) {
  const auto path = DataPaths().front();
  const auto bytes = ReadFile(path);
  // Bytes before the magic at the end of a Parquet file are its footer: what is put in front of the
  // pages moves nothing that is read from the end.
  WriteFile(path, bytes + "x");
  const auto problems = Check().problems;
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.front().rule, "size");
  EXPECT_EQ(LocalPath(problems.front().where), path);
  EXPECT_NE(problems.front().what.find(std::to_string(bytes.size())), std::string::npos);
  EXPECT_NE(problems.front().what.find(std::to_string(bytes.size() + 1)), std::string::npos);
}

TEST_F(CheckTableTest, ComparesRowsWithTheFooter) {
  auto files = table_.Write(R"([{"mission":"a","n":4,"volts":1}])");
  ASSERT_EQ(files.size(), 1U);
  files.front().record_count = 2;
  CommitFalsified(files, [](ManifestFile&) {});
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "counts");
  EXPECT_EQ(problem.where, files.front().path);
  EXPECT_EQ(problem.what, "rows: expected 2, found 1");
}

TEST_F(CheckTableTest, ReadsPagesWhenDeepOnly) {
  const auto path = DataPaths().front();
  auto bytes = ReadFile(path);
  // A Parquet file begins with its magic and the header and data of the first page: somewhere in
  // the middle of the pages, before the footer, a byte is turned.
  for (size_t i = 40; i < 80; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x5a);
  WriteFile(path, bytes);
  EXPECT_EQ(Check().problems, Problems());
  const auto problem = OnlyProblem(true);
  EXPECT_EQ(problem.rule, "pages");
  EXPECT_EQ(LocalPath(problem.where), path);
}

TEST_F(CheckTableTest, ComparesBoundsAndCountsWithTheValuesWhenDeep) {
  auto files =
      table_.Write(R"([{"mission":"a","n":4,"volts":null},{"mission":"a","n":9,"volts":1}])");
  ASSERT_EQ(files.size(), 1U);
  for (auto& metrics : files.front().metrics) {
    // 8 as Appendix D bytes of a long, little-endian: the 9 lies outside.
    if (metrics.field_id == FieldId(2)) metrics.upper_bound = std::string("\x08\0\0\0\0\0\0\0", 8);
    if (metrics.field_id == FieldId(3)) metrics.null_count = 0;
  }
  CommitFalsified(files, [](ManifestFile&) {});
  EXPECT_EQ(Check().problems, Problems());
  const auto problems = Check(true).problems;
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].rule, "metrics");
  EXPECT_EQ(problems[0].what, "field 2: a value is greater than the upper bound");
  EXPECT_EQ(problems[1].what, "field 3: nulls: expected 0, found 1");
}

TEST_F(CheckTableTest, ComparesAManifestListWithItsManifests) {
  const auto files = table_.Write(R"([{"mission":"a","n":4,"volts":1}])");
  CommitFalsified(files, [](ManifestFile& manifest) {
    manifest.added_files = 7;
    manifest.added_rows = 8;
  });
  const auto problems = Check().problems;
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].rule, "counts");
  EXPECT_EQ(problems[0].what, "added files: its manifest list says 7, its entries 1");
  EXPECT_EQ(problems[1].what, "added rows: its manifest list says 8, its entries 1");
}

TEST_F(CheckTableTest, NamesAPartitionSummaryThatExcludesItsEntries) {
  const auto files = table_.Write(R"([{"mission":"m","n":4,"volts":1}])");
  CommitFalsified(files, [](ManifestFile& manifest) { manifest.partitions[0].lower_bound = "n"; });
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "partition");
  EXPECT_NE(problem.what.find("mission"), std::string::npos);
}

TEST_F(CheckTableTest, NamesAMissingManifestAndAMissingList) {
  const auto manifests = ListManifests(table_.View(), table_.files()).ValueOrDie();
  const auto list = table_.metadata()->CurrentSnapshot()->manifest_list;
  fs::remove(LocalPath(manifests.front().path));
  auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "missing");
  EXPECT_EQ(problem.where, manifests.front().path);
  fs::remove(LocalPath(list));
  problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "missing");
  EXPECT_EQ(problem.where, list);
}

TEST_F(CheckTableTest, NamesAMissingFileOfTheMetadataLog) {
  const auto first = table_.metadata()->metadata_log.front().metadata_file;
  fs::remove(LocalPath(first));
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "missing");
  EXPECT_EQ(problem.where, first);
}

TEST_F(CheckTableTest, ReadsTheFilesOfTheMetadataLogWhenDeep) {
  const auto first = table_.metadata()->metadata_log.front().metadata_file;
  WriteFile(LocalPath(first), "{}");
  EXPECT_EQ(Check().problems, Problems());
  const auto problem = OnlyProblem(true);
  EXPECT_EQ(problem.rule, "metadata");
  EXPECT_EQ(problem.where, first);
}

TEST_F(CheckTableTest, ComparesSummariesWithSums) {
  table_.Change([](TableMetadata& metadata) {
    auto& summary = metadata.snapshots.back().summary;
    summary["total-records"] = "3";
    summary["added-records"] = "1";
    summary["total-data-files"] = "4";
  });
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "summary");
  EXPECT_EQ(problem.what, "total-data-files: its summary says 4, its manifests 3");
}

TEST_F(CheckTableTest, NamesAFileThatIsLiveTwice) {
  const auto files = table_.Write(R"([{"mission":"a","n":4,"volts":1}])");
  table_.Commit(files);
  table_.Commit(files);
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "counts");
  EXPECT_EQ(problem.where, files.front().path);
  EXPECT_NE(problem.what.find("live twice"), std::string::npos);
}

TEST_F(CheckTableTest, NamesMissingStatistics) {
  table_.Change([&](TableMetadata& metadata) {
    metadata.carried_json["statistics"] =
        R"([{"snapshot-id":)" + ToString(*metadata.current_snapshot_id) +
        R"(,"statistics-path":"file:///nowhere/s.puffin","file-size-in-bytes":12,)"
        R"("file-footer-size-in-bytes":4,"blob-metadata":[]}])";
  });
  const auto problem = OnlyProblem();
  EXPECT_EQ(problem.rule, "missing");
  EXPECT_EQ(problem.where, "file:///nowhere/s.puffin");
}

TEST_F(CheckTableTest, StopsAtItsLimitOfProblems) {
  for (const auto& path : DataPaths()) fs::remove(path);
  CheckOptions options;
  options.problems_max = 1;
  options.threads = 1;
  const auto report =
      CheckTable(table_.catalog().Load(table_.name()).ValueOrDie(), table_.files(), options)
          .ValueOrDie();
  EXPECT_EQ(report.problems.size(), 1U);
  EXPECT_FALSE(report.complete);
}

TEST_F(CheckTableTest, StopsWhenAsked) {
  arrow::StopSource source;
  source.RequestStop();
  CheckOptions options;
  options.stop = source.token();
  const auto loaded = table_.catalog().Load(table_.name()).ValueOrDie();
  EXPECT_TRUE(CheckTable(loaded, table_.files(), options).status().IsCancelled());
}

TEST_F(CheckTableTest, TellsHowFarItIs) {
  std::vector<int64_t> done;
  CheckOptions options;
  options.threads = 4;
  options.progress = [&](int64_t files, int64_t total) {
    done.push_back(files);
    EXPECT_EQ(total, 3);
  };
  const auto loaded = table_.catalog().Load(table_.name()).ValueOrDie();
  ASSERT_TRUE(CheckTable(loaded, table_.files(), options).ok());
  EXPECT_EQ(done, (std::vector<int64_t>{1, 2, 3}));
}

TEST(CheckTable, ComparesBoundsOfEveryPrimitiveType) {
  TestTableOptions options;
  int32_t id = 1;
  for (const auto kind :
       {TypeKind::kBoolean, TypeKind::kInt, TypeKind::kLong, TypeKind::kFloat, TypeKind::kDouble,
        TypeKind::kDate, TypeKind::kTime, TypeKind::kTimestamp, TypeKind::kTimestamptz,
        TypeKind::kString, TypeKind::kUuid, TypeKind::kBinary}) {
    options.fields.push_back(MakeField(id, "c" + std::to_string(id), kind));
    ++id;
  }
  options.fields.push_back(MakeField(id++, "decimal", Type::Decimal(20, 2)));
  options.fields.push_back(MakeField(id++, "fixed", Type::Fixed(4)));
  CatalogTable table{options};
  table.Append(
      R"([{"c1":true,"c2":-1,"c3":5,"c4":1.5,"c5":-0.0,"c6":3,"c7":4,"c8":5,"c9":6,"c10":"text",
           "c11":"0123456789abcdef","c12":"bytes","decimal":"12.50","fixed":"abcd"},
          {"c1":false,"c2":7,"c3":-5,"c4":null,"c5":2.5,"c6":-3,"c7":1,"c8":-5,"c9":-6,
           "c10":"a text that is longer than sixteen","c11":"fedcba9876543210","c12":"","decimal":"-1.00",
           "fixed":"zzzz"}])");
  CheckOptions deep;
  deep.deep = true;
  const auto report =
      CheckTable(table.catalog().Load(table.name()).ValueOrDie(), table.files(), deep).ValueOrDie();
  EXPECT_EQ(report.problems, Problems());
  EXPECT_EQ(report.rows, 2);
}

}  // namespace
}  // namespace artemis
