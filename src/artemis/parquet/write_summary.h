// What a written file's footer says about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "artemis/parquet/writer.h"

namespace parquet {
class FileMetaData;
}

namespace artemis {

// Everything but `elapsed_ms` and who chose the encodings. Columns are leaves, by their dotted path; encodings are those of data pages, each once, in
// no order. A row group counts as fallen back when a column has a dictionary and data pages without it.
WriteSummary SummarizeFooter(const std::string& path, const parquet::FileMetaData& footer,
                             int64_t file_bytes);

// By row group, then by column.
std::vector<DictionaryFallback> DictionaryFallbacks(const parquet::FileMetaData& footer);

// Where each row group begins in the file, in bytes: split_offsets of a data file (specification, field 132).
std::vector<int64_t> SplitOffsets(const parquet::FileMetaData& footer);

// {"path","rows","compressed_bytes","row_groups","columns":[{"name","encodings","compressed_bytes","fallback_row_groups","chosen_by"}],
// "fallbacks":[{"column","row_group"}],"elapsed_ms"}; columns chosen by a sample also have "sample_bytes":{<encoding>: bytes}: the keys are stable, scripts rely on them.
std::string WriteSummaryToJson(const WriteSummary& summary);
// The value of "columns" alone.
std::string WriteSummaryColumnsToJson(const WriteSummary& summary);

}  // namespace artemis
