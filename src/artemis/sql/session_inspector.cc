// Reads DuckDB's catalogs and settings directly: no statement is run.
#include "artemis/sql/session_inspector.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>
#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>
#include <duckdb/catalog/catalog_entry/view_catalog_entry.hpp>
#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/attached_database.hpp>
#include <duckdb/main/client_data.hpp>
#include <duckdb/main/database_manager.hpp>

#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_core.h"
#include "artemis/sql/sql_lexer.h"

namespace artemis {

namespace {

// A part of DuckDB that cannot be read shows nothing: whoever completes a word has no use for the reason.
void LookAt(SessionCore& core, const std::function<void(duckdb::ClientContext&)>& look) {
  (void)CatchDuckDb(*core.state(), [&]() -> arrow::Status {
    auto& context = *core.connection().context;
    context.RunFunctionInTransaction([&] { look(context); });
    return arrow::Status::OK();
  });
}

std::vector<std::string> FunctionNames(SessionCore& core,
                                       const std::vector<duckdb::CatalogType>& types) {
  std::set<std::string> names;
  LookAt(core, [&](duckdb::ClientContext& context) {
    auto& system = duckdb::Catalog::GetSystemCatalog(context);
    for (auto& schema : system.GetSchemas(context)) {
      for (const auto type : types) {
        schema.get().Scan(context, type, [&](duckdb::CatalogEntry& entry) {
          const bool is_operator =
              entry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") !=
              std::string::npos;
          if (!is_operator && !entry.name.starts_with("__")) names.insert(entry.name);
        });
      }
    }
  });
  return {names.begin(), names.end()};
}

LocalTable Described(const std::string& database, const duckdb::SchemaCatalogEntry& schema,
                     duckdb::CatalogEntry& entry) {
  LocalTable table{database, schema.name, entry.name, false, {}};
  if (entry.type == duckdb::CatalogType::VIEW_ENTRY) {
    table.is_view = true;
    table.columns = entry.Cast<duckdb::ViewCatalogEntry>().aliases;
  } else if (entry.type == duckdb::CatalogType::TABLE_ENTRY) {
    table.columns = entry.Cast<duckdb::TableCatalogEntry>().GetColumns().GetColumnNames();
  }
  return table;
}

std::string TokenText(std::string_view sql, const SqlToken& token) {
  return std::string(sql.substr(token.begin, token.end - token.begin));
}

// Where the tokens spelled `word` begin.
std::vector<size_t> PlacesOf(std::string_view sql, const std::string& word) {
  std::vector<size_t> places;
  for (const SqlToken& token : LexSql(sql)) {
    if (TokenText(sql, token) == word) places.push_back(token.begin);
  }
  return places;
}

// Where a line begins, from 1.
size_t LineBegin(std::string_view sql, int line) {
  size_t begin = 0;
  for (; line > 1; --line) {
    const size_t line_break = sql.find('\n', begin);
    if (line_break == std::string_view::npos) break;
    begin = line_break + 1;
  }
  return begin;
}

// DuckDB shows every kind of space as a blank.
std::string WithBlanks(std::string_view sql) {
  std::string text(sql);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\r'; }, ' ');
  return text;
}

// Whether a character takes two columns, as far as the blocks of Unicode tell.
bool IsWide(uint32_t point) {
  constexpr std::pair<uint32_t, uint32_t> kBlocks[] = {
      {0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},  {0xFE30, 0xFE6F},
      {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  return std::any_of(std::begin(kBlocks), std::end(kBlocks), [&](const auto& block) {
    return point >= block.first && point <= block.second;
  });
}

size_t BytesOfColumns(std::string_view text, size_t columns) {
  size_t at = 0;
  while (at < text.size() && columns > 0) {
    const auto lead = static_cast<unsigned char>(text[at]);
    uint32_t point = lead < 0x80   ? lead
                     : lead < 0xE0 ? lead & 0x1Fu
                     : lead < 0xF0 ? lead & 0x0Fu
                                   : lead & 0x07u;
    for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; ++at) {
      point = point << 6 | (static_cast<unsigned char>(text[at]) & 0x3Fu);
    }
    columns -= std::min<size_t>(columns, IsWide(point) ? 2 : 1);
  }
  return at;
}

}  // namespace

SessionInspector::SessionInspector(const SqlSession& session) : core_(session.core_) {}

std::vector<LocalTable> SessionInspector::LocalTables() const {
  std::vector<LocalTable> tables;
  LookAt(*core_, [&](duckdb::ClientContext& context) {
    for (const auto& database : duckdb::DatabaseManager::Get(context).GetDatabases(context)) {
      const std::string name = database->GetName();
      if (name == "artemis" || name == "system") continue;
      for (auto& schema : database->GetCatalog().GetSchemas(context)) {
        schema.get().Scan(context, duckdb::CatalogType::TABLE_ENTRY,
                          [&](duckdb::CatalogEntry& entry) {
                            if (!entry.internal)
                              tables.push_back(Described(name, schema.get(), entry));
                          });
      }
    }
  });
  return tables;
}

std::vector<std::string> SessionInspector::Functions() const {
  using duckdb::CatalogType;
  return FunctionNames(*core_, {CatalogType::SCALAR_FUNCTION_ENTRY,
                                CatalogType::AGGREGATE_FUNCTION_ENTRY, CatalogType::MACRO_ENTRY});
}

std::vector<std::string> SessionInspector::TableFunctions() const {
  return FunctionNames(
      *core_, {duckdb::CatalogType::TABLE_FUNCTION_ENTRY, duckdb::CatalogType::TABLE_MACRO_ENTRY});
}

std::vector<std::string> SessionInspector::Settings() const {
  std::set<std::string> names;
  LookAt(*core_, [&](duckdb::ClientContext& context) {
    for (const auto& name : duckdb::DBConfig::GetOptionNames()) {
      if (!name.starts_with("debug_")) names.insert(name);
    }
    for (const auto& [name, option] : duckdb::DBConfig::GetConfig(context).GetExtensionSettings()) {
      names.insert(name);
    }
  });
  return {names.begin(), names.end()};
}

DefaultSchema SessionInspector::Default() const {
  const auto& path = *duckdb::ClientData::Get(*core_->connection().context).catalog_search_path;
  const auto& entry = path.GetDefault();
  if (!entry.catalog.empty()) return {entry.catalog, entry.schema};
  const auto& database = duckdb::DatabaseManager::GetDefaultDatabase(*core_->connection().context);
  return {database, entry.schema};
}

std::optional<std::string> SessionInspector::Setting(const std::string& name) const {
  duckdb::Value value;
  if (!core_->connection().context->TryGetCurrentSetting(name, value) || value.IsNull()) {
    return std::nullopt;
  }
  return value.ToString();
}

bool SessionInspector::InTransaction() const { return !core_->connection().IsAutoCommit(); }

arrow::Status SessionInspector::CheckSyntax(std::string_view sql) const {
  return core_->Parse(sql).status();
}

std::optional<size_t> SessionInspector::FailedAt() const { return core_->FailedAt(); }

const std::vector<std::string>& CatalogFunctionNames() {
  static const std::vector<std::string> names = {"changes",   "files",        "history",
                                                 "manifests", "metadata_log", "partitions",
                                                 "pins",      "refs",         "snapshots"};
  return names;
}

std::optional<size_t> MarkedOffset(std::string_view sql, std::string_view excerpt) {
  const size_t colon = excerpt.find(": ");
  const size_t line_break = excerpt.find('\n');
  const size_t mark = excerpt.find('^', std::min(line_break, excerpt.size()));
  if (!excerpt.starts_with("LINE ") || colon > line_break || mark == std::string_view::npos) {
    return std::nullopt;
  }
  const size_t columns_to_text = colon + 2;
  if (mark - line_break - 1 < columns_to_text) return std::nullopt;
  std::string_view shown = excerpt.substr(columns_to_text, line_break - columns_to_text);
  size_t columns = mark - line_break - 1 - columns_to_text;
  if (shown.starts_with("...")) {
    if (columns < 3) return std::nullopt;
    shown.remove_prefix(3);
    columns -= 3;
  }
  if (shown.ends_with("...") && sql.find(shown) == std::string_view::npos) shown.remove_suffix(3);
  const size_t line = LineBegin(sql, std::atoi(std::string(excerpt.substr(5)).c_str()));
  const std::string blank = WithBlanks(sql);
  const size_t begin = blank.find(shown, line);
  if (begin == std::string::npos) return std::nullopt;
  return begin + BytesOfColumns(shown, columns);
}

std::optional<size_t> OriginalOffset(std::string_view original, std::string_view rewritten,
                                     size_t offset) {
  if (original == rewritten) return offset;
  for (const SqlToken& token : LexSql(rewritten)) {
    if (offset < token.begin || offset >= token.end) continue;
    const std::string word = TokenText(rewritten, token);
    const auto after = PlacesOf(rewritten, word);
    const auto before = PlacesOf(original, word);
    if (before.size() != after.size()) return std::nullopt;
    const auto found = std::find(after.begin(), after.end(), token.begin);
    return before[static_cast<size_t>(found - after.begin())] + (offset - token.begin);
  }
  return std::nullopt;
}

}  // namespace artemis
