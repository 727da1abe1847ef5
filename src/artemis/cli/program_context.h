// What `main` hands to the programs: the outside world, so that artemis-testing can hand them
// another one.
#pragma once

namespace artemis {

class Barriers;
class Clock;
class FileSystem;

// Not owned; must outlive Run. Nothing is null.
struct ProgramContext {
  const Clock* clock = nullptr;
  FileSystem* files = nullptr;
  Barriers* barriers = nullptr;
};

}  // namespace artemis
