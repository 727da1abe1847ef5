// The encoding policy: names first, then types.
#include "artemis/parquet/encoding_policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

namespace artemis {
namespace {

struct NamedEncoding {
  std::string_view column;
  ColumnEncoding encoding;
};

constexpr std::array<NamedEncoding, 12> kTelemetryEncodings = {{
    {"sample_timestamp_ns", ColumnEncoding::kDelta},
    {"sequence_number", ColumnEncoding::kDelta},
    {"panel_voltage", ColumnEncoding::kByteStreamSplit},
    {"temperature_c", ColumnEncoding::kByteStreamSplit},
    {"pressure_kpa", ColumnEncoding::kByteStreamSplit},
    {"archive_uri", ColumnEncoding::kDeltaByteArray},
    {"object_path", ColumnEncoding::kDeltaByteArray},
    {"mission_id", ColumnEncoding::kDictionary},
    {"payload_id", ColumnEncoding::kDictionary},
    {"sensor_kind", ColumnEncoding::kDictionary},
    {"quality_flag", ColumnEncoding::kDictionary},
    {"notes", ColumnEncoding::kDictionary},
}};

struct EncodingWord {
  std::string_view word;
  ColumnEncoding encoding;
};

// The first word of each encoding is the format's name.
constexpr std::array<EncodingWord, 10> kEncodingWords = {{
    {"RLE_DICTIONARY", ColumnEncoding::kDictionary},
    {"PLAIN", ColumnEncoding::kPlain},
    {"DELTA_BINARY_PACKED", ColumnEncoding::kDelta},
    {"BYTE_STREAM_SPLIT", ColumnEncoding::kByteStreamSplit},
    {"DELTA_BYTE_ARRAY", ColumnEncoding::kDeltaByteArray},
    {"DICTIONARY", ColumnEncoding::kDictionary},
    {"DICT", ColumnEncoding::kDictionary},
    {"DELTA", ColumnEncoding::kDelta},
    {"BSS", ColumnEncoding::kByteStreamSplit},
    {"PLAIN_DICTIONARY", ColumnEncoding::kDictionary},
}};

const arrow::DataType& ValueType(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) {
    return *static_cast<const arrow::DictionaryType&>(type).value_type();
  }
  if (type.id() == arrow::Type::EXTENSION) {
    return *static_cast<const arrow::ExtensionType&>(type).storage_type();
  }
  return type;
}

bool IsIntegerLike(arrow::Type::type id) {
  return arrow::is_integer(id) || arrow::is_date(id) || arrow::is_time(id) ||
         id == arrow::Type::TIMESTAMP || id == arrow::Type::DURATION;
}

// Decimals of so few digits are stored as integers.
bool IsIntegerDecimal(const arrow::DataType& type) {
  constexpr int32_t kDigitsMax = 18;
  return arrow::is_decimal(type.id()) &&
         static_cast<const arrow::DecimalType&>(type).precision() <= kDigitsMax;
}

bool IsByteArray(arrow::Type::type id) {
  return arrow::is_base_binary_like(id) || arrow::is_binary_view_like(id);
}

ColumnEncoding EncodingOfType(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return ColumnEncoding::kPlain;
    case arrow::Type::INT64:
    case arrow::Type::UINT64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::TIME64:
      return ColumnEncoding::kDelta;
    default:
      return ColumnEncoding::kDictionary;
  }
}

}  // namespace

bool EncodingFits(ColumnEncoding encoding, const arrow::DataType& type) {
  const arrow::DataType& values = ValueType(type);
  const arrow::Type::type id = values.id();
  switch (encoding) {
    case ColumnEncoding::kDictionary:
      return id != arrow::Type::BOOL;
    case ColumnEncoding::kPlain:
      return true;
    case ColumnEncoding::kDelta:
      return IsIntegerLike(id) || IsIntegerDecimal(values);
    case ColumnEncoding::kByteStreamSplit:
      return arrow::is_floating(id) || IsIntegerLike(id) || arrow::is_decimal(id) ||
             id == arrow::Type::FIXED_SIZE_BINARY;
    case ColumnEncoding::kDeltaByteArray:
      return IsByteArray(id);
  }
  return false;
}

ColumnEncoding ChooseEncoding(std::string_view name, const arrow::DataType& type, bool nested) {
  if (!nested) {
    for (const NamedEncoding& named : kTelemetryEncodings) {
      if (named.column == name && EncodingFits(named.encoding, type)) return named.encoding;
    }
  }
  return EncodingOfType(ValueType(type));
}

std::string_view EncodingName(ColumnEncoding encoding) {
  for (const EncodingWord& known : kEncodingWords) {
    if (known.encoding == encoding) return known.word;
  }
  return "";
}

arrow::Result<ColumnEncoding> ParseEncoding(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const EncodingWord& known : kEncodingWords) {
    if (known.word == upper) return known.encoding;
  }
  return arrow::Status::Invalid("unknown encoding '", text,
                                "': expected dictionary, plain, delta, byte_stream_split or "
                                "delta_byte_array");
}

}  // namespace artemis
