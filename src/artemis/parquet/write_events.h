// The writer's lines in the event log: row_group_flush, dictionary_fallback, write_closed.
#pragma once

#include <cstdint>
#include <string>

#include "artemis/parquet/writer.h"

namespace parquet {
class FileMetaData;
}

namespace artemis {

class EventLog;

struct RowGroupFlush {
  std::string path;
  int row_group = 0;
  int64_t rows = 0;
  int64_t compressed_bytes = 0;
  int64_t elapsed_ms = 0;
};

// Both do nothing without a log.
void LogRowGroupFlush(EventLog* events, const RowGroupFlush& flush);
// One dictionary_fallback for each column and row group that has one, then write_closed.
void LogWriteClosed(EventLog* events, const parquet::FileMetaData& footer,
                    const WriteSummary& summary);

}  // namespace artemis
