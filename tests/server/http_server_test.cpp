#include "server/http_server.h"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "core/error.h"
#include "tests/server/raw_client.h"
#include "tests/support/temporary_folder.h"

namespace fude::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

Response text(std::string words) { return {.body = std::move(words), .content_type = "text/plain"}; }

RequestHooks hooks_of(std::function<Response(Request)> answer) {
  return {.admit = [](const Request&) { return std::nullopt; }, .answer = std::move(answer)};
}

ServerOptions quick() {
  ServerOptions options{.port = 0, .largest_body = 100'000};
  options.limits.header_time = 600ms;
  options.limits.body_time = 600ms;
  options.limits.write_pause = 600ms;
  options.keep_alive = 600ms;
  return options;
}

class StartedServer : public HttpServer {
 public:
  StartedServer(RequestHooks hooks, const ServerOptions& options) : HttpServer(options) { start(std::move(hooks)); }
};

std::string posting(const std::string& body, const std::string& headers = {}) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Response echo(const Request& request) {
  if (request.path == "/close") return {.status = 204};
  return text(request.method + " " + request.path + " " + request.body);
}

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  StartedServer server(hooks_of(echo), quick());
  RawClient client(server.port());
  client.send(get_request("/one"));
  EXPECT_THAT(client.read_until("GET /one "), StartsWith("HTTP/1.1 200"));
  client.send(posting("{\"a\": 1}"));
  EXPECT_THAT(client.read_until("POST /echo {\"a\": 1}"), HasSubstr("POST /echo {\"a\": 1}"));
  client.send(get_request("/two") + get_request("/three"));
  EXPECT_THAT(client.read_until("GET /three "), HasSubstr("GET /three "));
}

TEST(HttpServer, TheTargetIsHandedOverTakenApart) {
  StartedServer server(hooks_of([](const Request& request) {
                         return text(request.path + "|" + request.query.find("q")->second + "|" +
                                     std::string(request.header("accept-encoding")) + "|" + request.remote);
                       }),
                       quick());
  RawClient client(server.port());
  client.send("GET /a%2Fb?q=x+y HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_THAT(client.read_until("127.0.0.1"), HasSubstr("/a%2Fb|x y|gzip|127.0.0.1"));
}

TEST(HttpServer, ARefusedBodyIsNeverRead) {
  std::atomic<int> answered = 0;
  StartedServer server({.admit = [](const Request&) { return Response{.status = 403, .body = "no"}; },
                        .answer =
                            [&](const Request&) {
                              ++answered;
                              return text("yes");
                            }},
                       quick());
  RawClient client(server.port());
  // The body is itself a request: read as one it would be smuggled past whoever looks at requests on the way.
  client.send(posting(get_request("/smuggled")));
  const std::string all = client.read_all();
  EXPECT_THAT(all, StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(answered, 0);
}

TEST(HttpServer, BodiesMustTellTheirLengthAndKeepTheLimit) {
  StartedServer server(hooks_of(echo), quick());
  const auto answer = [&](const std::string& request) {
    RawClient client(server.port());
    client.send(request);
    return client.read_all();
  };
  const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  EXPECT_THAT(answer(head + "Content-Length: 100001\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(answer(head + "Content-Length: 99999999999999999999\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer(head + "Content-Length: -1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer(head + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer(head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), StartsWith("HTTP/1.1 411"));
  EXPECT_THAT(answer(head + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"), StartsWith("HTTP/1.1 415"));
}

TEST(HttpServer, AllBodiesTogetherKeepALimit) {
  std::latch has_begun(1), may_end(1);
  ServerOptions options = quick();
  options.most_body_bytes = 30'000;
  StartedServer server(hooks_of([&](const Request& request) {
                         if (request.body.front() == 'a') {
                           has_begun.count_down();
                           may_end.wait();
                         }
                         return text(request.body.substr(0, 1));
                       }),
                       options);
  const auto answer = [&](const std::string& body) {
    RawClient client(server.port());
    client.send(posting(body, "Connection: close\r\n"));
    return client.read_all();
  };
  RawClient holder(server.port());
  holder.send(posting(std::string(90'000, 'a')));  // it is held until it is answered
  has_begun.wait();
  EXPECT_THAT(answer(std::string(80'000, 'b')), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer(std::string(60'000, 'c')), StartsWith("HTTP/1.1 200")) << "small ones always come through";
  may_end.count_down();
  EXPECT_THAT(holder.read_until("\r\n\r\na"), StartsWith("HTTP/1.1 200"));
  std::string late = answer(std::string(80'000, 'b'));
  for (int i = 0; i < 100 && late.starts_with("HTTP/1.1 503"); ++i) late = answer(std::string(80'000, 'b'));
  EXPECT_THAT(late, StartsWith("HTTP/1.1 200")) << "the first one's bytes were given back";
}

TEST(HttpServer, WhatIsNoRequestIsRefusedAndTheConnectionEnds) {
  StartedServer server(hooks_of(echo), quick());
  for (const std::string& request :
       {std::string("nonsense\r\n\r\n"), std::string("GET http://elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        get_request("/%zz"), get_request("/" + std::string(5000, 'a')), get_request("/" + std::string(20000, 'a'))}) {
    RawClient client(server.port());
    client.send(request);
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 4")) << request.substr(0, 40);
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(HttpServer, HeadersThatAreTooLargeAreCutOffWithAnAnswer) {
  StartedServer server(hooks_of(echo), quick());
  const std::string begin = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  std::string many = begin;
  for (int i = 0; i < 100; ++i) many += "X-Filler: " + std::string(1000, 'x') + "\r\n";
  for (const auto& [request, status] :
       {std::pair(many, "431"), std::pair(many + "\r\n", "431"),
        std::pair(begin + "X-Filler: " + std::string(9000, 'x') + "\r\n\r\n", "431"),
        std::pair(std::string(16 << 20, 'x'), "414"), std::pair(get_request("/" + std::string(70000, 'x')), "414")}) {
    RawClient client(server.port());
    client.send(request);
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 " + std::string(status)));
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(HttpServer, HeadersMayComeByteByByteAndWithPlainLineEnds) {
  StartedServer server(hooks_of(echo), quick());
  RawClient client(server.port());
  for (const char c : get_request("/slowly")) client.send(std::string_view(&c, 1));
  EXPECT_THAT(client.read_until("GET /slowly "), HasSubstr("GET /slowly "));
  RawClient plain(server.port());
  plain.send("GET /plain HTTP/1.1\nHost: localhost\n\n");
  EXPECT_THAT(plain.read_all(), testing::AnyOf(StartsWith("HTTP/1.1 200"), StartsWith("HTTP/1.1 400")));
}

TEST(HttpServer, SlowClientsLoseTheirConnection) {
  StartedServer server(hooks_of(echo), quick());
  RawClient silent(server.port()), slow_headers(server.port()), slow_body(server.port());
  slow_headers.send("GET / HTTP/1.1\r\nHost: lo");
  slow_body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
  // Bytes that drip in do not prolong anything.
  std::jthread drip([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && slow_headers.send("x")) std::this_thread::sleep_for(100ms);
  });
  slow_body.read_all();
  EXPECT_TRUE(slow_body.is_closed());
  slow_headers.read_all();
  EXPECT_TRUE(slow_headers.is_closed());
  silent.read_all();
  EXPECT_TRUE(silent.is_closed());
}

TEST(HttpServer, HeadersThatNeverEndAreToldThatTheyAreLate) {
  StartedServer server(hooks_of(echo), quick());
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: lo");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 408"));
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, AClientThatDoesNotReadLosesItsConnection) {
  std::atomic<bool> has_ended = false;
  StartedServer server(hooks_of([&](const Request&) {
                         return Response{.stream = [&](Sink& sink) {
                           const bool is_open = sink.write(std::string(1 << 20, 'x'));
                           if (!is_open) has_ended = true;
                           return is_open;
                         }};
                       }),
                       quick());
  RawClient client(server.port(), /*receive_buffer=*/4096);
  client.send(get_request("/"));
  for (int i = 0; i < 500 && !has_ended; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(has_ended);
}

TEST(HttpServer, SixtyFourClientsAtOnceAreAllAnsweredAtOnce) {
  constexpr int kClients = 64;
  std::latch together(kClients);  // opens only when all requests are being answered at the same time
  StartedServer server(hooks_of([&](const Request& request) {
                         together.arrive_and_wait();
                         return echo(request);
                       }),
                       quick());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get_request("/" + std::to_string(i)));
  }
  for (int i = 0; i < kClients; ++i) {
    const std::string words = "GET /" + std::to_string(i) + " ";
    EXPECT_THAT(clients[static_cast<std::size_t>(i)]->read_until(words), HasSubstr(words));
  }
}

TEST(HttpServer, OpenStreamsAndSlowClientsDoNotStarveRequests) {
  StartedServer server(hooks_of([&](const Request& request) -> Response {
                         if (request.path != "/events") return echo(request);
                         return {.content_type = "text/event-stream", .stream = [gone = request.gone](Sink& sink) {
                                   std::this_thread::sleep_for(50ms);
                                   return !gone->is_requested() && sink.write(": still here\n\n");
                                 }};
                       }),
                       quick());
  std::vector<std::unique_ptr<RawClient>> streams;
  for (int i = 0; i < 48; ++i) {
    streams.push_back(std::make_unique<RawClient>(server.port()));
    streams.back()->send(get_request("/events"));
    streams.push_back(std::make_unique<RawClient>(server.port()));
    streams.back()->send("GET / HT");
  }
  for (int i = 0; i < 20; ++i) {
    RawClient client(server.port());
    client.send(get_request("/quick"));
    EXPECT_THAT(client.read_until("GET /quick "), HasSubstr("GET /quick "));
  }
  EXPECT_THAT(streams[0]->read_until("still here"), HasSubstr("still here"));
}

TEST(HttpServer, WhenAllThreadsAreTakenIdleConnectionsMakeRoom) {
  ServerOptions options = quick();
  options.most_connections = 2;
  options.keep_alive = 60s;
  StartedServer server(hooks_of(echo), options);
  RawClient first(server.port()), second(server.port());
  first.send(get_request("/first"));
  second.send(get_request("/second"));
  first.read_until("/first");
  second.read_until("/second");
  RawClient third(server.port());
  third.send(get_request("/third"));
  EXPECT_THAT(third.read_until("/third"), HasSubstr("GET /third "));
}

TEST(HttpServer, AClientThatVanishesEndsItsStreamAndItsWait) {
  std::atomic<bool> has_wait_ended = false;
  const auto alive = std::make_shared<int>();  // a second owner is the stream that is not over
  StartedServer server(hooks_of([&](const Request& request) -> Response {
                         if (request.path == "/wait") {
                           while (!request.gone->is_requested()) std::this_thread::sleep_for(5ms);
                           has_wait_ended = true;
                           return text("nobody hears this");
                         }
                         return {.stream = [alive](Sink& sink) {
                           std::this_thread::sleep_for(20ms);
                           return sink.write("data: {}\n\n");
                         }};
                       }),
                       quick());
  {
    RawClient stream(server.port()), waiting(server.port());
    stream.send(get_request("/stream"));
    waiting.send(get_request("/wait"));
    stream.read_until("data:");
    EXPECT_EQ(alive.use_count(), 2);
    EXPECT_FALSE(has_wait_ended);
  }
  for (int i = 0; i < 500 && (alive.use_count() > 1 || !has_wait_ended); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_TRUE(has_wait_ended);
}

TEST(HttpServer, StoppingEndsStreamsAndWaits) {
  std::atomic<int> begun = 0;
  auto server = std::make_unique<StartedServer>(hooks_of([&](const Request& request) -> Response {
                                                  ++begun;
                                                  if (request.path == "/wait") {
                                                    while (!request.gone->is_requested())
                                                      std::this_thread::sleep_for(5ms);
                                                    return text("stopped");
                                                  }
                                                  return {.stream = [](Sink& sink) {
                                                    std::this_thread::sleep_for(20ms);
                                                    return sink.write("data: {}\n\n");
                                                  }};
                                                }),
                                                quick());
  RawClient stream(server->port()), waiting(server->port()), idle(server->port());
  stream.send(get_request("/stream"));
  waiting.send(get_request("/wait"));
  while (begun < 2) std::this_thread::sleep_for(5ms);
  server.reset();
  stream.read_all();
  EXPECT_TRUE(stream.is_closed());
  EXPECT_THAT(waiting.read_all(), HasSubstr("stopped"));
  idle.read_all();
  EXPECT_TRUE(idle.is_closed());
}

TEST(HttpServer, FilesAreSentWholeAndInParts) {
  const tests::TemporaryFolder folder;
  const std::string content(300'000, 'p');
  std::ofstream(folder.path() / "a.png", std::ios::binary) << content << "end";
  StartedServer server(hooks_of([&](const Request& request) {
                         return Response{.content_type = "image/png", .file = folder.path() / request.path.substr(1)};
                       }),
                       quick());
  RawClient whole(server.port()), part(server.port()), absent(server.port());
  whole.send(get_request("/a.png"));
  EXPECT_GT(whole.read_until("end").size(), content.size());
  part.send("GET /a.png HTTP/1.1\r\nHost: localhost\r\nRange: bytes=299999-300002\r\n\r\n");
  EXPECT_THAT(part.read_until("pend"), HasSubstr("HTTP/1.1 206"));
  absent.send(get_request("/b.png"));
  EXPECT_THAT(absent.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 404"));
}

TEST(HttpServer, APortInUseSaysWhatToDo) {
  StartedServer server(hooks_of(echo), quick());
  ServerOptions same = quick();
  same.port = server.port();
  try {
    HttpServer second(same);
    ADD_FAILURE() << "two servers share a port";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("is in use"));
    EXPECT_THAT(error.what(), HasSubstr("--port " + std::to_string(same.port + 1)));
  }
}

TEST(HttpServer, AnAddressOfAnotherMachineIsRefused) {
  ServerOptions options = quick();
  options.address = "192.0.2.1";
  EXPECT_THROW(HttpServer server(options), Error);
}

}  // namespace
}  // namespace fude::server
