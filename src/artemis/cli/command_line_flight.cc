// artemis-flight.
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/flight_command.h"

namespace artemis {

namespace {

void AddTokens(CLI::App& app, FlightCommandOptions& options) {
  app.add_option("--tokens", options.tokens,
                 "The file of tokens; its key is beside it, in FILE.key")
      ->type_name("FILE");
}

void AddSeconds(CLI::App& app, const std::string& name, double* seconds, const std::string& help) {
  app.add_option(name, *seconds, help)->check(CLI::Range(0.0, 1e9))->type_name("SECONDS");
}

CLI::App& AddTokenCommand(CLI::App& token, const std::string& name, const std::string& help,
                          FlightAction action, FlightCommandOptions& options) {
  auto& command = *token.add_subcommand(name, help);
  AddTokens(command, options);
  command.callback([&options, action] { options.action = action; });
  return command;
}

void SetUpTokens(CLI::App& app, FlightCommandOptions& options) {
  auto& token = *app.add_subcommand("token", "Make, list and revoke tokens");
  token.require_subcommand(1);
  auto& create = AddTokenCommand(token, "create", "Make a token and print it, this once",
                                 FlightAction::kTokenCreate, options);
  create.footer(
      "Example:\n  artemis-flight token create --tokens flight.tokens --principal ada --expires "
      "90d");
  create.add_option("--principal", options.principal, "Whose it is")->required()->type_name("NAME");
  create.add_option("--expires", options.expires_in, "How long it is good: 90d, 12h (for ever)")
      ->type_name("SPAN");
  create
      .add_option("--namespace", options.namespaces,
                  "A namespace it may see, with all below; several times (all)")
      ->type_name("NAME");
  create.add_flag("--write", options.write,
                  "May change tables of a server that runs with --allow-writes");
  create.add_option("--requests-per-second", options.requests_per_s, "Calls, on average (100)")
      ->type_name("N");
  create.add_option("--request-burst", options.request_burst, "Calls that may come at once (200)")
      ->type_name("N");
  create.add_option("--statements", options.statements, "Statements that run at once (8)")
      ->type_name("N");
  create
      .add_option_function<std::string>(
          "--bytes-per-second",
          [&options](const std::string& text) { options.bytes_per_s = ParseByteCount(text); },
          "Rows sent, on average (no limit)")
      ->type_name("SIZE");
  auto& list = AddTokenCommand(token, "list", "Show all tokens, but not their secrets",
                               FlightAction::kTokenList, options);
  AddFactFormat(list, &options.format);
  AddTokenCommand(token, "revoke", "End a token; a running server sees it within a second",
                  FlightAction::kTokenRevoke, options)
      .add_option("ID", options.token_id, "Its id, the digits between art_ and the next _")
      ->required()
      ->type_name("");
}

}  // namespace

void SetUpFlight(CommandBuilder& builder, CLI::App& app) {
  app.description("Serve SQL over the tables of a catalog as Arrow Flight SQL");
  auto [command, options] = builder.Runs(
      app,
      "artemis-flight token create --tokens flight.tokens --principal ada > ada.token\n"
      "  artemis-flight --listen 127.0.0.1:31337 --tokens flight.tokens --log flight.log",
      RunFlight);
  command.add_option("--listen", options.listen, "Where: 127.0.0.1:31337; port 0 is any free one")
      ->type_name("HOST:PORT");
  AddTokens(command, options);
  command
      .add_option("--tls-cert", options.tls_cert, "Certificate chain, PEM; required off loopback")
      ->type_name("FILE");
  command.add_option("--tls-key", options.tls_key, "Its key, PEM")->type_name("FILE");
  command
      .add_option("--tls-client-ca", options.tls_client_ca,
                  "Clients must show a certificate of this authority")
      ->type_name("FILE");
  command
      .add_option("--metrics-listen", options.metrics_listen,
                  "Where /health and /metrics are, over HTTP")
      ->type_name("HOST:PORT");
  command.add_flag("--allow-writes", options.allow_writes,
                   "Tokens that may write change tables; without it nobody does");
  command
      .add_option_function<std::string>(
          "--memory-limit",
          [&o = options](const std::string& text) { o.memory_limit_bytes = ParseByteCount(text); },
          "Buffers of all queries, beyond which they spill to disk (2GiB)")
      ->type_name("SIZE");
  command.add_option("--threads", options.threads, "Threads of all queries; 0: one a core (0)")
      ->check(CLI::Range(0, 256))
      ->type_name("N");
  command.add_option("--statements", options.statements_max, "Statements that run at once (32)")
      ->check(CLI::Range(1, 10000))
      ->type_name("N");
  AddSeconds(command, "--statement-timeout", &options.statement_timeout_s,
             "A statement with its rows; 0: none (600)");
  AddSeconds(command, "--stall-timeout", &options.stall_timeout_s,
             "A client that takes no rows for so long is given up (300)");
  AddSeconds(command, "--idle-timeout", &options.idle_timeout_s,
             "Sessions, prepared statements and transactions that nobody uses (3600)");
  AddSeconds(command, "--drain-timeout", &options.drain_timeout_s,
             "What runs may run on for so long after SIGTERM (30)");
  AddTimezone(command, &options.timezone);
  SetUpTokens(app, options);
}

}  // namespace artemis
