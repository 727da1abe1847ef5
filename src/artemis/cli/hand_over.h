// Programs start fast: loading DuckDB and Arrow Flight takes longer than most commands, so that
// `artemis` is linked without them. What needs them is handed over to the program `artemis-sql`
// beside it, which is the same with both:
//
//   artemis-sql, artemis-flight, artemis sql, artemis flight   links to artemis-sql; handed over
//   --where with SQL text                                      handed over; JSON is not
//   artemis --help, --version, and what is not understood      handed over, as about all programs
//
// artemis-testing hands over to artemis-testing-sql in the same way.
#pragma once

#include <string>
#include <vector>

namespace artemis {

// Whether a command needs what `artemis` is linked without. `program` is the name it was started by,
// without folders.
bool NeedsSqlParts(const std::string& program, const std::vector<std::string>& arguments);

// Becomes the program whose file has the name of the running one with "-sql" added: same process,
// arguments (argv[0] too) and environment. Returns only where that program cannot be started: the
// exit code, after a line on standard error.
int HandOver(char** argv);

// The last part of argv[0]; "artemis" without it.
std::string ProgramName(const char* argv0);

}  // namespace artemis
