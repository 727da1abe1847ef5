// What the parts of one session share on DuckDB's side of the wall: the catalog, the options, warnings and kept errors.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/catalog/catalog.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/sql/session.h"

namespace artemis {

// Thread-safe: DuckDB calls from its own threads.
class SessionState {
 public:
  SessionState(std::shared_ptr<Catalog> catalog, SqlOptions options)
      : catalog_(std::move(catalog)),
        options_(std::move(options)),
        caches_(std::make_shared<PlanCaches>()) {}

  Catalog& catalog() const { return *catalog_; }
  const SqlOptions& options() const { return options_; }
  // Of all plans of the session.
  const std::shared_ptr<PlanCaches>& caches() const { return caches_; }

  // DuckDB's TimeZone as the session was opened with. Set before the first statement.
  const std::string& engine_zone() const { return engine_zone_; }
  void set_engine_zone(std::string zone) { engine_zone_ = std::move(zone); }

  // Keeps a warning unless the session gave the same one before.
  void Warn(const std::string& warning);
  std::vector<std::string> TakeWarnings();

  // Keeps a status while an exception carries its key through DuckDB. Forgotten by ForgetErrors.
  std::string KeepError(const arrow::Status& status);
  std::optional<arrow::Status> FindError(const std::string& key) const;

  // Notes that a table of ours was asked for and is not there: DuckDB makes the error, this its detail.
  void NoteMissingTable(const std::string& name, const std::string& full_name);
  // The full name of the missing table that an error message of DuckDB's is about.
  std::optional<std::string> FindMissingTable(const std::string& message) const;

  // Called before each statement.
  void ForgetErrors();

 private:
  const std::shared_ptr<Catalog> catalog_;
  const SqlOptions options_;
  const std::shared_ptr<PlanCaches> caches_;
  std::string engine_zone_ = "UTC";
  mutable std::mutex mutex_;
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
  std::map<std::string, arrow::Status> errors_;
  std::map<std::string, std::string> missing_tables_;
};

}  // namespace artemis
