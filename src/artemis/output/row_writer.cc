// Chooses the writer of a format.
#include "artemis/output/row_writer.h"

#include <array>
#include <utility>

#include "artemis/base/program_error.h"
#include "artemis/output/fitted_table.h"

namespace artemis {

namespace {

struct NamedFormat {
  std::string_view name;
  RowFormat format;
};

constexpr std::array kFormats = {
    NamedFormat{"arrow", RowFormat::kArrow}, NamedFormat{"parquet", RowFormat::kParquet},
    NamedFormat{"csv", RowFormat::kCsv},     NamedFormat{"tsv", RowFormat::kTsv},
    NamedFormat{"json", RowFormat::kJson},   NamedFormat{"jsonl", RowFormat::kJsonLines},
    NamedFormat{"table", RowFormat::kTable}, NamedFormat{"box", RowFormat::kBox},
    NamedFormat{"line", RowFormat::kLine},   NamedFormat{"markdown", RowFormat::kMarkdown}};

constexpr std::array kEndings = {
    NamedFormat{".arrow", RowFormat::kArrow},      NamedFormat{".arrows", RowFormat::kArrow},
    NamedFormat{".parquet", RowFormat::kParquet},  NamedFormat{".csv", RowFormat::kCsv},
    NamedFormat{".json", RowFormat::kJson},        NamedFormat{".jsonl", RowFormat::kJsonLines},
    NamedFormat{".ndjson", RowFormat::kJsonLines}, NamedFormat{".md", RowFormat::kMarkdown},
    NamedFormat{".tsv", RowFormat::kTsv}};

}  // namespace

arrow::Result<RowFormat> ParseRowFormat(std::string_view text) {
  std::string names;
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return UsageError("'" + std::string(text) + "' is no format of rows: expected one of " + names);
}

std::string NameOf(RowFormat format) {
  for (const auto& [name, each] : kFormats) {
    if (each == format) return std::string(name);
  }
  return "";
}

std::optional<RowFormat> RowFormatOfPath(std::string_view path) {
  for (const auto& [ending, format] : kEndings) {
    if (path.ends_with(ending)) return format;
  }
  return std::nullopt;
}

std::string EndingOf(RowFormat format) {
  for (const auto& [ending, each] : kEndings) {
    if (each == format) return std::string(ending);
  }
  return ".txt";
}

bool IsBinary(RowFormat format) {
  return format == RowFormat::kArrow || format == RowFormat::kParquet;
}

arrow::Result<std::unique_ptr<RowWriter>> MakeRowWriter(
    RowFormat format, std::shared_ptr<arrow::Schema> schema,
    std::shared_ptr<arrow::io::OutputStream> output, const RowWriterOptions& options) {
  switch (format) {
    case RowFormat::kArrow:
      return MakeArrowWriter(std::move(schema), std::move(output));
    case RowFormat::kParquet:
      return MakeParquetRowWriter(std::move(schema), std::move(output), options);
    case RowFormat::kCsv:
      return MakeCsvWriter(std::move(schema), std::move(output));
    case RowFormat::kTsv:
      return MakeTabWriter(std::move(schema), std::move(output));
    case RowFormat::kLine:
      return MakeLineWriter(std::move(schema), std::move(output));
    case RowFormat::kBox:
      return std::make_unique<FittedTable>(*schema, std::move(output),
                                           FittedTableOptions{.boxed = true});
    case RowFormat::kJson:
      return MakeJsonWriter(std::move(schema), std::move(output), false);
    case RowFormat::kJsonLines:
      return MakeJsonWriter(std::move(schema), std::move(output), true);
    case RowFormat::kTable:
      return MakeTableTextWriter(std::move(schema), std::move(output), false);
    case RowFormat::kMarkdown:
      break;
  }
  return MakeTableTextWriter(std::move(schema), std::move(output), true);
}

}  // namespace artemis
