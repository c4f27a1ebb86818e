/// Connections that nobody waits for: accepted ahead of the next accept, paused, cancelled, destroyed; none is lost.
#include "contract/sockets.hpp"

#include <memory>

namespace evt::contract {
namespace {

class AcceptAhead : public Contract {
 protected:
  /// Lets an acceptor rearm often enough for the loop to accept ahead, then stops, with the first of `burst` clients
  /// that come at once. Returns the clients, that one first.
  std::vector<Fd> accept_and_stop(const Server& server, Acceptor& acceptor, int burst) {
    constexpr int enough = 20;
    acceptor.done.then = [&] {
      if (acceptor.done.calls < enough) acceptor.done.result.reset();
      return acceptor.done.calls < enough ? Action::rearm : Action::disarm;
    };
    EXPECT_TRUE(acceptor.accept());
    for (int count = 1; count < enough; ++count) {
      const Fd client = server.connect();
      EXPECT_TRUE(run_until_called(acceptor.done, count));
    }
    turns();
    std::vector<Fd> clients;
    for (int count = 0; count < burst; ++count)
      clients.push_back(server.connect());
    EXPECT_TRUE(run_until_called(acceptor.done, enough));
    acceptor.done.then = nullptr;
    acceptor.done.calls = 0;
    return clients;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, AcceptAhead, testing::ValuesIn(backends()), backend_name);

TEST_P(AcceptAhead, WhatCameUnaskedWaitsForTheNextAccept) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  const std::vector<Fd> clients = accept_and_stop(server, acceptor, 4);
  EXPECT_TRUE(are_connected(**acceptor.done.result, clients.front()));
  turns();
  EXPECT_EQ(acceptor.done.calls, 0) << "nobody asked for the others";
  for (std::size_t index = 1; index < clients.size(); ++index) {
    const int before = acceptor.done.calls;
    ASSERT_TRUE(acceptor.accept());
    ASSERT_TRUE(run_until_called(acceptor.done, before + 1));
    ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
    EXPECT_TRUE(are_connected(**acceptor.done.result, clients[index]));
  }
}

TEST_P(AcceptAhead, WhatCameUnaskedIsClosedWithTheFile) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  const std::vector<Fd> clients = accept_and_stop(server, acceptor, 3);
  turns();
  acceptor.done.result.reset();
  server.file.assign({});
  server.listener.reset();
  for (const Fd& each : clients)
    EXPECT_TRUE(sees_the_end(each));
}

TEST_P(AcceptAhead, WithNobodyAcceptingTheKernelsBacklogHolds) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  (void)accept_and_stop(server, acceptor, 1);
  turns(8);  // The kernel has been told by now.
  std::vector<Fd> clients;
  for (int count = 0; count < 5; ++count)
    clients.push_back(server.connect());
  turns();
  EXPECT_EQ(backlog_of(server.listener.get()), 5u);
}

TEST_P(AcceptAhead, APausedListenerAcceptsNothing) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  server.file.pause(Direction::read);
  ASSERT_TRUE(acceptor.accept());
  const Fd client = server.connect();
  turns();
  EXPECT_EQ(acceptor.done.calls, 0);
  server.file.resume(Direction::read);
  ASSERT_TRUE(run_until_called(acceptor.done));
  ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
  EXPECT_TRUE(are_connected(**acceptor.done.result, client));
}

TEST_P(AcceptAhead, AConnectionThatRacesWithCancelIsDeliveredThenOrNext) {
  Server server{loop()};
  for (int round = 0; round < 50; ++round) {
    Acceptor acceptor{server.file};
    ASSERT_TRUE(acceptor.accept());
    if (round % 3 != 0) turns(1);
    const Fd client = server.connect();
    if (round % 2 != 0) acceptor.request.cancel();
    if (round % 5 == 0) turns(1);
    acceptor.request.cancel();
    ASSERT_TRUE(run_until_called(acceptor.done));
    if (!*acceptor.done.result) {
      EXPECT_TRUE(failed_with(acceptor.done, Errc::canceled));
      ASSERT_TRUE(acceptor.accept());
      ASSERT_TRUE(run_until_called(acceptor.done, 2));
    }
    ASSERT_TRUE(*acceptor.done.result) << "round " << round;
    EXPECT_TRUE(are_connected(**acceptor.done.result, client)) << "round " << round;
  }
}

TEST_P(AcceptAhead, CancelSyncHandsBackTheConnectionOrLeavesIt) {
  Server server{loop()};
  for (int round = 0; round < 20; ++round) {
    Acceptor acceptor{server.file};
    ASSERT_TRUE(acceptor.accept());
    if (round % 2 != 0) turns(1);
    const Fd client = server.connect();
    auto won = acceptor.request.cancel_sync();
    EXPECT_TRUE(acceptor.request.idle());
    if (won) {
      ASSERT_TRUE(*won);
      EXPECT_TRUE(are_connected(**won, client));
      continue;
    }
    ASSERT_TRUE(acceptor.accept());
    ASSERT_TRUE(run_until_called(acceptor.done));
    ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
    EXPECT_TRUE(are_connected(**acceptor.done.result, client));
  }
}

TEST_P(AcceptAhead, AConnectionNobodyTakesIsClosed) {
  remake_loop({.budget = 1});
  Server server{loop()};
  std::vector<Fd> clients;
  auto acceptor = std::make_unique<Acceptor>(server.file);
  acceptor->done.then = [&] {
    acceptor->done.result.reset();
    return Action::disarm;
  };
  ASSERT_TRUE(make_ready(acceptor->request, [&] {
    clients.push_back(server.connect());
    acceptor->accept();
  }));
  acceptor.reset();
  EXPECT_TRUE(sees_the_end(clients.back()));
}

}  // namespace
}  // namespace evt::contract
