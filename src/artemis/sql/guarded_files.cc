// The local file system behind a list.
#include "artemis/sql/guarded_files.h"

#include <utility>

#include <duckdb/common/exception.hpp>
#include <duckdb/common/local_file_system.hpp>

namespace artemis {
namespace {

class GuardedFileSystem : public duckdb::LocalFileSystem {
 public:
  explicit GuardedFileSystem(std::shared_ptr<const OpenPaths> paths) : paths_(std::move(paths)) {}

  bool CanHandleFile(const std::string& path) override {
    return path.starts_with(paths_->prefix() + "/");
  }
  std::string GetName() const override { return "ArtemisFileSystem"; }

  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(
      const std::string& path, duckdb::FileOpenFlags flags,
      duckdb::optional_ptr<duckdb::FileOpener> opener) override {
    if (flags.OpenForWriting()) throw duckdb::PermissionException("data files are read-only");
    return LocalFileSystem::OpenFile(Allowed(path), flags, opener);
  }
  bool FileExists(const std::string& path,
                  duckdb::optional_ptr<duckdb::FileOpener> opener) override {
    return LocalFileSystem::FileExists(Allowed(path), opener);
  }
  std::string CanonicalizePath(const std::string& path,
                               duckdb::optional_ptr<duckdb::FileOpener>) override {
    return path;
  }
  bool IsPipe(const std::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return false;
  }
  bool DirectoryExists(const std::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  void CreateDirectory(const std::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  void RemoveDirectory(const std::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  void MoveFile(const std::string&, const std::string&,
                duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  void RemoveFile(const std::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  void Truncate(duckdb::FileHandle&, int64_t) override { Refuse(); }

 protected:
  bool ListFilesExtended(const std::string&, const std::function<void(duckdb::OpenFileInfo& info)>&,
                         duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }
  duckdb::unique_ptr<duckdb::MultiFileList> GlobFilesExtended(
      const std::string&, const duckdb::FileGlobInput&,
      duckdb::optional_ptr<duckdb::FileOpener>) override {
    Refuse();
  }

 private:
  [[noreturn]] static void Refuse() {
    throw duckdb::PermissionException("only data files of a plan can be read");
  }

  std::string Allowed(const std::string& path) const {
    if (!CanHandle(path)) Refuse();
    std::string local = path.substr(paths_->prefix().size());
    if (!paths_->Contains(local)) Refuse();
    return local;
  }
  bool CanHandle(const std::string& path) const { return path.starts_with(paths_->prefix() + "/"); }

  const std::shared_ptr<const OpenPaths> paths_;
};

}  // namespace

duckdb::unique_ptr<duckdb::FileSystem> MakeGuardedFileSystem(
    std::shared_ptr<const OpenPaths> paths) {
  return duckdb::make_uniq<GuardedFileSystem>(std::move(paths));
}

}  // namespace artemis
