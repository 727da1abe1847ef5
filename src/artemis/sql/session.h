// SQL over the tables of a catalog: an embedded DuckDB with our catalog attached as `artemis`.
//
//   FROM artemis.sda.observations AS OF TIMESTAMP '2024-03-15T07:00:00Z' WHERE payload_id = 7
//
// Reading only: statements that would change `artemis` are refused; temporary tables and views of DuckDB's own work. Without
// AS OF a table is read as it stands at the first use in the transaction (in the statement, outside a transaction), and so
// is every other use of it there. Times are UTC unless an option or SET TimeZone says otherwise.
//
//   SET artemis.projection_mode = 'current'    rows of old snapshots in the table's current schema, for this session
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

class Catalog;
class ScanSource;
struct LoadedTable;
struct PinnedSnapshot;

struct SqlOptions {
  // DuckDB's buffers; what it needs beyond spills to `temp_folder`. Other memory of a query is not counted.
  int64_t memory_limit_bytes = int64_t{2} << 30;
  // 0: one per core.
  int threads = 0;
  // Where sessions make their own spill folders, which vanish with them; folders that killed processes left are swept at
  // Open. Empty: "artemis-sql" in the system's temporary folder.
  std::string temp_folder;
  // An IANA name or offset for times without a zone, also in results. nullopt: UTC, and AS OF refuses times without a zone.
  std::optional<std::string> timezone;
  // Snapshots are turned into scans by this; default: PlanScan through the catalog's file system.
  std::function<std::shared_ptr<ScanSource>(const LoadedTable&, const PinnedSnapshot&)> scan_source;
};

enum class StatementKind : uint8_t {
  kRows,     // a query: rows to read
  kChanged,  // a statement that counts changed rows
  kNothing,  // SET, BEGIN, CREATE …: an empty stream
};

// One statement's result. Rows are computed while they are read; not thread-safe. Lives on when the session is gone, but a
// later statement of the same session ends it.
class SqlResult : public arrow::RecordBatchReader {
 public:
  virtual StatementKind kind() const = 0;
  // "SELECT", "EXPLAIN", "CREATE", … as DuckDB names it.
  virtual std::string statement() const = 0;
  // Rows handed out so far.
  virtual int64_t rows_read() const = 0;
  // kChanged only: rows the statement changed.
  virtual std::optional<int64_t> rows_changed() const = 0;
};

// One statement at a time; Interrupt and TakeWarnings from any thread.
//
// Failures of a statement, on Execute or while its rows are read:
// NoSuchTable, NoSuchSnapshot, SnapshotExpired, CorruptFile, … from our side keep their details. Invalid: the text does not
// parse or bind, with DuckDB's message. Cancelled: interrupted. OutOfMemory: over the limit and spilling did not help.
// UnknownError: DuckDB failed internally; where it takes no more statements, the next one says to open a new session.
class SqlSession {
 public:
  // Starts DuckDB and attaches `catalog`. Invalid when the loaded library is not the release the headers are of.
  static arrow::Result<std::unique_ptr<SqlSession>> Open(std::shared_ptr<Catalog> catalog,
                                                         const SqlOptions& options = {});
  ~SqlSession();

  SqlSession(const SqlSession&) = delete;
  SqlSession& operator=(const SqlSession&) = delete;

  // Runs one statement. Invalid when the text holds none or several.
  arrow::Result<std::unique_ptr<SqlResult>> Execute(std::string_view sql);

  // Runs the statements of a text in order; each result is given to `consume` before the next statement starts. Stops at the
  // first failure, also of `consume`. The whole text is parsed first: nothing runs when a later statement does not parse.
  arrow::Status ExecuteAll(std::string_view sql,
                           const std::function<arrow::Status(std::unique_ptr<SqlResult>)>& consume);

  // Stops the running statement soon: it fails with Cancelled. Does nothing when none runs.
  void Interrupt();

  // 0..1 of the running statement, negative when unknown.
  double Progress() const;

  // What users should know of the statements so far, each once: columns renamed because they differ only by case, tables
  // left out of a listing because they could not be loaded.
  std::vector<std::string> TakeWarnings();

 private:
  struct Impl;
  explicit SqlSession(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace artemis
