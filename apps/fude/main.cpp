#include <cstdio>
#include <exception>
#include <new>

#include "command.h"
#include "core/error.h"

int main(int argc, char** argv) {
  CLI::App app{"Fude turns words into illustrations on your own machine."};
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  } catch (const fude::Error& error) {
    std::fprintf(stderr, "fude: error: %s\n", error.what());
    return fude::exit_code(error.code());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "fude: error: out of memory\n");
    return 5;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fude: error: internal: %s\n", error.what());
    return 1;
  }
  return 0;
}
