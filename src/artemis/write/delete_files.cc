// Checks the positions, groups them into files, and cleans up where one fails.
#include "artemis/write/delete_files.h"

#include <map>
#include <set>

#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/schema/partition_key.h"
#include "artemis/write/data_locations.h"
#include "artemis/write/deletion_vector_writer.h"
#include "artemis/write/position_delete_writer.h"

namespace artemis {

namespace {

using DeletesOfFiles = std::vector<const PositionDeletes*>;

arrow::Status CheckPositions(const PositionDeletes& deletes) {
  const DataFile& file = deletes.data_file;
  int64_t last = -1;
  for (const int64_t position : deletes.positions) {
    if (position <= last) {
      return arrow::Status::Invalid("positions to delete in ", file.path, " ascend from 0: found ",
                                    position, " after ", last);
    }
    last = position;
  }
  if (file.record_count > 0 && last >= file.record_count) {
    return arrow::Status::Invalid("position ", last, " to delete in ", file.path, " is behind its ",
                                  file.record_count, " rows");
  }
  return arrow::Status::OK();
}

arrow::Result<DeletesOfFiles> CheckedDeletes(const TableMetadata& metadata,
                                             const std::vector<PositionDeletes>& deletes) {
  if (metadata.format_version < 2) {
    return arrow::Status::Invalid("format version 1 has no row-level deletes");
  }
  DeletesOfFiles checked;
  std::set<std::string> paths;
  for (const PositionDeletes& of_file : deletes) {
    const DataFile& file = of_file.data_file;
    ARROW_RETURN_NOT_OK(CheckPositions(of_file));
    if (!paths.insert(file.path).second) {
      return arrow::Status::Invalid("data file ", file.path, " is named twice");
    }
    const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
    if (spec == nullptr || spec->fields.size() != file.partition.size()) {
      return arrow::Status::Invalid("data file ", file.path, " has a tuple of ",
                                    file.partition.size(), " values for partition spec ",
                                    ToString(file.spec_id),
                                    spec == nullptr ? ", which the table does not have"
                                                    : ", which has another number of fields");
    }
    if (!of_file.positions.empty()) checked.push_back(&of_file);
  }
  return checked;
}

// Empty where the path cannot be told: a source column is gone.
std::string FolderOfTuple(const TableMetadata& metadata, const DataFile& file) {
  const PartitionSpec& spec = *metadata.FindSpec(file.spec_id);
  for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
    const auto path = PartitionPath(spec, *schema, file.partition);
    if (path.ok()) return *path;
  }
  return "";
}

class DeleteFilesWriter {
 public:
  DeleteFilesWriter(const TableMetadata& metadata, FileSystem& files)
      : metadata_(metadata), files_(files) {}

  arrow::Result<std::vector<DataFile>> Write(const DeletesOfFiles& deletes) {
    auto written = metadata_.format_version >= 3 ? WriteVectors(deletes) : WriteFiles(deletes);
    const arrow::Status status = written.ok() ? SyncFolders() : written.status();
    if (status.ok()) return written;
    for (const std::string& path : paths_) static_cast<void>(files_.Delete(path).ok());
    return status;
  }

 private:
  arrow::Result<std::vector<DataFile>> WriteVectors(const DeletesOfFiles& deletes) {
    return WriteDeletionVectors(files_, NewPath("", "-deletes.puffin"), deletes);
  }

  arrow::Result<std::vector<DataFile>> WriteFiles(const DeletesOfFiles& deletes) {
    std::map<std::pair<SpecId, std::string>, DeletesOfFiles> groups;
    for (const PositionDeletes* of_file : deletes) {
      const DataFile& file = of_file->data_file;
      groups[{file.spec_id, PartitionKey(file.partition)}].push_back(of_file);
    }
    std::vector<DataFile> written;
    for (auto& [key, group] : groups) {
      const std::string folder = FolderOfTuple(metadata_, group.front()->data_file);
      ARROW_ASSIGN_OR_RAISE(
          DataFile file,
          WritePositionDeleteFile(files_, NewPath(folder, "-deletes.parquet"), std::move(group)));
      written.push_back(std::move(file));
    }
    return written;
  }

  const std::string& NewPath(const std::string& partition_path, const char* ending) {
    std::string folder = DataFolder(metadata_);
    if (!partition_path.empty()) folder += "/" + partition_path;
    std::string digits = std::to_string(paths_.size());
    digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
    return paths_.emplace_back(folder + "/" + digits + "-" + uuid_ + ending);
  }

  arrow::Status SyncFolders() {
    std::set<std::string> folders;
    for (const std::string& path : paths_) folders.insert(FolderOf(path));
    for (const std::string& folder : folders) ARROW_RETURN_NOT_OK(files_.SyncFolder(folder));
    return arrow::Status::OK();
  }

  const TableMetadata& metadata_;
  FileSystem& files_;
  const std::string uuid_ = RandomUuid();
  std::vector<std::string> paths_;
};

}  // namespace

arrow::Result<std::vector<DataFile>> WriteDeletes(const TableMetadata& metadata, FileSystem& files,
                                                  const std::vector<PositionDeletes>& deletes) {
  ARROW_ASSIGN_OR_RAISE(const DeletesOfFiles checked, CheckedDeletes(metadata, deletes));
  if (checked.empty()) return std::vector<DataFile>();
  return DeleteFilesWriter(metadata, files).Write(checked);
}

}  // namespace artemis
