// Makes a table, or finds that it is there.
#include <algorithm>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/table/format_version.h"
#include "artemis/timetravel/table.h"
#include "artemis/timetravel/table_place.h"

namespace artemis {

namespace {

// A schema that is written down without ids has 0 for all of them.
bool HasNoIds(const std::vector<Field>& fields) {
  return std::all_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.id.value == 0 && HasNoIds(field.type.fields);
  });
}

bool HasArrowIds(const arrow::Schema& schema) {
  return std::any_of(schema.fields().begin(), schema.fields().end(),
                     [](const auto& field) { return FieldIdOf(*field).has_value(); });
}

struct WantedTable {
  const Schema& schema;
  FieldIdentity identity;
  const TableOptions& options;
};

arrow::Result<TableMetadata> Describe(const WantedTable& wanted, const std::string& location,
                                      TimestampMs now) {
  NewTable table;
  table.location = location;
  table.schema = wanted.schema;
  table.properties = wanted.options.properties;
  const bool fits_v2 = CheckSchemaFitsFormat(wanted.schema, 2).ok();
  table.format_version = wanted.options.format_version.value_or(fits_v2 ? 2 : 3);
  ARROW_ASSIGN_OR_RAISE(table.spec, ParsePartitionSpec(wanted.options.partition, wanted.schema));
  return MakeTableMetadata(table, now);
}

arrow::Result<Table> Open(std::shared_ptr<Catalog> catalog, const TableName& name,
                          const WantedTable& wanted, const LoadedTable& there) {
  const auto same =
      CheckSameColumns(wanted.schema, there.metadata->CurrentSchema(), wanted.identity);
  ARROW_RETURN_NOT_OK(WithContext(same, name.ToString()));
  return Table(std::move(catalog), name);
}

arrow::Result<Table> CreateOrOpen(std::shared_ptr<Catalog> catalog, const TableName& name,
                                  const WantedTable& wanted) {
  auto there = catalog->Load(name);
  if (there.ok()) return Open(std::move(catalog), name, wanted, *there);
  if (FindDetail<NoSuchTable>(there.status()) == nullptr) return there.status();
  ARROW_ASSIGN_OR_RAISE(auto metadata,
                        Describe(wanted, catalog->DefaultLocation(name), catalog->clock().Now()));
  const auto made = catalog->Create(name, std::move(metadata), {"create", ""});
  if (made.ok()) return Table(std::move(catalog), name);
  if (!made.status().IsAlreadyExists()) return made.status();
  // Somebody else made it in between.
  ARROW_ASSIGN_OR_RAISE(there, catalog->Load(name));
  return Open(std::move(catalog), name, wanted, *there);
}

arrow::Result<TablePlace> OpenToCreate(const std::string& where, const TableOptions& options) {
  CatalogOptions catalog = options.catalog;
  catalog.create = true;
  return OpenPlace(where, catalog);
}

}  // namespace

arrow::Result<Table> CreateTable(std::shared_ptr<Catalog> catalog, const TableName& name,
                                 const Schema& schema, const TableOptions& options) {
  if (!HasNoIds(schema.fields)) {
    return CreateOrOpen(std::move(catalog), name, {schema, FieldIdentity::kNameAndId, options});
  }
  const Schema numbered = AssignFreshIds(schema);
  return CreateOrOpen(std::move(catalog), name, {numbered, FieldIdentity::kName, options});
}

arrow::Result<Table> CreateTable(const std::string& where, const Schema& schema,
                                 const TableOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto place, OpenToCreate(where, options));
  return CreateTable(std::move(place.catalog), place.name, schema, options);
}

arrow::Result<Table> CreateTable(const std::string& where, const arrow::Schema& schema,
                                 const TableOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const Schema converted, SchemaFromArrow(schema));
  ARROW_ASSIGN_OR_RAISE(auto place, OpenToCreate(where, options));
  const auto identity = HasArrowIds(schema) ? FieldIdentity::kNameAndId : FieldIdentity::kName;
  return CreateOrOpen(std::move(place.catalog), place.name, {converted, identity, options});
}

arrow::Result<Table> OpenTable(const std::string& where, const TableOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto place, OpenPlace(where, options.catalog));
  ARROW_RETURN_NOT_OK(place.catalog->Load(place.name).status());
  return Table(std::move(place.catalog), std::move(place.name));
}

}  // namespace artemis
