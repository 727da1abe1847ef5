// Reading through mapped paths.
#include "artemis/cli/mapped_files.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

std::string FolderText(std::string_view location) {
  std::string path = LocalPath(location);
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

arrow::Status Refuse(const std::string& path) {
  return PermissionDeniedError("cannot write " + path + ": with --map tables are only read");
}

class MappedFiles : public FileSystem {
 public:
  MappedFiles(FileSystem& inner, PathMap map) : inner_(inner), map_(std::move(map)) {}

  arrow::Result<std::string> ReadAll(const std::string& path, int64_t limit_bytes) override {
    return inner_.ReadAll(map_.Apply(path), limit_bytes);
  }
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override {
    return inner_.OpenInput(map_.Apply(path));
  }
  arrow::Result<int64_t> FileSize(const std::string& path) override {
    return inner_.FileSize(map_.Apply(path));
  }
  arrow::Result<bool> Exists(const std::string& path) override {
    return inner_.Exists(map_.Apply(path));
  }
  arrow::Result<std::vector<FolderEntry>> ListFolder(const std::string& folder) override {
    const std::string mapped = FolderText(map_.Apply(folder));
    ARROW_ASSIGN_OR_RAISE(auto entries, inner_.ListFolder(mapped));
    // Under the name that was asked for, which is what the table calls them.
    std::string asked = folder;
    while (asked.size() > 1 && asked.back() == '/') asked.pop_back();
    for (auto& entry : entries) entry.path = asked + entry.path.substr(mapped.size());
    return entries;
  }

  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutput(
      const std::string& path) override {
    return Refuse(path);
  }
  arrow::Status WriteNew(const std::string& path, std::string_view) override {
    return Refuse(path);
  }
  arrow::Status SyncFile(const std::string& path) override { return Refuse(path); }
  arrow::Status SyncFolder(const std::string& folder) override { return Refuse(folder); }
  arrow::Status CreateFolders(const std::string& folder) override { return Refuse(folder); }
  arrow::Status RenameNoReplace(const std::string& from, const std::string&) override {
    return Refuse(from);
  }
  arrow::Status RenameReplace(const std::string& from, const std::string&) override {
    return Refuse(from);
  }
  arrow::Status Delete(const std::string& path) override { return Refuse(path); }

 private:
  FileSystem& inner_;
  const PathMap map_;
};

}  // namespace

arrow::Result<PathMap> PathMap::Parse(const std::vector<std::string>& pairs) {
  PathMap map;
  for (const auto& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size()) {
      return UsageError("--map '" + pair + "': expected OLD=NEW, two folders");
    }
    map.prefixes_.emplace_back(FolderText(pair.substr(0, equals)),
                               FolderText(pair.substr(equals + 1)));
  }
  std::stable_sort(map.prefixes_.begin(), map.prefixes_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  return map;
}

std::string PathMap::Apply(const std::string& location) const {
  const std::string path = LocalPath(location);
  for (const auto& [before, after] : prefixes_) {
    if (path == before || path.starts_with(before + "/")) return after + path.substr(before.size());
  }
  return location;
}

std::unique_ptr<FileSystem> MakeMappedFiles(FileSystem& inner, PathMap map) {
  return std::make_unique<MappedFiles>(inner, std::move(map));
}

}  // namespace artemis
