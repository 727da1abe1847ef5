// Clusters an Arrow stream and writes it as the data files of a table, and says what that took.
//
//   cluster_speed ORDER ROWS.arrow FOLDER      ORDER: 'zorder(a, b)', 'hilbert(a, b)', 'a, b desc', or '' to write rows as they come
//   cluster_speed keys 'zorder(a, b)' ROWS.arrow OUT.arrow
//
// The rows are in memory before the clock starts; what is timed ends when the files are durable. With `keys` the rows are written with
// one column more, curve_key, for others to sort by. Prints one line of JSON; memory is what was resident at most above the rows.
// compare.py runs it.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>

#include "../measured_rows.h"
#include "artemis/base/memory_meter.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/layout/cluster_keys.h"
#include "artemis/layout/clustering.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/table/metadata.h"
#include "artemis/write/table_writer.h"

namespace artemis {
namespace {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

arrow::Result<std::shared_ptr<const TableMetadata>> TableOf(const arrow::Schema& rows,
                                                            const std::string& order,
                                                            const std::string& folder) {
  NewTable table;
  table.location = FileUri(folder);
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaFromArrow(rows));
  table.schema = AssignFreshIds(std::move(schema));
  ARROW_ASSIGN_OR_RAISE(auto row_order, ParseRowOrder(order, table.schema));
  table.sort_order = std::move(row_order.sort);
  if (!row_order.clustering.is_none()) {
    table.properties[kClusteringProperty] = ClusteringText(row_order.clustering, table.schema);
  }
  ARROW_ASSIGN_OR_RAISE(auto metadata, MakeTableMetadata(table, TimestampMs(0)));
  return std::make_shared<const TableMetadata>(std::move(metadata));
}

arrow::Status MeasureCluster(const std::string& order, const std::string& input,
                             const std::string& folder) {
  ARROW_ASSIGN_OR_RAISE(const MeasuredRows rows, LoadRows(input));
  ARROW_ASSIGN_OR_RAISE(const auto table, TableOf(*rows.schema, order, folder));
  TableWriterOptions options;
  options.buffer_bytes = int64_t{4} << 30;
  if (!ResetPeakMemory()) return arrow::Status::IOError("the peak of memory cannot be reset");
  ARROW_ASSIGN_OR_RAISE(const MemoryUse before, ReadMemoryUse());
  const double cpu_before = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();

  ARROW_ASSIGN_OR_RAISE(auto writer, MakeTableWriter(table, LocalFileSystem(), options));
  for (const auto& batch : rows.batches) ARROW_RETURN_NOT_OK(writer->Write(*batch));
  ARROW_ASSIGN_OR_RAISE(const auto files, writer->Close());

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  ARROW_ASSIGN_OR_RAISE(const MemoryUse after, ReadMemoryUse());
  int64_t file_bytes = 0;
  size_t row_groups = 0;
  for (const DataFile& file : files) {
    file_bytes += file.file_size_bytes;
    row_groups += file.split_offsets.size();
  }
  std::cout << "{\"rows\":" << rows.rows << ",\"arrow_bytes\":" << rows.bytes
            << ",\"seconds\":" << elapsed.count()
            << ",\"cpu_seconds\":" << CpuSeconds() - cpu_before << ",\"files\":" << files.size()
            << ",\"row_groups\":" << row_groups << ",\"file_bytes\":" << file_bytes
            << ",\"peak_bytes\":" << after.peak_resident_bytes - before.resident_bytes << "}\n";
  return arrow::Status::OK();
}

arrow::Status AddKeys(const std::string& order, const std::string& input,
                      const std::string& output) {
  ARROW_ASSIGN_OR_RAISE(const MeasuredRows rows, LoadRows(input));
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaFromArrow(*rows.schema));
  schema = AssignFreshIds(std::move(schema));
  ARROW_ASSIGN_OR_RAISE(const Clustering clustering, ParseClustering(order, schema));
  arrow::MemoryPool* pool = arrow::system_memory_pool();
  ClusterSample sample(schema, clustering, rows.rows, 65'536, pool);
  for (const auto& batch : rows.batches) ARROW_RETURN_NOT_OK(sample.Add(*batch));
  ARROW_ASSIGN_OR_RAISE(const ClusterKeys curve, sample.Finish());
  ARROW_ASSIGN_OR_RAISE(
      const auto keyed,
      rows.schema->AddField(rows.schema->num_fields(), arrow::field("curve_key", arrow::uint64())));
  ARROW_ASSIGN_OR_RAISE(const auto file, arrow::io::FileOutputStream::Open(output));
  ARROW_ASSIGN_OR_RAISE(const auto stream, arrow::ipc::MakeStreamWriter(file, keyed));
  for (const auto& batch : rows.batches) {
    ARROW_ASSIGN_OR_RAISE(const auto keys, curve.Make(*batch, 0, pool));
    auto columns = batch->columns();
    columns.push_back(std::make_shared<arrow::UInt64Array>(
        static_cast<int64_t>(keys.size()), arrow::Buffer::Wrap(keys.data(), keys.size())));
    ARROW_RETURN_NOT_OK(stream->WriteRecordBatch(
        *arrow::RecordBatch::Make(keyed, batch->num_rows(), std::move(columns))));
  }
  ARROW_RETURN_NOT_OK(stream->Close());
  return file->Close();
}

arrow::Status Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 4 && arguments[0] == "keys") {
    return AddKeys(arguments[1], arguments[2], arguments[3]);
  }
  if (arguments.size() != 3) return arrow::Status::Invalid("expected ORDER ROWS.arrow FOLDER");
  return MeasureCluster(arguments[0], arguments[1], arguments[2]);
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const arrow::Status status = artemis::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "cluster_speed: " << status.message() << "\n";
  return 1;
}
