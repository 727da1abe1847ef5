// Starts the engine. Settings that confine sessions come last: they are one-way.
#include "artemis/sql/engine_core.h"

#include <cstdlib>
#include <utility>

#include <duckdb.h>
#include <duckdb/main/valid_checker.hpp>
#include <duckdb/parser/keyword_helper.hpp>

#include "artemis/base/iso_time.h"
#include "artemis/sql/confinement.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/sql_catalog.h"
#include "artemis/sql/sql_engine.h"

namespace artemis {
namespace {

// The release whose internal headers this folder is written for and compiled with.
constexpr std::string_view kDuckDbVersion = "v1.5.6";

arrow::Status CheckLibraryVersion() {
  const std::string_view loaded = duckdb_library_version();
  if (loaded == kDuckDbVersion) return arrow::Status::OK();
  return arrow::Status::Invalid("the DuckDB library is another release than its headers: expected ",
                                kDuckDbVersion, ", found ", loaded);
}

void SetStartOptions(duckdb::DBConfig& config, const SqlOptions& options,
                     const std::string& temp_folder) {
  const auto set = [&](const char* name, duckdb::Value value) {
    config.SetOptionByName(name, value);
  };
  set("memory_limit", duckdb::Value(std::to_string(options.memory_limit_bytes) + "B"));
  if (options.threads > 0) set("threads", duckdb::Value::BIGINT(options.threads));
  set("temp_directory", duckdb::Value(temp_folder));
  set("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
  set("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
  set("allow_community_extensions", duckdb::Value::BOOLEAN(false));
}

}  // namespace

arrow::Result<std::string> EngineZoneName(const std::string& zone) {
  const auto offset_s = ParseIsoOffset(zone);
  if (!offset_s) return zone;
  if (*offset_s == 0) return "UTC";
  const int hours = *offset_s / 3600;
  if (hours * 3600 != *offset_s || hours < -12 || hours > 14) {
    return arrow::Status::Invalid(
        "expected a time zone's name or an offset of whole hours, found: ", zone);
  }
  // POSIX counts westwards.
  return "Etc/GMT" + std::string(hours > 0 ? "-" : "+") + std::to_string(std::abs(hours));
}

EngineCore::EngineCore(std::shared_ptr<Catalog> catalog, const SqlOptions& options)
    : state_(std::make_shared<SessionState>(
          std::move(catalog), options, std::make_shared<PlanCaches>(),
          options.confined ? std::make_shared<OpenPaths>() : nullptr)) {}

arrow::Status EngineCore::Start() {
  ARROW_RETURN_NOT_OK(CheckLibraryVersion());
  ARROW_ASSIGN_OR_RAISE(temp_folder_, TempFolder::Make(options().temp_folder));
  return CatchDuckDb(*state_, [&]() -> arrow::Status {
    duckdb::DBConfig config;
    SetStartOptions(config, options(), temp_folder_->path());
    RegisterSqlCatalog(config, state_);
    database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    return Configure();
  });
}

arrow::Status EngineCore::Configure() {
  duckdb::Connection connection(*database_);
  const auto run = [&](const std::string& sql) -> arrow::Status {
    const auto result = connection.Query(sql);
    return result->HasError() ? StatusFromError(*state_, result->GetErrorObject())
                              : arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(run("ATTACH 'artemis' AS artemis (TYPE artemis)"));
  ARROW_ASSIGN_OR_RAISE(const std::string zone, EngineZoneName(options().timezone.value_or("UTC")));
  state_->set_engine_zone(zone);
  ARROW_RETURN_NOT_OK(
      run("SET GLOBAL TimeZone = " + duckdb::KeywordHelper::WriteQuoted(zone, '\'')));
  // As an option of the start it is shown and not obeyed.
  if (options().temp_limit_bytes > 0) {
    ARROW_RETURN_NOT_OK(run("SET GLOBAL max_temp_directory_size = '" +
                            std::to_string(options().temp_limit_bytes) + "B'"));
  }
  if (!options().confined) return arrow::Status::OK();
  return ConfineEngine(*database_, *state_);
}

arrow::Status EngineCore::CheckUsable() const {
  if (!duckdb::ValidChecker::IsInvalidated(*database_->instance)) return arrow::Status::OK();
  return arrow::Status::UnknownError(
      "the SQL engine has failed internally and takes no more statements; open a new session (",
      duckdb::ValidChecker::InvalidatedMessage(*database_->instance), ")");
}

}  // namespace artemis
