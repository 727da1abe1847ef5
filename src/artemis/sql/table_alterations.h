// ALTER TABLE and COMMENT ON as changes of table metadata. Only for sql/.
#pragma once

#include <arrow/result.h>
#include <duckdb/parser/parsed_data/alter_info.hpp>

#include "artemis/commit/change.h"

namespace artemis {

// The change that the statement makes of any metadata of the table; it fails where a column is not there, or may not be changed so.
//
//   ADD COLUMN c T [DEFAULT v] · ADD COLUMN s.f T · DROP COLUMN · RENAME COLUMN a TO b · ALTER c TYPE T (a wider one)
//   ALTER c DROP NOT NULL · ALTER c SET DEFAULT v · SET PARTITIONED BY (…) · SET SORTED BY (…) · SET ('property' = 'value')
//   RESET ('property') · COMMENT ON TABLE, COMMENT ON COLUMN
//
// Columns are named as SQL shows them. NotImplemented for other alterations.
arrow::Result<MetadataChange> AlterationOf(const duckdb::AlterInfo& info);

// The field that SQL calls `name`, without regard to case (duck_types.h, DuckColumns). Invalid names a near match.
arrow::Result<std::string> FieldNameOf(const Schema& schema, const std::string& name);

}  // namespace artemis
