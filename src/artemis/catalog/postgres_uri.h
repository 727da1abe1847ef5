// The URI of a PostgreSQL catalog.
//
//   postgresql://[user@][host[:port][,…]]/database[?key=value[&…]]
//
// Keys of ours: name (catalog_name), warehouse (a folder), statement_timeout_ms. Keys of libpq that are passed on: those of
// kPassedOn in the source (host for a socket's folder, sslmode, connect_timeout, passfile, …). There is no place for a password:
// libpq takes it from PGPASSFILE (~/.pgpass) or PGPASSWORD.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>

namespace artemis {

struct PostgresUri {
  // What was parsed, without `name`: opens the same catalog, and holds no secret.
  std::string text;
  std::string name;
  std::string warehouse;
  int64_t statement_timeout_ms = 60'000;
  // For libpq: keyword and value.
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Invalid: no database, a key that is not known, and a password anywhere, which the message does not repeat.
arrow::Result<PostgresUri> ParsePostgresUri(const std::string& uri);

// `text` with whatever could be a password in its authority or its query replaced by "***". For messages on texts that could not be
// understood.
std::string WithoutPassword(const std::string& text);

}  // namespace artemis
