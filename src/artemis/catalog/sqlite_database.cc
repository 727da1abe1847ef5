// SQLite behind Status: opening in every situation, busy waiting, statements.
#include "artemis/catalog/sqlite_database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "artemis/base/error.h"

namespace artemis {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kBusySleepMaxMs = 50;

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Percent-encodes what SQLite's URI file names treat specially.
std::string SqliteUriPath(const std::string& path) {
  std::string encoded;
  for (char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      char hex[4];
      std::snprintf(hex, sizeof(hex), "%%%02x", static_cast<unsigned char>(c));
      encoded += hex;
    } else {
      encoded += c;
    }
  }
  return encoded;
}

// The file format version numbers at offset 18 are 2 under write-ahead logging.
bool UsesWal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char header[20] = {};
  file.read(header, sizeof(header));
  return file.gcount() == sizeof(header) && header[18] == 2;
}

bool FolderIsWritable(const std::string& path) {
  const auto folder = fs::path(path).parent_path();
  return access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
}

// Copies the database and the journals beside it to a new private folder; gives the copy's path.
arrow::Result<std::string> CopyWithJournals(const std::string& path) {
  std::string folder = (fs::temp_directory_path() / "artemis-catalog-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return arrow::Status::IOError("cannot make a temporary folder for a copy of ", path);
  }
  std::error_code error;
  const std::string copy = folder + "/catalog.db";
  for (const std::string suffix : {"", "-wal", "-journal"}) {
    if (!suffix.empty() && !fs::exists(path + suffix)) continue;
    fs::copy_file(path + suffix, copy + suffix, error);
    // A copy has the mode of its source, and this one must be rolled back.
    if (!error)
      fs::permissions(copy + suffix, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) return arrow::Status::IOError("cannot copy ", path, ": ", error.message());
  }
  return copy;
}

}  // namespace

struct SqliteOpening {
  std::string path;
  std::string suffix;  // of the URI
  int flags = SQLITE_OPEN_READWRITE;
  // The connection may restore the file after a killed writer, and refuses all other changes.
  bool query_only = false;
  std::string temporary_folder;
};

namespace {

arrow::Result<SqliteOpening> OpeningOfCopy(const std::string& path) {
  SqliteOpening opening;
  ARROW_ASSIGN_OR_RAISE(opening.path, CopyWithJournals(path));
  opening.temporary_folder = fs::path(opening.path).parent_path().string();
  return opening;
}

arrow::Result<SqliteOpening> OpeningToRead(const std::string& path, bool file_is_writable) {
  SqliteOpening opening;
  opening.path = path;
  const bool folder_is_writable = FolderIsWritable(path);
  if (!UsesWal(path) && file_is_writable && folder_is_writable) {
    opening.query_only = true;
    return opening;
  }
  opening.flags = SQLITE_OPEN_READONLY;
  opening.suffix = "?mode=ro";
  if (UsesWal(path) && !folder_is_writable) {
    std::error_code none;
    const auto log_bytes = fs::file_size(path + "-wal", none);
    if (none || log_bytes == 0) {
      opening.suffix = "?immutable=1";
    } else if (access((path + "-shm").c_str(), R_OK) != 0) {
      return OpeningOfCopy(path);
    }
  }
  return opening;
}

}  // namespace

arrow::Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(
    const std::string& path, const SqliteOpenOptions& options) {
  struct stat status = {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (!exists && (options.read_only || !options.create)) {
    return arrow::Status::IOError("there is no catalog at ", path,
                                  ": expected an SQLite file; check --warehouse or --catalog");
  }
  const bool file_is_writable = !exists || access(path.c_str(), W_OK) == 0;
  SqliteOpening opening;
  opening.path = path;
  if (options.read_only || !file_is_writable) {
    ARROW_ASSIGN_OR_RAISE(opening, OpeningToRead(path, file_is_writable));
  } else if (options.create) {
    opening.flags |= SQLITE_OPEN_CREATE;
  }
  int code = SQLITE_OK;
  auto database = Connect(path, opening, options, &code);
  if (!database.ok() && code == SQLITE_READONLY_ROLLBACK) {
    // A killed writer left a journal that must be rolled back, where nothing may be written.
    ARROW_ASSIGN_OR_RAISE(opening, OpeningOfCopy(path));
    database = Connect(path, opening, options, &code);
  }
  return database;
}

arrow::Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Connect(
    const std::string& path, const SqliteOpening& opening, const SqliteOpenOptions& options,
    int* code) {
  sqlite3* connection = nullptr;
  const std::string uri =
      "file:" + SqliteUriPath(fs::absolute(opening.path).string()) + opening.suffix;
  *code = sqlite3_open_v2(uri.c_str(), &connection, opening.flags | SQLITE_OPEN_URI, nullptr);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, connection));
  database->temporary_folder_ = opening.temporary_folder;
  if (*code != SQLITE_OK) return database->Error(*code);
  sqlite3_extended_result_codes(connection, 1);
  database->busy_max_ms_ = options.busy_max_ms;
  sqlite3_busy_handler(connection, &SqliteDatabase::OnBusy, database.get());
  // A file that is no database shows itself only when it is read.
  const auto read = database->Run("SELECT count(*) FROM sqlite_master").status();
  *code = sqlite3_extended_errcode(connection);
  ARROW_RETURN_NOT_OK(read);
  if (opening.flags != SQLITE_OPEN_READONLY) {
    ARROW_RETURN_NOT_OK(database->Run("PRAGMA synchronous=FULL").status());
  }
  if (opening.query_only) ARROW_RETURN_NOT_OK(database->Run("PRAGMA query_only=ON").status());
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  sqlite3_close_v2(connection_);
  if (!temporary_folder_.empty()) {
    std::error_code ignored;
    fs::remove_all(temporary_folder_, ignored);
  }
}

int SqliteDatabase::OnBusy(void* self, int count) {
  auto* database = static_cast<SqliteDatabase*>(self);
  const int64_t now = SteadyMs();
  if (count == 0) database->busy_since_ms_ = now;
  if (now - database->busy_since_ms_ > database->busy_max_ms_) return 0;
  thread_local std::minstd_rand random(std::random_device{}());
  const int64_t bound = std::min<int64_t>(kBusySleepMaxMs, int64_t{1} << std::min(count, 6));
  const int64_t sleep_us =
      200 + static_cast<int64_t>(random() % static_cast<uint64_t>(bound * 1000));
  std::this_thread::sleep_for(std::chrono::microseconds(sleep_us));
  return 1;
}

arrow::Status SqliteDatabase::Error(int code) const {
  const std::string message =
      "catalog " + path_ + ": " +
      (connection_ != nullptr ? sqlite3_errmsg(connection_) : sqlite3_errstr(code));
  if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE) {
    return arrow::Status::AlreadyExists(message);
  }
  switch (code & 0xff) {
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return PermissionDeniedError(message);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return CorruptFileError(
          path_, connection_ != nullptr ? sqlite3_errmsg(connection_) : sqlite3_errstr(code));
    default:
      return arrow::Status::IOError(message);
  }
}

arrow::Result<SqliteStatement> SqliteDatabase::Prepare(const std::string& sql,
                                                       const std::vector<SqlValue>& parameters) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(connection_, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return Error(code);
  SqliteStatement statement(raw, this);
  int index = 1;
  for (const auto& value : parameters) {
    int bound = SQLITE_OK;
    if (const auto* text = std::get_if<std::string>(&value)) {
      bound = sqlite3_bind_text(raw, index, text->data(), static_cast<int>(text->size()),
                                SQLITE_TRANSIENT);
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      bound = sqlite3_bind_int64(raw, index, *number);
    } else {
      bound = sqlite3_bind_null(raw, index);
    }
    if (bound != SQLITE_OK) return Error(bound);
    ++index;
  }
  return statement;
}

arrow::Result<int64_t> SqliteDatabase::Run(const std::string& sql,
                                           const std::vector<SqlValue>& parameters) {
  ARROW_ASSIGN_OR_RAISE(auto statement, Prepare(sql, parameters));
  bool more = true;
  while (more) {
    ARROW_ASSIGN_OR_RAISE(more, statement.Step());
  }
  return sqlite3_changes64(connection_);
}

arrow::Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->Error(code);
}

std::string SqliteStatement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return "";
  return std::string(reinterpret_cast<const char*>(text),
                     static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::optional<int64_t> SqliteStatement::Integer(int column) const {
  if (IsNull(column)) return std::nullopt;
  return sqlite3_column_int64(statement_.get(), column);
}

SqlRow SqliteStatement::Row() const {
  SqlRow row;
  const int columns = sqlite3_column_count(statement_.get());
  for (int i = 0; i < columns; ++i) {
    switch (sqlite3_column_type(statement_.get(), i)) {
      case SQLITE_NULL:
        row.values.emplace_back(std::monostate{});
        break;
      case SQLITE_INTEGER:
        row.values.emplace_back(int64_t{sqlite3_column_int64(statement_.get(), i)});
        break;
      default:
        row.values.emplace_back(Text(i));
    }
  }
  return row;
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

}  // namespace artemis
