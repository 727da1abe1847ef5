// Writes an Arrow stream to one Parquet file, by Artemis or by Arrow's own writer, and says what that took.
//
//   archive_speed artemis|auto|arrow ROWS.arrow OUT.parquet [--group-rows N] [--row-group-bytes N] [--threads N]
//
// The rows are in memory before the clock starts, and the file is neither synced nor renamed: the writers alone are
// compared, each with all threads. Arrow's has the same options: zstd 3, the mandated encodings, statistics, page index,
// page checksums, and buffered row groups of N rows whose columns are encoded in parallel. Prints one line of JSON;
// memory is what was resident at most above the rows. compare.py runs it.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/util/thread_pool.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>

#include "../measured_rows.h"
#include "artemis/base/memory_meter.h"
#include "artemis/parquet/writer.h"

namespace artemis {
namespace {

struct SpeedOptions {
  std::string engine;
  std::string input;
  std::string output;
  int64_t group_rows = 0;
  int64_t row_group_bytes = int64_t{128} << 20;
  int threads = static_cast<int>(std::thread::hardware_concurrency());
};

arrow::Status WriteByArtemis(const MeasuredRows& rows, const SpeedOptions& speed,
                             std::shared_ptr<arrow::io::OutputStream> output) {
  ParquetWriterOptions options;
  options.threads = speed.threads;
  options.row_group_bytes = speed.row_group_bytes;
  if (speed.engine == "auto") options.encoding_mode = EncodingMode::kAuto;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        MakeParquetWriter(std::move(output), speed.output, rows.schema, options));
  for (const auto& batch : rows.batches) ARROW_RETURN_NOT_OK(writer->Write(*batch));
  return writer->Close().status();
}

// The mandated map as Arrow's writer takes it: Arrow's default is a dictionary.
std::shared_ptr<parquet::WriterProperties> ArrowProperties() {
  const std::map<std::string, parquet::Encoding::type> encodings = {
      {"sample_timestamp_ns", parquet::Encoding::DELTA_BINARY_PACKED},
      {"sequence_number", parquet::Encoding::DELTA_BINARY_PACKED},
      {"panel_voltage", parquet::Encoding::BYTE_STREAM_SPLIT},
      {"temperature_c", parquet::Encoding::BYTE_STREAM_SPLIT},
      {"pressure_kpa", parquet::Encoding::BYTE_STREAM_SPLIT},
      {"archive_uri", parquet::Encoding::DELTA_BYTE_ARRAY},
      {"object_path", parquet::Encoding::DELTA_BYTE_ARRAY}};
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(arrow::system_memory_pool())
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(3)
      ->enable_statistics()
      ->enable_write_page_index()
      ->enable_page_checksum()
      ->max_row_group_length(INT64_MAX);
  for (const auto& [column, encoding] : encodings) {
    builder.disable_dictionary(column)->encoding(column, encoding);
  }
  return builder.build();
}

arrow::Status WriteByArrow(const MeasuredRows& rows, const SpeedOptions& speed,
                           std::shared_ptr<arrow::io::OutputStream> output) {
  ARROW_ASSIGN_OR_RAISE(const auto pool, arrow::internal::ThreadPool::Make(speed.threads));
  const auto arrow_properties = parquet::ArrowWriterProperties::Builder()
                                    .store_schema()
                                    ->set_use_threads(true)
                                    ->set_executor(pool.get())
                                    ->build();
  ARROW_ASSIGN_OR_RAISE(auto writer, parquet::arrow::FileWriter::Open(
                                         *rows.schema, arrow::system_memory_pool(),
                                         std::move(output), ArrowProperties(), arrow_properties));
  int64_t group_rows = 0;
  for (const auto& batch : rows.batches) {
    if (group_rows == 0) ARROW_RETURN_NOT_OK(writer->NewBufferedRowGroup());
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
    group_rows += batch->num_rows();
    if (group_rows >= speed.group_rows) group_rows = 0;
  }
  return writer->Close();
}

arrow::Status MeasureWrite(const SpeedOptions& speed) {
  ARROW_ASSIGN_OR_RAISE(const MeasuredRows rows, LoadRows(speed.input));
  if (!ResetPeakMemory()) return arrow::Status::IOError("the peak of memory cannot be reset");
  ARROW_ASSIGN_OR_RAISE(const MemoryUse before, ReadMemoryUse());
  const double cpu_before = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();

  ARROW_ASSIGN_OR_RAISE(auto output, arrow::io::FileOutputStream::Open(speed.output));
  ARROW_RETURN_NOT_OK(speed.engine == "arrow" ? WriteByArrow(rows, speed, output)
                                              : WriteByArtemis(rows, speed, output));
  ARROW_ASSIGN_OR_RAISE(const int64_t file_bytes, output->Tell());
  ARROW_RETURN_NOT_OK(output->Close());

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  ARROW_ASSIGN_OR_RAISE(const MemoryUse after, ReadMemoryUse());
  std::cout << "{\"rows\":" << rows.rows << ",\"arrow_bytes\":" << rows.bytes
            << ",\"seconds\":" << elapsed.count()
            << ",\"cpu_seconds\":" << CpuSeconds() - cpu_before << ",\"file_bytes\":" << file_bytes
            << ",\"peak_bytes\":" << after.peak_resident_bytes - before.resident_bytes << "}\n";
  return arrow::Status::OK();
}

arrow::Result<SpeedOptions> ParseArguments(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) return arrow::Status::Invalid("expected ENGINE ROWS.arrow OUT.parquet");
  SpeedOptions options{.engine = arguments[0], .input = arguments[1], .output = arguments[2]};
  if (options.engine != "artemis" && options.engine != "auto" && options.engine != "arrow") {
    return arrow::Status::Invalid("unknown engine '", options.engine, "'");
  }
  for (size_t i = 3; i + 1 < arguments.size(); i += 2) {
    const int64_t value = std::atoll(arguments[i + 1].c_str());
    if (arguments[i] == "--group-rows") {
      options.group_rows = value;
    } else if (arguments[i] == "--row-group-bytes") {
      options.row_group_bytes = value;
    } else if (arguments[i] == "--threads") {
      options.threads = static_cast<int>(value);
    } else {
      return arrow::Status::Invalid("unknown option ", arguments[i]);
    }
  }
  if (options.engine == "arrow" && options.group_rows <= 0) {
    return arrow::Status::Invalid("arrow needs --group-rows");
  }
  return options;
}

arrow::Status Main(const std::vector<std::string>& arguments) {
  ARROW_ASSIGN_OR_RAISE(const SpeedOptions options, ParseArguments(arguments));
  return MeasureWrite(options);
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const arrow::Status status = artemis::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "archive_speed: " << status.message() << "\n";
  return 1;
}
