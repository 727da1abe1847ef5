// What `main` hands to the programs: the outside world, so that artemis-testing can hand them
// another one.
#pragma once

namespace artemis {

class Barriers;
struct CatalogFaultPlan;
class Clock;
class FileSystem;
struct SqlParts;

// Not owned; must outlive Run. Only catalog_faults and sql may be null.
struct ProgramContext {
  const Clock* clock = nullptr;
  FileSystem* files = nullptr;
  Barriers* barriers = nullptr;
  // For tests: what goes wrong in catalogs (catalog/faulty_catalog.h).
  const CatalogFaultPlan* catalog_faults = nullptr;
  // What needs DuckDB or Flight; null in a program that is linked without them (hand_over.h).
  const SqlParts* sql = nullptr;
};

}  // namespace artemis
