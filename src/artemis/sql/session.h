// SQL over the tables of a catalog: an embedded DuckDB with our catalog attached as `artemis`.
//
//   FROM artemis.sda.observations AS OF TIMESTAMP '2024-03-15T07:00:00Z' WHERE payload_id = 7
//
// INSERT, CREATE TABLE [AS], DELETE, UPDATE, MERGE, ALTER and DROP change tables through the commit protocol, one table in a
// transaction, in one snapshot; a conflict fails the commit (CommitConflict). Temporary tables and views are DuckDB's own. Without
// AS OF a table is read as it stands at the first use in the transaction (in the statement, outside a transaction), and so
// is every other use of it there. Times are UTC unless an option or SET TimeZone says otherwise.
//
//   SET artemis.projection_mode = 'current'    rows of old snapshots in the table's current schema, for this session
//   SET artemis.as_of = '2024-03-15T07:00:00Z' every table as of one instant, unless a clause says otherwise
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
#include <arrow/status.h>

namespace artemis {

class Catalog;
class EventLog;
class ScanSource;
class SessionCore;
class SqlIngest;
struct IngestTarget;
struct LoadedTable;
struct PinnedSnapshot;

struct SqlOptions {
  // DuckDB's buffers; what it needs beyond spills to `temp_folder`. Other memory of a query is not counted.
  int64_t memory_limit_bytes = int64_t{2} << 30;
  // What all sessions of an engine may spill at once; 0: 90 % of what the disk has left.
  int64_t temp_limit_bytes = 0;
  // 0: one per core.
  int threads = 0;
  // Where sessions make their own spill folders, which vanish with them; folders that killed processes left are swept at
  // Open. Empty: "artemis-sql" in the system's temporary folder.
  std::string temp_folder;
  // An IANA name or offset for times without a zone, also in results. nullopt: UTC, and AS OF refuses times without a zone.
  std::optional<std::string> timezone;
  // How long a statement may take, from Execute until its last row is read or its result closed.
  std::optional<int64_t> statement_timeout_ms;
  // Arrow bytes that each statement which writes rows keeps waiting before they go to files.
  int64_t write_buffer_bytes = int64_t{256} << 20;
  // For statements of others: nothing but the catalog's tables, and temporary ones, is read or changed, no function that opens a file or
  // tells of the process, no settings but the session's own, data files through a read-only file system that opens what a plan names
  // (sql/confinement.h).
  bool confined = false;
  // Whom query events name where a session names nobody.
  std::string principal;
  // Statements that would change tables of the catalog fail with PermissionDenied.
  bool read_only = false;
  // Where `query` events go; null: nowhere. Must outlive the sessions and their results.
  EventLog* events = nullptr;
  // Snapshots are turned into scans by this; default: PlanScan through the catalog's file system.
  std::function<std::shared_ptr<ScanSource>(const LoadedTable&, const PinnedSnapshot&)> scan_source;
};

// What belongs to one of several sessions of an engine.
struct SqlSessionOptions {
  // Whom query events name.
  std::string principal;
  // What the session sees as `artemis`; null: the engine's catalog.
  std::shared_ptr<Catalog> catalog;
  // Instead of the engine's.
  std::optional<std::string> timezone;
  std::optional<int64_t> statement_timeout_ms;
  // As SqlOptions::read_only, for this session.
  bool read_only = false;
  // What a refused change is told: "the token may only read".
  std::string read_only_reason = "this session may only read";
};

// Detail of the Cancelled status of a statement that took too long.
class StatementTimeout : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::StatementTimeout";
  explicit StatementTimeout(int64_t the_timeout_ms) : timeout_ms(the_timeout_ms) {}
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "StatementTimeout"; }

  int64_t timeout_ms;
};

enum class StatementKind : uint8_t {
  kRows,     // a query: rows to read
  kChanged,  // a statement that counts changed rows
  kNothing,  // SET, BEGIN, CREATE …: an empty stream
};

// What is another one after a statement: what it leaves behind where.
enum class StatementEffect : uint8_t {
  kNone,
  kSession,  // settings, temporary tables, prepared statements, a transaction
  kCatalog,  // tables and namespaces of the catalog
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

// A statement parsed and planned once, to be run with parameters. Of its session: the two run one statement at a time. Lives on
// when the session is gone.
class SqlPrepared {
 public:
  virtual ~SqlPrepared() = default;

  virtual StatementKind kind() const = 0;
  virtual StatementEffect effect() const = 0;
  virtual std::string statement() const = 0;
  // One field for each parameter, in order: ? and $n by number, $name by name. Of type null where nothing tells the type.
  virtual std::shared_ptr<arrow::Schema> parameters() const = 0;
  // Of the rows it gives.
  virtual std::shared_ptr<arrow::Schema> schema() const = 0;

  // Runs it with the values of one row of `parameters`, by position. Planned anew where the table has changed since. Invalid when
  // the columns are not as many as the parameters; else it fails as SqlSession::Execute does.
  virtual arrow::Result<std::unique_ptr<SqlResult>> Execute(
      const std::shared_ptr<arrow::RecordBatch>& parameters = nullptr, int64_t row = 0) = 0;

  // Whether ExecuteAll takes it: INSERT of one row of VALUES, which are parameters, constants and functions of them.
  virtual bool takes_all_rows() const = 0;
  // Runs it to its end with all rows of `parameters`, as one INSERT; the rows inserted. Invalid where it is another statement; else as
  // Execute.
  virtual arrow::Result<int64_t> ExecuteAll(
      const std::shared_ptr<arrow::RecordBatch>& parameters) = 0;
};

// One statement at a time; Interrupt and TakeWarnings from any thread.
//
// Failures of a statement, on Execute or while its rows are read:
// NoSuchTable, NoSuchSnapshot, SnapshotExpired, CorruptFile, … from our side keep their details. Invalid: the text does not
// parse or bind, with DuckDB's message. Cancelled: interrupted, or out of time (StatementTimeout). PermissionDenied: a confined
// session does not take it, or it may only read. OutOfMemory: over the limit and spilling did not help.
// UnknownError: DuckDB failed internally; where it takes no more statements, the next one says to open a new session.
class SqlSession {
 public:
  // Starts an engine for one session (sql_engine.h, for several).
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

  // Prepares one statement.
  arrow::Result<std::unique_ptr<SqlPrepared>> Prepare(std::string_view sql);

  // Begins to take rows of this schema into a table (sql_ingest.h); they enter it, in one commit, with its Finish. In a transaction they
  // are part of it. Until then the session runs nothing else. NoSuchTable, AlreadyExists; PermissionDenied; Invalid for columns that
  // do not fit.
  arrow::Result<std::unique_ptr<SqlIngest>> Ingest(const IngestTarget& target,
                                                   const std::shared_ptr<arrow::Schema>& rows);

  // Stops the running statement soon: it fails with Cancelled. Does nothing when none runs.
  void Interrupt();

  // 0..1 of the running statement, negative when unknown.
  double Progress() const;

  // What users should know of the statements so far, each once: columns renamed because they differ only by case, tables
  // left out of a listing because they could not be loaded.
  std::vector<std::string> TakeWarnings();

 private:
  friend class SqlEngine;
  friend class SessionInspector;
  explicit SqlSession(std::shared_ptr<SessionCore> core);
  std::shared_ptr<SessionCore> core_;
};

}  // namespace artemis
