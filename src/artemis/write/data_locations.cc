// Names of data files and their folders.
#include "artemis/write/data_locations.h"

#include "artemis/io/location.h"

namespace artemis {
namespace {

constexpr size_t kNumberDigits = 5;

std::string WithoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::string DataFolder(const TableMetadata& metadata) {
  const auto configured = metadata.properties.find("write.data.path");
  if (configured != metadata.properties.end() && !configured->second.empty()) {
    return FileUri(WithoutTrailingSlash(configured->second));
  }
  return FileUri(WithoutTrailingSlash(metadata.location)) + "/data";
}

std::string DataFileNames::Path(const std::string& partition_path, int64_t number) const {
  std::string digits = std::to_string(number);
  if (digits.size() < kNumberDigits) digits.insert(0, kNumberDigits - digits.size(), '0');
  const std::string folder =
      partition_path.empty() ? data_folder_ : data_folder_ + "/" + partition_path;
  return folder + "/" + digits + "-" + uuid_ + ".parquet";
}

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace artemis
