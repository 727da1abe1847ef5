// Rows in every format of text, against what row_writer.h says of it; Arrow and Parquet read back.
#include "artemis/output/row_writer.h"

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/json/from_string.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/program_error.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<arrow::RecordBatch> NotedRows() {
  using arrow::json::ArrayFromJSONString;
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("note", arrow::utf8())}), 3,
      {ArrayFromJSONString(arrow::int64(), "[1, 20, 300]").ValueOrDie(),
       ArrayFromJSONString(arrow::utf8(), R"(["a,\"b\"|\tc", null, ""])").ValueOrDie()});
}

// `batches` times the rows, and what ends the format.
std::shared_ptr<arrow::Buffer> Written(RowFormat format, int batches = 1) {
  const auto rows = NotedRows();
  auto stream = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = MakeRowWriter(format, rows->schema(), stream).ValueOrDie();
  for (int i = 0; i < batches; ++i) EXPECT_TRUE(writer->Write(*rows).ok());
  EXPECT_TRUE(writer->Finish().ok());
  return stream->Finish().ValueOrDie();
}

std::string Text(RowFormat format, int batches = 1) { return Written(format, batches)->ToString(); }

TEST(RowWriter, WritesCsvAsRfc4180) {
  EXPECT_EQ(Text(RowFormat::kCsv), "id,note\n1,\"a,\"\"b\"\"|\tc\"\n20,\n300,\"\"\n");
  EXPECT_EQ(Text(RowFormat::kCsv, 0), "id,note\n");
}

TEST(RowWriter, EscapesTabsAndTellsNullFromTextInTsv) {
  EXPECT_EQ(Text(RowFormat::kTsv), "id\tnote\n1\ta,\"b\"|\\tc\n20\t\\N\n300\t\n");
}

TEST(RowWriter, WritesAnObjectALine) {
  EXPECT_EQ(Text(RowFormat::kJsonLines),
            "{\"id\":1,\"note\":\"a,\\\"b\\\"|\\tc\"}\n{\"id\":20,\"note\":null}\n"
            "{\"id\":300,\"note\":\"\"}\n");
  EXPECT_EQ(Text(RowFormat::kJsonLines, 0), "");
}

TEST(RowWriter, WritesOneArrayOverAllBatches) {
  const std::string rows =
      "{\"id\":1,\"note\":\"a,\\\"b\\\"|\\tc\"},\n{\"id\":20,\"note\":null},\n"
      "{\"id\":300,\"note\":\"\"}";
  EXPECT_EQ(Text(RowFormat::kJson), "[\n" + rows + "\n]\n");
  EXPECT_EQ(Text(RowFormat::kJson, 2), "[\n" + rows + ",\n" + rows + "\n]\n");
  EXPECT_EQ(Text(RowFormat::kJson, 0), "[]\n");
}

TEST(RowWriter, AlignsTables) {
  EXPECT_EQ(Text(RowFormat::kTable),
            " id  note\n"
            "---  ---------\n"
            "  1  a,\"b\"|\\tc\n"
            " 20  NULL\n"
            "300\n");
}

TEST(RowWriter, FramesBoxes) {
  EXPECT_EQ(Text(RowFormat::kBox),
            "┌─────┬───────────┐\n"
            "│  id │ note      │\n"
            "├─────┼───────────┤\n"
            "│   1 │ a,\"b\"|\\tc │\n"
            "│  20 │ NULL      │\n"
            "│ 300 │           │\n"
            "└─────┴───────────┘\n");
}

TEST(RowWriter, WritesALineAColumn) {
  EXPECT_EQ(Text(RowFormat::kLine),
            "  id = 1\nnote = a,\"b\"|\\tc\n\n  id = 20\nnote = NULL\n\n  id = 300\nnote = \n");
}

TEST(RowWriter, EscapesBarsInMarkdown) {
  EXPECT_EQ(Text(RowFormat::kMarkdown),
            "| id | note |\n| ---: | --- |\n| 1 | a,\"b\"\\|\\tc |\n| 20 | NULL |\n| 300 |  |\n");
}

TEST(RowWriter, KeepsTypesInArrow) {
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(
                    std::make_shared<arrow::io::BufferReader>(Written(RowFormat::kArrow, 2)))
                    .ValueOrDie();
  const auto table = reader->ToTable().ValueOrDie();
  EXPECT_TRUE(table->schema()->Equals(NotedRows()->schema()));
  const auto expected = arrow::Table::FromRecordBatches({NotedRows(), NotedRows()}).ValueOrDie();
  EXPECT_TRUE(table->Equals(*expected));
}

TEST(RowWriter, BeginsAndEndsParquetWithItsMagic) {
  for (const int batches : {0, 2}) {
    const std::string file = Text(RowFormat::kParquet, batches);
    EXPECT_TRUE(file.starts_with("PAR1") && file.ends_with("PAR1")) << batches;
  }
}

TEST(RowFormat, IsReadAsItIsNamed) {
  for (const RowFormat format : kRowFormats) {
    EXPECT_EQ(ParseRowFormat(NameOf(format)).ValueOrDie(), format);
  }
  const auto unknown = ParseRowFormat("xml").status();
  EXPECT_TRUE(IsUsageError(unknown));
  EXPECT_THAT(unknown.message(), HasSubstr("'xml'"));
  for (const RowFormat format : kRowFormats) {
    EXPECT_THAT(unknown.message(), HasSubstr(NameOf(format)));
  }
}

TEST(RowFormat, IsToldByTheEndingOfAName) {
  EXPECT_EQ(RowFormatOfPath("a/b.parquet"), RowFormat::kParquet);
  EXPECT_EQ(RowFormatOfPath("b.ndjson"), RowFormat::kJsonLines);
  EXPECT_EQ(RowFormatOfPath("b.csv.gz"), std::nullopt);
  EXPECT_EQ(RowFormatOfPath("csv"), std::nullopt);
  for (const RowFormat format : kRowFormats) {
    const std::string ending = EndingOf(format);
    EXPECT_EQ(RowFormatOfPath("x" + ending).value_or(format), format) << ending;
  }
}

}  // namespace
}  // namespace artemis
