// Lists with an age.
#include "artemis/shell/names.h"

#include <algorithm>

#include "artemis/base/near_match.h"
#include "artemis/shell/dot_completion.h"

namespace artemis {

namespace {

constexpr auto kNamesLast = std::chrono::seconds(10);

}  // namespace

template <typename T, typename Read>
const T& SqlNames::Fresh(Remembered<T>* kept, Read&& read) {
  const auto now = std::chrono::steady_clock::now();
  if (!kept->value || now >= kept->until) {
    kept->value = read();
    kept->until = std::chrono::steady_clock::now() + kNamesLast;
  }
  return *kept->value;
}

const std::vector<std::string>& SqlNames::Namespaces() {
  return Fresh(&namespaces_,
               [&] { return catalog_->ListNamespaces().ValueOr(std::vector<std::string>()); });
}

const std::vector<std::string>& SqlNames::Tables(const std::string& namespace_name) {
  return Fresh(&tables_[namespace_name], [&] {
    std::string exact = namespace_name;
    for (const auto& name : Namespaces()) {
      if (AsciiLower(name) == AsciiLower(namespace_name)) exact = name;
    }
    std::vector<std::string> names;
    const auto tables = catalog_->ListTables(exact);
    if (tables.ok()) {
      for (const auto& table : *tables) names.push_back(table.name);
    }
    return names;
  });
}

std::vector<std::string> SqlNames::Columns(const std::string& namespace_name,
                                           const std::string& table) {
  TableName name{SplitNamespace(namespace_name), table};
  auto loaded = catalog_->Load(name);
  if (!loaded.ok()) {
    for (const auto& each : Tables(namespace_name)) {
      if (AsciiLower(each) == AsciiLower(table)) name.name = each;
    }
    loaded = catalog_->Load(name);
  }
  if (!loaded.ok()) return {};
  const TableMetadata& metadata = *loaded->metadata;
  std::vector<std::string> columns;
  for (const auto& field : metadata.CurrentSchema().fields) columns.push_back(field.name);
  for (const auto& field : metadata.DefaultSpec().fields) {
    if (std::find(columns.begin(), columns.end(), field.name) == columns.end()) {
      columns.push_back(field.name);
    }
  }
  return columns;
}

const std::vector<LocalTable>& SqlNames::LocalTables() {
  return Fresh(&local_tables_, [&] { return inspector_.LocalTables(); });
}

const std::vector<std::string>& SqlNames::Functions() {
  if (!functions_) functions_ = inspector_.Functions();
  return *functions_;
}

const std::vector<std::string>& SqlNames::TableFunctions() {
  if (!table_functions_) table_functions_ = inspector_.TableFunctions();
  return *table_functions_;
}

const std::vector<std::string>& SqlNames::Settings() {
  if (!settings_) settings_ = inspector_.Settings();
  return *settings_;
}

std::vector<std::string> SqlNames::Files(const std::string& prefix) {
  return FilesThatBegin(prefix);
}

void SqlNames::Forget() {
  namespaces_ = {};
  tables_.clear();
  local_tables_ = {};
}

}  // namespace artemis
