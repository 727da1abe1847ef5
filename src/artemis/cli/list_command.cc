// artemis-table list, namespace.
#include "artemis/cli/list_command.h"

#include "artemis/base/json_text.h"

namespace artemis {

arrow::Status RunList(const ListOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToRead());
  ARROW_ASSIGN_OR_RAISE(const auto tables, catalog->ListTables(options.namespace_name));
  FactTable facts;
  facts.keys = {"table", "namespace", "name"};
  std::string names;
  for (const auto& table : tables) {
    names += table.ToString() + "\n";
    facts.rows.push_back(
        {Fact::Text(table.ToString()), Fact::Text(table.Namespace()), Fact::Text(table.name)});
  }
  if (options.format == FactFormat::kText) return context.Print(names);
  return context.Print({}, "tables", facts, options.format);
}

arrow::Status RunNamespace(const NamespaceOptions& options, CommandContext& context) {
  if (!options.create.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(true));
    ARROW_RETURN_NOT_OK(catalog->CreateNamespace(options.create));
    FactRecord facts;
    facts.Add("namespace", Fact::Text(options.create));
    if (options.format == FactFormat::kJson) return context.Print(facts, options.format);
    return context.Print("created namespace " + options.create + "\n");
  }
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToRead());
  ARROW_ASSIGN_OR_RAISE(const auto names, catalog->ListNamespaces());
  std::string text;
  std::string json = "{\"namespaces\":[";
  for (const auto& name : names) {
    if (!text.empty()) json += ',';
    text += name + "\n";
    json += JsonString(name);
  }
  return context.Print(options.format == FactFormat::kText ? text : json + "]}\n");
}

}  // namespace artemis
