// The lock is held until the file has its name, or is gone.
#include "artemis/io/atomic_file.h"

#include <utility>

#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {
namespace {

constexpr char kUnfinishedSuffix[] = ".inprogress";

}  // namespace

arrow::Result<std::unique_ptr<AtomicFile>> AtomicFile::Open(const std::string& location,
                                                            const AtomicFileOptions& options) {
  FileSystem& files = options.files != nullptr ? *options.files : LocalFileSystem();
  std::string path = LocalPath(location);
  if (!options.replace) {
    ARROW_ASSIGN_OR_RAISE(const bool taken, files.Exists(path));
    if (taken) return arrow::Status::AlreadyExists(path, " exists");
  }
  ARROW_ASSIGN_OR_RAISE(auto stream, files.OpenLocked(path + kUnfinishedSuffix));
  return std::unique_ptr<AtomicFile>(
      new AtomicFile(files, std::move(path), std::move(stream), options.replace));
}

AtomicFile::AtomicFile(FileSystem& files, std::string path,
                       std::shared_ptr<arrow::io::OutputStream> stream, bool replace)
    : files_(files),
      path_(std::move(path)),
      unfinished_path_(path_ + kUnfinishedSuffix),
      replace_(replace),
      stream_(std::move(stream)) {}

AtomicFile::~AtomicFile() {
  if (renamed_ || keep_unfinished_) return;
  const arrow::Status ignored = files_.Delete(unfinished_path_);
  static_cast<void>(ignored);
}

arrow::Status AtomicFile::Commit() {
  if (committed_) return arrow::Status::Invalid(path_, " is committed already");
  committed_ = true;
  ARROW_RETURN_NOT_OK(stream_->Close());
  ARROW_RETURN_NOT_OK(replace_ ? files_.RenameReplace(unfinished_path_, path_)
                               : files_.RenameNoReplace(unfinished_path_, path_));
  renamed_ = true;
  return files_.SyncFolder(FolderOf(path_));
}

}  // namespace artemis
