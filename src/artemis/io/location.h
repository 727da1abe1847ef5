// Iceberg locations as text. A location is a raw string: a scheme is stripped, nothing is decoded (a folder may well be called
// "mission=a%2Fb").
#pragma once

#include <string>
#include <string_view>

namespace artemis {

// "file:/x", "file:///x", "file://localhost/x" and "/x" give "/x"; a relative path stays; other schemes, and file:
// with another host, stay as they are.
std::string LocalPath(std::string_view location);

// "file:///abs" of a local path, made absolute and lexically normal. A location that has a scheme stays as it is.
std::string FileUri(std::string_view path);

// `folder` and `name` with one slash between them; the folder keeps its form.
std::string JoinLocation(std::string_view folder, std::string_view name);

// What stands before the last slash: the folder of "file:///a/b" is "file:///a", of "/b" "/", of "b" ".".
std::string FolderOf(std::string_view location);

// Whether two locations are the same text once "file:" is stripped and trailing slashes are gone.
bool SameLocation(std::string_view a, std::string_view b);

// The scheme ("s3", "file"), empty for bare paths.
std::string_view SchemeOf(std::string_view location);

}  // namespace artemis
