// Iceberg locations as text. A location is a raw string: a scheme is stripped, nothing is decoded (a folder may well be called
// "mission=a%2Fb").
#pragma once

#include <string>
#include <string_view>

namespace artemis {

// "file:/x", "file:///x", "file://localhost/x" and "/x" give "/x"; a relative path stays; other schemes stay as they are.
std::string LocalPath(std::string_view location);

// "file:///abs" of a local path, made absolute and lexically normal. A location that has a scheme stays as it is.
std::string FileUri(std::string_view path);

// The scheme ("s3", "file"), empty for bare paths.
std::string_view SchemeOf(std::string_view location);

}  // namespace artemis
