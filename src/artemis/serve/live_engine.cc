// An engine that is replaced when it breaks.
#include "artemis/serve/live_engine.h"

namespace artemis {

arrow::Result<std::unique_ptr<LiveEngine>> LiveEngine::Open(std::shared_ptr<Catalog> catalog,
                                                            const SqlOptions& options) {
  std::unique_ptr<LiveEngine> live(new LiveEngine(std::move(catalog), options));
  ARROW_ASSIGN_OR_RAISE(live->engine_, SqlEngine::Open(live->catalog_, live->options_));
  return live;
}

arrow::Result<EngineConnection> LiveEngine::Connect(const SqlSessionOptions& options) {
  std::shared_ptr<SqlEngine> engine;
  EngineConnection connection;
  {
    const std::lock_guard lock(mutex_);
    if (!engine_->usable()) {
      ARROW_ASSIGN_OR_RAISE(engine_, SqlEngine::Open(catalog_, options_));
      ++generation_;
    }
    engine = engine_;
    connection.generation = generation_;
  }
  ARROW_ASSIGN_OR_RAISE(connection.sql, engine->Connect(options));
  return connection;
}

bool LiveEngine::IsCurrent(int64_t generation) {
  const std::lock_guard lock(mutex_);
  return generation == generation_ && engine_->usable();
}

}  // namespace artemis
