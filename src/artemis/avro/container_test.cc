// Containers: what the writer makes, the reader reads; broken ones give a CorruptFile that names the place.
#include <gtest/gtest.h>

#include "artemis/avro/container_reader.h"
#include "artemis/avro/container_writer.h"
#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr char kRowSchema[] = R"({"type":"record","name":"row","fields":[
    {"name":"id","type":"long","field-id":1},{"name":"name","type":["null","string"],"field-id":2}]})";

// Keeps the rows as "id:name".
class RowSink : public AvroSink {
 public:
  void BeginRecord() override { row_.clear(); }
  void OnLong(int, int64_t value) override { row_ = std::to_string(value) + ":"; }
  void OnBytes(int, std::string_view value) override { row_ += value; }
  arrow::Status EndRecord() override {
    rows.push_back(row_);
    return arrow::Status::OK();
  }
  std::vector<std::string> rows;

 private:
  std::string row_;
};

std::string FileOf(int rows, const AvroWriterOptions& options = {}) {
  AvroWriter writer(kRowSchema, {{"format-version", "2"}}, options);
  for (int i = 0; i < rows; ++i) {
    AvroEncoder row;
    row.PutLong(i);
    row.PutBranch(i % 2);
    if (i % 2 == 1) row.PutBytes("name " + std::to_string(i));
    EXPECT_TRUE(writer.Append(row.bytes()).ok());
  }
  return writer.Finish().ValueOrDie();
}

arrow::Status ReadRows(std::string_view bytes, std::vector<std::string>* rows) {
  ARROW_ASSIGN_OR_RAISE(const AvroReader reader, AvroReader::Open(bytes, "rows.avro"));
  ARROW_ASSIGN_OR_RAISE(
      const AvroPlan plan,
      AvroPlan::Compile(reader.schema(), {{FieldId(1), 0, AvroTypeSet({AvroType::kLong})},
                                          {FieldId(2), 1, AvroTypeSet({AvroType::kString})}}));
  RowSink sink;
  ARROW_RETURN_NOT_OK(reader.ReadRecords(plan, &sink));
  *rows = sink.rows;
  return arrow::Status::OK();
}

TEST(AvroReader, ReadsWhatTheWriterMadeWithEveryCodec) {
  for (AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
    AvroWriterOptions options;
    options.codec = codec;
    options.block_bytes = 100;
    const std::string file = FileOf(50, options);
    std::vector<std::string> rows;
    ASSERT_TRUE(ReadRows(file, &rows).ok()) << AvroCodecName(codec);
    ASSERT_EQ(rows.size(), 50u);
    EXPECT_EQ(rows[0], "0:");
    EXPECT_EQ(rows[49], "49:name 49");
    const AvroReader reader = AvroReader::Open(file, "f").ValueOrDie();
    EXPECT_EQ(reader.AnnouncedRecords(), 50);
    EXPECT_EQ(reader.metadata().at("format-version"), "2");
    EXPECT_EQ(reader.metadata().at("avro.codec"), AvroCodecName(codec));
  }
}

TEST(AvroReader, ReadsAFileWithoutBlocks) {
  std::vector<std::string> rows = {"stale"};
  ASSERT_TRUE(ReadRows(FileOf(0), &rows).ok());
  EXPECT_TRUE(rows.empty());
}

TEST(AvroReader, NamesFileAndPlaceOfAWrongSyncMarker) {
  std::string file = FileOf(3);
  file.back() = static_cast<char>(file.back() ^ 1);
  std::vector<std::string> rows;
  const arrow::Status status = ReadRows(file, &rows);
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, "rows.avro");
  EXPECT_NE(corrupt->what.find("sync marker"), std::string::npos) << corrupt->what;
  EXPECT_NE(corrupt->what.find("block at byte"), std::string::npos) << corrupt->what;
}

TEST(AvroReader, RefusesOtherFilesAndCodecs) {
  std::vector<std::string> rows;
  EXPECT_NE(FindDetail<CorruptFile>(ReadRows("PAR1", &rows)), nullptr);
  EXPECT_NE(FindDetail<CorruptFile>(ReadRows("", &rows)), nullptr);

  AvroEncoder other;
  other.PutFixed(std::string_view("Obj\x01", 4));
  other.PutLong(1);
  other.PutBytes("avro.codec");
  other.PutBytes("bzip2");
  other.PutLong(0);
  other.PutFixed("0123456789abcdef");
  const arrow::Status status = ReadRows(other.bytes(), &rows);
  EXPECT_TRUE(status.IsNotImplemented()) << status;
  EXPECT_NE(status.message().find("rows.avro"), std::string::npos) << status;
}

TEST(AvroReader, RefusesABlockOverTheLimit) {
  std::string file = FileOf(0);
  AvroEncoder head;
  head.PutLong(1);
  head.PutLong(kAvroBlockBytesMax + 1);
  std::vector<std::string> rows;
  EXPECT_NE(FindDetail<CorruptFile>(ReadRows(file + head.bytes(), &rows)), nullptr);
}

TEST(AvroReader, SurvivesEveryCutAndEveryFlippedByte) {
  AvroWriterOptions options;
  options.codec = AvroCodec::kNull;
  const std::string file = FileOf(20, options);
  std::vector<std::string> rows;
  for (size_t i = 0; i < file.size(); ++i) {
    const arrow::Status cut = ReadRows(std::string_view(file).substr(0, i), &rows);
    EXPECT_TRUE(cut.ok() || FindDetail<CorruptFile>(cut) != nullptr) << i << ": " << cut;
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = file;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      (void)ReadRows(flipped, &rows);
    }
  }
  ASSERT_TRUE(ReadRows(file, &rows).ok());
  EXPECT_EQ(rows.size(), 20u);
}

TEST(AvroReader, RefusesAHeaderOverTheLimit) {
  AvroEncoder header;
  header.PutFixed(std::string_view("Obj\x01", 4));
  header.PutLong(1);
  header.PutBytes("avro.schema");
  header.PutBytes(std::string(static_cast<size_t>(kAvroHeaderBytesMax), ' '));
  std::vector<std::string> rows;
  const arrow::Status status = ReadRows(header.bytes(), &rows);
  EXPECT_NE(FindDetail<LimitExceeded>(status), nullptr) << status;
  EXPECT_NE(status.message().find("rows.avro"), std::string::npos) << status;
}

// Every block's bytes, as they come.
arrow::Result<std::vector<std::string>> RawBlocks(const std::string& file, int threads) {
  ARROW_ASSIGN_OR_RAISE(const AvroReader reader, AvroReader::Open(file, "rows.avro"));
  std::vector<std::string> blocks;
  ARROW_RETURN_NOT_OK(reader.ReadBlocks(
      [&](std::string_view raw, int64_t records) {
        blocks.push_back(std::to_string(records) + " " + std::string(raw));
        return arrow::Status::OK();
      },
      threads));
  return blocks;
}

TEST(AvroReader, GivesTheSameBlocksInTheSameOrderOnTwoThreads) {
  for (AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
    AvroWriterOptions options;
    options.codec = codec;
    options.block_bytes = 300;
    for (const int rows : {0, 1, 20, 3000}) {
      const std::string file = FileOf(rows, options);
      const auto one = RawBlocks(file, 1);
      ASSERT_TRUE(one.ok()) << one.status();
      EXPECT_EQ(*RawBlocks(file, 2), *one) << AvroCodecName(codec) << " " << rows;
    }
  }
}

TEST(AvroReader, NamesTheSameBrokenBlockOnTwoThreads) {
  AvroWriterOptions options;
  options.block_bytes = 300;
  const std::string file = FileOf(2000, options);
  for (size_t at = file.size() / 4; at < file.size(); at += file.size() / 16) {
    std::string broken = file;
    for (size_t i = at; i < at + 9 && i < broken.size(); ++i) broken[i] ^= '\x5a';
    EXPECT_EQ(RawBlocks(broken, 2).status().ToString(), RawBlocks(broken, 1).status().ToString());
  }
}

TEST(AvroReader, EndsOnTwoThreadsWithTheFirstFailureOfTheDecoder) {
  AvroWriterOptions options;
  options.block_bytes = 300;
  const std::string file = FileOf(2000, options);
  const AvroReader reader = AvroReader::Open(file, "rows.avro").ValueOrDie();
  int calls = 0;
  const auto status = reader.ReadBlocks(
      [&](std::string_view, int64_t) {
        return ++calls < 3 ? arrow::Status::OK() : arrow::Status::Invalid("enough");
      },
      2);
  EXPECT_EQ(calls, 3);
  EXPECT_NE(status.ToString().find("enough"), std::string::npos);
}

}  // namespace
}  // namespace artemis
