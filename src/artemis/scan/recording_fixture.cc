// Hands on to the local file system, but writes without fsync.
#include "artemis/scan/recording_fixture.h"

#include <filesystem>

#include <arrow/io/file.h>

#include "artemis/io/location.h"

namespace artemis {

namespace {

void MakeParent(const std::string& path) {
  std::filesystem::create_directories(std::filesystem::path(LocalPath(path)).parent_path());
}

}  // namespace

std::set<std::string> RecordingFileSystem::ReadPaths() const {
  std::lock_guard lock(mutex_);
  return read_;
}

void RecordingFileSystem::Forget() {
  std::lock_guard lock(mutex_);
  read_.clear();
}

void RecordingFileSystem::Record(const std::string& path) {
  std::lock_guard lock(mutex_);
  read_.insert(path);
}

arrow::Result<std::string> RecordingFileSystem::ReadAll(const std::string& path,
                                                        int64_t limit_bytes) {
  Record(path);
  return LocalFileSystem().ReadAll(path, limit_bytes);
}

arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> RecordingFileSystem::OpenInput(
    const std::string& path) {
  Record(path);
  return LocalFileSystem().OpenInput(path);
}

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> RecordingFileSystem::OpenOutput(
    const std::string& path) {
  MakeParent(path);
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::FileOutputStream::Open(LocalPath(path)));
  return std::shared_ptr<arrow::io::OutputStream>(std::move(stream));
}

arrow::Status RecordingFileSystem::WriteNew(const std::string& path, std::string_view bytes) {
  ARROW_ASSIGN_OR_RAISE(const bool taken, Exists(path));
  if (taken) return arrow::Status::AlreadyExists(path);
  ARROW_ASSIGN_OR_RAISE(const auto stream, OpenOutput(path));
  ARROW_RETURN_NOT_OK(stream->Write(bytes));
  return stream->Close();
}

arrow::Status RecordingFileSystem::SyncFile(const std::string&) { return arrow::Status::OK(); }
arrow::Status RecordingFileSystem::SyncFolder(const std::string&) { return arrow::Status::OK(); }

arrow::Status RecordingFileSystem::CreateFolders(const std::string& folder) {
  std::filesystem::create_directories(LocalPath(folder));
  return arrow::Status::OK();
}

arrow::Status RecordingFileSystem::RenameNoReplace(const std::string& from, const std::string& to) {
  return LocalFileSystem().RenameNoReplace(from, to);
}

arrow::Status RecordingFileSystem::RenameReplace(const std::string& from, const std::string& to) {
  return LocalFileSystem().RenameReplace(from, to);
}

arrow::Status RecordingFileSystem::Delete(const std::string& path) {
  return LocalFileSystem().Delete(path);
}

arrow::Result<int64_t> RecordingFileSystem::FileSize(const std::string& path) {
  return LocalFileSystem().FileSize(path);
}

arrow::Result<bool> RecordingFileSystem::Exists(const std::string& path) {
  return LocalFileSystem().Exists(path);
}

arrow::Result<std::vector<FolderEntry>> RecordingFileSystem::ListFolder(const std::string& folder) {
  return LocalFileSystem().ListFolder(folder);
}

}  // namespace artemis
