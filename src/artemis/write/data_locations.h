// Where a table's new data files go: <data>/<partition path>/<nnnnn>-<uuid>.parquet.
#pragma once

#include <string>

#include "artemis/table/metadata.h"

namespace artemis {

// The folder of data files: property write.data.path, else <location>/data; without a trailing slash, bare paths as file:///.
std::string DataFolder(const TableMetadata& metadata);

// Names for one writer's files. The number grows by one for each file, the UUID is the writer's.
class DataFileNames {
 public:
  DataFileNames(std::string data_folder, std::string uuid)
      : data_folder_(std::move(data_folder)), uuid_(std::move(uuid)) {}

  // `partition_path` as PartitionPath gives it; empty for unpartitioned tables.
  std::string Path(const std::string& partition_path, int64_t number) const;

 private:
  std::string data_folder_;
  std::string uuid_;
};

// The folder of a file's path.
std::string FolderOf(const std::string& path);

}  // namespace artemis
