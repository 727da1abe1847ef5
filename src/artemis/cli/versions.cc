// Versions of the parts, by their own functions: found by name, so that no header crosses a wall.
#include "artemis/cli/versions.h"

#include <dlfcn.h>

#include <array>

#include <arrow/config.h>

#include "artemis/base/version.h"

namespace artemis {

namespace {

struct VersionFunction {
  const char* part;
  const char* symbol;
};

// Each takes nothing and gives text.
constexpr std::array kVersionFunctions = {
    VersionFunction{"DuckDB", "duckdb_library_version"},
    VersionFunction{"SQLite", "sqlite3_libversion"},
    VersionFunction{"zstd", "ZSTD_versionString"},
    VersionFunction{"zlib", "zlibVersion"},
};

// Gives "" where the symbol is not in the process.
std::string AskVersion(const char* symbol) {
  void* found = ::dlsym(RTLD_DEFAULT, symbol);
  if (found == nullptr) return "";
  const char* text = reinterpret_cast<const char* (*)()>(found)();
  return text != nullptr ? text : "";
}

// jemalloc says "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c".
std::string JemallocVersion() {
  void* found = ::dlsym(RTLD_DEFAULT, "mallctl");
  if (found == nullptr) return "";
  const auto control = reinterpret_cast<int (*)(const char*, void*, size_t*, void*, size_t)>(found);
  const char* text = nullptr;
  size_t size = sizeof(text);
  if (control("version", &text, &size, nullptr, 0) != 0 || text == nullptr) return "";
  const std::string version = text;
  return version.substr(0, version.find('-'));
}

void AddPart(const std::string& part, std::string version, std::vector<PartVersion>* parts) {
  if (!version.empty()) parts->push_back({part, std::move(version)});
}

}  // namespace

std::vector<PartVersion> PartVersions() {
  std::vector<PartVersion> parts = {{"artemis", ARTEMIS_VERSION}};
  const std::string arrow_version = arrow::GetBuildInfo().version_string;
  // One release, one number.
  parts.push_back({"Arrow C++", arrow_version});
  parts.push_back({"Parquet C++", arrow_version});
  for (const auto& [part, symbol] : kVersionFunctions) AddPart(part, AskVersion(symbol), &parts);
  AddPart("jemalloc", JemallocVersion(), &parts);
  return parts;
}

std::string VersionText() {
  std::string text;
  for (const auto& [part, version] : PartVersions()) {
    text += (text.empty() ? "" : "  ") + part + " " + version + "\n";
  }
  return text;
}

}  // namespace artemis
