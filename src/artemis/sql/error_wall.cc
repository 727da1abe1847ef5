// The key of a kept status travels in the exception's extra information.
#include "artemis/sql/error_wall.h"

#include <algorithm>

#include <duckdb/common/exception.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/sql/open_paths.h"
#include "artemis/sql/session_inspector.h"

namespace artemis {
namespace {

constexpr char kKeptError[] = "artemis_error";

duckdb::ExceptionType ExceptionTypeFor(const arrow::Status& status) {
  using duckdb::ExceptionType;
  if (FindDetail<NoSuchTable>(status) || FindDetail<NoSuchSnapshot>(status) ||
      FindDetail<SnapshotExpired>(status)) {
    return ExceptionType::CATALOG;
  }
  if (status.IsIOError()) return ExceptionType::IO;
  if (status.IsNotImplemented()) return ExceptionType::NOT_IMPLEMENTED;
  if (status.IsCancelled()) return ExceptionType::INTERRUPT;
  if (status.IsOutOfMemory()) return ExceptionType::OUT_OF_MEMORY;
  return ExceptionType::INVALID_INPUT;
}

arrow::StatusCode StatusCodeFor(duckdb::ExceptionType type) {
  using duckdb::ExceptionType;
  switch (type) {
    case ExceptionType::INTERRUPT:
      return arrow::StatusCode::Cancelled;
    case ExceptionType::OUT_OF_MEMORY:
      return arrow::StatusCode::OutOfMemory;
    case ExceptionType::IO:
    case ExceptionType::HTTP:
    case ExceptionType::NETWORK:
      return arrow::StatusCode::IOError;
    case ExceptionType::NOT_IMPLEMENTED:
      return arrow::StatusCode::NotImplemented;
    case ExceptionType::INTERNAL:
    case ExceptionType::FATAL:
    case ExceptionType::NULL_POINTER:
      return arrow::StatusCode::UnknownError;
    default:
      return arrow::StatusCode::Invalid;
  }
}

std::string InfoOf(const duckdb::ErrorData& error, const std::string& key) {
  const auto found = error.ExtraInfo().find(key);
  return found == error.ExtraInfo().end() ? std::string() : found->second;
}

std::optional<std::string> TextBetween(const std::string& text, const std::string& before,
                                       const std::string& after) {
  const size_t found = text.find(before);
  if (found == std::string::npos) return std::nullopt;
  const size_t begin = found + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

// DuckDB's message without the excerpt of the statement below it, which is of the text after AS OF was rewritten.
std::string MessageOf(const SessionState& state, const duckdb::ErrorData& error) {
  std::string message = error.Message();
  if (state.open_paths()) message = state.open_paths()->Hide(std::move(message));
  message.resize(std::min(message.size(), message.find("\n\nLINE ")));
  if (const auto schema = TextBetween(message, "because schema \"", "\"")) {
    const auto namespaces = state.catalog().ListNamespaces();
    message += " Tables of the catalog are named artemis.<namespace>.<table>";
    if (namespaces.ok()) message += DidYouMean(*schema, *namespaces);
  } else if (const auto function = TextBetween(message, "Table Function with name ", " ")) {
    // DuckDB knows only its own, and offers one that has nothing in common.
    const std::string ours = DidYouMean(*function, CatalogFunctionNames());
    if (!ours.empty()) message = message.substr(0, message.find('\n')) + ours;
  } else if (message.find("does not support time travel") != std::string::npos) {
    message =
        "AS OF belongs to tables of artemis: in a view it stands behind the table's name, and "
        "temporary tables have no past";
  }
  return message;
}

// The place that DuckDB names, in the text it was given: its excerpt of the text, and the mark below.
void NotePlace(const SessionState& state, const duckdb::ErrorData& error) {
  const std::string& message = error.RawMessage();
  const size_t found = message.rfind("\n\nLINE ");
  if (found != std::string::npos) state.NoteFailedAt(message.substr(found + 2));
}

}  // namespace

void ThrowStatus(SessionState& state, const arrow::Status& status) {
  duckdb::unordered_map<std::string, std::string> info;
  info[kKeptError] = state.KeepError(status);
  throw duckdb::Exception(info, ExceptionTypeFor(status), status.message());
}

arrow::Status StatusFromError(const SessionState& state, const duckdb::ErrorData& error) {
  NotePlace(state, error);
  if (auto kept = state.FindError(InfoOf(error, kKeptError))) return *kept;
  // A commit's failure comes out of DuckDB as text alone.
  if (auto kept = state.FindErrorIn(error.RawMessage())) return *kept;
  const duckdb::ExceptionType type = error.Type();
  if (type == duckdb::ExceptionType::FATAL || type == duckdb::ExceptionType::INTERNAL) {
    const std::string& message = error.RawMessage();
    return arrow::Status::UnknownError("the SQL engine failed internally: ",
                                       message.substr(0, message.find("\n\nStack Trace")));
  }
  if (type == duckdb::ExceptionType::CATALOG) {
    if (auto table = state.FindMissingTable(error.RawMessage())) {
      const arrow::Status missing = NoSuchTableError(*table);
      return arrow::Status(missing.code(), MessageOf(state, error), missing.detail());
    }
  }
  return arrow::Status(StatusCodeFor(type), MessageOf(state, error));
}

}  // namespace artemis
