// The versions of Artemis and of the parts it runs with.
#pragma once

#include <string>
#include <vector>

namespace artemis {

struct PartVersion {
  std::string part;
  std::string version;
};

// Artemis first. The others are asked at run time: what is loaded, not what was compiled with. A
// part that is not linked is left out.
std::vector<PartVersion> PartVersions();

// One part a line: "artemis 0.1.0", "  Arrow C++ 26.0.1", …
std::string VersionText();

}  // namespace artemis
