// The bytes of a column chunk as a stream for Arrow's page reader, read a window at a time. Arrow's own buffered stream moves its whole
// buffer for every page header that lies at its end, and copies every page.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>

namespace parquet {
class ColumnChunkMetaData;
class FileMetaData;
}  // namespace parquet

namespace artemis {

// Where a chunk lies. Throws as Parquet does where it does not lie within the file of `file_bytes`.
struct ChunkPlace {
  int64_t begin = 0;
  int64_t bytes = 0;
};
ChunkPlace PlaceOfChunk(const parquet::FileMetaData& file,
                        const parquet::ColumnChunkMetaData& chunk, int64_t file_bytes);

// Holds `window_bytes` at a time, or what is asked for at once where that is more. What Read gives shares the window's memory and stays
// valid. Not thread-safe. Errors are those of the file; what it lacks is given short, as by any stream.
std::shared_ptr<arrow::io::InputStream> OpenChunkStream(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const ChunkPlace& place,
    int64_t window_bytes, arrow::MemoryPool* pool);

}  // namespace artemis
