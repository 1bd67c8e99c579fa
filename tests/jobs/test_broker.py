"""The broker without a server: whoever reads while others write gets whole messages or none."""

from __future__ import annotations

import threading
from queue import Empty

import kombu
import pytest

import mrm.celery  # noqa: F401 (names the transport)
from mrm.broker import Channel

MESSAGES = 400


@pytest.fixture
def connection(tmp_path):
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with kombu.Connection("filesystem://", transport_options=folders) as made:
        yield made


def test_no_reader_meets_half_a_message(connection):
    channel = connection.default_channel
    assert isinstance(channel, Channel)
    wanted = [{"number": at, "filler": "x" * 50_000} for at in range(MESSAGES)]
    writer = threading.Thread(target=lambda: [channel._put("work", each) for each in wanted])
    writer.start()
    found = []
    while writer.is_alive() or len(found) < MESSAGES:
        try:
            found.append(channel._get("work"))
        except Empty:
            continue
    writer.join()
    assert sorted(each["number"] for each in found) == list(range(MESSAGES))


def test_message_that_was_never_finished_is_no_message(connection, tmp_path):
    channel = connection.default_channel
    (tmp_path / ".1_a.work.msg.part").write_text('{"number":')
    with pytest.raises(Empty):
        channel._get("work")
    assert channel._size("work") == 0
