// A file system over another one that counts calls and lets chosen ones go wrong.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/io/fault_plan.h"
#include "artemis/io/file_system.h"

namespace artemis {

// Thread-safe. Streams and inputs it opened count, too, and must not outlive it. An injected failure is an IOError that says
// "injected fault", the operation, the call and the path; it carries no detail but the errno
// that the plan gives it.
class FaultyFileSystem : public FileSystem {
 public:
  // `inner` is not owned and must outlive this.
  explicit FaultyFileSystem(FileSystem& inner, FaultPlan plan = {});

  // Replaces the plan and starts counting anew.
  void Reset(FaultPlan plan);
  int64_t calls(FileOperation operation) const;
  int64_t total_calls() const;

  arrow::Result<std::string> ReadAll(const std::string& path, int64_t limit_bytes) override;
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override;
  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutput(
      const std::string& path) override;
  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenLocked(
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

  // Runs `call` as the next call of `operation`, or what the plan has for it. For the streams.
  arrow::Status Run(FileOperation operation, const std::string& path,
                    const std::function<arrow::Status()>& call);

 private:
  template <typename T>
  arrow::Result<T> RunFor(FileOperation operation, const std::string& path,
                          const std::function<arrow::Result<T>()>& call);

  FileSystem& inner_;
  mutable std::mutex mutex_;
  FaultPlan plan_;
  std::array<int64_t, kFileOperationCount> calls_{};
  int64_t total_calls_ = 0;
};

}  // namespace artemis
