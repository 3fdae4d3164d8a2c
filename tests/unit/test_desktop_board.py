import threading

import pytest

from pywry_auth.account_index import Account
from pywry_auth.desktop.board import Board
from pywry_auth.desktop.values import AuthState, AuthStatus, DesktopEventName
from pywry_auth.runtime import LOOP


ADA = Account("work", "ada")


def test_the_same_status_once_more_is_no_news():
    board, seen = Board(), []
    board.watch(seen.append)
    board.signed_in(ADA)
    board.signed_in(ADA)
    assert [status.state for status in seen] == [AuthState.SIGNED_OUT, AuthState.SIGNED_IN]


def test_a_change_asked_for_by_a_watcher_is_told_after_this_one():
    board, seen = Board(), []

    def first(status):
        seen.append(("first", status.state))
        if status.state is AuthState.SIGNED_IN:
            board.signed_out()

    board.watch(first)
    board.watch(lambda status: seen.append(("second", status.state)))
    board.signed_in(ADA)
    assert seen[-4:] == [
        ("first", AuthState.SIGNED_IN),
        ("second", AuthState.SIGNED_IN),
        ("first", AuthState.SIGNED_OUT),
        ("second", AuthState.SIGNED_OUT),
    ]


def test_a_watcher_that_blocks_holds_up_no_change():
    board, block, inside = Board(), threading.Event(), threading.Event()

    def slow(status):
        if status.state is AuthState.SIGNED_IN:
            inside.set()
            assert block.wait(20)

    board.watch(slow)
    teller = threading.Thread(target=board.signed_in, args=(ADA,))
    teller.start()
    assert inside.wait(20)
    board.signed_out()  # on this thread, while the other one is held up
    assert board.status.state is AuthState.SIGNED_OUT
    block.set()
    teller.join(20)


def test_nobody_is_told_on_the_loop_of_the_package():
    heard = threading.Event()
    where = []

    def on_event(_event):
        where.append(LOOP.is_here)
        heard.set()

    board = Board(on_event)

    async def change():
        board.tell(DesktopEventName.SIGNED_IN, ADA)

    LOOP.run(change())
    assert heard.wait(20)
    assert where == [False]


def test_ctrl_c_in_a_watcher_is_nobodys_fault_and_news_go_on():
    board, seen = Board(), []

    def interrupted(status):
        if status.state is AuthState.SIGNED_IN:
            raise KeyboardInterrupt

    board.watch(interrupted)
    board.watch(seen.append)
    with pytest.raises(KeyboardInterrupt):
        board.signed_in(ADA)
    board.put(AuthStatus(AuthState.OFFLINE, ADA))
    assert [status.state for status in seen][-2:] == [AuthState.SIGNED_IN, AuthState.OFFLINE]


def test_a_closed_board_tells_nobody():
    board, seen = Board(), []
    board.watch(seen.append)
    board.clear()
    board.signed_in(ADA)
    assert len(seen) == 1
