// Facts of files that no metadata names.
#include "artemis/check/orphans.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/catalog/open_catalog.h"
#include "artemis/check/named_files.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

TestTableOptions OneColumn() {
  TestTableOptions options;
  options.fields = {MakeField(1, "n", TypeKind::kLong)};
  return options;
}

class OrphansTest : public ::testing::Test {
 protected:
  OrphansTest() {
    table_.Append(R"([{"n":1}])");
    table_.Append(R"([{"n":2}])");
    folder_ = LocalPath(table_.metadata()->location);
  }

  // All times lie before it.
  static constexpr TimestampMs kLater{int64_t{1} << 60};

  arrow::Result<OrphanReport> TryFind(TimestampMs older_than = kLater) {
    OrphanOptions options;
    options.older_than = older_than;
    return FindOrphans(table_.catalog(), table_.catalog().Load(table_.name()).ValueOrDie(),
                       options);
  }
  OrphanReport Find(TimestampMs older_than = kLater) {
    auto report = TryFind(older_than);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : OrphanReport();
  }
  std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const auto& orphan : Find().orphans) {
      paths.push_back(LocalPath(orphan.path).substr(folder_.size() + 1));
    }
    return paths;
  }

  void Leave(const std::string& name, const std::string& bytes = "left") {
    fs::create_directories(fs::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }

  CatalogTable table_{OneColumn()};
  std::string folder_;
};

TEST_F(OrphansTest, FindsNothingWhereEverythingIsNamed) {
  const auto report = Find();
  EXPECT_TRUE(report.orphans.empty());
  EXPECT_EQ(report.files, report.named);
  // Two data files, two manifests, two lists, three metadata files.
  EXPECT_EQ(report.named, 9);
}

TEST_F(OrphansTest, FindsWhatAKilledWriterLeft) {
  Leave("data/00000-lost.parquet", "12345");
  Leave("metadata/lost-m0.avro");
  Leave("metadata/00009-lost.metadata.json");
  EXPECT_EQ(Paths(), (std::vector<std::string>{"data/00000-lost.parquet",
                                               "metadata/00009-lost.metadata.json",
                                               "metadata/lost-m0.avro"}));
  EXPECT_EQ(Find().orphans.front().size_bytes, 5);
}

TEST_F(OrphansTest, LeavesYoungFilesToTheirWriters) {
  Leave("data/00000-new.parquet.inprogress", "123");
  const auto report = Find(TimestampMs(0));
  EXPECT_TRUE(report.orphans.empty());
  EXPECT_EQ(report.young, 1);
  EXPECT_EQ(report.young_bytes, 3);
  EXPECT_EQ(Paths(), std::vector<std::string>{"data/00000-new.parquet.inprogress"});
}

TEST_F(OrphansTest, NamesFilesOfEverySnapshotAndNotOfExpiredOnes) {
  const auto first = table_.metadata()->snapshots.front();
  const auto manifests = ListManifests(table_.View(first.id), table_.files()).ValueOrDie();
  table_.Change([&](TableMetadata& metadata) {
    metadata = RemoveSnapshots(metadata, {first.id}).ValueOrDie();
  });
  // The second snapshot still carries the first one's manifest and data file; the list is nobody's.
  EXPECT_EQ(Paths(),
            std::vector<std::string>{LocalPath(first.manifest_list).substr(folder_.size() + 1)});
  EXPECT_EQ(manifests.size(), 1U);
}

TEST_F(OrphansTest, LeavesHiddenFilesAndTakesPartitionsThatBeginWithAnUnderscore) {
  Leave("data/_SUCCESS");
  Leave(".trash/old.parquet");
  Leave("_temporary/part.parquet");
  Leave("data/_day=2024-03-11/lost.parquet");
  EXPECT_EQ(Paths(), std::vector<std::string>{"data/_day=2024-03-11/lost.parquet"});
}

TEST_F(OrphansTest, NeverNamesFilesOfAnotherTable) {
  // Its folder lies within the first one's.
  NewTable nested;
  nested.location = table_.metadata()->location + "/nested";
  nested.schema = table_.metadata()->CurrentSchema();
  const auto metadata = MakeTableMetadata(nested, TimestampMs(1)).ValueOrDie();
  ASSERT_TRUE(table_.real_catalog().Create({{"sda"}, "nested"}, metadata, {"create", "ada"}).ok());
  EXPECT_EQ(Paths(), std::vector<std::string>());
  ASSERT_TRUE(table_.real_catalog().Drop({{"sda"}, "nested"}).ok());
  EXPECT_EQ(Paths().size(), 1U);
}

TEST_F(OrphansTest, SaysNothingWhereANeighbourCannotBeRead) {
  NewTable other;
  other.location = table_.metadata()->location + "/nested";
  other.schema = table_.metadata()->CurrentSchema();
  const auto created =
      table_.real_catalog()
          .Create({{"sda"}, "nested"}, MakeTableMetadata(other, TimestampMs(1)).ValueOrDie(),
                  {"create", "ada"})
          .ValueOrDie();
  fs::remove(LocalPath(created.metadata_location));
  // Opened anew: metadata that was written here is remembered.
  CatalogOptions options;
  options.warehouse = table_.folder();
  options.files = &table_.files();
  options.clock = &table_.clock();
  const auto catalog = OpenCatalog(options).ValueOrDie();
  OrphanOptions all;
  all.older_than = kLater;
  const auto report = FindOrphans(*catalog, catalog->Load(table_.name()).ValueOrDie(), all);
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.status().message().find("sda.nested"), std::string::npos) << report.status();
}

TEST_F(OrphansTest, SaysNothingWhereTheFolderHoldsOtherNames) {
  // As if the warehouse had been copied elsewhere: what lies there is none of what is named.
  table_.Change([&](TableMetadata& metadata) {
    metadata.location = "file://" + folder_ + "-copy";
    metadata.properties["write.metadata.path"] = "file://" + folder_ + "/metadata";
  });
  fs::create_directories(folder_ + "-copy");
  std::ofstream(folder_ + "-copy/x.parquet") << "x";
  const auto report = TryFind();
  fs::remove_all(folder_ + "-copy");
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.status().message().find("none of the 1 files"), std::string::npos)
      << report.status();
}

TEST(NormalPath, IsTheSameForEveryWayToWriteAPlace) {
  for (const char* location :
       {"file:///a/b/c", "file:/a/b/c", "/a/b/c", "/a//b/./c", "/a/x/../b/c"}) {
    EXPECT_EQ(NormalPath(location), "/a/b/c") << location;
  }
  EXPECT_EQ(NormalPath("file:///a/m=x%2Fy"), "/a/m=x%2Fy");
}

}  // namespace
}  // namespace artemis
