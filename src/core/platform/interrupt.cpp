#include "core/platform/interrupt.h"

#include <csignal>

namespace fude {
namespace {

// A signal handler can reach nothing but a global; this is the only one, and InterruptGuard is its owner.
Cancellation* g_cancellation = nullptr;

extern "C" void on_signal(int signal) {
  g_cancellation->request();
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  g_cancellation = new Cancellation;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  delete g_cancellation;
  g_cancellation = nullptr;
}

const Cancellation& InterruptGuard::cancellation() const { return *g_cancellation; }

}  // namespace fude
