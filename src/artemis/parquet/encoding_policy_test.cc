// Facts of the encoding policy.
#include "artemis/parquet/encoding_policy.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

// The canonical telemetry schema, column by column, with the encodings that are mandated for it.
TEST(EncodingPolicy, TelemetryColumnsGetTheEncodingsMandatedForThem) {
  struct Column {
    const char* name;
    std::shared_ptr<arrow::DataType> type;
    ColumnEncoding encoding;
  };
  const std::vector<Column> columns = {
      {"sample_timestamp_ns", arrow::timestamp(arrow::TimeUnit::NANO, "UTC"),
       ColumnEncoding::kDelta},
      {"mission_id", arrow::utf8(), ColumnEncoding::kDictionary},
      {"payload_id", arrow::uint32(), ColumnEncoding::kDictionary},
      {"sensor_kind", arrow::utf8(), ColumnEncoding::kDictionary},
      {"sequence_number", arrow::uint64(), ColumnEncoding::kDelta},
      {"panel_voltage", arrow::float64(), ColumnEncoding::kByteStreamSplit},
      {"temperature_c", arrow::float64(), ColumnEncoding::kByteStreamSplit},
      {"pressure_kpa", arrow::float64(), ColumnEncoding::kByteStreamSplit},
      {"quality_flag", arrow::uint8(), ColumnEncoding::kDictionary},
      {"archive_uri", arrow::utf8(), ColumnEncoding::kDeltaByteArray},
      {"object_path", arrow::utf8(), ColumnEncoding::kDeltaByteArray},
      {"notes", arrow::utf8(), ColumnEncoding::kDictionary},
  };
  for (const Column& column : columns) {
    EXPECT_EQ(ChooseEncoding(column.name, *column.type, false), column.encoding) << column.name;
  }
}

// As they are once a table has taken them: wider, and in microseconds.
TEST(EncodingPolicy, TelemetryColumnsOfTablesGetTheSameEncodings) {
  EXPECT_EQ(ChooseEncoding("sample_timestamp_ns", *arrow::timestamp(arrow::TimeUnit::MICRO), false),
            ColumnEncoding::kDelta);
  EXPECT_EQ(ChooseEncoding("sequence_number", *arrow::int64(), false), ColumnEncoding::kDelta);
  EXPECT_EQ(ChooseEncoding("payload_id", *arrow::int64(), false), ColumnEncoding::kDictionary);
  EXPECT_EQ(ChooseEncoding("quality_flag", *arrow::int32(), false), ColumnEncoding::kDictionary);
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
