// A file system for tests: the machine's, without waiting for the disk, that remembers which files were read.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/io/file_system.h"

namespace artemis {

// Thread-safe. Nothing it writes is durable.
class RecordingFileSystem : public FileSystem {
 public:
  // The paths given to ReadAll and OpenInput since the last Forget.
  std::set<std::string> ReadPaths() const;
  void Forget();

  arrow::Result<std::string> ReadAll(const std::string& path, int64_t limit_bytes) override;
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override;
  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutput(
      const std::string& path) override;
  arrow::Status WriteNew(const std::string& path, std::string_view bytes) override;
  arrow::Status SyncFile(const std::string& path) override;
  arrow::Status SyncFolder(const std::string& folder) override;
  arrow::Status CreateFolders(const std::string& folder) override;
  arrow::Status RenameNoReplace(const std::string& from, const std::string& to) override;
  arrow::Status RenameReplace(const std::string& from, const std::string& to) override;
  arrow::Status Delete(const std::string& path) override;
  arrow::Result<int64_t> FileSize(const std::string& path) override;
  arrow::Result<bool> Exists(const std::string& path) override;
  arrow::Result<std::vector<FolderEntry>> ListFolder(const std::string& folder) override;

 private:
  void Record(const std::string& path);

  mutable std::mutex mutex_;
  std::set<std::string> read_;
};

}  // namespace artemis
