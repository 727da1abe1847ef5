// What every command is given: the outside world, the common options, and where its results go.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/base/ids.h"
#include "artemis/base/metrics.h"
#include "artemis/catalog/catalog.h"
#include "artemis/cli/common_options.h"
#include "artemis/cli/mapped_files.h"
#include "artemis/cli/program_context.h"
#include "artemis/output/facts.h"

namespace artemis {

class EventLog;
class SignalStop;
struct StreamControl;

// One object for one run of one command. Not thread-safe.
class CommandContext {
 public:
  // `program` is what the user typed: "artemis-table". Neither `world` nor `signals` is owned.
  CommandContext(const ProgramContext& world, std::string program, CommonOptions common,
                 SignalStop& signals);
  ~CommandContext();

  // Opens the event log and reads --map. Usage error or IOError.
  arrow::Status Start();

  const std::string& program() const { return program_; }
  const CommonOptions& common() const { return common_; }
  const Clock& clock() const { return *world_.clock; }
  // Through --map where it is given.
  FileSystem& files() { return mapped_files_ != nullptr ? *mapped_files_ : *world_.files; }
  // Null in a program without them.
  const SqlParts* sql_parts() const { return world_.sql; }
  const PathMap& path_map() const { return path_map_; }
  SignalStop& signals() { return signals_; }
  // Is asked to stop by SIGINT and SIGTERM.
  arrow::StopToken stop();
  // For rows that this command streams (output/row_output.h).
  StreamControl stream_control();
  EventLog& events() { return *events_; }
  MetricsRegistry& metrics() { return metrics_; }

  // The catalog of --catalog and --warehouse, or the one that artemis.toml names (catalog/catalog_config.h); common() and
  // path_map() are what that comes to from then on. For reading it is opened read-only, and must be there:
  // an error says how to make one. For writing it is made where it is absent if `create` is set;
  // with --map that is a usage error.
  arrow::Result<std::shared_ptr<Catalog>> OpenToRead();
  arrow::Result<std::shared_ptr<Catalog>> OpenToWrite(bool create = false);

  // A moment as the user wrote it (base/time_text.h); usage error.
  arrow::Result<TimestampMs> Time(std::string_view text,
                                  const std::optional<std::string>& timezone = std::nullopt) const;

  // Prints to standard output, at once.
  arrow::Status Print(std::string_view text);
  // Prints facts in the format asked for; JSON in one line.
  arrow::Status Print(const FactRecord& facts, FactFormat format);
  // Prints a table; as JSON it is the member `key` of `facts`, whose text is not printed.
  arrow::Status Print(FactRecord facts, const std::string& key, const FactTable& table,
                      FactFormat format);
  // A line on standard error.
  void Note(std::string_view line);

 private:
  // Looks names up, once.
  arrow::Status Resolve();
  arrow::Status SetMaps(const std::vector<std::string>& maps);
  arrow::Result<std::shared_ptr<Catalog>> Open(bool create, bool read_only);

  const ProgramContext world_;
  const std::string program_;
  CommonOptions common_;
  bool resolved_ = false;
  SignalStop& signals_;
  PathMap path_map_;
  std::unique_ptr<FileSystem> mapped_files_;  // null without --map
  std::unique_ptr<EventLog> events_;
  MetricsRegistry metrics_;
};

// A table's name as the user wrote it; usage error.
arrow::Result<TableName> TableArgument(const std::string& text);

// The name of the user who runs the program, "unknown" where there is none.
std::string UserName();

}  // namespace artemis
