// The file system as Artemis needs it: whole reads with a limit, exclusive durable writes, renames that replace nothing.
//
// Paths are Iceberg locations (io/location.h): "file:/x", "file:///x" and "/x" are the same place; nothing is decoded. Other schemes are
// NotImplemented, by name. Thread-safe. Every error names the path. A missing file: IOError for which IsFileNotFound is true;
// EACCES, EPERM and EROFS: the PermissionDenied detail.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

// A file or folder in a folder.
struct FolderEntry {
  std::string path;  // the folder as it was asked for (without a trailing slash), '/', and the name
  bool is_folder = false;
  int64_t size_bytes = 0;  // 0 for folders
  TimestampMs modified;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The whole file; LimitExceeded when it is longer than `limit_bytes`.
  virtual arrow::Result<std::string> ReadAll(const std::string& path, int64_t limit_bytes) = 0;
  // For random reads; reads may run on several threads at once.
  virtual arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) = 0;

  // A new file, made with its folders; AlreadyExists when it is there. Close() is fsync and close: it can fail, and then the
  // file is not to be relied on. Destroyed without Close(): the file stays, possibly cut off.
  virtual arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutput(
      const std::string& path) = 0;
  // A file that one writer holds: made with its folders, or emptied when it is there and nobody holds it (a crash left it), under
  // an exclusive flock(2) that lasts until the stream is destroyed. IOError "is being written by another process" when it is
  // held. Close() as for OpenOutput.
  virtual arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenLocked(
      const std::string& path);
  // A new file with these bytes, durable on return (the file; its folder needs SyncFolder). AlreadyExists. On failure no file stays.
  virtual arrow::Status WriteNew(const std::string& path, std::string_view bytes) = 0;

  // Makes the bytes of a file that somebody else has written durable; its folder needs SyncFolder.
  virtual arrow::Status SyncFile(const std::string& path) = 0;
  // Makes the names in a folder durable.
  virtual arrow::Status SyncFolder(const std::string& folder) = 0;
  // Makes the folder and its parents, each durable in its parent. Fine when they are there.
  virtual arrow::Status CreateFolders(const std::string& folder) = 0;
  // Atomic; AlreadyExists when `to` is there.
  virtual arrow::Status RenameNoReplace(const std::string& from, const std::string& to) = 0;
  virtual arrow::Status RenameReplace(const std::string& from, const std::string& to) = 0;
  virtual arrow::Status Delete(const std::string& path) = 0;
  virtual arrow::Result<int64_t> FileSize(const std::string& path) = 0;
  // Of a file or a folder.
  virtual arrow::Result<bool> Exists(const std::string& path) = 0;
  // What a folder holds itself, sorted by path; links are followed, entries that vanish meanwhile are left out.
  virtual arrow::Result<std::vector<FolderEntry>> ListFolder(const std::string& folder) = 0;
};

// The machine's file system (POSIX). Lives as long as the program.
FileSystem& LocalFileSystem();

// Whether `status` says that a file does not exist.
bool IsFileNotFound(const arrow::Status& status);

}  // namespace artemis
