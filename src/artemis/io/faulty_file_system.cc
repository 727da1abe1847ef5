// Each call is looked up in the plan, then passed on.
#include "artemis/io/faulty_file_system.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include "artemis/io/posix_file.h"

namespace artemis {
namespace {

[[noreturn]] void DieAtOnce() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

class FaultyOutput : public arrow::io::OutputStream {
 public:
  FaultyOutput(FaultyFileSystem& files, std::string path,
               std::shared_ptr<arrow::io::OutputStream> inner)
      : files_(files), path_(std::move(path)), inner_(std::move(inner)) {
    set_mode(arrow::io::FileMode::WRITE);
  }

  arrow::Status Write(const void* data, int64_t size) override {
    return files_.Run(FileOperation::kStreamWrite, path_,
                      [&] { return inner_->Write(data, size); });
  }
  using arrow::io::OutputStream::Write;

  arrow::Status Close() override {
    if (inner_->closed()) return inner_->Close();
    return files_.Run(FileOperation::kStreamClose, path_, [&] { return inner_->Close(); });
  }

  arrow::Status Flush() override { return inner_->Flush(); }
  arrow::Status Abort() override { return inner_->Abort(); }
  arrow::Result<int64_t> Tell() const override { return inner_->Tell(); }
  bool closed() const override { return inner_->closed(); }

 private:
  FaultyFileSystem& files_;
  const std::string path_;
  const std::shared_ptr<arrow::io::OutputStream> inner_;
};

class FaultyInput : public arrow::io::RandomAccessFile {
 public:
  FaultyInput(FaultyFileSystem& files, std::string path,
              std::shared_ptr<arrow::io::RandomAccessFile> inner)
      : files_(files), path_(std::move(path)), inner_(std::move(inner)) {
    set_mode(arrow::io::FileMode::READ);
  }

  arrow::Result<int64_t> ReadAt(int64_t position, int64_t size, void* out) override {
    return Counted<int64_t>([&] { return inner_->ReadAt(position, size, out); });
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t size) override {
    return Counted<std::shared_ptr<arrow::Buffer>>([&] { return inner_->ReadAt(position, size); });
  }
  arrow::Result<int64_t> Read(int64_t size, void* out) override {
    return Counted<int64_t>([&] { return inner_->Read(size, out); });
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t size) override {
    return Counted<std::shared_ptr<arrow::Buffer>>([&] { return inner_->Read(size); });
  }

  arrow::Status Close() override { return inner_->Close(); }
  arrow::Status Seek(int64_t position) override { return inner_->Seek(position); }
  arrow::Result<int64_t> Tell() const override { return inner_->Tell(); }
  arrow::Result<int64_t> GetSize() override { return inner_->GetSize(); }
  bool closed() const override { return inner_->closed(); }

 private:
  template <typename T, typename Call>
  arrow::Result<T> Counted(const Call& call) {
    arrow::Result<T> result = arrow::Status::UnknownError("not called");
    ARROW_RETURN_NOT_OK(files_.Run(FileOperation::kReadAt, path_, [&] {
      result = call();
      return result.status();
    }));
    return result;
  }

  FaultyFileSystem& files_;
  const std::string path_;
  const std::shared_ptr<arrow::io::RandomAccessFile> inner_;
};

}  // namespace

FaultyFileSystem::FaultyFileSystem(FileSystem& inner, FaultPlan plan)
    : inner_(inner), plan_(std::move(plan)) {}

void FaultyFileSystem::Reset(FaultPlan plan) {
  const std::lock_guard<std::mutex> lock(mutex_);
  plan_ = std::move(plan);
  calls_ = {};
  total_calls_ = 0;
}

int64_t FaultyFileSystem::calls(FileOperation operation) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return calls_[static_cast<size_t>(operation)];
}

int64_t FaultyFileSystem::total_calls() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return total_calls_;
}

arrow::Status FaultyFileSystem::Run(FileOperation operation, const std::string& path,
                                    const std::function<arrow::Status()>& call) {
  std::optional<Fault> fault;
  int64_t number = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    number = ++calls_[static_cast<size_t>(operation)];
    const int64_t any_number = ++total_calls_;
    for (const Fault& candidate : plan_) {
      if (!candidate.any_operation && candidate.operation != operation) continue;
      const int64_t counted = candidate.any_operation ? any_number : number;
      if (candidate.call == 0 || candidate.call == counted) fault = candidate;
    }
  }
  if (!fault) return call();
  if (fault->action == FaultAction::kKill) DieAtOnce();
  if (fault->action == FaultAction::kDelay) {
    std::this_thread::sleep_for(std::chrono::milliseconds(fault->delay_ms));
    return call();
  }
  if (fault->action == FaultAction::kKillAfter) {
    // Also after a call that fails by itself, such as a look at a file that is not there.
    (void)call();
    DieAtOnce();
  }
  if (fault->action == FaultAction::kLose) ARROW_RETURN_NOT_OK(call());
  if (fault->error_number != 0) {
    return ErrnoStatus(fault->error_number,
                       "injected fault: " + std::string(FileOperationName(operation)) + " call " +
                           std::to_string(number),
                       path);
  }
  return arrow::Status::IOError("injected fault: ", FileOperationName(operation), " call ", number,
                                " (", path, ")");
}

template <typename T>
arrow::Result<T> FaultyFileSystem::RunFor(FileOperation operation, const std::string& path,
                                          const std::function<arrow::Result<T>()>& call) {
  arrow::Result<T> result = arrow::Status::UnknownError("not called");
  ARROW_RETURN_NOT_OK(Run(operation, path, [&] {
    result = call();
    return result.status();
  }));
  return result;
}

arrow::Result<std::string> FaultyFileSystem::ReadAll(const std::string& path, int64_t limit_bytes) {
  return RunFor<std::string>(FileOperation::kReadAll, path,
                             [&] { return inner_.ReadAll(path, limit_bytes); });
}

arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> FaultyFileSystem::OpenInput(
    const std::string& path) {
  using Input = std::shared_ptr<arrow::io::RandomAccessFile>;
  ARROW_ASSIGN_OR_RAISE(Input input, RunFor<Input>(FileOperation::kOpenInput, path,
                                                   [&] { return inner_.OpenInput(path); }));
  return std::make_shared<FaultyInput>(*this, path, std::move(input));
}

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> FaultyFileSystem::OpenOutput(
    const std::string& path) {
  using Output = std::shared_ptr<arrow::io::OutputStream>;
  ARROW_ASSIGN_OR_RAISE(Output output, RunFor<Output>(FileOperation::kOpenOutput, path,
                                                      [&] { return inner_.OpenOutput(path); }));
  return std::make_shared<FaultyOutput>(*this, path, std::move(output));
}

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> FaultyFileSystem::OpenLocked(
    const std::string& path) {
  using Output = std::shared_ptr<arrow::io::OutputStream>;
  ARROW_ASSIGN_OR_RAISE(Output output, RunFor<Output>(FileOperation::kOpenLocked, path,
                                                      [&] { return inner_.OpenLocked(path); }));
  return std::make_shared<FaultyOutput>(*this, path, std::move(output));
}

arrow::Status FaultyFileSystem::WriteNew(const std::string& path, std::string_view bytes) {
  return Run(FileOperation::kWriteNew, path, [&] { return inner_.WriteNew(path, bytes); });
}

arrow::Status FaultyFileSystem::SyncFile(const std::string& path) {
  return Run(FileOperation::kSyncFile, path, [&] { return inner_.SyncFile(path); });
}

arrow::Status FaultyFileSystem::SyncFolder(const std::string& folder) {
  return Run(FileOperation::kSyncFolder, folder, [&] { return inner_.SyncFolder(folder); });
}

arrow::Status FaultyFileSystem::CreateFolders(const std::string& folder) {
  return Run(FileOperation::kCreateFolders, folder, [&] { return inner_.CreateFolders(folder); });
}

arrow::Status FaultyFileSystem::RenameNoReplace(const std::string& from, const std::string& to) {
  return Run(FileOperation::kRenameNoReplace, to, [&] { return inner_.RenameNoReplace(from, to); });
}

arrow::Status FaultyFileSystem::RenameReplace(const std::string& from, const std::string& to) {
  return Run(FileOperation::kRenameReplace, to, [&] { return inner_.RenameReplace(from, to); });
}

arrow::Status FaultyFileSystem::Delete(const std::string& path) {
  return Run(FileOperation::kDelete, path, [&] { return inner_.Delete(path); });
}

arrow::Result<int64_t> FaultyFileSystem::FileSize(const std::string& path) {
  return RunFor<int64_t>(FileOperation::kFileSize, path, [&] { return inner_.FileSize(path); });
}

arrow::Result<bool> FaultyFileSystem::Exists(const std::string& path) {
  return RunFor<bool>(FileOperation::kExists, path, [&] { return inner_.Exists(path); });
}

arrow::Result<std::vector<FolderEntry>> FaultyFileSystem::ListFolder(const std::string& folder) {
  return RunFor<std::vector<FolderEntry>>(FileOperation::kListFolder, folder,
                                          [&] { return inner_.ListFolder(folder); });
}

}  // namespace artemis
