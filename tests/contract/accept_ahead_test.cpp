/// Connections that nobody waits for: accepted ahead of the next accept, paused, cancelled, destroyed; none is lost.
#include "contract/sockets.hpp"

#include <memory>

namespace evt::contract {
namespace {

class AcceptAhead : public Contract {
 protected:
  /// Lets an acceptor rearm often enough for the loop to accept ahead, then stops.
  void accept_and_stop(const Server& server, Acceptor& acceptor) {
    constexpr int enough = 20;
    acceptor.done.then = [&] {
      acceptor.done.result.reset();
      return acceptor.done.calls < enough ? Action::rearm : Action::disarm;
    };
    ASSERT_TRUE(acceptor.accept());
    for (int count = 1; count <= enough; ++count) {
      const Fd client = server.connect();
      ASSERT_TRUE(run_until_called(acceptor.done, count));
    }
    acceptor.done.then = nullptr;
    acceptor.done.calls = 0;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, AcceptAhead, testing::ValuesIn(backends()), backend_name);

TEST_P(AcceptAhead, WhatCameUnaskedWaitsForTheNextAccept) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  accept_and_stop(server, acceptor);
  // Right behind the last one, before the loop can tell the kernel to stop.
  const Fd first = server.connect();
  const Fd second = server.connect();
  turns();
  EXPECT_EQ(acceptor.done.calls, 0) << "nobody asked";
  for (const Fd* each : {&first, &second}) {
    const int before = acceptor.done.calls;
    ASSERT_TRUE(acceptor.accept());
    ASSERT_TRUE(run_until_called(acceptor.done, before + 1));
    ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
    EXPECT_TRUE(are_connected(**acceptor.done.result, *each));
  }
}

TEST_P(AcceptAhead, WhatCameUnaskedIsClosedWithTheFile) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  accept_and_stop(server, acceptor);
  const Fd client = server.connect();
  turns();
  server.file.assign({});
  server.listener.reset();
  EXPECT_TRUE(sees_the_end(client));
}

TEST_P(AcceptAhead, WithNobodyAcceptingTheKernelsBacklogHolds) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  accept_and_stop(server, acceptor);
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
