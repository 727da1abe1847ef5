// Reads a footer for the writer's summary.
#include "artemis/parquet/write_summary.h"

#include <algorithm>

#include <parquet/metadata.h>
#include <parquet/types.h>

#include "artemis/base/json_text.h"

namespace artemis {
namespace {

bool IsDictionary(parquet::Encoding::type encoding) {
  return encoding == parquet::Encoding::RLE_DICTIONARY ||
         encoding == parquet::Encoding::PLAIN_DICTIONARY;
}

bool IsDataPage(parquet::PageType::type type) {
  return type == parquet::PageType::DATA_PAGE || type == parquet::PageType::DATA_PAGE_V2;
}

bool FellBack(const parquet::ColumnChunkMetaData& chunk) {
  if (!chunk.has_dictionary_page()) return false;
  const auto& pages = chunk.encoding_stats();
  return std::any_of(pages.begin(), pages.end(), [](const parquet::PageEncodingStats& stats) {
    return IsDataPage(stats.page_type) && !IsDictionary(stats.encoding);
  });
}

void AddEncodings(const parquet::ColumnChunkMetaData& chunk, std::vector<std::string>* names) {
  for (const parquet::PageEncodingStats& stats : chunk.encoding_stats()) {
    if (!IsDataPage(stats.page_type)) continue;
    const std::string name = parquet::EncodingToString(stats.encoding);
    if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
  }
}

void AppendMember(const char* key, int64_t value, std::string* json) {
  *json += std::string(",\"") + key + "\":" + std::to_string(value);
}

void AppendSampleBytes(const WriteSummary::Column& column, std::string* json) {
  if (column.sample_bytes.empty()) return;
  *json += ",\"sample_bytes\":{";
  for (size_t i = 0; i < column.sample_bytes.size(); ++i) {
    const auto& [encoding, bytes] = column.sample_bytes[i];
    *json += (i > 0 ? "," : "") + JsonString(encoding) + ":" + std::to_string(bytes);
  }
  *json += "}";
}

}  // namespace

WriteSummary SummarizeFooter(const std::string& path, const parquet::FileMetaData& footer,
                             int64_t file_bytes) {
  WriteSummary summary;
  summary.path = path;
  summary.rows = footer.num_rows();
  summary.compressed_bytes = file_bytes;
  summary.row_groups = footer.num_row_groups();
  for (int c = 0; c < footer.num_columns(); ++c) {
    WriteSummary::Column column;
    column.name = footer.schema()->Column(c)->path()->ToDotString();
    for (int g = 0; g < footer.num_row_groups(); ++g) {
      const auto chunk = footer.RowGroup(g)->ColumnChunk(c);
      AddEncodings(*chunk, &column.encodings);
      column.compressed_bytes += chunk->total_compressed_size();
      column.fallback_row_groups += FellBack(*chunk);
    }
    summary.columns.push_back(std::move(column));
  }
  summary.fallbacks = DictionaryFallbacks(footer);
  return summary;
}

std::vector<DictionaryFallback> DictionaryFallbacks(const parquet::FileMetaData& footer) {
  std::vector<DictionaryFallback> fallbacks;
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    for (int c = 0; c < footer.num_columns(); ++c) {
      if (!FellBack(*footer.RowGroup(g)->ColumnChunk(c))) continue;
      fallbacks.push_back({footer.schema()->Column(c)->path()->ToDotString(), g});
    }
  }
  return fallbacks;
}

std::vector<int64_t> SplitOffsets(const parquet::FileMetaData& footer) {
  std::vector<int64_t> offsets;
  if (footer.num_columns() == 0) return offsets;
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    const auto chunk = footer.RowGroup(g)->ColumnChunk(0);
    int64_t offset = chunk->data_page_offset();
    if (chunk->has_dictionary_page() && chunk->dictionary_page_offset() > 0) {
      offset = std::min(offset, chunk->dictionary_page_offset());
    }
    offsets.push_back(offset);
  }
  return offsets;
}

std::string WriteSummaryToJson(const WriteSummary& summary) {
  std::string json = "{\"path\":" + JsonString(summary.path);
  AppendMember("rows", summary.rows, &json);
  AppendMember("compressed_bytes", summary.compressed_bytes, &json);
  AppendMember("row_groups", summary.row_groups, &json);
  json += ",\"columns\":" + WriteSummaryColumnsToJson(summary);
  json += ",\"fallbacks\":[";
  for (size_t i = 0; i < summary.fallbacks.size(); ++i) {
    json += (i > 0 ? ",{\"column\":" : "{\"column\":") + JsonString(summary.fallbacks[i].column);
    AppendMember("row_group", summary.fallbacks[i].row_group, &json);
    json += "}";
  }
  json += "]";
  AppendMember("elapsed_ms", summary.elapsed_ms, &json);
  return json + "}";
}

std::string WriteSummaryColumnsToJson(const WriteSummary& summary) {
  std::string json = "[";
  for (const WriteSummary::Column& column : summary.columns) {
    json += (json.size() > 1 ? ",{\"name\":" : "{\"name\":") + JsonString(column.name);
    json += ",\"encodings\":[";
    for (size_t i = 0; i < column.encodings.size(); ++i) {
      json += (i > 0 ? "," : "") + JsonString(column.encodings[i]);
    }
    json += "]";
    AppendMember("compressed_bytes", column.compressed_bytes, &json);
    AppendMember("fallback_row_groups", column.fallback_row_groups, &json);
    json += ",\"chosen_by\":" + JsonString(column.chosen_by);
    AppendSampleBytes(column, &json);
    json += "}";
  }
  return json + "]";
}

}  // namespace artemis
