// DuckDB's own fences: a file system of ours alone, and a configuration that is locked and read back.
#include <string>
#include <vector>

#include "artemis/sql/confinement.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/guarded_files.h"

namespace artemis {
namespace {

struct ConfinedSetting {
  const char* name;
  std::string value;  // as SQL
};

}  // namespace

arrow::Status ConfineEngine(duckdb::DuckDB& database, const SessionState& state) {
  database.instance->GetFileSystem().RegisterSubSystem(MakeGuardedFileSystem(state.open_paths()));
  auto& config = duckdb::DBConfig::GetConfig(*database.instance);
  config.replacement_scans.clear();
  const std::vector<ConfinedSetting> settings = {
      {"allow_persistent_secrets", "false"},
      {"allow_unredacted_secrets", "false"},
      {"allow_community_extensions", "false"},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allowed_directories", "['" + state.open_paths()->prefix() + "/']"},
      {"enable_external_access", "false"},
      {"allowed_configs",
       "['artemis.as_of', 'artemis.projection_mode', 'TimeZone', 'schema', 'search_path']"},
      {"lock_configuration", "true"}};
  duckdb::Connection connection(database);
  for (const ConfinedSetting& setting : settings) {
    const auto result =
        connection.Query("SET GLOBAL " + std::string(setting.name) + " = " + setting.value);
    if (result->HasError()) return StatusFromError(state, result->GetErrorObject());
  }
  for (const ConfinedSetting& setting : settings) {
    const std::string name = setting.name;
    if (name == "allowed_directories" || name == "allowed_configs") continue;
    const auto result = connection.Query("SELECT current_setting('" + name + "')::VARCHAR");
    if (result->HasError()) return StatusFromError(state, result->GetErrorObject());
    const std::string found = result->GetValue(0, 0).ToString();
    if (found != setting.value) {
      return arrow::Status::Invalid("the SQL engine cannot be confined: ", name, " is ", found,
                                    " where it was set to ", setting.value);
    }
  }
  if (!connection.Query("SET threads = 1")->HasError() ||
      !connection.Query("SELECT * FROM read_text('/proc/self/environ')")->HasError()) {
    return arrow::Status::Invalid(
        "the SQL engine cannot be confined: a locked setting or a file is open");
  }
  return arrow::Status::OK();
}

}  // namespace artemis
