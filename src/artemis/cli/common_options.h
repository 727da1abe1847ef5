// The options that every command takes (DESIGN, "Programs").
#pragma once

#include <string>
#include <vector>

#include "artemis/base/progress.h"

namespace artemis {

struct CommonOptions {
  // Empty: sqlite:<warehouse>/catalog.db.
  std::string catalog_uri;
  std::string warehouse = "./warehouse";
  // OLD=NEW: prefixes of paths to be rewritten on read (mapped_files.h).
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
