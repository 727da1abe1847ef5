// One DuckDB instance with our catalog attached, for many sessions: they share its threads, its memory limit, its spill folder and
// the caches of planning; settings, temporary tables and what they see as `artemis` are each session's own.
#pragma once

#include <memory>

#include <arrow/result.h>

#include "artemis/sql/session.h"

namespace artemis {

class EngineCore;

// Thread-safe. Sessions and results live on when the engine object is gone.
class SqlEngine {
 public:
  // Starts DuckDB and attaches `catalog`. Invalid when the loaded library is not the release the headers are of, or when a
  // setting that confines sessions does not hold.
  static arrow::Result<std::unique_ptr<SqlEngine>> Open(std::shared_ptr<Catalog> catalog,
                                                        const SqlOptions& options = {});
  ~SqlEngine();

  SqlEngine(const SqlEngine&) = delete;
  SqlEngine& operator=(const SqlEngine&) = delete;

  arrow::Result<std::unique_ptr<SqlSession>> Connect(const SqlSessionOptions& options = {});

  // False once DuckDB has failed internally: every session fails from then on, and a new engine is needed.
  bool usable() const;

 private:
  explicit SqlEngine(std::shared_ptr<EngineCore> core);
  const std::shared_ptr<EngineCore> core_;
};

}  // namespace artemis
