// Writes rows in the format the user asked for (--format).
//
//   arrow     Arrow IPC stream, in the rows' own types
//   parquet   Parquet, as artemis-write makes it
//   csv       RFC 4180 with a heading line; null is an empty cell, an empty text is ""
//   jsonl     one JSON object a line          json      the same objects in one array
//   tsv       a line a row, cells between tabs; \t, \n, \r and \\ are written so, null is \N
//   table     aligned columns; a cell over 64 columns ends in an ellipsis, null is NULL
//   box       the same in a frame      line      "column = value", a line each, blank lines between rows
//   markdown  a table for documents
//
// Cells are written as cell_text.h says.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

namespace artemis {

enum class RowFormat : uint8_t {
  kArrow,
  kParquet,
  kCsv,
  kTsv,
  kJson,
  kJsonLines,
  kTable,
  kBox,
  kLine,
  kMarkdown,
};

inline constexpr std::array kRowFormats = {
    RowFormat::kArrow, RowFormat::kParquet,   RowFormat::kCsv,   RowFormat::kTsv,
    RowFormat::kJson,  RowFormat::kJsonLines, RowFormat::kTable, RowFormat::kBox,
    RowFormat::kLine,  RowFormat::kMarkdown};

// Usage error naming the text and the formats.
arrow::Result<RowFormat> ParseRowFormat(std::string_view text);
// By the ending of a file's name: .arrow, .arrows, .parquet, .csv, .tsv, .json, .jsonl, .ndjson, .md.
std::optional<RowFormat> RowFormatOfPath(std::string_view path);
// As ParseRowFormat takes it.
std::string NameOf(RowFormat format);
// The ending that names the format: ".parquet", ".txt" for a table.
std::string EndingOf(RowFormat format);
// What a terminal must not be shown: Arrow and Parquet.
bool IsBinary(RowFormat format);

// One thread at a time. Rows have the schema given to MakeRowWriter.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual arrow::Status Write(const arrow::RecordBatch& rows) = 0;
  // Writes what ends the format; does not close the output. Call it once, also after no rows.
  virtual arrow::Status Finish() = 0;
};

struct RowWriterOptions {
  // Of Parquet, as ParquetWriterOptions has it.
  int64_t row_group_bytes = int64_t{128} << 20;
};

// Memory: one batch; for Parquet one row group. Errors are the output's; Parquet's also name what
// it cannot hold.
arrow::Result<std::unique_ptr<RowWriter>> MakeRowWriter(
    RowFormat format, std::shared_ptr<arrow::Schema> schema,
    std::shared_ptr<arrow::io::OutputStream> output, const RowWriterOptions& options = {});

// Each format's own maker, in <format>_rows.cc.
arrow::Result<std::unique_ptr<RowWriter>> MakeArrowWriter(
    std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::io::OutputStream> output);
arrow::Result<std::unique_ptr<RowWriter>> MakeParquetRowWriter(
    std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::io::OutputStream> output,
    const RowWriterOptions& options);
std::unique_ptr<RowWriter> MakeCsvWriter(std::shared_ptr<arrow::Schema> schema,
                                         std::shared_ptr<arrow::io::OutputStream> output);
std::unique_ptr<RowWriter> MakeTabWriter(std::shared_ptr<arrow::Schema> schema,
                                         std::shared_ptr<arrow::io::OutputStream> output);
std::unique_ptr<RowWriter> MakeLineWriter(std::shared_ptr<arrow::Schema> schema,
                                          std::shared_ptr<arrow::io::OutputStream> output);
std::unique_ptr<RowWriter> MakeJsonWriter(std::shared_ptr<arrow::Schema> schema,
                                          std::shared_ptr<arrow::io::OutputStream> output,
                                          bool lines);
std::unique_ptr<RowWriter> MakeTableTextWriter(std::shared_ptr<arrow::Schema> schema,
                                               std::shared_ptr<arrow::io::OutputStream> output,
                                               bool markdown);

}  // namespace artemis
