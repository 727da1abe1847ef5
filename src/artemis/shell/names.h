// The names that artemis-sql completes: those of the catalog, listed when they are first needed and remembered for some seconds, and
// those of the session.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artemis/catalog/catalog.h"
#include "artemis/shell/completion.h"
#include "artemis/sql/session.h"

namespace artemis {

// No table is loaded to list it; its metadata is read when its columns are asked for. What cannot be read has no names.
class SqlNames : public CompletionNames {
 public:
  SqlNames(std::shared_ptr<Catalog> catalog, const SqlSession& session)
      : catalog_(std::move(catalog)), inspector_(session) {}

  const std::vector<std::string>& Namespaces() override;
  const std::vector<std::string>& Tables(const std::string& namespace_name) override;
  // Those of the schema, and the partition fields by their names.
  std::vector<std::string> Columns(const std::string& namespace_name,
                                   const std::string& table) override;
  const std::vector<LocalTable>& LocalTables() override;
  DefaultSchema Default() override { return inspector_.Default(); }
  const std::vector<std::string>& Functions() override;
  const std::vector<std::string>& TableFunctions() override;
  const std::vector<std::string>& Settings() override;
  std::vector<std::string> Files(const std::string& prefix) override;

  // A statement has run: what it may have made is looked for anew.
  void Forget();

 private:
  template <typename T>
  struct Remembered {
    std::optional<T> value;
    std::chrono::steady_clock::time_point until;
  };
  template <typename T, typename Read>
  const T& Fresh(Remembered<T>* kept, Read&& read);

  const std::shared_ptr<Catalog> catalog_;
  const SessionInspector inspector_;
  Remembered<std::vector<std::string>> namespaces_;
  std::map<std::string, Remembered<std::vector<std::string>>> tables_;
  Remembered<std::vector<LocalTable>> local_tables_;
  std::optional<std::vector<std::string>> functions_;
  std::optional<std::vector<std::string>> table_functions_;
  std::optional<std::vector<std::string>> settings_;
};

}  // namespace artemis
