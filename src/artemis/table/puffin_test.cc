// Puffin footers, put together by hand from the specification.
#include "artemis/table/puffin.h"

#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

std::string PuffinInt(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

// A file of these blobs' bytes and this footer payload.
std::string PuffinText(const std::string& blobs, const std::string& payload, uint32_t flags = 0) {
  return "PFA1" + blobs + "PFA1" + payload + PuffinInt(static_cast<uint32_t>(payload.size())) +
         PuffinInt(flags) + "PFA1";
}

constexpr char kTwoBlobs[] =
    R"({"blobs":[{"type":"deletion-vector-v1","fields":[2147483645],"snapshot-id":-1,"sequence-number":-1,)"
    R"("offset":4,"length":3,"properties":{"cardinality":"2","referenced-data-file":"s3://a/b.parquet"}},)"
    R"({"type":"apache-datasketches-theta-v1","fields":[1,2],"snapshot-id":7,"sequence-number":9,)"
    R"("offset":7,"length":2,"compression-codec":"zstd"}],"properties":{"created-by":"test"}})";

TEST(ReadPuffinFooter, ReadsEveryMember) {
  const auto footer = ReadPuffinFooter(PuffinText("abcde", kTwoBlobs), "x.puffin");
  ASSERT_TRUE(footer.ok()) << footer.status();
  ASSERT_EQ(footer->blobs.size(), 2u);
  const PuffinBlob& vector = footer->blobs[0];
  EXPECT_EQ(vector.type, kDeletionVectorBlob);
  EXPECT_EQ(vector.fields, std::vector<int32_t>{2147483645});
  EXPECT_EQ(vector.snapshot_id, -1);
  EXPECT_EQ(vector.sequence_number, -1);
  EXPECT_EQ(vector.offset, 4);
  EXPECT_EQ(vector.length_bytes, 3);
  EXPECT_FALSE(vector.compression_codec.has_value());
  EXPECT_EQ(vector.properties.at("referenced-data-file"), "s3://a/b.parquet");
  EXPECT_EQ(footer->blobs[1].compression_codec, "zstd");
  EXPECT_EQ(footer->blobs[1].sequence_number, 9);
  EXPECT_EQ(footer->properties.at("created-by"), "test");
}

TEST(ReadPuffinFooter, ReadsAnLz4Footer) {
  auto codec = arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME).ValueOrDie();
  const std::string payload(kTwoBlobs);
  const auto* raw = reinterpret_cast<const uint8_t*>(payload.data());
  const auto size = static_cast<int64_t>(payload.size());
  std::string frame(static_cast<size_t>(codec->MaxCompressedLen(size, raw)), '\0');
  frame.resize(static_cast<size_t>(codec
                                       ->Compress(size, raw, static_cast<int64_t>(frame.size()),
                                                  reinterpret_cast<uint8_t*>(frame.data()))
                                       .ValueOrDie()));
  const auto footer = ReadPuffinFooter(PuffinText("abcde", frame, 1), "x.puffin");
  ASSERT_TRUE(footer.ok()) << footer.status();
  EXPECT_EQ(*footer, *ReadPuffinFooter(PuffinText("abcde", kTwoBlobs), "x.puffin"));
  const auto cut =
      ReadPuffinFooter(PuffinText("abcde", frame.substr(0, frame.size() / 2), 1), "x.puffin");
  EXPECT_NE(FindDetail<CorruptFile>(cut.status()), nullptr) << cut.status();
}

TEST(ReadPuffinFooter, StopsAtTheLimitOfACompressedFooter) {
  auto codec = arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME).ValueOrDie();
  const std::string bomb(static_cast<size_t>(kPuffinPayloadBytesMax) * 2, ' ');
  const auto* raw = reinterpret_cast<const uint8_t*>(bomb.data());
  const auto size = static_cast<int64_t>(bomb.size());
  std::string frame(static_cast<size_t>(codec->MaxCompressedLen(size, raw)), '\0');
  frame.resize(static_cast<size_t>(codec
                                       ->Compress(size, raw, static_cast<int64_t>(frame.size()),
                                                  reinterpret_cast<uint8_t*>(frame.data()))
                                       .ValueOrDie()));
  const auto footer = ReadPuffinFooter(PuffinText("", frame, 1), "x.puffin");
  EXPECT_NE(FindDetail<LimitExceeded>(footer.status()), nullptr) << footer.status();
}

TEST(PuffinFooterText, ReadsBackEqual) {
  const auto footer = ReadPuffinFooter(PuffinText("abcde", kTwoBlobs), "x.puffin");
  const std::string again = "PFA1abcde" + PuffinFooterText(*footer);
  EXPECT_EQ(*ReadPuffinFooter(again, "x.puffin"), *footer);
  EXPECT_EQ(*PuffinFooterBytes(again, "x.puffin"), static_cast<int64_t>(again.size()) - 9);
}

TEST(ReadPuffinFooter, RefusesEveryCutAndForeignBytes) {
  const std::string good = PuffinText("abcde", kTwoBlobs);
  for (size_t size = 0; size < good.size(); ++size) {
    const auto status = ReadPuffinFooter(good.substr(0, size), "x.puffin").status();
    // What stands where the footer's size should may be any number.
    const bool named = FindDetail<CorruptFile>(status) || FindDetail<LimitExceeded>(status);
    EXPECT_TRUE(named) << size << ": " << status;
  }
  const auto status = ReadPuffinFooter("XFA1" + good.substr(4), "x.puffin").status();
  EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
}

TEST(ReadPuffinFooter, RefusesBlobsOutsideOfTheFile) {
  for (const auto& [offset, length] : {std::pair<int64_t, int64_t>{3, 1},
                                       {4, 6},
                                       {9, 1},
                                       {4, -1},
                                       {-1, 1},
                                       {INT64_MAX, INT64_MAX}}) {
    const std::string payload = R"({"blobs":[{"type":"t","fields":[],"snapshot-id":1,)"
                                R"("sequence-number":1,"offset":)" +
                                std::to_string(offset) + ",\"length\":" + std::to_string(length) +
                                "}]}";
    const auto status = ReadPuffinFooter(PuffinText("abcde", payload), "x.puffin").status();
    EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << offset << " " << length << status;
  }
}

TEST(ReadPuffinFooter, RefusesASizeOverTheLimitAndUnknownFlags) {
  std::string huge = PuffinText("", "{}");
  huge.replace(huge.size() - 12, 4, PuffinInt(0x7FFFFFFF));
  EXPECT_NE(FindDetail<LimitExceeded>(ReadPuffinFooter(huge, "x").status()), nullptr);
  EXPECT_TRUE(
      ReadPuffinFooter(PuffinText("", "{\"blobs\":[]}", 2), "x").status().IsNotImplemented());
}

}  // namespace
}  // namespace artemis
