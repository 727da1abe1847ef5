// DuckDB's instance and what the sessions on it share. Only for sql/.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <arrow/result.h>
#include <duckdb.hpp>

#include "artemis/sql/guarded_files.h"
#include "artemis/sql/session_state.h"
#include "artemis/sql/statement_timer.h"
#include "artemis/sql/temp_folder.h"

namespace artemis {

// Thread-safe once started.
class EngineCore {
 public:
  EngineCore(std::shared_ptr<Catalog> catalog, const SqlOptions& options);

  arrow::Status Start();

  const SqlOptions& options() const { return state_->options(); }
  // Of connections without a session.
  const std::shared_ptr<SessionState>& state() const { return state_; }
  duckdb::DuckDB& database() { return *database_; }
  StatementTimer& timer() { return timer_; }
  const TempFolder& temp_folder() const { return *temp_folder_; }

  // UnknownError once DuckDB has failed internally.
  arrow::Status CheckUsable() const;

 private:
  arrow::Status Configure();

  const std::shared_ptr<SessionState> state_;
  std::unique_ptr<TempFolder> temp_folder_;
  std::unique_ptr<duckdb::DuckDB> database_;
  StatementTimer timer_;
};

// The name DuckDB knows a zone by: a name as it is, an offset of whole hours as Etc/GMT±n. Invalid for other offsets.
arrow::Result<std::string> EngineZoneName(const std::string& zone);

}  // namespace artemis
