// The Avro schemas manifests and manifest lists are written with, as JSON with field ids (specification, "Manifests",
// "Manifest Lists"; Appendix A "Avro").
#pragma once

#include <string>
#include <string_view>

#include "artemis/schema/type.h"

namespace artemis {

// Of manifest_file rows; format version 2 or 3.
std::string ManifestListAvroSchema(int32_t format_version);

// Of manifest_entry rows whose partition (102) is the struct `partition`; format version 2 or 3. Fields are in the order in
// which manifest_avro_writer.cc writes them.
std::string ManifestAvroSchema(const Type& partition, int32_t format_version);

// A column name as an Avro name: what Avro does not allow becomes _x and its UTF-16 unit in hex, a digit in front
// gets a _ before it (as Java does; also for letters outside of ASCII, since not every reader takes them).
std::string AvroName(std::string_view name);

}  // namespace artemis
