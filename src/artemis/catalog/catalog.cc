// What a catalog does not have to offer.
#include "artemis/catalog/catalog.h"

namespace artemis {

arrow::Status Catalog::DropNamespace(const std::string& name) {
  return arrow::Status::NotImplemented("this catalog drops no namespaces, not ", name);
}

arrow::Result<std::map<std::string, std::string>> Catalog::NamespaceProperties(
    const std::string& name) {
  return arrow::Status::NotImplemented("this catalog keeps no properties of namespaces, not of ",
                                       name);
}

arrow::Status Catalog::ChangeNamespaceProperties(
    const std::string& name, const std::map<std::string, std::optional<std::string>>&) {
  return arrow::Status::NotImplemented("this catalog keeps no properties of namespaces, not of ",
                                       name);
}

arrow::Status Catalog::DropIfUnchanged(const LoadedTable& table) {
  return arrow::Status::NotImplemented("this catalog drops no table under a condition, not ",
                                       table.name.ToString());
}

}  // namespace artemis
