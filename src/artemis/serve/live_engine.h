// The SQL engine of a server, made anew when DuckDB has failed internally.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <arrow/result.h>

#include "artemis/sql/sql_engine.h"

namespace artemis {

class Catalog;

// A session of SQL, and which engine it is of.
struct EngineConnection {
  std::shared_ptr<SqlSession> sql;
  int64_t generation = 0;
};

// Thread-safe.
class LiveEngine {
 public:
  // Fails as SqlEngine::Open.
  static arrow::Result<std::unique_ptr<LiveEngine>> Open(std::shared_ptr<Catalog> catalog,
                                                         const SqlOptions& options);

  // A new session, of a new engine where the one before it is not usable any more.
  arrow::Result<EngineConnection> Connect(const SqlSessionOptions& options);

  // Whether sessions of this generation are still good.
  bool IsCurrent(int64_t generation);

 private:
  LiveEngine(std::shared_ptr<Catalog> catalog, SqlOptions options)
      : catalog_(std::move(catalog)), options_(std::move(options)) {}

  const std::shared_ptr<Catalog> catalog_;
  const SqlOptions options_;
  std::mutex mutex_;
  std::shared_ptr<SqlEngine> engine_;
  int64_t generation_ = 0;
};

}  // namespace artemis
