// Reads files, or their ends, for their hashes.
#include "artemis/replay/evidence_files.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/sha256.h"

namespace artemis {

namespace {

constexpr int64_t kHashPieceBytes = int64_t{1} << 20;
constexpr int64_t kTailBytes = 8;
constexpr int64_t kFooterBytesMax = int64_t{64} << 20;

using InputFile = std::shared_ptr<arrow::io::RandomAccessFile>;

// `bytes` from `offset` on, piece by piece.
arrow::Result<std::string> HashRange(arrow::io::RandomAccessFile& file, int64_t offset,
                                     int64_t bytes, const std::string& path,
                                     const arrow::StopToken& stop) {
  Sha256 sha;
  for (int64_t done = 0; done < bytes;) {
    ARROW_RETURN_NOT_OK(stop.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto piece,
                          file.ReadAt(offset + done, std::min(kHashPieceBytes, bytes - done)));
    if (piece->size() == 0) return CorruptFileError(path, "became shorter while it was read");
    sha.Update(piece->data(), static_cast<size_t>(piece->size()));
    done += piece->size();
  }
  return HexOf(sha.Finish());
}

// How many bytes the footer takes with its length and magic number.
arrow::Result<int64_t> FooterBytes(arrow::io::RandomAccessFile& file, int64_t size,
                                   const std::string& path) {
  if (size < kTailBytes) return CorruptFileError(path, "is too short for a Parquet file");
  ARROW_ASSIGN_OR_RAISE(const auto tail, file.ReadAt(size - kTailBytes, kTailBytes));
  uint32_t length = 0;
  if (tail->size() == kTailBytes) std::memcpy(&length, tail->data(), sizeof(length));
  const bool ends_well =
      tail->size() == kTailBytes && std::memcmp(tail->data() + 4, "PAR1", 4) == 0;
  if (!ends_well || length > size - kTailBytes || length > kFooterBytesMax) {
    return CorruptFileError(path, "does not end in a Parquet footer");
  }
  return kTailBytes + length;
}

std::string ContentName(const DataFile& file) {
  switch (file.content) {
    case FileContent::kData:
      return "data";
    case FileContent::kEqualityDeletes:
      return "equality-deletes";
    case FileContent::kPositionDeletes:
      break;
  }
  return file.content_offset ? "deletion-vector" : "position-deletes";
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

EvidenceFile Told(const DataFile& file) {
  EvidenceFile told;
  told.path = file.path;
  told.content = ContentName(file);
  told.format = LowerCase(file.format);
  told.size_bytes = file.file_size_bytes;
  told.record_count = file.record_count;
  told.blob_offset = file.content_offset;
  told.footer_bytes = file.content_size_bytes.value_or(0);
  return told;
}

}  // namespace

arrow::Result<HashedFile> HashWholeFile(FileSystem& files, const std::string& location,
                                        const arrow::StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const InputFile file, files.OpenInput(location));
  HashedFile hashed{location, 0, ""};
  ARROW_ASSIGN_OR_RAISE(hashed.size_bytes, file->GetSize());
  ARROW_ASSIGN_OR_RAISE(hashed.sha256, HashRange(*file, 0, hashed.size_bytes, location, stop));
  return hashed;
}

PlannedFiles FilesOf(const ScanPlan& plan) {
  PlannedFiles files;
  std::map<std::pair<std::string, int64_t>, EvidenceFile> deletes;
  for (const auto& task : plan.tasks) {
    files.data.push_back(Told(task.file));
    files.data.back().row_groups = task.row_groups;
    for (const auto& each : task.deletes) {
      deletes.try_emplace({each.file.path, each.file.content_offset.value_or(-1)}, Told(each.file));
    }
  }
  std::stable_sort(files.data.begin(), files.data.end(),
                   [](const auto& a, const auto& b) { return a.path < b.path; });
  for (auto& [key, file] : deletes) files.deletes.push_back(std::move(file));
  return files;
}

arrow::Result<EvidenceFile> HashDataFile(FileSystem& files, const EvidenceFile& told, bool full,
                                         const arrow::StopToken& stop) {
  EvidenceFile found = told;
  ARROW_ASSIGN_OR_RAISE(const InputFile file, files.OpenInput(found.path));
  ARROW_ASSIGN_OR_RAISE(found.size_bytes, file->GetSize());
  int64_t begin = 0;
  if (told.blob_offset) {
    begin = *told.blob_offset;
  } else if (told.format == "parquet") {
    ARROW_ASSIGN_OR_RAISE(found.footer_bytes, FooterBytes(*file, found.size_bytes, found.path));
    begin = found.size_bytes - found.footer_bytes;
  } else {
    found.footer_bytes = found.size_bytes;
  }
  ARROW_ASSIGN_OR_RAISE(found.footer_sha256,
                        HashRange(*file, begin, found.footer_bytes, found.path, stop));
  found.sha256.clear();
  if (full) {
    ARROW_ASSIGN_OR_RAISE(found.sha256, HashRange(*file, 0, found.size_bytes, found.path, stop));
  }
  return found;
}

}  // namespace artemis
