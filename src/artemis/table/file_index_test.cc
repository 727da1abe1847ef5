// The columns a manifest's files become.
#include "artemis/table/file_index.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/schema/literal.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

WrittenManifest WriteSample(const std::vector<ManifestEntry>& entries,
                            ManifestContent content = ManifestContent::kData) {
  WriteManifestOptions options;
  options.snapshot_id = SnapshotId(77);
  options.content = content;
  auto written = WriteManifest("m.avro", SampleSchema(), SampleSpec(), entries, options);
  EXPECT_TRUE(written.ok()) << written.status();
  written->file.sequence_number = SequenceNumber(9);
  return *written;
}

std::vector<ManifestEntry> ThreeFiles() {
  return {SampleEntry(EntryStatus::kAdded, SampleFile("file:///w/d/a.parquet", "apollo-7", -3)),
          SampleEntry(EntryStatus::kDeleted, SampleFile("file:///w/d/b.parquet", "apollo-8", 5), 3),
          SampleEntry(EntryStatus::kExisting, SampleFile("c.parquet", "apollo-7", -3), 4)};
}

std::shared_ptr<const FileIndex> IndexOf(const WrittenManifest& written,
                                         const std::vector<Field>& fields) {
  FileIndexOptions options;
  options.fields = fields;
  auto index = ReadFileIndex(written.bytes, written.file, options);
  EXPECT_TRUE(index.ok()) << index.status();
  return index.ok() ? *index : nullptr;
}

TEST(FileIndex, HoldsLiveFilesOnly) {
  const auto index = IndexOf(WriteSample(ThreeFiles()), {});
  ASSERT_EQ(index->size(), 2u);
  EXPECT_EQ(index->path(0), "file:///w/d/a.parquet");
  EXPECT_EQ(index->path(1), "c.parquet");
  EXPECT_EQ(index->data_sequence_number(0), SequenceNumber(9)) << "inherited from the list";
  EXPECT_EQ(index->data_sequence_number(1), SequenceNumber(4));
}

TEST(FileIndex, KeepsATupleOnce) {
  const auto index = IndexOf(WriteSample(ThreeFiles()), {});
  ASSERT_EQ(index->tuples().size(), 1u);
  EXPECT_EQ(index->tuple_of(0), index->tuple_of(1));
  const Type text = Type::Of(TypeKind::kString);
  const auto range = index->tuple_ranges().columns.at(FieldId(1000)).At(0, text);
  EXPECT_EQ(range.lower, LiteralValue(std::string("apollo-7")));
  EXPECT_EQ(range.upper, range.lower);
  EXPECT_TRUE(range.bounds_exact);
  EXPECT_EQ(range.has_null, Ternary::kNo);
}

TEST(FileIndex, SaysWhereATuplesFilesLieAndWhatAllWeigh) {
  std::vector<ManifestEntry> entries;
  for (const int day : {1, 2, 1, 3}) {
    entries.push_back(SampleEntry(
        EntryStatus::kAdded,
        SampleFile("f" + std::to_string(entries.size()) + ".parquet", "apollo-7", day)));
    entries.back().file.file_size_bytes = 10 * day;
  }
  const auto index = IndexOf(WriteSample(entries), {});
  EXPECT_EQ(index->total_bytes(), 70);
  const auto& spans = index->tuple_spans();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].first, 0u);
  EXPECT_EQ(spans[0].end, 3u);
  EXPECT_EQ(spans[1].first, 1u);
  EXPECT_EQ(spans[1].end, 2u);
  EXPECT_EQ(spans[2].first, 3u);
  EXPECT_EQ(spans[2].end, 4u);
}

TEST(FileIndex, HoldsTheMetricsThatWereAskedFor) {
  const Schema schema = SampleSchema();
  const auto index = IndexOf(WriteSample(ThreeFiles()), {schema.fields[0]});
  EXPECT_TRUE(index->Covers(FieldId(1)));
  EXPECT_FALSE(index->Covers(FieldId(3)));
  EXPECT_EQ(index->metrics().columns.size(), 1u);
  const auto range = index->metrics().columns.at(FieldId(1)).At(1, schema.fields[0].type);
  EXPECT_EQ(range.upper, LiteralValue(std::string("apollo-7")));
}

TEST(FileIndex, RefusesAManifestOfDeletes) {
  ManifestEntry entry = ThreeFiles()[0];
  entry.file.content = FileContent::kPositionDeletes;
  entry.file.sort_order_id.reset();
  const auto written = WriteSample({entry}, ManifestContent::kDeletes);
  const auto index = ReadFileIndex(written.bytes, written.file, {});
  EXPECT_NE(FindDetail<CorruptFile>(index.status()), nullptr) << index.status();
}

TEST(RepeatedNumbers, KeepsOneWhileAllAreEqual) {
  RepeatedNumbers numbers;
  for (int i = 0; i < 1000; ++i) numbers.Append(7);
  EXPECT_EQ(numbers.MemoryBytes(), 0);
  EXPECT_EQ(numbers.At(999), 7);
  numbers.Append(8);
  EXPECT_EQ(numbers.At(999), 7);
  EXPECT_EQ(numbers.At(1000), 8);
}

}  // namespace
}  // namespace artemis
