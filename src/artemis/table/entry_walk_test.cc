// The walk gives what the plan gives, whatever form the maps have and however broken the bytes are.
#include "artemis/table/entry_walk.h"

#include <random>

#include <gtest/gtest.h>

#include "artemis/avro/container_writer.h"
#include "artemis/avro/encoder.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/manifest_schema.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

// Encodes entries as writers of all kinds do.
class EntryForms {
 public:
  explicit EntryForms(uint64_t seed) : random_(seed) {}

  int64_t Below(int64_t end) { return std::uniform_int_distribution<int64_t>(0, end - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }

  std::string Entry() {
    out_.Clear();
    const int64_t status = Chance(90) ? 1 : Below(3);
    out_.PutLong(status);
    PutOptional(90, 1'000'000'001);
    PutOptional(status == 1 ? 80 : 100, Below(300));
    PutOptional(90, Below(300));
    out_.PutLong(0);
    out_.PutBytes("s3://b/" + std::string(static_cast<size_t>(Below(3) * 40), 'd') + "/f" +
                  std::to_string(Below(1 << 30)));
    out_.PutBytes(Chance(95) ? "PARQUET" : "orc");
    PutPartition();
    out_.PutLong(Below(1 << 20));
    out_.PutLong(Below(int64_t{1} << 40));
    for (int map = 0; map < 6; ++map) PutMap(map >= 4);
    PutTail();
    return out_.bytes();
  }

 private:
  void PutOptional(int percent, int64_t value) {
    const bool there = Chance(percent);
    out_.PutBranch(there ? 1 : 0);
    if (there) out_.PutLong(value);
  }
  void PutPartition() {
    const bool there = Chance(90);
    out_.PutBranch(there ? 1 : 0);
    if (there) out_.PutBytes("apollo-" + std::to_string(Below(3)));
    PutOptional(90, 19'000 + Below(3));
  }
  // Keys mostly in order, some of two bytes; one block with a size or without, or several.
  void PutMap(bool texts) {
    const bool there = Chance(90);
    out_.PutBranch(there ? 1 : 0);
    if (!there) return;
    int64_t left = Chance(90) ? Below(20) : 0;
    int64_t key = 0;
    while (left > 0) {
      const int64_t count = Chance(85) ? left : 1 + Below(left);
      AvroEncoder pairs;
      for (int64_t i = 0; i < count; ++i) {
        key = Chance(90) ? key + 1 : Below(100);
        pairs.PutLong(key);
        if (texts) {
          pairs.PutBytes(std::string(static_cast<size_t>(Chance(90) ? 8 : Below(90)),
                                     static_cast<char>('a' + Below(20))));
        } else {
          pairs.PutLong(Chance(60) ? Below(2) : Below(int64_t{1} << 50));
        }
      }
      const bool has_size = Chance(60);
      out_.PutLong(has_size ? -count : count);
      if (has_size) out_.PutLong(static_cast<int64_t>(pairs.bytes().size()));
      out_.PutFixed(pairs.bytes());
      left -= count;
    }
    out_.PutLong(0);
  }
  void PutTail() {
    out_.PutBranch(0);
    const int64_t offsets = Below(4);
    AvroEncoder items;
    for (int64_t i = 0; i < offsets; ++i) items.PutLong(4 + i * 1000);
    out_.PutBranch(1);
    if (Chance(50) || offsets == 0) {
      out_.PutBlock(offsets, items.bytes());
    } else {
      out_.PutLong(offsets);
      out_.PutFixed(items.bytes());
      out_.PutLong(0);
    }
    out_.PutBranch(0);
    PutOptional(50, 0);
    out_.PutBranch(0);
  }

  std::mt19937_64 random_;
  AvroEncoder out_;
};

// Six numbers, which are as many columns; 70 has a key of two bytes.
Schema WalkSchema() {
  Schema schema = SampleSchema();
  for (const int32_t id : {4, 5, 7, 19, 70}) {
    schema.fields.push_back(SampleField(id, "c" + std::to_string(id), Type::Of(TypeKind::kLong)));
  }
  return schema;
}

std::string WalkManifest(const std::vector<std::string>& records) {
  const Schema schema = WalkSchema();
  const auto partition = PartitionType(SampleSpec(), schema);
  EXPECT_TRUE(partition.ok()) << partition.status();
  AvroWriterOptions options;
  options.codec = AvroCodec::kNull;
  options.block_bytes = 8'000;
  AvroWriter writer(ManifestAvroSchema(*partition, 2),
                    {{"schema", SchemaToJson(schema)},
                     {"partition-spec", PartitionFieldsToJson(SampleSpec().fields)},
                     {"partition-spec-id", "0"},
                     {"format-version", "2"},
                     {"content", "data"}},
                    options);
  for (const auto& record : records) EXPECT_TRUE(writer.Append(record).ok());
  return *writer.Finish();
}

arrow::Result<std::shared_ptr<const FileIndex>> ReadWalked(const std::string& bytes,
                                                           const std::vector<Field>& fields,
                                                           bool by_plan_only) {
  ManifestFile file;
  file.path = "m.avro";
  file.sequence_number = SequenceNumber(400);
  FileIndexOptions options;
  options.fields = fields;
  options.by_plan_only = by_plan_only;
  return ReadFileIndex(bytes, file, options);
}

void ExpectSameRange(const ColumnRange& a, const ColumnRange& b) {
  EXPECT_EQ(a.lower, b.lower);
  EXPECT_EQ(a.upper, b.upper);
  EXPECT_EQ(a.has_null, b.has_null);
  EXPECT_EQ(a.has_nan, b.has_nan);
  EXPECT_EQ(a.all_null, b.all_null);
  EXPECT_EQ(a.all_nan, b.all_nan);
}

void ExpectSameIndex(const FileIndex& a, const FileIndex& b, const std::vector<Field>& fields) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.tuples(), b.tuples());
  for (size_t row = 0; row < a.size(); ++row) {
    SCOPED_TRACE("row " + std::to_string(row));
    EXPECT_EQ(a.File(row), b.File(row));
    EXPECT_EQ(a.snapshot_id(row), b.snapshot_id(row));
    EXPECT_EQ(a.data_sequence_number(row), b.data_sequence_number(row));
    for (const Field& field : fields) {
      ExpectSameRange(a.metrics().columns.at(field.id).At(row, field.type),
                      b.metrics().columns.at(field.id).At(row, field.type));
    }
  }
}

// False where both refuse the bytes, in the same words.
bool ExpectSameReading(const std::string& bytes, const std::vector<Field>& fields) {
  const auto walked = ReadWalked(bytes, fields, false);
  const auto planned = ReadWalked(bytes, fields, true);
  EXPECT_EQ(walked.status().ToString(), planned.status().ToString());
  if (!walked.ok() || !planned.ok()) return false;
  ExpectSameIndex(**walked, **planned, fields);
  return true;
}

std::vector<Field> SomeFields(EntryForms* random) {
  const Schema schema = WalkSchema();
  std::vector<Field> fields;
  const int percent = random->Chance(50) ? 15 : 60;
  for (const Field& field : schema.fields) {
    if (random->Chance(percent)) fields.push_back(field);
  }
  return fields;
}

TEST(EntryWalk, ReadsWhatThePlanReads) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EntryForms random(seed);
    std::vector<std::string> records;
    for (int64_t n = random.Below(60); n > 0; --n) records.push_back(random.Entry());
    EXPECT_TRUE(ExpectSameReading(WalkManifest(records), SomeFields(&random)));
  }
}

TEST(EntryWalk, RefusesWhatThePlanRefuses) {
  int refused = 0;
  for (uint64_t seed = 1; seed <= 1'500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EntryForms random(seed);
    std::vector<std::string> records;
    for (int64_t n = 1 + random.Below(8); n > 0; --n) records.push_back(random.Entry());
    auto& broken = records[static_cast<size_t>(random.Below(std::ssize(records)))];
    for (int64_t n = 1 + random.Below(3); n > 0; --n) {
      broken[static_cast<size_t>(random.Below(std::ssize(broken)))] =
          static_cast<char>(random.Below(256));
    }
    refused += ExpectSameReading(WalkManifest(records), SomeFields(&random)) ? 0 : 1;
  }
  EXPECT_GT(refused, 300) << "the bytes were not broken enough";
}

TEST(ShapeOfEntries, KnowsWhatIsWritten) {
  const auto partition = PartitionType(SampleSpec(), SampleSchema());
  for (const int version : {2, 3}) {
    const auto writer = ParseAvroSchema(ManifestAvroSchema(*partition, version));
    ASSERT_TRUE(writer.ok()) << writer.status();
    const auto shape = ShapeOfEntries(*writer);
    ASSERT_TRUE(shape.has_value()) << version;
    EXPECT_EQ(shape->partition.size(), 2u);
    EXPECT_EQ(shape->tail.size(), version == 2 ? 5u : 8u);
  }
}

TEST(ShapeOfEntries, LeavesOtherOrdersToThePlan) {
  const auto partition = PartitionType(SampleSpec(), SampleSchema());
  auto writer = ParseAvroSchema(ManifestAvroSchema(*partition, 2)).ValueOrDie();
  auto& file = writer.fields[4].type.fields;
  std::swap(file[10], file[11]);
  EXPECT_FALSE(ShapeOfEntries(writer).has_value());
  std::swap(file[10], file[11]);
  EXPECT_TRUE(ShapeOfEntries(writer).has_value());
  file.back().field_id = FieldId(134);
  EXPECT_FALSE(ShapeOfEntries(writer).has_value()) << "a second content";
}

}  // namespace
}  // namespace artemis
