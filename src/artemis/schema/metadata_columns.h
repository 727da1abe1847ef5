// The columns that every table has beside those of its schema (specification, "Reserved Field IDs").
#pragma once

#include <vector>

#include "artemis/schema/schema.h"

namespace artemis {

// No field of a table has an id over this one.
inline constexpr FieldId kFieldIdMax{2147483447};

inline constexpr FieldId kFilePathColumn{2147483646};   // _file
inline constexpr FieldId kPositionColumn{2147483645};   // _pos
inline constexpr FieldId kSpecIdColumn{2147483643};     // _spec_id
inline constexpr FieldId kPartitionColumn{2147483642};  // _partition
// Ours: the specification reserves none for it. Never stored in a file.
inline constexpr FieldId kSnapshotIdColumn{2147483448};  // _snapshot_id
// Row lineage, v3.
inline constexpr FieldId kRowIdColumn{2147483540};        // _row_id
inline constexpr FieldId kLastUpdatedColumn{2147483539};  // _last_updated_sequence_number
// Of position delete files.
inline constexpr FieldId kDeletedPathColumn{2147483546};      // file_path
inline constexpr FieldId kDeletedPositionColumn{2147483545};  // pos

// The column with this id as a field: _file, _pos, _spec_id, _partition, _snapshot_id (required), _row_id and
// _last_updated_sequence_number (optional longs), and the two of position delete files (required); null for any other id. The struct of
// _partition has no fields here: they are the table's (read/partition_column.h). Lives as long as the program.
const Field* FindMetadataColumn(FieldId id);
// The same by name, without those of delete files.
const Field* FindMetadataColumn(std::string_view name);

// _row_id and _last_updated_sequence_number: what whoever moves rows of a v3 table to another file has to write with them.
std::vector<Field> RowLineageColumns();

}  // namespace artemis
