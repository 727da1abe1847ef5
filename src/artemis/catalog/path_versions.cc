// Finds and makes numbered metadata files.
#include "artemis/catalog/path_versions.h"

#include <array>
#include <charconv>
#include <string_view>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

constexpr char kHintName[] = "version-hint.text";
constexpr char kHintChecksum[] = ".version-hint.text.crc";
constexpr char kTombstone[] = "{\"artemis-dropped\": true}\n";
constexpr int64_t kHintBytesMax = 64;
constexpr int64_t kPathMetadataBytesMax = int64_t{1} << 30;
constexpr int64_t kVersionMax = int64_t{1} << 53;
constexpr std::array<std::string_view, 3> kPathSuffixes = {".metadata.json", ".gz.metadata.json",
                                                           ".metadata.json.gz"};

std::string_view FileNameOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::optional<int64_t> HintedVersion(FileSystem& files, const std::string& folder) {
  const auto text = files.ReadAll(JoinLocation(folder, kHintName), kHintBytesMax);
  if (!text.ok()) return std::nullopt;
  std::string_view digits = *text;
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r')) {
    digits.remove_suffix(1);
  }
  int64_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < 0 || number > kVersionMax) {
    return std::nullopt;
  }
  return number;
}

// The file of one version, under whichever name.
arrow::Result<std::optional<PathVersion>> FindPathVersion(FileSystem& files,
                                                          const std::string& folder,
                                                          int64_t number) {
  for (const auto suffix : kPathSuffixes) {
    const std::string location =
        JoinLocation(folder, "v" + std::to_string(number) + std::string(suffix));
    ARROW_ASSIGN_OR_RAISE(const bool exists, files.Exists(location));
    if (exists) return PathVersion{number, location};
  }
  return std::nullopt;
}

arrow::Result<std::optional<PathVersion>> GreatestPathVersion(FileSystem& files,
                                                              const std::string& folder) {
  const auto entries = files.ListFolder(folder);
  if (!entries.ok()) {
    if (IsFileNotFound(entries.status())) return std::nullopt;
    return entries.status();
  }
  std::optional<PathVersion> greatest;
  for (const auto& entry : *entries) {
    const auto number = PathVersionOf(FileNameOf(entry.path));
    if (!number || entry.is_folder || (greatest && greatest->number >= *number)) continue;
    greatest = PathVersion{*number, entry.path};
  }
  return greatest;
}

bool IsTombstone(FileSystem& files, const std::string& location) {
  const auto size = files.FileSize(location);
  if (!size.ok() || *size != static_cast<int64_t>(PathTombstone().size())) return false;
  const auto text = files.ReadAll(location, *size);
  return text.ok() && *text == kTombstone;
}

arrow::Status WrittenByAnother(const std::string& version) {
  return CommitConflictError("version " + version + " was written by another commit");
}

// What became of a rename that did not say it was done. The file to be moved has a name nobody else uses.
arrow::Status JudgeRename(FileSystem& files, const std::string& written, const std::string& target,
                          const std::string& bytes, const arrow::Status& failure) {
  const auto still_there = files.Exists(written);
  const auto arrived = files.Exists(target);
  if (still_there.ok() && arrived.ok()) {
    if (*still_there && !*arrived) return failure;
    if (*still_there && failure.IsAlreadyExists()) return WrittenByAnother(target);
    if (!*still_there && *arrived) {
      const auto found = files.ReadAll(target, kPathMetadataBytesMax);
      if (found.ok()) return *found == bytes ? arrow::Status::OK() : WrittenByAnother(target);
    }
  }
  return CommitUnknownError(failure.message());
}

}  // namespace

std::string PathTombstone() { return kTombstone; }

std::optional<int64_t> PathVersionOf(std::string_view file_name) {
  if (!file_name.starts_with('v')) return std::nullopt;
  const auto end = file_name.data() + file_name.size();
  int64_t number = 0;
  const auto parsed = std::from_chars(file_name.data() + 1, end, number);
  if (parsed.ec != std::errc() || number < 0 || number > kVersionMax) return std::nullopt;
  const std::string_view suffix(parsed.ptr, static_cast<size_t>(end - parsed.ptr));
  for (const auto known : kPathSuffixes) {
    if (suffix == known) return number;
  }
  return std::nullopt;
}

std::string PathVersionLocation(const std::string& metadata_folder, int64_t number) {
  return JoinLocation(metadata_folder, "v" + std::to_string(number) + ".metadata.json");
}

arrow::Result<std::optional<PathVersion>> CurrentPathVersion(FileSystem& files,
                                                             const std::string& metadata_folder) {
  std::optional<PathVersion> current;
  if (const auto hint = HintedVersion(files, metadata_folder)) {
    ARROW_ASSIGN_OR_RAISE(current, FindPathVersion(files, metadata_folder, *hint));
  }
  if (!current) {
    ARROW_ASSIGN_OR_RAISE(current, GreatestPathVersion(files, metadata_folder));
  }
  if (!current) return current;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto next, FindPathVersion(files, metadata_folder, current->number + 1));
    if (!next) break;
    current = std::move(next);
  }
  current->dropped = IsTombstone(files, current->location);
  return current;
}

arrow::Status WritePathVersion(FileSystem& files, const std::string& metadata_folder,
                               int64_t number, const std::string& bytes) {
  // Others may have written this version under one of the compressed names.
  ARROW_ASSIGN_OR_RAISE(const auto taken, FindPathVersion(files, metadata_folder, number));
  if (taken) return WrittenByAnother(taken->location);
  const std::string target = PathVersionLocation(metadata_folder, number);
  const std::string written =
      JoinLocation(metadata_folder, RandomUuid() + "-v" + std::to_string(number) + ".inprogress");
  auto status = files.WriteNew(written, bytes);  // C1
  if (status.ok()) {
    status = files.RenameNoReplace(written, target);  // C2
    if (!status.ok()) status = JudgeRename(files, written, target, bytes, status);
  }
  if (!status.ok()) {
    if (FindDetail<CommitUnknown>(status) == nullptr) (void)files.Delete(written);
    return status;
  }
  const auto synced = files.SyncFolder(metadata_folder);
  return synced.ok() ? synced : CommitUnknownError(synced.message());  // C5
}

void WriteVersionHint(FileSystem& files, const std::string& metadata_folder, int64_t number) {
  const std::string hint = JoinLocation(metadata_folder, kHintName);
  const std::string written = JoinLocation(metadata_folder, RandomUuid() + "-hint.inprogress");
  if (!files.WriteNew(written, std::to_string(number)).ok()) return;
  (void)files.Delete(JoinLocation(metadata_folder, kHintChecksum));
  if (!files.RenameReplace(written, hint).ok()) (void)files.Delete(written);
}

}  // namespace artemis
