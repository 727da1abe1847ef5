// Marks and extensions.
#include "artemis/ingest/input_format.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "artemis/base/near_match.h"

namespace artemis {
namespace {

constexpr std::string_view kParquetMagic = "PAR1";
constexpr std::string_view kArrowFileMagic = "ARROW1";
constexpr std::string_view kArrowStreamMagic = "\xFF\xFF\xFF\xFF";
constexpr size_t kShownBytes = 8;

constexpr std::pair<std::string_view, InputFormat> kExtensions[] = {
    {".jsonl", InputFormat::kJsonLines}, {".ndjson", InputFormat::kJsonLines},
    {".json", InputFormat::kJsonLines},  {".csv", InputFormat::kCsv},
    {".arrow", InputFormat::kArrow},     {".arrows", InputFormat::kArrow},
    {".ipc", InputFormat::kArrow},       {".feather", InputFormat::kArrow},
    {".parquet", InputFormat::kParquet}};

// "68 65 6c 6c 6f 'hello'"
std::string FirstBytesText(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  std::string text;
  for (char c : bytes.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kHex[byte >> 4], kHex[byte & 15], ' '};
    text += std::isprint(byte) ? c : '.';
  }
  return hex + "'" + text + "'";
}

}  // namespace

const char* InputFormatName(InputFormat format) {
  switch (format) {
    case InputFormat::kArrow:
      return "Arrow IPC";
    case InputFormat::kParquet:
      return "Parquet";
    case InputFormat::kJsonLines:
      return "JSON lines";
    case InputFormat::kCsv:
      return "CSV";
    default:
      return "rows";
  }
}

InputFormat FormatOfMagic(std::string_view first_bytes) {
  if (first_bytes.starts_with(kParquetMagic)) return InputFormat::kParquet;
  const bool arrow =
      first_bytes.starts_with(kArrowFileMagic) || first_bytes.starts_with(kArrowStreamMagic);
  return arrow ? InputFormat::kArrow : InputFormat::kAuto;
}

InputFormat FormatOfName(std::string_view path) {
  std::string name = AsciiLower(path);
  for (const std::string_view packing : {".gz", ".gzip", ".zst", ".zstd"}) {
    if (!name.ends_with(packing)) continue;
    name.erase(name.size() - packing.size());
    break;
  }
  for (const auto& [extension, format] : kExtensions) {
    if (name.ends_with(extension)) return format;
  }
  return InputFormat::kAuto;
}

arrow::Result<InputFormat> FormatOfText(const std::string& name, std::string_view first_bytes) {
  std::string_view text = first_bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  InputFormat format = FormatOfName(name);
  if (format == InputFormat::kAuto && text.starts_with('{')) format = InputFormat::kJsonLines;
  if (format == InputFormat::kJsonLines && text.starts_with('[')) {
    return arrow::Status::Invalid(name, " is an array of JSON: expected one object a line");
  }
  if (format == InputFormat::kJsonLines || format == InputFormat::kCsv) return format;
  if (first_bytes.empty()) {
    return arrow::Status::Invalid(name,
                                  " is empty: expected Arrow IPC, Parquet, JSON lines or CSV");
  }
  return arrow::Status::Invalid(name,
                                " is neither Arrow IPC nor Parquet, and its name does not say JSON "
                                "lines or CSV (first bytes ",
                                FirstBytesText(first_bytes), "); --format-in names the format");
}

}  // namespace artemis
