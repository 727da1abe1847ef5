// Facts of the delete index: the rules of the specification's "Scan Planning", case by case.
#include "artemis/scan/delete_index.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

using Names = std::vector<std::string>;

constexpr int32_t kFilePath = 2147483546;

ManifestEntry EntryAt(int64_t sequence_number, DataFile file) {
  ManifestEntry entry;
  entry.data_sequence_number = SequenceNumber(sequence_number);
  entry.file = std::move(file);
  return entry;
}

DataFile DeletesOf(FileContent content, const std::string& name, PartitionTuple partition = {},
                   SpecId spec_id = {}) {
  DataFile file = NamedFile(name, std::move(partition), spec_id);
  file.content = content;
  return file;
}

DataFile Positions(const std::string& name, PartitionTuple partition = {}, SpecId spec_id = {}) {
  return DeletesOf(FileContent::kPositionDeletes, name, std::move(partition), spec_id);
}

DataFile Equalities(const std::string& name, PartitionTuple partition = {}, SpecId spec_id = {}) {
  return DeletesOf(FileContent::kEqualityDeletes, name, std::move(partition), spec_id);
}

DataFile Vector(const std::string& name, const DataFile& of) {
  DataFile file = Positions(name, of.partition, of.spec_id);
  file.format = "PUFFIN";
  file.referenced_data_file = of.path;
  file.content_offset = 4;
  file.content_size_bytes = 40;
  return file;
}

Names NamesFor(const DeleteIndex& index, const DataFile& file, int64_t sequence_number) {
  Names names;
  for (const auto& deletes : index.For(file, SequenceNumber(sequence_number)))
    names.push_back(StemOf(deletes.file.path));
  return names;
}

TEST(DeleteIndex, AppliesPositionDeletesToFilesOfTheSameAndOfOlderCommits) {
  DeleteIndex index;
  index.Add(EntryAt(5, Positions("p")), true);
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 4), Names{"p"});
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 5), Names{"p"});
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 6), Names{});
}

TEST(DeleteIndex, AppliesEqualityDeletesToFilesOfOlderCommitsOnly) {
  for (const bool unpartitioned : {true, false}) {
    DeleteIndex index;
    const PartitionTuple tuple =
        unpartitioned ? PartitionTuple{} : PartitionTuple{LiteralValue("a")};
    index.Add(EntryAt(5, Equalities("e", tuple)), unpartitioned);
    EXPECT_EQ(NamesFor(index, NamedFile("d", tuple), 4), Names{"e"});
    EXPECT_EQ(NamesFor(index, NamedFile("d", tuple), 5), Names{});
    EXPECT_EQ(NamesFor(index, NamedFile("d", tuple), 6), Names{});
  }
}

TEST(DeleteIndex, AppliesDeletesWithinTheirPartitionAndSpecOnly) {
  const PartitionTuple a{LiteralValue("a")};
  DeleteIndex index;
  index.Add(EntryAt(5, Positions("p", a, SpecId(1))), false);
  index.Add(EntryAt(5, Equalities("e", a, SpecId(1))), false);
  EXPECT_EQ(NamesFor(index, NamedFile("d", a, SpecId(1)), 4), (Names{"p", "e"}));
  EXPECT_EQ(NamesFor(index, NamedFile("d", {LiteralValue("b")}, SpecId(1)), 4), Names{});
  EXPECT_EQ(NamesFor(index, NamedFile("d", {std::nullopt}, SpecId(1)), 4), Names{});
  EXPECT_EQ(NamesFor(index, NamedFile("d", a, SpecId(2)), 4), Names{});
}

TEST(DeleteIndex, TellsTuplesApartThatReadAlike) {
  const std::vector<PartitionTuple> tuples = {
      {std::nullopt, LiteralValue("")},
      {LiteralValue(""), std::nullopt},
      {LiteralValue(""), LiteralValue("")},
      {LiteralValue("ab"), LiteralValue("c")},
      {LiteralValue("a"), LiteralValue("bc")},
      {LiteralValue(std::string("a\0", 2)), LiteralValue("bc")},
      {LiteralValue(int64_t{1}), LiteralValue(int64_t{2})},
      {LiteralValue(int64_t{2}), LiteralValue(int64_t{1})},
      {LiteralValue(true), LiteralValue(false)},
      {LiteralValue(arrow::Decimal128(12)), LiteralValue(arrow::Decimal128(3))},
      {LiteralValue(arrow::Decimal128(1)), LiteralValue(arrow::Decimal128(23))}};
  DeleteIndex index;
  for (size_t i = 0; i < tuples.size(); ++i)
    index.Add(EntryAt(5, Positions("p" + std::to_string(i), tuples[i])), false);
  EXPECT_EQ(index.size(), static_cast<int64_t>(tuples.size()));
  for (size_t i = 0; i < tuples.size(); ++i)
    EXPECT_EQ(NamesFor(index, NamedFile("d", tuples[i]), 5), Names{"p" + std::to_string(i)});
}

TEST(DeleteIndex, AppliesEqualityDeletesOfAnUnpartitionedSpecToEveryPartition) {
  DeleteIndex index;
  index.Add(EntryAt(5, Equalities("everywhere", {}, SpecId(0))), true);
  index.Add(EntryAt(5, Positions("unpartitioned", {}, SpecId(0))), true);
  EXPECT_EQ(NamesFor(index, NamedFile("d", {LiteralValue("a")}, SpecId(1)), 4),
            Names{"everywhere"});
  EXPECT_EQ(NamesFor(index, NamedFile("d", {}, SpecId(0)), 4),
            (Names{"everywhere", "unpartitioned"}));
}

TEST(DeleteIndex, AppliesDeletesThatReferenceOneFileToThatFileOnly) {
  DataFile deletes = Positions("p");
  deletes.referenced_data_file = NamedFile("d").path;
  DeleteIndex index;
  index.Add(EntryAt(5, deletes), true);
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 5), Names{"p"});
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 6), Names{});
  EXPECT_EQ(NamesFor(index, NamedFile("other"), 5), Names{});
}

TEST(DeleteIndex, LetsADeletionVectorReplacePositionDeletesButNotEqualityDeletes) {
  const DataFile data = NamedFile("d");
  DeleteIndex index;
  index.Add(EntryAt(5, Positions("p")), true);
  index.Add(EntryAt(6, Equalities("e")), true);
  index.Add(EntryAt(7, Vector("v", data)), true);
  EXPECT_EQ(NamesFor(index, data, 4), (Names{"e", "v"}));
  EXPECT_EQ(NamesFor(index, NamedFile("other"), 4), (Names{"e", "p"}));
}

TEST(DeleteIndex, IgnoresADeletionVectorOlderThanTheFile) {
  const DataFile data = NamedFile("d");
  DeleteIndex index;
  index.Add(EntryAt(7, Positions("p")), true);
  index.Add(EntryAt(5, Vector("v", data)), true);
  EXPECT_EQ(NamesFor(index, data, 6), Names{"p"});
}

TEST(DeleteIndex, LeavesOutDeletesWhoseFilePathBoundsExcludeTheFile) {
  const Type string = Type::Of(TypeKind::kString);
  const auto named = [](const char* name) { return NamedFile(name).path; };
  DataFile bounded = Positions("bounded");
  bounded.metrics = {
      Metrics(kFilePath, string, LiteralValue(named("c")), LiteralValue(named("f")))};
  DataFile half_open = Positions("half_open");
  half_open.metrics = {Metrics(kFilePath, string, LiteralValue(named("e")), std::nullopt)};
  DeleteIndex index;
  index.Add(EntryAt(5, bounded), true);
  index.Add(EntryAt(5, half_open), true);
  EXPECT_EQ(NamesFor(index, NamedFile("b"), 5), Names{});
  EXPECT_EQ(NamesFor(index, NamedFile("c"), 5), Names{"bounded"});
  EXPECT_EQ(NamesFor(index, NamedFile("f"), 5), (Names{"bounded", "half_open"}));
  EXPECT_EQ(NamesFor(index, NamedFile("g"), 5), Names{"half_open"});
}

TEST(DeleteIndex, KeepsDeletesWhoseTruncatedUpperBoundCoversTheFile) {
  DataFile deletes = Positions("p");
  ColumnMetrics path;
  path.field_id = FieldId(kFilePath);
  path.lower_bound = "file:///nowhere";
  path.upper_bound = "file:///nowherf";
  deletes.metrics = {path};
  DeleteIndex index;
  index.Add(EntryAt(5, deletes), true);
  EXPECT_EQ(NamesFor(index, NamedFile("d"), 5), Names{"p"});
}

TEST(DeleteIndex, RefusesTwoVectorsForOneFileAndOneForNone) {
  const DataFile data = NamedFile("d");
  DeleteIndex index;
  index.Add(EntryAt(5, Vector("v", data)), true);
  index.Add(EntryAt(5, Vector("v", NamedFile("other"))), true);
  EXPECT_TRUE(index.Check().ok());
  index.Add(EntryAt(6, Vector("w", data)), true);
  const auto* corrupt = FindDetail<CorruptFile>(index.Check());
  ASSERT_NE(corrupt, nullptr) << index.Check();
  EXPECT_NE(corrupt->what.find(data.path), std::string::npos) << corrupt->what;

  DataFile lost = Vector("v", data);
  lost.referenced_data_file.reset();
  DeleteIndex other;
  other.Add(EntryAt(5, lost), true);
  EXPECT_NE(FindDetail<CorruptFile>(other.Check()), nullptr) << other.Check();
}

}  // namespace
}  // namespace artemis
