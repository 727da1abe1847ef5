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

class OpenPaths;

// What statements call the session's catalog.
inline constexpr char kSqlCatalogName[] = "artemis";

struct PinnedTable {
  std::string table;
  std::optional<SnapshotId> snapshot_id;
  SchemaId schema_id;

  bool operator==(const PinnedTable&) const = default;
};

// Thread-safe: DuckDB calls from its own threads.
class SessionState {
 public:
  // Of an engine; `open_paths` only where it is confined.
  SessionState(std::shared_ptr<Catalog> catalog, SqlOptions options,
               std::shared_ptr<PlanCaches> caches, std::shared_ptr<OpenPaths> open_paths)
      : catalog_(std::move(catalog)),
        options_(std::move(options)),
        caches_(std::move(caches)),
        open_paths_(std::move(open_paths)) {}
  // Of a session of that engine.
  SessionState(const SessionState& engine, SqlSessionOptions session);

  Catalog& catalog() const { return *catalog_; }
  const SqlOptions& options() const { return options_; }
  // Of all plans of the engine.
  const std::shared_ptr<PlanCaches>& caches() const { return caches_; }
  // Null unless the engine is confined.
  const std::shared_ptr<OpenPaths>& open_paths() const { return open_paths_; }
  const std::string& principal() const { return principal_; }
  // The zone of times without one, unless SET TimeZone says otherwise.
  const std::optional<std::string>& timezone() const { return timezone_; }
  const std::optional<int64_t>& statement_timeout_ms() const { return statement_timeout_ms_; }

  bool is_read_only() const { return is_read_only_; }
  // What a refused change is told.
  const std::string& read_only_reason() const { return read_only_reason_; }

  // DuckDB's TimeZone as the session was opened with. Set before the first statement.
  const std::string& engine_zone() const { return engine_zone_; }
  void set_engine_zone(std::string zone) { engine_zone_ = std::move(zone); }

  // Keeps a warning unless the session gave the same one before.
  void Warn(const std::string& warning);
  std::vector<std::string> TakeWarnings();

  // Keeps a status while an exception carries its key through DuckDB. Forgotten by BeginStatement.
  std::string KeepError(const arrow::Status& status);
  std::optional<arrow::Status> FindError(const std::string& key) const;
  // The kept status that a commit failed with, by the message DuckDB makes of it.
  std::optional<arrow::Status> FindErrorIn(const std::string& message) const;

  // Notes that a table of ours was asked for and is not there: DuckDB makes the error, this its detail.
  void NoteMissingTable(const std::string& name, const std::string& full_name);
  // The full name of the missing table that an error message of DuckDB's is about.
  std::optional<std::string> FindMissingTable(const std::string& message) const;

  // DuckDB's excerpt of the text it was given, with a mark where it failed, for the one who shows it; empty: forget it.
  void NoteFailedAt(std::string excerpt) const;
  std::string failed_at() const;

  // A table that the statement reads, for its event.
  void NotePin(const PinnedTable& pin);
  std::vector<PinnedTable> pins() const;

  // Forgets errors and pins of the statement before.
  void BeginStatement();

 private:
  const std::shared_ptr<Catalog> catalog_;
  const SqlOptions options_;
  const std::shared_ptr<PlanCaches> caches_;
  const std::shared_ptr<OpenPaths> open_paths_;
  const std::string principal_;
  const std::optional<std::string> timezone_ = options_.timezone;
  const std::optional<int64_t> statement_timeout_ms_ = options_.statement_timeout_ms;
  const bool is_read_only_ = options_.read_only;
  const std::string read_only_reason_ = SqlSessionOptions().read_only_reason;
  std::string engine_zone_ = "UTC";
  mutable std::mutex mutex_;
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
  std::map<std::string, arrow::Status> errors_;
  std::map<std::string, std::string> missing_tables_;
  std::vector<PinnedTable> pins_;
  mutable std::string failed_at_;
};

}  // namespace artemis
