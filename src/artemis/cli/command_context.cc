// The surroundings of a command.
#include "artemis/cli/command_context.h"

#include <pwd.h>
#include <unistd.h>

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/event_log.h"
#include "artemis/base/program_error.h"
#include "artemis/base/signal_stop.h"
#include "artemis/base/time_text.h"
#include "artemis/catalog/catalog_config.h"
#include "artemis/catalog/faulty_catalog.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/file_system.h"
#include "artemis/output/print.h"
#include "artemis/output/row_output.h"

namespace artemis {

namespace {

// The file of an SQLite catalog, the folder of a path catalog; empty for other kinds.
std::string CatalogFile(const CommonOptions& common) {
  if (common.catalog_uri.empty()) return common.warehouse + "/catalog.db";
  if (common.catalog_uri.starts_with("path:")) return common.catalog_uri.substr(5);
  if (!common.catalog_uri.starts_with("sqlite:")) return "";
  const std::string path = common.catalog_uri.substr(7);
  return path.substr(0, path.find('?'));
}

}  // namespace

CommandContext::CommandContext(const ProgramContext& world, std::string program,
                               CommonOptions common, SignalStop& signals)
    : world_(world), program_(std::move(program)), common_(std::move(common)), signals_(signals) {}

CommandContext::~CommandContext() = default;

arrow::Status CommandContext::Start() {
  const auto format = common_.log_format == "text" ? EventFormat::kText : EventFormat::kJson;
  ARROW_ASSIGN_OR_RAISE(events_, EventLog::Open(common_.log, format, clock()));
  return SetMaps(common_.maps);
}

arrow::Status CommandContext::SetMaps(const std::vector<std::string>& maps) {
  ARROW_ASSIGN_OR_RAISE(path_map_, PathMap::Parse(maps));
  if (!path_map_.empty()) mapped_files_ = MakeMappedFiles(*world_.files, path_map_);
  return arrow::Status::OK();
}

arrow::Status CommandContext::Resolve() {
  if (resolved_) return arrow::Status::OK();
  const auto found = ResolveCatalog(common_.catalog_uri, common_.warehouse, UsualConfigPlaces());
  if (!found.ok()) return AsUsageError(found.status());
  common_.catalog_uri = found->uri;
  common_.warehouse = found->warehouse.empty() ? "./warehouse" : found->warehouse;
  if (!found->maps.empty()) {
    common_.maps.insert(common_.maps.end(), found->maps.begin(), found->maps.end());
    ARROW_RETURN_NOT_OK(SetMaps(common_.maps));
  }
  resolved_ = true;
  return arrow::Status::OK();
}

arrow::StopToken CommandContext::stop() { return signals_.token(); }

StreamControl CommandContext::stream_control() { return {stop(), common_.progress, program_}; }

arrow::Result<std::shared_ptr<Catalog>> CommandContext::Open(bool create, bool read_only) {
  CatalogOptions options;
  options.uri = common_.catalog_uri;
  options.warehouse = common_.warehouse;
  options.create = create;
  options.read_only = read_only;
  options.files = &files();
  options.clock = world_.clock;
  options.barriers = world_.barriers;
  ARROW_ASSIGN_OR_RAISE(auto catalog, OpenCatalog(options));
  if (world_.catalog_faults == nullptr) return catalog;
  return std::make_shared<FaultyCatalog>(std::move(catalog), *world_.catalog_faults);
}

arrow::Result<std::shared_ptr<Catalog>> CommandContext::OpenToRead() {
  ARROW_RETURN_NOT_OK(Resolve());
  const std::string file = CatalogFile(common_);
  if (!file.empty()) {
    ARROW_ASSIGN_OR_RAISE(const bool exists, files().Exists(file));
    if (!exists) {
      return NoSuchTableError("").WithMessage(
          "there is no catalog at ", file,
          ": name one with --warehouse or --catalog, or make one with artemis-table create");
    }
  }
  return Open(false, true);
}

arrow::Result<std::shared_ptr<Catalog>> CommandContext::OpenToWrite(bool create) {
  ARROW_RETURN_NOT_OK(Resolve());
  if (!path_map_.empty()) {
    return UsageError(
        "--map is for reading: this command writes (a map in artemis.toml counts, too)");
  }
  if (!create) {
    // The same message as for reading, before anything is opened for writing.
    const std::string file = CatalogFile(common_);
    ARROW_ASSIGN_OR_RAISE(const bool exists, files().Exists(file.empty() ? "." : file));
    if (!exists) return OpenToRead();
  }
  return Open(create, false);
}

arrow::Result<TimestampMs> CommandContext::Time(std::string_view text,
                                                const std::optional<std::string>& timezone) const {
  auto time = ParseTime(text, {clock().Now(), timezone});
  if (!time.ok()) return AsUsageError(time.status());
  return time;
}

arrow::Status CommandContext::Print(std::string_view text) { return PrintText(text); }

arrow::Status CommandContext::Print(const FactRecord& facts, FactFormat format) {
  return Print(format == FactFormat::kJson ? facts.ToJson() + "\n" : facts.ToText());
}

arrow::Status CommandContext::Print(FactRecord facts, const std::string& key,
                                    const FactTable& table, FactFormat format) {
  if (format == FactFormat::kText) return Print(table.ToText());
  facts.AddTable(key, table);
  return Print(facts, format);
}

void CommandContext::Note(std::string_view line) { PrintNote(line); }

arrow::Result<TableName> TableArgument(const std::string& text) {
  auto name = ParseTableName(text);
  if (!name.ok()) return AsUsageError(name.status());
  return name;
}

std::string UserName() {
  if (const passwd* user = ::getpwuid(::geteuid()); user != nullptr && user->pw_name != nullptr) {
    return user->pw_name;
  }
  return "unknown";
}

}  // namespace artemis
