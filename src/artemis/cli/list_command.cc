// artemis-table list, namespace.
#include "artemis/cli/list_command.h"

#include <map>

#include "artemis/base/json_text.h"
#include "artemis/cli/create_command.h"

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

namespace {

arrow::Status ListNames(const NamespaceOptions& options, CommandContext& context) {
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

arrow::Status ShowNamespace(const NamespaceOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToRead());
  ARROW_ASSIGN_OR_RAISE(const auto properties, catalog->NamespaceProperties(options.name));
  FactRecord members;
  for (const auto& [key, value] : properties) members.Add(key, Fact::Text(value));
  if (options.format == FactFormat::kText) return context.Print(members.ToText());
  FactRecord facts;
  facts.Add("namespace", Fact::Text(options.name));
  facts.Add("properties", Fact::Json("", members.ToJson()));
  return context.Print(facts, options.format);
}

arrow::Status SetNamespaceProperties(const NamespaceOptions& options, Catalog& catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto properties, ParseProperties(options.properties));
  if (properties.empty()) return arrow::Status::OK();
  std::map<std::string, std::optional<std::string>> changes;
  for (const auto& [key, value] : properties) {
    changes[key] = value.empty() ? std::nullopt : std::optional(value);
  }
  return catalog.ChangeNamespaceProperties(options.name, changes);
}

// Gives the verb for the sentence.
arrow::Result<std::string> ChangeNamespace(const NamespaceOptions& options,
                                           CommandContext& context) {
  const bool create = options.action == NamespaceAction::kCreate;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(create));
  if (options.action == NamespaceAction::kDrop) {
    ARROW_RETURN_NOT_OK(catalog->DropNamespace(options.name));
    return "dropped";
  }
  if (create) ARROW_RETURN_NOT_OK(catalog->CreateNamespace(options.name));
  ARROW_RETURN_NOT_OK(SetNamespaceProperties(options, *catalog));
  return create ? "created" : "changed";
}

}  // namespace

arrow::Status RunNamespace(const NamespaceOptions& options, CommandContext& context) {
  if (options.action == NamespaceAction::kList) return ListNames(options, context);
  if (options.action == NamespaceAction::kShow) return ShowNamespace(options, context);
  ARROW_RETURN_NOT_OK(ParseProperties(options.properties).status());
  ARROW_ASSIGN_OR_RAISE(const auto verb, ChangeNamespace(options, context));
  if (options.format == FactFormat::kText) {
    return context.Print(verb + " namespace " + options.name + "\n");
  }
  FactRecord facts;
  facts.Add("namespace", Fact::Text(options.name));
  return context.Print(facts, options.format);
}

}  // namespace artemis
