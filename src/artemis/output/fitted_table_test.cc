// Tables in windows.
#include "artemis/output/fitted_table.h"

#include <sstream>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<arrow::RecordBatch> Batch(std::vector<std::string> names,
                                          std::vector<std::shared_ptr<arrow::Array>> columns) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < names.size(); ++i) {
    fields.push_back(arrow::field(names[i], columns[i]->type()));
  }
  const int64_t rows = columns[0]->length();
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, columns);
}

std::shared_ptr<arrow::Array> Column(const std::shared_ptr<arrow::DataType>& type,
                                     const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

struct Shown {
  std::string text;
  std::vector<std::string> hidden;
};

Shown Show(const arrow::RecordBatch& rows, const FittedTableOptions& options) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  FittedTable table(*rows.schema(), output, options);
  EXPECT_TRUE(table.Write(rows).ok());
  EXPECT_TRUE(table.Finish().ok());
  return {output->Finish().ValueOrDie()->ToString(), table.HiddenColumns()};
}

TEST(FitColumns, LeavesWhatFitsAlone) {
  EXPECT_EQ(FitColumns({{10, true}, {5, false}}, 19, 2, 0), (Fitting{{10, 5}, 0, 0}));
}

TEST(FitColumns, ShrinksTheWidestText) {
  // 40 + 12 + 5 and three gaps of 2 into 50: 27 are left for the first.
  EXPECT_EQ(FitColumns({{40, true}, {12, true}, {5, false}}, 50, 2, 0),
            (Fitting{{27, 12, 5}, 0, 0}));
}

TEST(FitColumns, HidesColumnsInTheMiddle) {
  const std::vector<FittedColumn> columns(9, {10, false});
  const Fitting fitting = FitColumns(columns, 50, 2, 0);
  // Four columns of 12, less one for the ellipsis of 3.
  EXPECT_EQ(fitting.hidden(), 6u);
  EXPECT_GE(fitting.hidden_begin, 1u);
  EXPECT_LT(fitting.hidden_end, 9u);
}

TEST(FitColumns, KeepsTheFirstAndTheLast) {
  const Fitting fitting = FitColumns(std::vector<FittedColumn>(5, {30, false}), 20, 2, 0);
  EXPECT_EQ(fitting, (Fitting{{30, 30, 30, 30, 30}, 1, 4}));
}

TEST(FittedTable, TellsNullFromTheTextNull) {
  const auto rows = Batch({"a", "b"}, {Column(arrow::int32(), "[1, null]"),
                                       Column(arrow::utf8(), R"(["NULL", null])")});
  EXPECT_EQ(Show(*rows, {.width_max = 80}).text,
            "   a  b\n"
            "----  ------\n"
            "   1  'NULL'\n"
            "NULL  NULL\n");
}

TEST(FittedTable, DrawsBoxes) {
  const auto rows =
      Batch({"n", "city"}, {Column(arrow::int32(), "[1]"), Column(arrow::utf8(), R"(["東京"])")});
  EXPECT_EQ(Show(*rows, {.boxed = true, .width_max = 80}).text,
            "┌───┬──────┐\n"
            "│ n │ city │\n"
            "├───┼──────┤\n"
            "│ 1 │ 東京 │\n"
            "└───┴──────┘\n");
}

TEST(FittedTable, IsNeverWiderThanTheWindow) {
  std::vector<std::string> names;
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (int i = 0; i < 12; ++i) {
    names.push_back("column_" + std::to_string(i));
    columns.push_back(Column(arrow::utf8(), R"(["a text that is longer than it need be"])"));
  }
  const auto rows = Batch(names, columns);
  for (const bool boxed : {false, true}) {
    for (const size_t width : {40, 80, 132}) {
      const auto shown = Show(*rows, {.boxed = boxed, .width_max = width});
      std::istringstream lines(shown.text);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), width);
      EXPECT_THAT(shown.text, HasSubstr("…"));
      EXPECT_FALSE(shown.hidden.empty());
      EXPECT_THAT(shown.text, HasSubstr("column_0"));
      EXPECT_THAT(shown.text, HasSubstr("column_11"));
    }
  }
}

TEST(FittedTable, NamesTheColumnsLeftOut) {
  const auto wide = Column(arrow::int64(), "[1234567890123456789]");
  const auto rows = Batch({"a", "b", "c"}, {wide, wide, wide});
  EXPECT_THAT(Show(*rows, {.width_max = 50}).hidden, ElementsAre("b"));
  EXPECT_THAT(Show(*rows, {.width_max = 80}).hidden, IsEmpty());
  EXPECT_THAT(Show(*rows, {}).hidden, IsEmpty());
}

TEST(FittedTable, ShowsNoControlCharacters) {
  const auto rows = Batch({"a\x1b[2J"}, {Column(arrow::utf8(), "[\"\\u001b[31mred\\u009b\"]")});
  const std::string text = Show(*rows, {.width_max = 80}).text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\x1b[31mred\\u{9b}"));
}

TEST(RowFormats, LinesAndTabs) {
  const auto rows = Batch({"id", "a name"}, {Column(arrow::int32(), "[1, 2]"),
                                             Column(arrow::utf8(), R"(["x\ty\\", null])")});
  const auto written = [&](RowFormat format) {
    auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
    auto writer = MakeRowWriter(format, rows->schema(), output).ValueOrDie();
    EXPECT_TRUE(writer->Write(*rows).ok());
    EXPECT_TRUE(writer->Finish().ok());
    return output->Finish().ValueOrDie()->ToString();
  };
  EXPECT_EQ(written(RowFormat::kTsv), "id\ta name\n1\tx\\ty\\\\\n2\t\\N\n");
  EXPECT_EQ(written(RowFormat::kLine),
            "    id = 1\na name = x\\ty\\\n\n    id = 2\na name = NULL\n");
}

}  // namespace
}  // namespace artemis
