// The options that every command takes (DESIGN, "Programs").
#pragma once

#include <string>
#include <vector>

#include "artemis/base/progress.h"

namespace artemis {

struct CommonOptions {
  // As given: a URI, the name of a catalog in artemis.toml, or empty. Once a catalog is opened (CommandContext), its URI, empty for
  // sqlite:<warehouse>/catalog.db.
  std::string catalog_uri;
  // As given, or empty; once a catalog is opened, ./warehouse where nobody has said one.
  std::string warehouse;
  // OLD=NEW: prefixes of paths to be rewritten on read (mapped_files.h). A named catalog's come after those given.
  std::vector<std::string> maps;
  // "off", "stderr" or a path that is appended to.
  std::string log = "off";
  std::string log_format = "json";
  // Prometheus text is written here at the end; empty: nowhere.
  std::string metrics_file;
  // auto: when standard error is a terminal.
  ProgressMode progress = ProgressMode::kAuto;
};

}  // namespace artemis
