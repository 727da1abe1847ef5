// Facts of the encoding policy.
#include "artemis/parquet/encoding_policy.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(EncodingPolicy, TelemetryColumnsGetTheEncodingOfTheirShape) {
  EXPECT_EQ(ChooseEncoding("sample_timestamp_ns", *arrow::timestamp(arrow::TimeUnit::NANO), false),
            ColumnEncoding::kDelta);
  EXPECT_EQ(ChooseEncoding("sequence_number", *arrow::uint64(), false), ColumnEncoding::kDelta);
  for (const char* name : {"panel_voltage", "temperature_c", "pressure_kpa"}) {
    EXPECT_EQ(ChooseEncoding(name, *arrow::float64(), false), ColumnEncoding::kByteStreamSplit);
  }
  for (const char* name : {"archive_uri", "object_path"}) {
    EXPECT_EQ(ChooseEncoding(name, *arrow::utf8(), false), ColumnEncoding::kDeltaByteArray);
  }
  for (const char* name : {"mission_id", "sensor_kind", "notes"}) {
    EXPECT_EQ(ChooseEncoding(name, *arrow::utf8(), false), ColumnEncoding::kDictionary);
  }
  EXPECT_EQ(ChooseEncoding("payload_id", *arrow::int64(), false), ColumnEncoding::kDictionary);
  EXPECT_EQ(ChooseEncoding("quality_flag", *arrow::uint8(), false), ColumnEncoding::kDictionary);
}

TEST(EncodingPolicy, ANameWhoseTypeDoesNotFitIsJudgedByType) {
  EXPECT_EQ(ChooseEncoding("panel_voltage", *arrow::utf8(), false), ColumnEncoding::kDictionary);
  EXPECT_EQ(ChooseEncoding("archive_uri", *arrow::int64(), false), ColumnEncoding::kDelta);
}

TEST(EncodingPolicy, NestedLeavesAreJudgedByType) {
  EXPECT_EQ(ChooseEncoding("panel_voltage", *arrow::float64(), true), ColumnEncoding::kDictionary);
}

TEST(EncodingPolicy, OtherColumnsAreJudgedByType) {
  EXPECT_EQ(ChooseEncoding("a", *arrow::int64(), false), ColumnEncoding::kDelta);
  EXPECT_EQ(ChooseEncoding("a", *arrow::timestamp(arrow::TimeUnit::MICRO), false),
            ColumnEncoding::kDelta);
  EXPECT_EQ(ChooseEncoding("a", *arrow::boolean(), false), ColumnEncoding::kPlain);
  EXPECT_EQ(ChooseEncoding("a", *arrow::float64(), false), ColumnEncoding::kDictionary);
  EXPECT_EQ(ChooseEncoding("a", *arrow::utf8(), false), ColumnEncoding::kDictionary);
  EXPECT_EQ(ChooseEncoding("a", *arrow::dictionary(arrow::int32(), arrow::int64()), false),
            ColumnEncoding::kDelta);
}

TEST(EncodingPolicy, EncodingsFitOnlyTheTypesTheFormatDefinesThemFor) {
  EXPECT_FALSE(EncodingFits(ColumnEncoding::kDelta, *arrow::float64()));
  EXPECT_FALSE(EncodingFits(ColumnEncoding::kDelta, *arrow::utf8()));
  EXPECT_FALSE(EncodingFits(ColumnEncoding::kByteStreamSplit, *arrow::utf8()));
  EXPECT_FALSE(EncodingFits(ColumnEncoding::kDeltaByteArray, *arrow::int32()));
  EXPECT_FALSE(EncodingFits(ColumnEncoding::kDictionary, *arrow::boolean()));
  EXPECT_TRUE(EncodingFits(ColumnEncoding::kPlain, *arrow::boolean()));
}

TEST(EncodingPolicy, NamesAreReadBackInAnyCase) {
  for (ColumnEncoding encoding :
       {ColumnEncoding::kDictionary, ColumnEncoding::kPlain, ColumnEncoding::kDelta,
        ColumnEncoding::kByteStreamSplit, ColumnEncoding::kDeltaByteArray}) {
    EXPECT_EQ(ParseEncoding(EncodingName(encoding)).ValueOrDie(), encoding);
  }
  EXPECT_EQ(ParseEncoding("byte_stream_split").ValueOrDie(), ColumnEncoding::kByteStreamSplit);
  EXPECT_TRUE(ParseEncoding("gorilla").status().IsInvalid());
}

}  // namespace
}  // namespace artemis
