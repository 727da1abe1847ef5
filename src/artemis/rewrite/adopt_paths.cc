// Lists folders and reads their names.
#include "artemis/rewrite/adopt_paths.h"

#include <set>

#include "artemis/io/location.h"

namespace artemis {

namespace {

constexpr int kFolderDepthMax = 64;
constexpr std::string_view kHiveNull = "__HIVE_DEFAULT_PARTITION__";

std::string_view LastName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool IsHidden(std::string_view name) {
  return (name.starts_with('.') || name.starts_with('_')) && name.find('=') == name.npos;
}

bool IsParquetName(std::string_view name) {
  return name.ends_with(".parquet") || name.ends_with(".parq");
}

arrow::Status AddFolder(FileSystem& files, const std::vector<FolderEntry>& entries, int depth,
                        const std::string& folder, std::vector<std::string>* found) {
  if (depth > kFolderDepthMax) {
    return arrow::Status::Invalid("folder ", folder, " is nested deeper than ", kFolderDepthMax);
  }
  for (const FolderEntry& entry : entries) {
    const std::string_view name = LastName(entry.path);
    if (IsHidden(name)) continue;
    if (entry.is_folder) {
      ARROW_ASSIGN_OR_RAISE(const auto below, files.ListFolder(entry.path));
      ARROW_RETURN_NOT_OK(AddFolder(files, below, depth + 1, folder, found));
    } else if (IsParquetName(name)) {
      found->push_back(entry.path);
    }
  }
  return arrow::Status::OK();
}

// A folder is what can be listed.
arrow::Status AddPath(FileSystem& files, const std::string& path, std::vector<std::string>* found) {
  if (path.empty()) return arrow::Status::Invalid("a path is empty");
  const auto entries = files.ListFolder(path);
  if (!entries.ok()) {
    if (!IsFileNotFound(entries.status())) return entries.status();
    ARROW_RETURN_NOT_OK(files.FileSize(path).status());
    found->push_back(path);
    return arrow::Status::OK();
  }
  const size_t before = found->size();
  ARROW_RETURN_NOT_OK(AddFolder(files, *entries, 0, path, found));
  if (found->size() > before) return arrow::Status::OK();
  return arrow::Status::Invalid("folder ", path, " holds no files named *.parquet");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string HiveDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

arrow::Result<std::vector<std::string>> ParquetFilesOf(FileSystem& files,
                                                       const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) ARROW_RETURN_NOT_OK(AddPath(files, path, &found));
  std::vector<std::string> locations;
  std::set<std::string> seen;
  for (const std::string& path : found) {
    // Made absolute and normal, so that two spellings of one file are one.
    std::string location = FileUri(LocalPath(path));
    if (seen.insert(location).second) locations.push_back(std::move(location));
  }
  return locations;
}

std::vector<FolderValue> HiveFolders(std::string_view path) {
  std::vector<FolderValue> values;
  const size_t end = path.rfind('/');
  if (end == path.npos) return values;
  std::string_view rest = path.substr(0, end);
  while (!rest.empty()) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view folder = rest.substr(0, slash);
    const size_t equals = folder.find('=');
    if (equals != folder.npos && equals > 0) {
      FolderValue value{HiveDecoded(folder.substr(0, equals)), std::nullopt};
      const std::string_view text = folder.substr(equals + 1);
      if (text != kHiveNull) value.text = HiveDecoded(text);
      values.push_back(std::move(value));
    }
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  return values;
}

}  // namespace artemis
